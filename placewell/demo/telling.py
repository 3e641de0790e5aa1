"""What the people of the made-up council have read, follow and opened before today's work comes in."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Model

from placewell.accounts.models import User
from placewell.governance import queries as governance
from placewell.market import queries as market
from placewell.notifications import actions
from placewell.storage.context import Scope, enter
from placewell.tenders import queries as tenders

from . import people, plans

READERS = ("placements", "manager", "commissioner", "director", "finance", "holder", "worker")  # and every provider's


def begin(cast: people.Cast, children: Iterable, homes: dict, made: plans.Population, *, now: dt.datetime) -> None:
    """Everybody has read what is old; the manager follows children, the commissioner homes, a tender and a decision, and
    providers' people their own records."""
    for person in [*(cast.by[key] for key in READERS), *cast.staff.values(), *cast.bidders]:
        enter(person.scope)
        actions.mark_read(by=person, now=now)
    enter(Scope.of_council(cast.council.pk))
    followed = [("manager", "children.child", row) for row in children]
    lived_in = [homes[plan.number] for plan in made.homes if plan.category == "residential" and plan.stays][:2]
    followed += [("commissioner", "market.home", row) for row in lived_in]
    followed += [("commissioner", "market.provider", row.provider) for row in lived_in]
    followed += [("commissioner", "tenders.procurement", row) for row in tenders.procurements()[:1]]
    followed += [("commissioner", "governance.decision", row) for row in governance.decisions()[:1]]
    for key, record, row in followed:
        _follow(cast.by[key], record, row, now)
    for by in (cast.by["provider"], cast.by["homes"]):
        enter(by.scope)
        _follow(by, "market.provider", market.provider(provider_id=by.organisation_id, for_user=by), now)
        for home in market.homes(for_user=by)[:1]:
            _follow(by, "market.home", home, now)
        for tender in tenders.open_to_us()[:1]:
            _follow(by, "tenders.procurement", tender, now)
    enter(Scope.of_council(cast.council.pk))


def _follow(by: User, record: str, row: Model, now: dt.datetime) -> None:
    actions.follow(record=record, record_id=row.pk, by=by, now=now)
    actions.note_opened(record=record, record_id=row.pk, by=by, now=now)
