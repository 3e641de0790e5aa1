"""The ranked bids of a lot become offers of places to choose among: with their own price and quality, and not a moment sooner."""

import pytest
from django.urls import reverse

from placewell.needs import queries as needs
from placewell.tenders import queries
from tests.factories import accounts, tenders

PAGE = "overview:offers_of_tenders"
TERMS = {"form": "cost_volume", "guarantee_pct": 60, "usable_pct": 95, "min_beds": 2, "max_beds": 6}


@pytest.fixture
def commissioner(client, council):
    by = accounts.person("commissioner", organisation=council)
    client.force_login(by)
    return by


def test_no_bid_is_offered_before_its_quality_is_settled(tender, set_clock, client, commissioner):
    tenders.opened(tender, set_clock)
    body = client.get(reverse(PAGE)).content.decode()
    assert "There is no tender yet whose quality is settled" in body
    answer = client.post(reverse(PAGE), TERMS | {"lot": f"{tender.procurement.pk}|1"})
    assert answer.status_code == 422
    assert not needs.options().exists()


def test_each_ranked_bid_becomes_an_offer_with_its_price_and_quality(tender, set_clock, client, commissioner):
    bids = tenders.opened(tender, set_clock, fees=("800.40", "700.00", "950.00"))
    tenders.judge(tender, bids, marks=(5, 3, 5))
    (ranking,) = queries.rankings(tender.procurement)
    lot = f"{tender.procurement.pk}|1"
    assert f'value="{lot}"' in client.get(reverse(PAGE)).content.decode()
    answer = client.post(reverse(PAGE), TERMS | {"lot": lot})
    kept = needs.options().get()
    assert answer.headers["Location"] == reverse("needs:option_list", args=[kept.pk])
    offers = {bid["provider"]: bid for bid in kept.bids}
    assert len(offers) == len(ranking.places) == 3
    for place in ranking.places:
        offer = offers[place.bid.provider.name]
        # what a place costs is rounded up to whole pounds, so that no sum is told too low
        assert offer["price_week"] == offer["extra_price_week"] == -(-place.price // 1)
        assert (offer["quality"], offer["type"]) == (int(place.quality), ranking.lot.category)
        assert {name: offer[name] for name in TERMS} == TERMS
    assert sorted(offer["price_week"] for offer in offers.values()) == [700, 801, 950]
    page = client.get(answer.headers["Location"]).content.decode()
    assert all(provider in page for provider in offers)
    assert tender.procurement.reference in page
    assert kept.title in client.get(reverse("needs:ask_capacity")).content.decode()


def test_who_may_not_see_tenders_takes_nothing(client, council):
    client.force_login(accounts.person("social_worker", organisation=council))
    assert client.get(reverse(PAGE)).status_code == 403
