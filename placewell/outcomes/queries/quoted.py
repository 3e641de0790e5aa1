"""A provider's record as others quote it: tenders, renewals, blocks. Each figure with its uncertainty and its source."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from placewell.accounts.models import User
from placewell.market import queries as market

from .. import models
from ..rules import funnel, ladder
from . import delivering

DECIDED = (ladder.Measure.IN_FORCE, ladder.Measure.NOT_MET, ladder.Measure.LIFTED, ladder.Measure.CARRIED_OUT)


@dataclass(frozen=True)
class Quoted:
    """One line of the record: what, how it stands, of how many cases, with what uncertainty, by which definition."""

    what: str
    value: str
    cases: str
    uncertainty: str
    rating: str
    definition: str


def provider_record(*, provider_id: UUID, for_user: User, on: dt.date) -> list[Quoted]:
    """Return the record of one provider as it stands on the day *on*: measures, what is counted, grades, what went wrong.

    Raises:
        NotFound: there is none that *for_user* may see.
    """
    found = delivering.performance(provider_id=provider_id, for_user=for_user, on=on)
    lines = [_measure(line) for line in found.lines]
    lines += [
        Quoted(
            each.title,
            str(each.count),
            f"{found.nights:,} nights",
            "" if each.rate is None else f"{each.rate:.2f} in 1,000 nights ({each.low:.2f} to {each.high:.2f})",
            "",
            "Counted, never rated: whoever reports more is not worse.",
        )
        for each in found.counted
    ]
    return lines + _grades(provider_id, for_user) + _wrong(provider_id)


def number(value: float | None, unit: str) -> str:
    """Return a value as people read it in its unit."""
    if value is None:
        return "Not known"
    return {"percent": f"{value:.0f}%", "hours": f"{value:.1f} h"}.get(unit, f"{value:.2f}")


def _measure(line: delivering.Line) -> Quoted:
    unit, measured = line.definition.unit, line.measured
    between = (
        "" if measured.low is None else f"{number(measured.low, unit)} to {number(measured.high, unit)} (95 in 100)"
    )
    goal = f"; target {number(float(line.target.target), unit)}" if line.target else ""
    return Quoted(
        line.definition.title,
        number(measured.value, unit),
        str(measured.size),
        between,
        f"{line.rating.value.replace('_', ' ')}{goal}",
        line.definition.definition,
    )


def _grades(provider_id: UUID, for_user: User) -> list[Quoted]:
    rows = market.registrations(for_user=for_user).filter(provider=provider_id)
    return [
        Quoted(
            f"Regulator's grade, {row.urn}",
            row.get_grade_display(),
            "",
            f"inspected {row.inspected_on:%-d %B %Y}" if row.inspected_on else "",
            row.get_status_display(),
            "The regulator's register as last brought in.",
        )
        for row in rows
    ]


def _wrong(provider_id: UUID) -> list[Quoted]:
    rows = models.Measure.objects.filter(provider=provider_id, state__in=[*DECIDED, ladder.Measure.MET])
    counts = rows.order_by().values_list("kind", "state").annotate(Count("pk"))
    return [
        Quoted(
            ladder.Kind(kind).value.replace("_", " ").capitalize(),
            str(count),
            "",
            "",
            state.replace("_", " "),
            "Measures taken, whenever.",
        )
        for kind, state, count in sorted(counts)
    ]


@dataclass(frozen=True)
class Dot:
    """A provider on the funnel."""

    provider_id: UUID
    name: str
    standing: funnel.Standing


def funnel_of(
    rows: dict[UUID, delivering.Performance], *, names: dict[UUID, str]
) -> tuple[list[Dot], list[tuple[float, tuple[float, float], tuple[float, float]]]]:
    """Return who stands where, most expected first, and the limits along the funnel as (expected, 95 %, 99.8 %) ratios."""
    dots = [
        Dot(owner, names.get(owner, ""), row.standing)
        for owner, row in rows.items()
        if row.standing is not None and row.standing.ratio is not None
    ]
    dots.sort(key=lambda dot: -dot.standing.expected)
    most = max([dot.standing.expected for dot in dots], default=0.0)
    if most <= 0:
        return dots, []
    along = [most * 1.08 * step / 40 for step in range(1, 41)]
    edges = []
    for each in along:
        near, far = (funnel.count_limits(each, level=level) for level in funnel.LEVELS)
        edges.append((each, (near[0] / each, near[1] / each), (far[0] / each, far[1] / each)))
    return dots, edges
