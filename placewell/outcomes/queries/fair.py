"""How groups of children fare: reckoned from every child's record, and as it was kept at the end of each month."""

import datetime as dt
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from placewell.accounts.models import Organisation
from placewell.children import queries as children
from placewell.kernel.periods import age_on
from placewell.placements import queries as placements

from .. import models
from ..rules import fairness, kpis
from ..rules.fairness import Case, Figure
from . import measured
from .counted import measure_all, miles_from_home

# of the page of outcomes, and whether the other part of it is told
OFFICIAL = {"far": ("far", False), "in_area": ("outside", True), "placements_3": ("placements_3", False),
            "unplanned": ("unplanned", False), "goals": ("goals", False)}  # fmt: skip


def fairness_on(*, of: Organisation, on: dt.date) -> list[Figure]:
    """Return every group's figures on the day *on*, from the records as they stand now; restricted ones among them."""
    people = {row.child: row for row in children.protected(on=on)}
    belongs = {name: groups_of(name, people) for name in fairness.table()["characteristics"]}
    cases: dict[str, list[Case]] = {code: [] for code in fairness.compared()}
    for code, case in [*_of_searches(on), *_of_records(of, people, on)]:
        cases[code].append(case)
    return [
        figure
        for code, rows in cases.items()
        for name, of_whom in belongs.items()
        for figure in fairness.figures(code, name, rows, of_whom)
    ]


def groups_of(characteristic: str, people: Mapping[UUID, children.Protected]) -> dict[Hashable, str]:
    """Return to which group of a characteristic each child belongs."""
    disability = fairness.table()["disability"]
    needs = frozenset(disability["needs"])
    tell = {
        "ethnicity": lambda row: fairness.group_of("ethnicity", row.ethnicity),
        "sex": lambda row: fairness.group_of("sex", row.sex),
        "unaccompanied": lambda row: "Yes" if row.is_unaccompanied else "No",
        "disability": lambda row: "Yes" if needs & row.needs or disability["main_need"] in row.main_needs else "No",
    }[characteristic]
    return {pk: tell(row) for pk, row in people.items()}


def _of_searches(on: dt.date) -> Iterator[tuple[str, Case]]:
    """Yield the cases of the twelve months that rest on referrals, alike by age and need level."""
    late, first_homes = fairness.table()["late_days"], fairness.table()["first_homes"]
    since = measured.rules.months_before(on, 12)
    for row in placements.searches(since=since, on=on):
        like = (_ages(row.age), row.need_level)
        case = lambda hits, row=row, like=like: Case(row.child, hits, 1, like)  # noqa: E731
        waited = None if row.first_night_on is None else max(0, (row.first_night_on - row.written_on).days)
        if waited is not None and row.first_night_on is not None and row.first_night_on >= since:
            yield "waiting_days", case(waited)
        if row.asked and (ended := row.first_night_on or row.closed_on) and ended >= since:
            yield "no_home", case(row.first_night_on is None)
        if since <= row.written_on <= on:
            given_up = (row.closed_on - row.written_on).days if row.closed_on and waited is None else None
            if row.written_on <= on - dt.timedelta(days=late) and (given_up is None or given_up > late):
                yield "waited_long", case(waited is None or waited > late)
            if row.asked:
                yield "offers", case(row.offers)
        if row.was_kept and row.accepted_on is not None and row.accepted_on >= since:
            yield "first_homes", case(row.rank is not None and row.rank <= first_homes)
            if row.rank is not None:
                yield "rank_taken", case(row.rank)


def _of_records(of: Organisation, people: Mapping[UUID, children.Protected], on: dt.date) -> Iterator[tuple[str, Case]]:
    """Yield the cases that the measures of outcomes count, alike by age and by how many risks are known."""
    loaded = measured.loaded(council_area=of.area_code)
    counted = measure_all(loaded, on=on, codes={code for code, _ in OFFICIAL.values()})
    like = {
        pk: (_ages(age_on(row.born_on, on)), kpis.group(category="", age=0, risks=row.risks)[2])
        for pk, row in people.items()
    }
    for code, (official, other_part) in OFFICIAL.items():
        for one in counted[official].cases:
            yield code, Case(one.child, one.over - one.hits if other_part else one.hits, one.over, like[one.child])
    for one in miles_from_home(loaded.on(on)):
        yield "miles", Case(one.child, one.hits, 1, like[one.child])


def _ages(age: int) -> str:
    return kpis.group(category="", age=age, risks=0)[1]


def as_kept(figures: list[Figure]) -> list[dict[str, Any]]:
    """Return figures as plain values."""
    return [asdict(one) for one in figures]


@dataclass(frozen=True)
class Kept:
    """The figures of one month's end as they were kept: those that may be shown, and what of them."""

    as_of: dt.date
    kept_at: dt.datetime
    figures: list[Figure]
    hidden: frozenset[tuple[str, str, str]]  # measure, characteristic, group: not shown at all
    alone: frozenset[tuple[str, str, str]]  # shown, without a difference

    def of(self, measure: str) -> list[Figure]:
        """Return the figures of one measure, in the order of the groups."""
        return [one for one in self.figures if one.measure == measure]

    def is_hidden(self, one: Figure) -> bool:
        """Tell whether nothing of *one* may be shown."""
        return (one.measure, one.characteristic, one.group) in self.hidden

    def told(self, one: Figure) -> tuple[fairness.Band | None, fairness.Band | None]:
        """Return the plain and the adjusted difference as far as they may be shown."""
        key = (one.measure, one.characteristic, one.group)
        return (None, None) if key in self.hidden | self.alone else (one.difference, one.adjusted)

    def compared(self, measure: str) -> list[Figure]:
        """Return the figures of a measure that may be shown with a difference."""
        return [one for one in self.of(measure) if self.told(one)[0] is not None]


def kept_months() -> QuerySet[models.FairnessMonth]:
    """Return the months whose figures were kept, the newest first."""
    return models.FairnessMonth.objects.order_by("-as_of")


def read(row: models.FairnessMonth) -> Kept:
    """Return a kept month with what of it is held back."""
    figures = [_figure(each) for each in row.figures]
    hidden, alone = set(), set()
    for measure, what in fairness.compared().items():
        for name in fairness.table()["characteristics"]:
            rows = [one for one in figures if (one.measure, one.characteristic) == (measure, name)]
            back, bare = fairness.held_back(rows, is_share=what.unit == "percent")
            hidden |= {(measure, name, group) for group in back}
            alone |= {(measure, name, group) for group in bare}
    return Kept(row.as_of, row.kept_at, figures, frozenset(hidden), frozenset(alone))


def _figure(cells: dict[str, Any]) -> Figure:
    bands = {name: tuple(cells[name]) if cells[name] else None for name in ("difference", "adjusted")}
    return Figure(**cells | bands)
