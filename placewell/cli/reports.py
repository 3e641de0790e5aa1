"""Standard reports as tables over years: no child's name or reference stands in them; rows come as they are read."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from placewell.kernel.periods import months_after

CHUNK = 2_000  # rows held at a time
Report = tuple[Sequence[str], Iterable[Sequence[Any]]]


def since(years: int | None, on: dt.date) -> dt.date:
    """Return the first day of the last *years* up to *on*; of all when none is said."""
    return dt.date(1900, 1, 1) if years is None else months_after(on, -12 * years)


def decisions(*, on: dt.date, years: int | None, council: Any) -> Report:
    """Return the public register of decisions."""
    from placewell.governance.queries import public_register

    names = ["number", "body", "taken_on", "published_on", "item", "title", "text", "reasons", "alternatives", "state"]
    rows = public_register()
    if years is not None:
        rows = rows.filter(taken_on__gte=since(years, on))
    return names, ([getattr(row, name) for name in names] for row in rows.iterator(CHUNK))


def commitments(*, on: dt.date, years: int | None, council: Any) -> Report:
    """Return the live commitments, with no child in them."""
    from placewell.budget.queries import commitments as live

    titles = ["provider", "category", "weekly_fee", "start_on", "end_on", "total"]
    rows = live() if years is None else live().filter(end_on__gte=since(years, on))
    return titles, (
        [r.provider.name, r.category, r.weekly_fee, r.start_on, r.end_on, r.total] for r in rows.iterator(CHUNK)
    )


def envelopes(*, on: dt.date, years: int | None, council: Any) -> Report:
    """Return the envelope by year, what is committed and what is left."""
    from placewell.budget.queries import position

    titles = ["year", "envelope", "allowed_beyond", "committed", "left"]
    return titles, ([y.words, y.envelope, y.allowed_beyond, y.committed, y.left] for y in position(on=on))


def placements(*, on: dt.date, years: int | None, council: Any) -> Report:
    """Return the placements with providers that ran in these years: by month, and whose they were is not told."""
    from placewell.accounts.queries import providers
    from placewell.placements.queries import lived_with_providers

    names = dict(providers().values_list("pk", "name"))
    titles = ["provider", "category", "from_month", "to_month", "nights", "was_planned", "end_reason"]
    rows = sorted(lived_with_providers(start_on=since(years, on), end_on=on), key=lambda row: row.start_on)
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
    from placewell.outcomes.queries import council as counted
    from placewell.outcomes.queries import trend

    records = counted(of=council)
    told = trend(records, on=on, small=False)
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
    from placewell.accounts.queries import providers as named
    from placewell.outcomes.queries import performances

    names = dict(named().values_list("pk", "name"))
    found = performances(on=on, months=12 * (years or 1))
    titles = ["provider", "measure", "value", "unit", "cases", "low", "high", "rating"]
    return titles, (
        [
            names.get(owner, ""), line.definition.title, line.measured.value, line.definition.unit, line.measured.size,
            line.measured.low, line.measured.high, line.rating.value,
        ]
        for owner, each in sorted(found.items(), key=lambda pair: names.get(pair[0], ""))
        for line in each.lines
    )  # fmt: skip


REPORTS = {
    "commitments": commitments,
    "decisions": decisions,
    "envelopes": envelopes,
    "outcomes": outcomes,
    "placements": placements,
    "providers": providers,
}
