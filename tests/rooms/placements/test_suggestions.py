"""Helps to decide decide nothing: the joint suggestion and the offers side by side."""

import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from placewell.audit.models import Event
from placewell.children.models import SiblingGroup
from placewell.market.models import Occupancy
from placewell.placements import actions, queries
from placewell.placements.models import Offer
from tests.factories import market
from tests.factories import placements as desk
from tests.factories.placements import NOW, TODAY

FAR, NEAR = "LS1 4DY", "RM17 6SL"


@pytest.fixture
def made(council):
    """One home with one place and a second, less suited one; two children who wait."""
    made = desk.world(council)
    made.second = market.home(of=made.provider, places=1, kind="foster_home", area_code="E06000034")
    type(made.second.registration).objects.filter(pk=made.second.registration_id).update(grade="requires_improvement")
    made.rows = [
        desk.referral(made, child=made.child, upto="ready"),
        desk.referral(made, child=desk.a_child(), upto="ready"),
    ]
    return made


def suggest(made):
    return queries.suggest(for_user=made.by["officer"], on=TODAY, clock=time.monotonic)


def test_two_children_are_given_two_homes_and_what_it_costs_each_is_shown(made):
    result = suggest(made)
    assert result.is_best
    assert {each.home.pk for each in result.rows} == {made.home.pk, made.second.pk}
    losses = sorted(each.loss for each in result.rows)
    assert losses[0] == 0
    assert losses[1] > 0
    worse = next(each for each in result.rows if each.loss)
    assert worse.own_best.pk == made.home.pk
    assert ("the regulator says it requires improvement", 80) in worse.reasons


def test_a_child_for_whom_none_is_left_is_shown_as_such(made):
    market.occupancy(in_home=made.second, start_on=TODAY)
    left = [each for each in suggest(made).rows if each.home is None]
    assert len(left) == 1
    assert left[0].loss is None
    assert left[0].own_best.pk == made.home.pk


def test_brothers_and_sisters_go_together_or_stay_together(made):
    group = SiblingGroup.objects.create()
    type(made.child).objects.filter(pk__in=[row.child_id for row in made.rows]).update(siblings=group)
    actions.plan_siblings(
        referral_id=made.rows[0].pk,
        sibling_ids=[made.rows[1].child_id],
        together=True,
        reason="",
        by=made.by["officer"],
        now=NOW,
    )
    assert [each.home for each in suggest(made).rows] == [None, None]


def test_it_is_never_applied_by_itself(made):
    events = Event.objects.count()
    client = Client()
    client.force_login(made.by["officer"])
    page = client.get("/placements/referrals/suggest/").content.decode()
    assert "Nothing is done by this" in page
    assert "worse than" in page
    assert (Event.objects.count(), Offer.objects.count(), Occupancy.objects.count()) == (events, 0, 0)
    assert client.post("/placements/referrals/suggest/").status_code == 405


def test_queries_do_not_grow_with_the_market(made):
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            suggest(made)
        return len(seen)

    suggest(made)
    before = count()
    for _ in range(5):
        market.home(of=made.provider, places=1, kind="foster_home", area_code="E06000034")
    assert count() == before


def test_offers_are_compared_on_what_the_child_needs_and_price_comes_last(made):
    actions.close_referral(referral_id=made.rows[0].pk, reason="x", by=made.by["officer"], now=NOW)
    row = desk.referral(made)
    offer = desk.offer(made, row, fee="960.00")
    columns, lines = queries.compare(row, for_user=made.by["officer"], on=TODAY)
    assert [each.pk for each in columns] == [offer.pk]
    told = dict(lines)
    assert told["Near home"][0].startswith("Met. ")
    assert told["Price a week"] == ["£960, £50 over the card"]
    assert told["Who may decide"] == ["Team manager and Corporate Director of Children's Services"]
    assert [name for name, _ in lines].index("Price a week") > [name for name, _ in lines].index("Within area")
    client = Client()
    client.force_login(made.by["manager"])
    assert "£50 over the card" in client.get(f"/placements/referrals/{row.pk}/compare/").content.decode()


def test_it_tells_who_has_the_own_best_home_and_what_each_home_costs_this_child(made):
    rows = suggest(made).rows
    worse = next(each for each in rows if each.loss)
    other = next(each for each in rows if each is not worse)
    assert worse.has_it == [other.referral.child.reference]
    assert other.has_it == []
    assert {each.weekly_fee for each in rows} == {910}
    client = Client()
    client.force_login(made.by["officer"])
    page = client.get("/placements/referrals/suggest/").content.decode()
    assert f"which goes to {other.referral.child.reference}" in page
    assert "has not been shown to serve them better" in page


def test_the_number_of_queries_does_not_grow_with_the_children_who_wait(made):
    def count():
        with CaptureQueriesContext(connection) as kept:
            suggest(made)
        return len(kept)

    first = count()
    for _ in range(3):
        desk.referral(made, child=desk.a_child(), upto="ready")
    assert count() == first
