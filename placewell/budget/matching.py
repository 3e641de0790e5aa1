"""A provider's line against what is committed: does it agree, and if not, why, in words that the provider can act on."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from placewell.kernel.money import ZERO, pounds, to_penny

from . import rules

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Already:
    """Half-open days that are charged (or credited) already: on which invoice, how many pounds, of which commitment."""

    start_on: dt.date
    end_on: dt.date
    invoice: str
    amount: Decimal
    pk: Any = None
    commitment: Any = None

    def within(self, start_on: dt.date, end_on: dt.date) -> Decimal:
        """Return the pounds of it that fall in [start_on, end_on)."""
        return part_of(self.amount, self.start_on, self.end_on, start_on, end_on)


@dataclass(frozen=True)
class Promise:
    """A commitment as matching needs it, with what is charged of it already."""

    pk: Any
    provider: Any
    line: rules.Line
    charged: list[Already] = field(default_factory=list)


@dataclass(frozen=True)
class Known:
    """What is promised under one reference. *loose* was charged for nights whose price or end changed since, or credited:
    what is due for such nights is the difference."""

    promises: list[Promise] = field(default_factory=list)
    loose: list[Already] = field(default_factory=list)

    def charged(self, start_on: dt.date, end_on: dt.date) -> Decimal:
        """Return the pounds that are charged for the nights in [start_on, end_on), credits taken off."""
        entries = [*self.loose, *(each for promise in self.promises for each in promise.charged)]
        return sum((each.within(start_on, end_on) for each in entries), ZERO)


def part_of(amount: Decimal, first: dt.date, last: dt.date, start_on: dt.date, end_on: dt.date) -> Decimal:
    """Return the part of *amount*, for the nights in [first, last), that falls in [start_on, end_on): parts sum to it."""
    nights = (last - first).days

    def until(day: dt.date) -> Decimal:
        gone = (min(max(day, first), last) - first).days
        return to_penny(amount * gone / nights)

    return until(max(start_on, end_on)) - until(start_on)


@dataclass(frozen=True)
class Charged:
    """The nights and pounds of one commitment that a line charges."""

    pk: Any
    start_on: dt.date
    end_on: dt.date
    amount: Decimal
    credits: Any = None  # the charge that it takes away whole


@dataclass(frozen=True)
class Answer:
    """What came of a line: its charges when it agrees, else a code and the reason in words; and what was expected."""

    charges: tuple[Charged, ...] = ()
    why: str = ""
    told: str = ""
    expected: Decimal | None = None


def match(
    *,
    reference: str,
    provider: Any,
    part: str,
    start_on: dt.date | None,
    end_on: dt.date | None,
    is_end_sure: bool,
    amount: Decimal,
    promises: Mapping[str, Known],
    tolerance: Decimal,
) -> Answer:
    """Return whether a line of *amount* pounds for the nights in [start_on, end_on) agrees with what is promised.

    *promises* are the commitments by the agreement's reference. Where it is not sure whether *end_on* is the last night or
    the day of leaving, the reading that agrees is taken.
    """
    if not reference:
        return Answer(
            why="no_reference", told="The line names no agreement. Give the agreement's reference (A- and six signs)."
        )
    known = promises.get(reference)
    if not known:
        return Answer(why="unknown", told=f"We know no agreement {reference}.")
    if provider is not None and known.promises and all(each.provider != provider for each in known.promises):
        return Answer(why="other_provider", told=f"Agreement {reference} is not with this provider.")
    if start_on is None or end_on is None:
        return Answer(why="no_dates", told="The line does not say for which nights.")
    if amount == 0:
        return Answer(why="nought", told="The line charges nothing.")
    named = [each for each in known.promises if each.line.kind == part]
    ends = [end_on] if is_end_sure else [end_on + DAY, end_on]
    answers = [
        _against(known, chosen, start_on, end, amount, tolerance)
        for chosen in ([named] if named and len(named) < len(known.promises) else []) + [known.promises]
        for end in ends
        if end > start_on
    ]
    if not answers:
        return Answer(why="no_dates", told="The line is for no night.")
    return next((each for each in answers if not each.why), answers[0])


def _against(
    known: Known, promises: Sequence[Promise], start_on: dt.date, end_on: dt.date, amount: Decimal, tolerance: Decimal
) -> Answer:
    """Return the answer for one reading of the days and of which price lines are meant."""
    days = f"{start_on:%-d %b %Y} to {end_on - DAY:%-d %b %Y}"
    found = []
    for each in promises:
        first, last = max(start_on, each.line.start_on), min(end_on, each.line.end_on)
        if first < last:
            found.append((each, first, last, rules.cost_between(each.line, first, last)))
    expected = sum((cost for *_, cost in found), ZERO)
    if amount < 0:
        return _credit(known, promises, found, start_on, end_on, amount, expected, tolerance, days)
    if not found:
        return Answer(why="outside", told=f"Nothing is agreed for the nights {days}.", expected=ZERO)
    taken = [c.invoice for each, a, b, _ in found for c in each.charged if c.start_on < b and a < c.end_on]
    if taken:
        told = f"Some of the nights {days} are charged on invoice {taken[0]} already."
        return Answer(why="twice", told=told, expected=expected)
    before = sum((each.within(start_on, end_on) for each in known.loose), ZERO)
    if before and abs(amount - (expected - before)) > tolerance:
        told = f"{pounds(before)} is charged for the nights {days} already and {pounds(expected)} is agreed now"
        return Answer(
            why="twice", told=f"{told}: {pounds(max(ZERO, expected - before))} is due.", expected=expected - before
        )
    if abs(amount - (expected - before)) > tolerance:
        return _differs(found, start_on, end_on, amount, expected, days)
    parts = [(each.pk, a, b, cost) for each, a, b, cost in found]
    return Answer(charges=spread(parts, amount), expected=expected - before)


def _credit(
    known: Known,
    promises: Sequence[Promise],
    found: Sequence,
    start_on: dt.date,
    end_on: dt.date,
    amount: Decimal,
    expected: Decimal,
    tolerance: Decimal,
    days: str,
) -> Answer:
    """Return the answer for a credit note: it agrees when it takes a charge away whole, or brings it to what is agreed."""
    inside = [(each, c) for each in promises for c in each.charged if start_on <= c.start_on and c.end_on <= end_on]
    charged = known.charged(start_on, end_on)
    if inside and charged + amount == 0 and charged == sum((c.amount for _, c in inside), ZERO):
        whole = tuple(Charged(each.pk, c.start_on, c.end_on, -c.amount, c.pk) for each, c in inside)
        return Answer(charges=whole, expected=-charged)
    due = expected - charged
    homes = [(cost, each.pk, a, b) for each, a, b, cost in found] + [
        (ZERO, c.commitment, max(start_on, c.start_on), min(end_on, c.end_on))
        for c in known.loose
        if c.start_on < end_on and start_on < c.end_on
    ]
    if charged and due < 0 and abs(amount - due) <= tolerance and homes:
        _, pk, first, last = max(homes, key=lambda home: home[0])
        return Answer(charges=(Charged(pk, first, last, amount),), expected=due)
    if not charged:
        told = f"Nothing is charged for the nights {days} that this could correct."
        return Answer(why="credit", told=told, expected=expected)
    told = f"{pounds(-amount)} is credited; {pounds(charged)} is charged for the nights {days}, and {pounds(expected)} is agreed."
    return Answer(why="credit", told=told, expected=due)


def _differs(
    found: Sequence, start_on: dt.date, end_on: dt.date, amount: Decimal, expected: Decimal, days: str
) -> Answer:
    """Say by how much, and whether the nights or the price explain it."""
    first, last = min(a for _, a, _, _ in found), max(b for _, _, b, _ in found)
    nights, agreed = (end_on - start_on).days, (last - first).days
    more = "more" if amount > expected else "less"
    if nights > agreed:
        why, told = (
            "nights",
            f"{nights} nights are charged; {agreed} of them are agreed ({first:%-d %b %Y} to {last - DAY:%-d %b %Y})",
        )
    else:
        why, told = "price", f"{nights} nights from {days} cost {pounds(expected)} at the agreed price"
    return Answer(why=why, told=f"{told}: {pounds(abs(amount - expected))} {more} than expected.", expected=expected)


def nights_of(
    promises: Iterable[Promise], *, part: str, start_on: dt.date, end_on: dt.date
) -> list[tuple[Any, dt.date, dt.date, Decimal]]:
    """Return the agreed nights in [start_on, end_on) by commitment, with what they cost."""
    known = list(promises)
    chosen = [each for each in known if each.line.kind == part] or known
    found = []
    for each in chosen:
        first, last = max(start_on, each.line.start_on), min(end_on, each.line.end_on)
        if first < last:
            found.append((each.pk, first, last, rules.cost_between(each.line, first, last)))
    return found


def spread(parts: Sequence[tuple[Any, dt.date, dt.date, Decimal]], amount: Decimal) -> tuple[Charged, ...]:
    """Return *amount* over *parts* (commitment, first night, end, cost) as they cost; the dearest bears any difference."""
    rest = amount - sum((cost for *_, cost in parts), ZERO)
    dearest = max(range(len(parts)), key=lambda place: abs(parts[place][3]))
    return tuple(
        Charged(pk, first, last, cost + (rest if place == dearest else ZERO))
        for place, (pk, first, last, cost) in enumerate(parts)
    )
