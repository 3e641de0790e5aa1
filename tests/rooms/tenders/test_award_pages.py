"""The award on its pages: recommended, approved, given, made into contracts, told to bidders; and each page in a browser."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from placewell.contracts.models import Contract
from placewell.storage import context
from placewell.tenders import models
from tests.factories import accounts, governance, market, tenders
from tests.rooms.tenders.test_award import approve
from tests.rooms.tenders.test_pages import Reader, on

STAGE = "judged"  # of the tender that the module keeps


def test_an_award_goes_from_report_to_contracts_on_the_pages_alone(tender, bids):
    pk, council = tender.procurement.pk, context.Scope.of_council(tender.council.pk)
    delegation, lot = governance.delegation(of=tender.decision), tender.procurement.lots.get()
    runs = Reader(tender.by)
    assert "No award was recommended" in runs.reads("awards", pk)
    chosen = {"lot_1_1": "1", "lot_1_2": ""}
    runs.does("recommend", pk, delegation=str(delegation.pk), report="The first is best.", **chosen)
    refused = runs.client.post(reverse("tenders:award_lot", args=[lot.pk]))
    assert refused.status_code == 422
    assert "requested, not approved" in refused.content.decode()
    context.enter(council)
    tender.procurement.refresh_from_db()
    approve(tender, tender.procurement.recommendation)
    runs.does("award_lot", lot.pk)
    runs.does("make_contracts", lot.pk)
    context.enter(council)
    assert Contract.objects.get().provider_id == bids[0].provider_id
    assert Contract.objects.get().reference in runs.reads("awards", pk)
    loser = Reader(accounts.person("provider_staff", organisation=bids[1].provider.organisation))
    shown = loser.reads("ours", pk)
    assert "You were not successful" in shown
    assert f"The highest winner, {bids[0].provider.name}" in shown
    runs.does("undo_award", lot.pk, reason="A challenge was upheld")
    runs.does("decline_lot", lot.pk, reason="None is left")
    assert "None is left" in runs.reads("awards", pk)


@pytest.mark.parametrize("role", ["director_of_childrens_services", "auditor", "social_worker"])
def test_only_who_runs_the_tender_awards(client, tender, bids, role):
    client.force_login(accounts.person(role, organisation=tender.council))
    lot = tender.procurement.lots.get()
    seen = 403 if role == "social_worker" else 200
    assert client.get(reverse("tenders:awards", args=[tender.procurement.pk])).status_code == seen
    for name in ("award_lot", "make_contracts", "decline_lot", "undo_award"):
        assert client.get(reverse(f"tenders:{name}", args=[lot.pk])).status_code == 403


def test_a_direct_award_goes_by_its_ground_and_the_same_authority(council, person):
    by = Reader(person("commissioner"))
    decision, provider = governance.decision(), market.provider()
    delegation = governance.delegation(of=decision)
    by.does(
        "plan", decision.pk, reference="DA/1", title="One agency", description="One home", legal_regime="pa2023",
        procedure="direct_award", lots=["fostering"], planned_value="500000", ground="urgency",
        ground_reasons="The agency before it closed last night.", framework="",
        **on("start_on", tenders.START), **on("end_on", tenders.END),
    )  # fmt: skip
    context.enter(context.Scope.of_council(council.pk))
    found = models.Procurement.objects.get()
    by.does("publish", found.pk, proposed=str(provider.pk))
    context.enter(context.Scope.of_council(council.pk))
    assert models.Notice.objects.get().kind == "transparency"
    by.does("recommend_direct", found.pk, delegation=str(delegation.pk), report="Tested", lot_1=str(provider.pk))
    lot = models.Lot.objects.get()
    assert by.client.post(reverse("tenders:award_lot", args=[lot.pk])).status_code == 422
    context.enter(context.Scope.of_council(council.pk))
    holder = SimpleNamespace(council=council)
    approve(holder, models.Recommendation.objects.get())
    by.does("award_lot", lot.pk)
    by.does("make_contracts", lot.pk)
    context.enter(context.Scope.of_council(council.pk))
    found.refresh_from_db()
    assert found.state == "concluded"
    assert Contract.objects.get().provider_id == provider.pk
