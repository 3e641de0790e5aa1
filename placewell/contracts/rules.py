"""What allows a placement to be bought, told as a chain that a person can walk."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from placewell.budget.rules import Line
from placewell.budget.states import LineKind
from placewell.kernel.money import ZERO, for_nights, to_penny

IN_BLOCK = LineKind.DISCOUNT_BLOCK


@dataclass(frozen=True)
class Step:
    """One link of the chain: what it is, its title, what it says, and the record behind it."""

    what: str
    title: str
    text: str
    kind: str
    pk: str
    broken: str = ""


@dataclass(frozen=True)
class LotTerms:
    """A lot to set up: its number, category and title."""

    number: int
    category: str
    title: str


@dataclass(frozen=True)
class Price:
    """A weekly fee (pounds) for ages *age_from* to *age_to*, both included, at one level of need."""

    age_from: int
    age_to: int
    need_level: str
    weekly_fee: Decimal


def why_not_covering(
    *,
    contract_state: str,
    start_on: dt.date,
    end_on: dt.date,
    framework_state: str,
    on: dt.date,
    suspended_until: dt.date | None = None,
) -> str:
    """Return why a provider's contract does not cover the day *on*, in words; "" when it does."""
    if framework_state != "awarded":
        return "the framework has not been awarded" if framework_state == "draft" else "the framework has ended"
    if contract_state == "suspended" and suspended_until:
        if on < suspended_until:
            return f"the provider's contract is suspended until {suspended_until:%-d %B %Y}"
    elif contract_state != "active":
        return f"the provider's contract is {contract_state}"
    if not start_on <= on < end_on:
        return "the provider's contract does not run on that day"
    return ""


def over_card(weekly_fee: Decimal, card: Decimal | None) -> Decimal | None:
    """Return by how much *weekly_fee* passes the rate card; None when there is no price on it for this child."""
    return None if card is None else max(Decimal(0), weekly_fee - card)


def over_lifetime(ceiling: Decimal | None, allowed_beyond: Decimal, committed: Decimal, more: Decimal) -> Decimal:
    """Return by how many pounds *more* would pass a framework's ceiling; nought or less when it fits or has none."""
    return ZERO if ceiling is None else committed + more - ceiling - allowed_beyond


def uplift_percent(index_percent: Decimal, cap_percent: Decimal) -> Decimal:
    """Return by how many percent prices rise: the lower of the index and the cap."""
    return min(index_percent, cap_percent)


def raised(weekly_fee: Decimal, percent: Decimal) -> Decimal:
    """Return *weekly_fee* (pounds) raised by *percent*, rounded once to the penny, half up."""
    return to_penny(weekly_fee * (100 + percent) / 100)


def counted(lines: Iterable[Line], start_on: dt.date, end_on: dt.date) -> Decimal:
    """Return what the nights of *lines* in [start_on, end_on) cost, in pounds: what counts against a ceiling."""
    total = ZERO
    for line in lines:
        nights = (min(line.end_on, end_on) - max(line.start_on, start_on)).days
        total += for_nights(line.weekly_fee, max(nights, 0))
    return total


def weekly_fee(lines: Sequence[Line], on: dt.date) -> Decimal:
    """Return what *lines* cost a week on the day *on* (before the first day the first, after the last the last), without
    what is paid for one night only, as something paid once is."""
    weekly = [line for line in lines if (line.end_on - line.start_on).days > 1] or list(lines)
    day = min(
        max(on, min(line.start_on for line in weekly)), max(line.end_on for line in weekly) - dt.timedelta(days=1)
    )
    return sum((line.weekly_fee for line in weekly if line.start_on <= day < line.end_on), ZERO)


def nights_cost(weekly_fee: Decimal, nights: int) -> Decimal:
    """Return what *nights* cost at *weekly_fee*, in pounds."""
    return for_nights(weekly_fee, nights)


@dataclass(frozen=True)
class Running:
    """A placement under a contract that is left: its price, its nights [start_on, end_on), the day its cover ends, and
    what is decided of it (*what* of `Leaving` or "", by *due_on*, done or not)."""

    weekly_fee: Decimal
    start_on: dt.date
    end_on: dt.date
    covered_until: dt.date
    what: str = ""
    due_on: dt.date | None = None
    is_done: bool = False


