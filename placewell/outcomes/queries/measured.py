"""Every child of the council as the measures read it, on a day and in the months before."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from placewell.children import queries as children
from placewell.kernel.periods import age_on
from placewell.visits import queries as visits

from .. import models, rules
from .facts import newest


@dataclass(frozen=True)
class Case:
    """One thing that a measure counts: of which child, how many hits of how many, and what is told of it in a list."""

    child: UUID
    hits: float
    over: float = 1
    told: str = ""


@dataclass(frozen=True)
class Measured:
    """A measure on a day: its cases. For a mean, *hits* are the values."""

    measure: rules.Measure
    on: dt.date
    cases: tuple[Case, ...]
    since: dt.date | None = None  # what it counts has been recorded from this day on, and not all the months before

    @property
    def hits(self) -> float:
        """How many hit; for a mean the sum."""
        return sum(case.hits for case in self.cases)

    @property
    def over(self) -> float:
        """Of how many."""
        return sum(case.over for case in self.cases)

    @property
    def value(self) -> float | None:
        """The share in a hundred, or the mean; None where there is nothing to count."""
        if not self.over:
            return None
        return self.hits / self.over * (1 if self.measure.unit == "mean" else 100)


@dataclass(frozen=True)
class Record:
    """One child as the measures read it."""

    care: children.CareRecord
    spells: tuple[rules.Spell, ...]
    placements: tuple[rules.Placement, ...]
    seen: list[dt.date] = field(default_factory=list)
    assessed: list[dt.date] = field(default_factory=list)
    facts: dict[str, list[models.Fact]] = field(default_factory=dict)
    goals: list[tuple[dt.date, int]] = field(default_factory=list)
    returns: list[visits.Return] = field(default_factory=list)

    @property
    def pk(self) -> UUID:
        """Whose it is."""
        return self.care.child

    def age(self, on: dt.date) -> int:
        """Return the child's age."""
        return age_on(self.care.born_on, on)

    def facts_in(self, kind: str, first: dt.date, on: dt.date) -> list[models.Fact]:
        """Return the facts of a kind that began from *first* to *on*, oldest first."""
        return [fact for fact in self.facts.get(kind, ()) if first <= fact.on <= on]


def loaded(*, council_area: str, child_id: UUID | None = None, whole: bool = True) -> "Council":
    """Return everything that the measures count, read once; restricted records among them. *council_area*: its code.

    *child_id* narrows it to one child, whose record the caller has read. Not *whole*: what stability needs.
    """
    cares = list(children.care_records(child_id=child_id, whole=whole))
    missing = {care.child: [(went, back) for _, went, back in care.missing] for care in cares}
    days = visits.every_day(child_id=child_id, missing=missing) if whole else visits.Days({}, {}, {})
    own = {} if child_id is None else {"child": child_id}
    facts: dict[UUID, dict[str, list[models.Fact]]] = {}
    for row in newest(models.Fact.objects.filter(**own)) if whole else ():
        facts.setdefault(row.child_id, {}).setdefault(row.kind, []).append(row)
    goals: dict[UUID, list[tuple[dt.date, int]]] = {}
    rows = models.GoalScore.objects.filter(**{f"goal__{name}": pk for name, pk in own.items()})
    rows = rows.order_by("goal", "-scored_on", "-version", "stage").distinct("goal")
    for owner, scored_on, score in rows.values_list("goal__child", "scored_on", "score") if whole else ():
        goals.setdefault(owner, []).append((scored_on, score))
    found = []
    for care in cares:
        spells = tuple(_spell(row) for row in care.episodes)
        pk, none = care.child, list[dt.date]()
        held = (
            days.seen.get(pk, none),
            days.assessed.get(pk, none),
            facts.get(pk, {}),
            goals.get(pk, []),
            days.returns.get(pk, []),
        )
        found.append(Record(care, spells, tuple(rules.placements(spells)), *held))
    return Council(found, council_area)


def _spell(row) -> rules.Spell:
    return rules.Spell(
        row.start_on, row.end_on, row.start_reason, row.legal_status, row.placement_type, row.end_reason,
        row.change_reason, row.home_postcode, row.placement_postcode, row.urn,
    )  # fmt: skip


@dataclass
class Council:
    """Every child's record, and the council's own area."""

    records: list[Record]
    area: str
    _since: dict[str, dt.date | None] = field(default_factory=dict)

    def recorded_since(self, code: str, days: "Callable[[Record], Iterable[dt.date]]") -> dt.date | None:
        """Return the first day on which anything that a measure counts was recorded; *days* are those of one record."""
        if code not in self._since:
            self._since[code] = min((day for each in self.records for day in days(each)), default=None)
        return self._since[code]

    def on(self, on: dt.date) -> "Day":
        """Return the children as they stand on a day."""
        return Day(self, on)


@dataclass
class Day:
    """The council's children on a day and in the twelve months that end with it."""

    council: Council
    on: dt.date

    @cached_property
    def first(self) -> dt.date:
        """The first day of the twelve months."""
        return rules.months_before(self.on, 12)

    @cached_property
    def now(self) -> list[tuple[Record, rules.Spell]]:
        """Who is looked after at the end of the day, short breaks left out, and in which episode."""
        found = ((each, rules.spell_on(each.spells, self.on)) for each in self.council.records)
        return [(each, spell) for each, spell in found if spell is not None]

    @cached_property
    def whole_year(self) -> list[Record]:
        """Who has been looked after for the twelve months without a break."""
        return [each for each, _ in self.now if rules.without_a_break(each.spells, self.on)]

    @cached_property
    def in_year(self) -> list[Record]:
        """Who was looked after at any time in the twelve months."""
        return [each for each in self.council.records if rules.was_looked_after(each.spells, self.first, self.on)]

    @property
    def return_year(self) -> str | None:
        """The collection year that ends on this day, if one does."""
        return str(self.on.year) if (self.on.month, self.on.day) == (3, 31) else None


def past_days(council: Council, *, on: dt.date, years: int = 4) -> list[dt.date]:
    """Return the last 31 Marches for which there is anything to count, and the day *on*, in order."""
    first = min((each.spells[0].start_on for each in council.records if each.spells), default=on)
    last = on.year if on >= dt.date(on.year, 3, 31) else on.year - 1
    days = [day for year in range(last - years + 1, last + 1) if (day := dt.date(year, 3, 31)) > first and day < on]
    return [*days, on]
