"""What demand is likely to cost, which limit it would pass, and the requests that the system opened."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from placewell.governance.queries import decisions
from placewell.kernel.errors import NotFound
from placewell.kernel.money import ZERO, to_penny
from placewell.kernel.periods import financial_year, financial_year_period

from .. import models, rules, runrate, states
from .months import line_of

USUAL_CHANCE = Decimal("0.50")


@dataclass(frozen=True)
class Outlook:
    """What one limit allows, and what is expected against it."""

    crossing: states.Crossing
    year: int
    category: str
    limit: Decimal
    committed: Decimal
    projection: runrate.Projection
    daily: list[float]
    months: list[tuple[dt.date, runrate.Projection]]
    basis: str  # the forecast's name, or the run-rate

    @property
    def chance(self) -> float:
        """The chance of passing the limit, from 0 to 1; certain when more than it is committed for nights gone."""
        return self.projection.chance_above(float(self.limit))

    def at(self, share: float) -> Decimal:
        """Return the pounds that are not passed with the chance *share*."""
        return to_penny(Decimal(str(round(self.projection.level(share), 2))))

    @property
    def words(self) -> str:
        """What the limit is, as people say it."""
        return rules.limit_words(self.crossing, self.year, self.category)


def policy(*, on: dt.date) -> Decimal:
    """Return the chance at which demand approval is sought on the day *on*."""
    found = models.DemandPolicy.objects.filter(start_on__lte=on).order_by("-start_on").first()
    return found.chance if found else USUAL_CHANCE


def forecast() -> models.Forecast | None:
    """Return the newest forecast that was taken, or None."""
    return models.Forecast.objects.order_by("-taken_at").first()


def _rows(decision_id) -> list[models.Commitment]:
    live = models.Commitment.objects.filter(decision=decision_id, state=states.Commitment.LIVE)
    return list(live.only("category", "line", "weekly_fee", "percent", "start_on", "end_on"))


def _daily(rows: Iterable[models.Commitment], days: list[dt.date]) -> list[float]:
    """Return what a day cost (pounds) on each of *days*; what is paid once is no rate."""
    found = [0.0] * len(days)
    for row in rows:
        if row.line == states.LineKind.ONE_OFF:
            continue
        for place, day in enumerate(days):
            if row.start_on <= day < row.end_on:
                found[place] += float(row.weekly_fee) / 7
    return found


def _marks(on: dt.date, first: dt.date) -> list[dt.date]:
    """Return the days on which the daily cost is read: each month back from *on*, not before *first*."""
    found, day = [on], on.replace(day=1)
    while len(found) <= runrate.MONTHS and day > first:
        found.append(day)
        day = (day - dt.timedelta(days=1)).replace(day=1)
    return found[::-1]


def _spent(rows: Iterable[models.Commitment], start_on: dt.date, on: dt.date) -> float:
    """Return what the nights of *rows* in [start_on, on) cost, pounds."""
    return float(sum((rules.cost_between(line_of(row), start_on, on) for row in rows), ZERO))


def outlook_of(
    rows: list[models.Commitment],
    *,
    crossing: states.Crossing,
    category: str,
    limit: Decimal,
    years: list[int],
    on: dt.date,
) -> Outlook:
    """Return what the nights of *years* are likely to cost against *limit*, seen from the day *on*."""
    start, end = financial_year_period(years[0]).start, financial_year_period(years[-1]).end or on
    today = min(max(on, start), end)
    first = min((row.start_on for row in rows), default=on)
    daily = _daily(rows, _marks(on, first))
    spent = _spent(rows, start, today)
    lengths = runrate.month_lengths(today, end)
    gap = max(0.0, (start - on).days / 30.4)
    whole, own = runrate.project(history=daily, spent=spent, days=lengths, start_share=gap)
    months, day = [], today
    for length, each in zip(lengths, own, strict=True):
        months.append((day, each))
        day += dt.timedelta(days=length)
    committed = sum((rules.cost_between(line_of(row), start, end) for row in rows), ZERO)
    whole, months, basis = _from_forecast(category, whole, months, spent)
    return Outlook(crossing, years[-1], category, limit, committed, whole, daily, months, basis)


def _from_forecast(category: str, whole: runrate.Projection, months: list, spent: float):
    """Return the projection of the forecast where one covers every month to come of all lots; else of the run-rate."""
    found = None if category else forecast()
    if found is None:
        return whole, months, "Run-rate: as in the months before"
    by_month = {dt.date.fromisoformat(day): values for day, *values in found.months}
    if any(day.replace(day=1) not in by_month for day, _ in months):
        return whole, months, "Run-rate: the forecast does not reach so far"
    taken, mean, spread = [], spent, 0.0
    for day, _ in months:
        low, middle, high = (float(value) for value in by_month[day.replace(day=1)])
        length = (rules.next_month(day) - day).days
        share = length / (rules.next_month(day) - day.replace(day=1)).days
        wide = max(0.0, high - low) / 2.563 * share  # ten to ninety per cent of a normal spread
        taken.append((day, runrate.Projection(middle * share, wide)))
        mean, spread = mean + middle * share, spread + wide  # months of one forecast move together
    return runrate.Projection(mean, spread, spent), taken, f"Forecast “{found.label}”"


def lifetime_ceiling(decision, envelopes: Iterable[models.Envelope]) -> Decimal:
    """Return what a decision allows in all its years: as it says, or what its envelopes come to where that is more."""
    said = (decision.annual_amount or ZERO) * (decision.years or 0)
    return max(said, sum((each.amount for each in envelopes), ZERO))


def outlooks(*, decision_id, on: dt.date) -> list[Outlook]:
    """Return every limit of a decision that time has not passed, and what is expected against it: this year's and the
    next one's envelope, the lots' shares in this year, and the lifetime ceiling."""
    rows, year = _rows(decision_id), financial_year(on)
    envelopes = _envelopes(decision_id)
    if not envelopes or not rows:
        return []
    wanted = [(states.Crossing.YEAR, each, "") for each in (year, year + 1) if each in envelopes]
    if year in envelopes:
        bought = {row.category for row in rows}
        lots = [share.category for share in envelopes[year].lots.all() if share.category in bought]
        wanted += [(states.Crossing.LOT, year, each) for each in lots]
    if year <= max(envelopes):
        wanted.append((states.Crossing.LIFETIME, max(envelopes), ""))
    return [_against(rows, envelopes, *each, on=on) for each in wanted]


def outlook(*, decision_id, crossing: str, year: int, category: str, on: dt.date) -> Outlook:
    """Return what is expected against one limit: of a year, of a lot in a year, or for the decision's life."""
    return _against(_rows(decision_id), _envelopes(decision_id), states.Crossing(crossing), year, category, on=on)