@dataclass(frozen=True)
class GapMonth:
    """What placements cost in one month, in pounds, by what allows them."""

    month: dt.date
    covered: Decimal
    settled: Decimal
    planned: Decimal
    gap: Decimal


def gap_by_month(rows: Sequence[Running], months: Sequence[dt.date]) -> list[GapMonth]:
    """Return, for each month by its first day, what *rows* cost: under the contract that is left, settled since,
    settled as planned, and without cover.

    Nights before the cover ends are covered. Of those after, a step that is done settles all; a planned one those from
    its day on, and leaves the nights before it without cover. A planned end leaves no nights after its day.
    """
    found = []
    for first, after in zip(months, [*months[1:], _next_month(months[-1])] if months else [], strict=True):
        sums = dict.fromkeys(("covered", "settled", "planned", "gap"), ZERO)
        for row in rows:
            for what, start, end in _pieces(row):
                nights = (min(end, after) - max(start, first)).days
                if nights > 0:
                    sums[what] += for_nights(row.weekly_fee, nights)
        found.append(GapMonth(first, **sums))
    return found


def _next_month(first: dt.date) -> dt.date:
    return (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def _pieces(row: Running) -> list[tuple[str, dt.date, dt.date]]:
    """Return the nights of a row by what allows them."""
    cover = min(max(row.covered_until, row.start_on), row.end_on)
    pieces = [("covered", row.start_on, cover)]
    if row.is_done:
        return [*pieces, ("settled", cover, row.end_on)]
    due = max(row.due_on, cover) if row.what and row.due_on else row.end_on
    pieces.append(("gap", cover, min(due, row.end_on)))
    if row.what and row.what != "end":
        pieces.append(("planned", min(due, row.end_on), row.end_on))
    return pieces


@dataclass(frozen=True)
class Spell:
    """The nights [start_on, end_on), each at one weekly fee (pounds)."""

    weekly_fee: Decimal
    start_on: dt.date
    end_on: dt.date


def weekly_by_night(lines: Sequence[Line]) -> list[Spell]:
    """Return what *lines* cost a week together, spell by spell in order, without what is paid once."""
    weekly = [line for line in lines if line.kind != LineKind.ONE_OFF and line.start_on < line.end_on]
    days = sorted({day for line in weekly for day in (line.start_on, line.end_on)})
    found = []
    for start, end in pairwise(days):
        fees = [line.weekly_fee for line in weekly if line.start_on <= start < line.end_on]
        if fees:
            found.append(Spell(sum(fees, ZERO), start, end))
    return found


def free_in_block(
    places: int, held: Sequence[tuple[dt.date, dt.date]], wanted: Sequence[Spell], start_on: dt.date, end_on: dt.date
) -> list[Spell]:
    """Return the nights of *wanted* in [start_on, end_on) on which a block of so many *places* has one that nobody holds."""
    found: list[Spell] = []
    for spell in wanted:
        first, last = max(spell.start_on, start_on), min(spell.end_on, end_on)
        days = sorted({first, last, *(day for one in held for day in one if first < day < last)})
        for start, end in pairwise(days) if first < last else ():
            if sum(begins <= start < ends for begins, ends in held) >= places:
                continue
            if found and (found[-1].end_on, found[-1].weekly_fee) == (start, spell.weekly_fee):
                start = found.pop().start_on
            found.append(Spell(spell.weekly_fee, start, end))
    return found


def earliest_block_end(*, start_on: dt.date, notice_days: int, today: dt.date) -> dt.date:
    """Return the first day on which a block may end early: after its notice has run from *today*, and one night at least."""
    return max(today + dt.timedelta(days=max(notice_days, 1)), start_on + dt.timedelta(days=1))


def without(spells: Sequence[Spell], taken: Spell) -> list[Spell]:
    """Return *spells* without the nights of *taken*."""
    found = []
    for each in spells:
        for start, end in (
            (each.start_on, min(each.end_on, taken.start_on)),
            (max(each.start_on, taken.end_on), each.end_on),
        ):
            if start < end:
                found.append(Spell(each.weekly_fee, start, end))
    return found
