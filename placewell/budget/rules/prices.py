"""Prices that change: discounts, places kept while a child is away, rebates; each worked out anew from the prices alone."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Protocol

from placewell.kernel.money import ZERO, to_penny
from placewell.kernel.periods import Period

from .nights import HUNDRED, Line


def discounted(lines: Iterable[Line], *, kind: str, percent: Decimal, start_on: dt.date, end_on: dt.date) -> list[Line]:
    """Return the lines of a discount of *percent* on *lines* in [start_on, end_on): weekly fees below nought, and above it
    for what a block pays of the price already.

    A one-off and another discount carry none.

    Raises:
        ValueError: *percent* is not between 0 and 100.
    """
    if not 0 < percent <= HUNDRED:
        raise ValueError(f"a discount is more than 0 and at most 100 per cent, not {percent}")
    found = []
    for line in lines:
        both = line.period.overlap(Period(start_on, end_on)) if start_on < end_on else None
        is_price = line.kind == BLOCK or not is_discount(line.kind)
        if both is None or both.end is None or not is_price or not line.weekly_fee or line.kind == "one_off":
            continue
        found.append(Line(kind, -to_penny(line.weekly_fee * percent / HUNDRED), both.start, both.end, percent))
    return found


BLOCK = "discount_block"  # what a block pays: part of the price, and no discount that the provider gives


def is_discount(kind: str) -> bool:
    """Tell whether a line takes away from the price."""
    return kind.startswith("discount_")


def until_day(line: Line, day: dt.date) -> Line:
    """Return *line* without its nights from *day* on."""
    return replace(line, end_on=min(line.end_on, max(day, line.start_on)))


def from_day(line: Line, day: dt.date) -> Line:
    """Return *line* without its nights before *day*."""
    return replace(line, start_on=min(max(line.start_on, day), line.end_on))


def with_nights(lines: Iterable[Line]) -> list[Line]:
    """Return those of *lines* that have a night."""
    return [line for line in lines if line.start_on < line.end_on]


def joined(lines: Iterable[Line], *, at: dt.date) -> list[Line]:
    """Return *lines*, two that pay the same for the nights before and after the day *at* as one: what was cut there and put
    back costs to the penny what it cost, since a line is rounded once."""
    found: list[Line] = []
    for line in sorted(with_nights(lines), key=lambda each: each.start_on):
        same = (line.kind, line.weekly_fee, at)
        ends = (place for place, each in enumerate(found) if (each.kind, each.weekly_fee, each.end_on) == same)
        place = next(ends, None) if line.start_on == at else None
        if place is None:
            found.append(line)
        else:
            found[place] = replace(found[place], end_on=line.end_on)
    return found


def repriced(lines: Iterable[Line], *, prices: Iterable[Line], start_on: dt.date) -> list[Line]:
    """Return *lines* with the weekly *prices* in their place from *start_on* on: what is paid once stays, and each discount
    that runs is taken off the new prices by the same per cent."""
    lines, prices = list(lines), list(prices)
    kept = [line if line.kind == "one_off" else until_day(line, start_on) for line in lines]
    running: dict[tuple[str, Decimal], tuple[dt.date, dt.date]] = {}
    for line in lines:
        if not is_discount(line.kind) or line.kind == BLOCK or line.end_on <= start_on:
            continue
        if line.percent is None:  # kept before per cents were: nobody knows what it is of the new price
            kept.append(from_day(line, start_on))
            continue
        first, last = running.get((line.kind, line.percent), (line.start_on, line.end_on))
        running[line.kind, line.percent] = min(first, line.start_on), max(last, line.end_on)
    anew = [
        each
        for (kind, percent), (first, last) in running.items()
        for each in discounted(prices, kind=kind, percent=percent, start_on=max(first, start_on), end_on=last)
    ]
    return joined([*kept, *prices, *anew], at=start_on)


class Away(Protocol):
    """What is agreed of a place that is kept while a child is away; *back_on* is open until the child is back."""

    away_from: Any
    back_on: Any
    full_nights: Any
    percent: Any
    most_nights: Any


def while_away(lines: Iterable[Line], spells: Iterable[Away]) -> list[Line]:
    """Return what *lines* become while a place is kept (`retained`) in each of *spells*; what is paid once stays as it is."""
    found = list(lines)
    for each in spells:
        terms = {"full_nights": each.full_nights, "percent": each.percent, "most_nights": each.most_nights}
        days = {"away_from": each.away_from, "back_on": each.back_on or dt.date.max}
        found = [
            part for line in found for part in ([line] if line.kind == "one_off" else retained(line, **days, **terms))
        ]
    return with_nights(found)


def retained(
    line: Line, *, away_from: dt.date, back_on: dt.date, full_nights: int, percent: Decimal, most_nights: int
) -> list[Line]:
    """Return *line* for a child who is away in [away_from, back_on): paid whole for *full_nights*, then *percent* of
    the fee as a retainer until *most_nights* have passed, then nothing until the child is back. A discount shrinks alike."""
    if line.end_on <= away_from or line.start_on >= back_on:
        return [line]
    marks = [line.start_on, away_from + dt.timedelta(days=full_nights), away_from + dt.timedelta(days=most_nights)]
    back_on = max(away_from, min(back_on, line.end_on))
    whole_until, retainer_until = (min(max(mark, line.start_on), back_on) for mark in marks[1:])
    retainer = to_penny(line.weekly_fee * percent / HUNDRED)
    kind = line.kind if is_discount(line.kind) else "retainer"
    found = [
        replace(line, end_on=whole_until),
        Line(kind, retainer, whole_until, max(whole_until, retainer_until), line.percent),
        replace(line, start_on=max(back_on, line.start_on)),
    ]
    return [each for each in found if each.start_on < each.end_on and (each.weekly_fee or not line.weekly_fee)]


def volume_percent(nights: int, thresholds: Mapping[int, Decimal]) -> Decimal:
    """Return the rebate (per cent) for *nights* bought in a year: that of the highest threshold reached."""
    reached = [percent for least, percent in sorted(thresholds.items()) if nights >= least]
    return reached[-1] if reached else ZERO
