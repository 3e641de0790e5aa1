"""What demand is likely to cost, which limit it would pass, and the requests that the system opened."""

import datetime as dt
from collections import defaultdict
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
        if self.crossing is states.Crossing.LIFETIME:
            return "the decision's lifetime ceiling"
        year = rules.year_words(self.year)
        if self.crossing is states.Crossing.LOT:
            return f"the share of {self.category.replace('_', ' ')} in {year}"
        return f"the envelope for {year}"


def policy(*, on: dt.date) -> Decimal:
    """Return the chance at which demand approval is sought on the day *on*."""
    found = models.DemandPolicy.objects.filter(start_on__lte=on).order_by("-start_on").first()
    return found.chance if found else USUAL_CHANCE


def forecast() -> models.Forecast | None:
    """Return the newest forecast that was taken, or None."""
    return models.Forecast.objects.order_by("-taken_at").first()


def _rows(decision_id) -> list[models.Commitment]:
    live = models.Commitment.objects.filter(decision=decision_id, state=states.Commitment.LIVE)
    return list(live.only("category", "line", "weekly_fee", "start_on", "end_on"))


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


def outlooks(*, decision_id, on: dt.date) -> list[Outlook]:
    """Return every limit of a decision that time has not passed, and what is expected against it: this year's and the
    next one's envelope, the lots' shares in this year, and the lifetime ceiling."""
    rows = _rows(decision_id)
    envelopes = {each.financial_year: each for each in models.Envelope.objects.filter(decision=decision_id)}
    year = financial_year(on)
    if not envelopes or not rows:
        return []
    found = [_of_year(rows, envelopes[each], on) for each in (year, year + 1) if each in envelopes]
    if year in envelopes:
        by_lot = defaultdict(list)
        for row in rows:
            by_lot[row.category].append(row)
        for share in envelopes[year].lots.all():
            if share.category in by_lot:
                given: dict[str, Any] = {
                    "crossing": states.Crossing.LOT,
                    "category": share.category,
                    "limit": share.amount,
                }
                found.append(outlook_of(by_lot[share.category], years=[year], on=on, **given))
    if year <= max(envelopes):
        ceiling = sum((each.amount for each in envelopes.values()), ZERO) + _approved(
            decision_id, states.Crossing.LIFETIME
        )
        given = {"crossing": states.Crossing.LIFETIME, "category": "", "limit": ceiling}
        found.append(outlook_of(rows, years=sorted(envelopes), on=on, **given))
    return found


def _of_year(rows: list[models.Commitment], envelope: models.Envelope, on: dt.date) -> Outlook:
    """Return what is expected of a year against its envelope and what the offices allowed beyond it, used or not."""
    year = envelope.financial_year
    limit = envelope.amount + _approved(envelope.decision_id, states.Crossing.YEAR, year)
    return outlook_of(rows, crossing=states.Crossing.YEAR, category="", limit=limit, years=[year], on=on)


def year_outlook(*, decision_id, year: int, on: dt.date) -> Outlook:
    """Return what is expected of one year against its envelope."""
    envelope = models.Envelope.objects.get(decision=decision_id, financial_year=year)
    return _of_year(_rows(decision_id), envelope, on)


def _approved(decision_id, crossing: states.Crossing, year: int | None = None) -> Decimal:
    found = models.DemandRequest.objects.filter(decision=decision_id, crossing=crossing, approval__state="approved")
    if year is not None:
        found = found.filter(financial_year=year)
    return found.aggregate(sum=Sum("approval__amount"))["sum"] or ZERO


def standing_leave(*, decision_id, year: int, over: Decimal) -> Any:
    """Return the id of an approval that the system asked for, that the offices gave, and of which *over* is left; or None."""
    given = models.DemandRequest.objects.filter(
        decision=decision_id, crossing=states.Crossing.YEAR, financial_year=year, approval__state="approved"
    )
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
    return models.DemandRequest.objects.select_related("approval__delegation", "decision").prefetch_related("questions")


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


def unanswered(*, request_id=None) -> QuerySet[models.Question]:
    """Return the questions of the offices that nobody has answered."""
    found = models.Question.objects.filter(answered_at=None).select_related("request__approval", "asked_by")
    return found if request_id is None else found.filter(request=request_id)


def decisions_with_money(*, on: dt.date) -> list:
    """Return the decisions that have envelopes and are not set aside."""
    with_envelopes = models.Envelope.objects.values_list("decision", flat=True).distinct()
    return list(decisions().filter(pk__in=list(with_envelopes)).exclude(Q(state="set_aside") | Q(state="draft")))
