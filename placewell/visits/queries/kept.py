"""How duties were kept: each placement's visits as they were owed and made, and every child's days for counting."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from placewell.accounts.models import User
from placewell.children import queries as children

from .. import models, rules
from .facts import facts, spells_of
from .interviews import Return, returns


def history(*, child_id: UUID, for_user: User, on: dt.date) -> list[tuple[rules.Stay, list[rules.Kept]]]:
    """Return each placement of one child with the visits that were owed in it and when they were made, newest first.

    Each placement is judged by its codes, and the present one by what was arranged for it.
    """
    found = next(iter(facts(for_user=for_user, on=on, child_ids=[child_id])), None)
    episodes = children.episodes_in_order(child_ids=[child_id]).get(child_id, ())
    spells = [spell for spell in spells_of(episodes) if spell.start_on <= on]
    seen = list(
        models.Visit.objects.filter(child=child_id, is_seen=True, made_on__lte=on)
        .order_by("made_on")
        .values_list("made_on", flat=True)
        .distinct()
    )
    reviews = children.care_reviews_in_order(child_ids=[child_id]).get(child_id, [])
    told = []
    for stay in rules.stays(spells):
        now = found is not None and stay.start_on == found.stay.start_on
        until = min(stay.end_on or on, on)
        rows = rules.kept(
            found.rule if now and found else rules.rule_of(stay.situation, on=stay.start_on),
            stay,
            seen=seen,
            first_review_on=next((day for day in reviews if day >= stay.start_on), None),
            until=until,
            stricter_days=found.stricter_days if now and found else None,
        )
        told.append((stay, list(rows)))
    return told[::-1]


@dataclass(frozen=True)
class Days:
    """The days on which each child was seen, on which each one's health was assessed, and their returns, in order."""

    seen: dict[UUID, list[dt.date]]
    assessed: dict[UUID, list[dt.date]]
    returns: dict[UUID, list[Return]]


def every_day(
    *, child_id: UUID | None = None, missing: dict[UUID, list[tuple[dt.date, dt.date | None]]] | None = None
) -> Days:
    """Return the days of every child of the council, restricted records among them: for counting, and for nothing else.

    *child_id* narrows them to one child, whose record the caller has read; *missing*: from when until when each was missing.
    """
    own = {} if child_id is None else {"child": child_id}
    seen: dict[UUID, list[dt.date]] = {}
    made = models.Visit.objects.filter(**own, is_seen=True).order_by("made_on").values_list("child", "made_on")
    for child_id, day in made:
        seen.setdefault(child_id, []).append(day)
    assessed: dict[UUID, list[dt.date]] = {}
    for child_id, day in models.Assessment.objects.filter(**own).order_by("held_on").values_list("child", "held_on"):
        assessed.setdefault(child_id, []).append(day)
    back = returns(child_ids=None if own == {} else [own["child"]], missing=missing or {})
    return Days(seen, assessed, back)
