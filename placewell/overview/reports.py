"""Standard reports as tables over years: no child's name or reference stands in them; rows come as they are read."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from placewell.accounts import queries as accounts
from placewell.accounts.permissions import Permission
from placewell.budget import queries as budget
from placewell.governance import queries as governance
from placewell.kernel.periods import months_after
from placewell.outcomes import queries as counted
from placewell.placements import queries as lived

CHUNK = 2_000  # rows held at a time
Report = tuple[Sequence[str], Iterable[Sequence[Any]]]


def since(years: int | None, on: dt.date) -> dt.date:
    """Return the first day of the last *years* up to *on*; of all when none is said."""
    return dt.date(1900, 1, 1) if years is None else months_after(on, -12 * years)


def decisions(*, on: dt.date, years: int | None, council: Any) -> Report:
    """Return the public register of decisions."""
    names = ["number", "body", "taken_on", "published_on", "item", "title", "text", "reasons", "alternatives", "state"]
    rows = governance.public_register()
    if years is not None:
        rows = rows.filter(taken_on__gte=since(years, on))
    return names, ([getattr(row, name) for name in names] for row in rows.iterator(CHUNK))


def commitments(*, on: dt.date, years: int | None, council: Any) -> Report:
    """Return the live commitments, with no child in them."""
    titles = ["provider", "category", "weekly_fee", "start_on", "end_on", "total"]
    rows: Any = budget.commitments() if years is None else budget.commitments().filter(end_on__gte=since(years, on))
    return titles, (
        [r.provider.name, r.category, r.weekly_fee, r.start_on, r.end_on, r.total] for r in rows.iterator(CHUNK)
    )


def envelopes(*, on: dt.date, years: int | None, council: Any) -> Report:
    """Return the envelope by year, what is committed and what is left."""
    titles = ["year", "envelope", "allowed_beyond", "committed", "left"]
    return titles, ([y.words, y.envelope, y.allowed_beyond, y.committed, y.left] for y in budget.position(on=on))


def placements(*, on: dt.date, years: int | None, council: Any) -> Report:
    """Return the placements with providers that ran in these years: by month, and whose they were is not told."""
    names = dict(accounts.providers().values_list("pk", "name"))
    titles = ["provider", "category", "from_month", "to_month", "nights", "was_planned", "end_reason"]
    rows = sorted(lived.lived_with_providers(start_on=since(years, on), end_on=on), key=lambda row: row.start_on)
    return titles, (
        [
            names.get(row.provider_id, ""),
            row.category,
            row.start_on.strftime("%Y-%m"),
            row.end_on.strftime("%Y-%m") if row.end_on else "",
            ((row.end_on or on) - row.start_on).days,
            row.was_planned,
            row.end_reason,
        ]
        for row in rows
    )


def outcomes(*, on: dt.date, years: int | None, council: Any) -> Report:
    """Return the measures of outcomes on each 31 March and today, counts under five held back."""
    records = counted.council(of=council)
    told = counted.trend(records, on=on, small=False)
    first = since(years, on)
    titles = ["area", "measure", "day", "figure", "counts", "definition", "source"]
    return titles, (
        [
            one.measure.area,
            one.measure.title,
            one.on,
            one.figure,
            one.counts,
            one.measure.definition,
            one.measure.source,
        ]
        for each in told.values()
        for one in each
        if one.on >= first
    )


def providers(*, on: dt.date, years: int | None, council: Any) -> Report:
    """Return how each provider delivered on each measure in the last years (one when none is said), with its uncertainty."""
    names = dict(accounts.providers().values_list("pk", "name"))
    found = counted.performances(on=on, months=12 * (years or 1))
    titles = ["provider", "measure", "value", "unit", "cases", "low", "high", "rating"]
    return titles, (
        [
            names.get(owner, ""), line.definition.title, line.measured.value, line.definition.unit, line.measured.size,
            line.measured.low, line.measured.high, line.rating.value,
        ]
        for owner, each in sorted(found.items(), key=lambda pair: names.get(pair[0], ""))
        for line in each.lines
    )  # fmt: skip


@dataclass(frozen=True)
class Standard:
    """A standard report: what it is called, what it holds, who may have it, and its titles and rows."""

    title: str
    told: str
    permissions: tuple[Permission, ...]  # all of them
    rows: Callable[..., Report]


REPORTS = {
    "outcomes": Standard(
        "Outcomes",
        "Each measure on every 31 March and today, with its definition and source; counts under five held back.",
        (Permission.SEE_OUTCOMES,),
        outcomes,
    ),
    "providers": Standard(
        "How providers deliver",
        "Each provider on each measure over the years asked for (one, where all are), with what chance allows and the rating.",
        (Permission.SEE_OUTCOMES,),
        providers,
    ),
    "placements": Standard(
        "Placements with providers",
        "A line for each placement: provider, kind of home, months, nights and how it ended; not whose it was.",
        (Permission.SEE_PLACEMENTS,),
        placements,
    ),
    "commitments": Standard(
        "Commitments",
        "What is promised to providers: price a week, days and the whole.",
        (Permission.SEE_BUDGET, Permission.SEE_CHILDREN),  # the days on which they end tell of children
        commitments,
    ),
    "envelopes": Standard(
        "Envelopes",
        "What Cabinet agreed for each year, what is committed and what is left; always of all years.",
        (Permission.SEE_BUDGET,),
        envelopes,
    ),
    "decisions": Standard(
        "Decisions",
        "The public register of decisions.",
        (Permission.SEE_DECISIONS,),
        decisions,
    ),
}