def _envelopes(decision_id) -> dict[int, models.Envelope]:
    found = models.Envelope.objects.filter(decision=decision_id).select_related("decision").prefetch_related("lots")
    return {each.financial_year: each for each in found}


def _against(
    rows: list[models.Commitment],
    envelopes: dict[int, models.Envelope],
    crossing: states.Crossing,
    year: int,
    category: str,
    *,
    on: dt.date,
) -> Outlook:
    """Return what is expected against one limit and what the offices allowed beyond it, used or not."""
    years, kept = [year], envelopes[year]
    if crossing is states.Crossing.LIFETIME:
        years, limit = sorted(envelopes), lifetime_ceiling(kept.decision, envelopes.values())
    elif crossing is states.Crossing.LOT:
        rows = [row for row in rows if row.category == category]
        limit = next(share.amount for share in kept.lots.all() if share.category == category)
    else:
        limit = kept.amount
    given = _given(kept.decision_id, crossing, years[-1], category).aggregate(sum=Sum("approval__amount"))["sum"]
    return outlook_of(rows, crossing=crossing, category=category, limit=limit + (given or ZERO), years=years, on=on)


def _given(decision_id, crossing: states.Crossing, year: int, category: str) -> QuerySet[models.DemandRequest]:
    """Return the requests to pass one limit that the offices approved."""
    given = models.DemandRequest.objects.filter(decision=decision_id, crossing=crossing, approval__state="approved")
    return given if crossing is states.Crossing.LIFETIME else given.filter(financial_year=year, category=category)


def standing_leave(*, decision_id, crossing: states.Crossing, year: int, category: str, over: Decimal) -> Any:
    """Return the id of an approval that the system asked for, that the offices gave, and of which *over* is left; or None."""
    given = _given(decision_id, crossing, year, category)
    for request in given.select_related("approval").order_by("opened_at"):
        if left_of(request.approval) >= over:
            return request.approval_id
    return None


def left_of(approval) -> Decimal:
    """Return how much of a demand approval is not used."""
    used = models.Overrun.objects.filter(approval=approval.pk).aggregate(sum=Sum("amount"))["sum"] or ZERO
    return (approval.amount or ZERO) - used


def requests() -> QuerySet[models.DemandRequest]:
    """Return every request that the system opened, newest first."""
    return models.DemandRequest.objects.select_related("approval__delegation", "decision")


def request(*, request_id) -> models.DemandRequest:
    """Return one request; raise NotFound when there is none in this scope."""
    if found := requests().filter(pk=request_id).first():
        return found
    raise NotFound("There is no such request.")


def open_requests() -> QuerySet[models.DemandRequest]:
    """Return the requests that nobody has decided."""
    return requests().filter(approval__state="requested")


def held() -> QuerySet[models.Held]:
    """Return what waits for demand approval, oldest first."""
    return models.Held.objects.filter(released_at=None).select_related("provider", "held_by")


def decisions_with_money(*, on: dt.date) -> list:
    """Return the decisions that have envelopes and are not set aside."""
    with_envelopes = models.Envelope.objects.values_list("decision", flat=True).distinct()
    return list(decisions().filter(pk__in=list(with_envelopes)).exclude(Q(state="set_aside") | Q(state="draft")))
