"""The record of each home that the search ranks by: how placements ended there, and what became of the children."""

import datetime as dt
from collections import Counter
from collections.abc import Hashable
from uuid import UUID

from placewell.kernel.periods import months_after
from placewell.kernel.shares import drawn
from placewell.placements import queries as placements

from .. import models, rules

LOOKS_BACK_MONTHS = 36
WEIGHT = 10.0  # so many cases of the group count beside a home's own
Counts = tuple[Counter[Hashable], Counter[Hashable]]  # cases and hits, by home, by (provider, kind), by kind


def records_of_homes(*, on: dt.date) -> list[placements.HomeTold]:
    """Return the record of each home with a provider's or its own cases of three years, and of every other home by kind.

    A home's own cases count from five on, else those of its provider's homes of the kind, else those of the kind: fewer say
    nothing, and move nothing. Shares are drawn towards the kind's, the more the fewer the cases.
    """
    since = months_after(on, -LOOKS_BACK_MONTHS)
    stays = placements.ended_between(first=since, last=on)
    homes = {(home, provider, kind) for home, provider, kind, _ in stays}
    endings = _counted((home, provider, kind, planned) for home, provider, kind, planned in stays)
    reached = rules.counting()["reached"]
    rows = models.GoalScore.objects.filter(scored_on__gt=since, scored_on__lte=on)
    rows = rows.order_by("goal", "-scored_on", "-version", "stage").distinct("goal")
    columns = ("goal__placement__home", "goal__placement__provider", "goal__placement__home__kind", "score")
    scores = [(home, provider, kind, score >= reached) for home, provider, kind, score in rows.values_list(*columns)]
    homes |= {each[:3] for each in scores}
    goals = _counted(scores)
    every = sorted(homes, key=lambda each: tuple(map(str, each)))
    return [
        *(_told(home, provider, kind, endings, goals) for home, provider, kind in every),
        *(_told(None, None, kind, endings, goals) for kind in sorted({kind for *_, kind in homes})),
    ]


def _counted(rows) -> Counts:
    over, hits = Counter[Hashable](), Counter[Hashable]()
    for home, provider, kind, hit in rows:
        for key in (home, (provider, kind), kind):
            over[key] += 1
            hits[key] += bool(hit)
    return over, hits


def _told(home: UUID | None, provider: UUID | None, kind: str, endings: Counts, goals: Counts) -> placements.HomeTold:
    whose, stability, planned, ended = _drawn(endings, home, provider, kind)
    of_whom, outcome, reached, scored = _drawn(goals, home, provider, kind)
    return placements.HomeTold(home, kind, whose, stability, ended, planned, of_whom, outcome, scored, reached)


def _drawn(counts: Counts, home: UUID | None, provider: UUID | None, kind: str) -> tuple[str, int, int, int]:
    """Return whose cases speak, the score from 0 to 100, and hits and cases."""
    over, hits = counts
    group = hits[kind] / over[kind] if over[kind] >= placements.FEWEST else placements.UNKNOWN / 100
    for whose, key in (("home", home), ("provider", (provider, kind))):
        if key is not None and over[key] >= placements.FEWEST:
            score = drawn(hits[key], over[key], towards=group, weight=WEIGHT)
            return whose, round(100 * score), hits[key], over[key]
    return "all", round(100 * group), hits[kind], over[kind]
