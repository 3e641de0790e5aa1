"""What is alike comes in an order that means something, and in the same whatever keys the rows were given."""

from uuid import UUID

import pytest

from placewell.audit.models import Event
from placewell.placements import actions, queries
from placewell.placements.models import Referral
from tests.factories import market
from tests.factories import placements as desk
from tests.factories.placements import NOW, TODAY

COUNT = 6
RISING = range(1, COUNT + 1)


def alike(made, keys) -> list[str]:
    """Add homes that are alike in everything, with *keys* in the order of their references, which are returned."""
    names = [f"LIKE-{number}" for number in RISING]
    given = {"of": made.provider, "kind": "foster_home", "places": 1}
    for key, name in zip(keys, names, strict=True):
        market.home(**given, id=UUID(int=key), reference=name)
    return names


@pytest.mark.parametrize("keys", [RISING, RISING[::-1], (3, 6, 1, 5, 2, 4)])
def test_homes_that_rank_alike_come_by_their_references_in_the_search_and_the_joint_suggestion(council, keys):
    made = desk.world(council, places=1)
    names = alike(made, keys)
    row = desk.referral(made, upto="ready")
    type(made.home).objects.filter(pk=made.home.pk).update(is_open=False)
    found = queries.search(Referral.objects.get(pk=row.pk), for_user=made.by["officer"], on=TODAY)
    assert [each.home.reference for each in found.best] == names
    assert len({each.points for each in found.best}) == 1
    asked = queries.search(row, for_user=made.by["officer"], on=TODAY, home_reference=" like-4 ").asked
    assert (asked.home.reference, asked.place) == ("LIKE-4", 4)
    others = [desk.referral(made, child=desk.a_child(), upto="ready") for _ in range(2)]
    suggested = queries.suggest(for_user=made.by["officer"], on=TODAY, clock=lambda: 0.0).rows
    assert {each.referral.pk for each in suggested} == {row.pk, *(each.pk for each in others)}
    assert {each.own_best.reference for each in suggested} == {names[0]}


@pytest.mark.parametrize("keys", [RISING[:3], RISING[2::-1]])
def test_the_trail_closes_what_was_sent_by_the_providers_names(council, keys):
    made = desk.world(council)
    row = desk.referral(made, upto="sent")
    first = row.invitations.get()
    given = {name: getattr(first, name) for name in ("referral", "answer_by", "sent_at", "sent_by", "shown")}
    for key, name in zip(keys, ("Aspen Care", "Birch Care", "Cedar Care"), strict=True):
        provider = market.provider(name)
        row.invitations.create(id=UUID(int=key), provider=provider, reference=f"R-{key}", **given)
    actions.close_referral(referral_id=row.pk, reason="The child went home.", by=made.by["officer"], now=NOW)
    by_subject = {f"placements.invitation:{each.pk}": each.provider.name for each in row.invitations.all()}
    closed = Event.objects.filter(what="placements.invitation.closed").order_by("pk")
    assert [by_subject[each.subject] for each in closed] == sorted(by_subject.values())
