"""How providers deliver: each measure from facts in the system, all providers at once, with its uncertainty."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils.timezone import localtime

from placewell.accounts.models import User
from placewell.budget import queries as budget
from placewell.contracts import queries as contracts
from placewell.contracts.states import Contract as ContractState
from placewell.governance.queries import holidays
from placewell.kernel.periods import Period, months_after
from placewell.kernel.working_days import working_hours_between
from placewell.market import queries as market
from placewell.placements import queries as placements

from .. import models, rules
from ..rules import funnel, kpis
from ..rules.kpis import Kpi, Measured, Rating
from ..rules.ladder import ConcernKind

MONTHS = 12
STANDING_MONTHS = 36  # endings are few: a year of them says little of anybody
REPORTED = {
    ConcernKind.NOTIFIABLE_EVENT: "Notifiable events",
    ConcernKind.INCIDENT: "Incidents",
    ConcernKind.COMPLAINT: "Complaints",
    ConcernKind.ALLEGATION: "Allegations",
}
MISSING = "Missing episodes"
UNPLANNED_END = False  # `was_planned` of an ending that nobody planned


@dataclass(frozen=True)
class Counted:
    """Something that is counted and never rated: how many, and how many in 1,000 nights, with the interval of 95 %."""

    title: str
    count: int
    rate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Line:
    """One measure of a provider against its target: the rating word, and whether chance alone explains a miss."""

    definition: kpis.Definition
    measured: Measured
    target: kpis.Target | None
    rating: Rating
    is_sure: bool


@dataclass
class Performance:
    """One provider over a period: its lines, what is only counted, how its placements ended, where it stands."""

    provider_id: UUID
    lines: list[Line] = field(default_factory=list)
    counted: list[Counted] = field(default_factory=list)
    endings: list[tuple[tuple[str, bool], int]] = field(default_factory=list)  # why, and whether nobody had planned it
    nights: int = 0
    standing: funnel.Standing | None = None

    @property
    def breaches(self) -> list[Line]:
        """The lines below their target by more than slightly."""
        return [line for line in self.lines if line.rating in kpis.BREACHES]


def span(*, on: dt.date, months: int = MONTHS) -> tuple[dt.date, dt.date]:
    """Return the period that is looked at on the day *on*: the last *months*, today left out."""
    return months_after(on, -months), on


def contracted(*, start: dt.date, end: dt.date, framework_id: UUID | None = None) -> set[UUID]:
    """Return the providers with a contract (of one framework) that ran on a day of [start, end) and has not been ended."""
    rows = contracts.contracts().filter(start_on__lt=end, end_on__gt=start).exclude(state=ContractState.ENDED)
    if framework_id:
        rows = rows.filter(lot__framework=framework_id)
    return set(rows.order_by().values_list("provider_id", flat=True))


def targets(*, framework_id: UUID | None = None, on: dt.date | None = None) -> QuerySet[models.KpiTarget]:
    """Return published targets, each measure's newest first; those of one framework, those that hold on a day."""
    found = models.KpiTarget.objects.select_related("framework", "set_by").order_by("framework", "kpi", "-from_on")
    if framework_id:
        found = found.filter(framework=framework_id)
    return found.filter(from_on__lte=on) if on else found


def targets_in_force(*, on: dt.date) -> dict[UUID, dict[Kpi, kpis.Target]]:
    """Return, for each provider, the target of each measure on the day *on*: that of its newest framework with one."""
    held: dict[UUID, dict[Kpi, kpis.Target]] = defaultdict(dict)
    for row in targets(on=on):
        held[row.framework_id].setdefault(Kpi(row.kpi), kpis.Target(row.target, row.slightly, row.below))
    rows = contracts.contracts().exclude(state=ContractState.ENDED).filter(start_on__lte=on, end_on__gt=on)
    found: dict[UUID, dict[Kpi, kpis.Target]] = defaultdict(dict)
    for owner, framework_id in rows.order_by("-lot__framework__start_on").values_list(
        "provider_id", "lot__framework_id"
    ):
        for kpi, target in held.get(framework_id, {}).items():
            found[owner].setdefault(kpi, target)
    return found


def performances(*, on: dt.date, months: int = MONTHS) -> dict[UUID, Performance]:
    """Return how each provider delivered in the *months* before the day *on*: those with a contract or a placement."""
    start, end = span(on=on, months=months)
    far = months_after(on, -STANDING_MONTHS)
    longer = placements.lived_with_providers(start_on=far, end_on=end)
    lived = [row for row in longer if row.end_on is None or row.end_on >= start]
    measured: dict[UUID, dict[Kpi, Measured]] = defaultdict(dict)
    for found in (
        _answers(start, end, on),
        _offers(start, end),
        _invoices(start, end),
        _improvements(start, end),
        _returns(start, end),
    ):
        for (owner, kpi), value in found.items():
            measured[owner][kpi] = value
    stand = standings(longer, start=far, end=end)
    for owner, each in stand.items():
        measured[owner][Kpi.UNPLANNED] = kpis.against(Kpi.UNPLANNED, each)
    for owner, each in goals_standings(longer, start=far, end=end).items():
        measured[owner][Kpi.GOALS] = kpis.against(Kpi.GOALS, each)
    owners = contracted(start=on, end=on + dt.timedelta(days=1)) | {row.provider_id for row in lived} | set(measured)
    return _put_together(owners, measured, stand, lived, start, end)


def _put_together(owners, measured, stand, lived, start: dt.date, end: dt.date) -> dict[UUID, Performance]:
    goals, nights = targets_in_force(on=end), _nights(lived, start, end)
    reports, causes = _reports(start, end), _causes(lived, start, end)
    return {
        owner: Performance(
            provider_id=owner,
            lines=[_line(kpi, measured.get(owner, {}), goals.get(owner, {})) for kpi in Kpi],
            counted=[_counted(title, reports[owner][title], nights[owner]) for title in (*REPORTED.values(), MISSING)],
            endings=causes[owner].most_common(),
            nights=nights[owner],
            standing=stand.get(owner),
        )
        for owner in owners
    }


def _line(kpi: Kpi, measured: Mapping[Kpi, Measured], goals: Mapping[Kpi, kpis.Target]) -> Line:
    value, target = measured.get(kpi, Measured(kpi, None, 0)), goals.get(kpi)
    rating = kpis.rate(value, target)
    sure = rating in kpis.BREACHES and target is not None and kpis.is_sure(value, target)
    return Line(kpis.definitions()[kpi], value, target, rating, sure)


def _counted(title: str, count: int, nights: int) -> Counted:
    if not nights:
        return Counted(title, count, None, None, None)
    low, high = funnel.count_interval(count)
    return Counted(title, count, *(1000 * each / nights for each in (count, low, high)))


def _answers(start: dt.date, end: dt.date, on: dt.date) -> dict[tuple[UUID, Kpi], Measured]:
    """Measure how referrals were answered: whether, how soon, with what, and whether the calendar was right."""
    rows: dict[UUID, list[placements.Answer]] = defaultdict(list)
    for row in placements.answers_of_providers(start_on=start, end_on=end):
        rows[row.provider_id].append(row)
    free = holidays()
    found: dict[tuple[UUID, Kpi], Measured] = {}
    for owner, sent in rows.items():
        answered = [row for row in sent if row.is_answered]
        due = [row for row in sent if row.is_answered or localtime(row.answer_by).date() < on]
        offered = [row for row in answered if row.offered_at]
        hours = [
            working_hours_between(localtime(row.sent_at), localtime(row.offered_at), free)
            for row in offered
            if row.offered_at
        ]
        wrong = sum(row.had_place is True for row in answered)
        found |= {
            (owner, Kpi.ANSWERED): kpis.share(Kpi.ANSWERED, len(answered), len(due)),
            (owner, Kpi.OFFERED): kpis.share(Kpi.OFFERED, len(offered), len(answered)),
            (owner, Kpi.RESPONSE): kpis.middle(Kpi.RESPONSE, hours),
            (owner, Kpi.VACANCIES): kpis.share(Kpi.VACANCIES, len(answered) - wrong, len(answered)),
        }
    return found


def _offers(start: dt.date, end: dt.date) -> dict[tuple[UUID, Kpi], Measured]:
    made: Counter[UUID] = Counter()
    kept: Counter[UUID] = Counter()
    for owner, state in placements.offers_of_providers(start_on=start, end_on=end):
        made[owner] += 1
        kept[owner] += state != "withdrawn"
    return {(owner, Kpi.KEPT): kpis.share(Kpi.KEPT, kept[owner], size) for owner, size in made.items()}


def _invoices(start: dt.date, end: dt.date) -> dict[tuple[UUID, Kpi], Measured]:
    rows = budget.invoice_lines().filter(
        provider__isnull=False, invoice__received_at__date__gte=start, invoice__received_at__date__lt=end
    )
    read = rows.exclude(state="received").order_by().values("provider")
    counts = read.annotate(size=Count("pk"), right=Count("pk", filter=Q(why="")))
    return {(row["provider"], Kpi.INVOICES): kpis.share(Kpi.INVOICES, row["right"], row["size"]) for row in counts}


def _improvements(start: dt.date, end: dt.date) -> dict[tuple[UUID, Kpi], Measured]:
    rows = models.Improvement.objects.filter(owner=None, due_on__gte=start, due_on__lt=end).values("provider")
    counts = rows.order_by().annotate(size=Count("pk"), right=Count("pk", filter=Q(done_on__lte=F("due_on"))))
    return {(row["provider"], Kpi.ACTIONS): kpis.share(Kpi.ACTIONS, row["right"], row["size"]) for row in counts}


def _returns(start: dt.date, end: dt.date) -> dict[tuple[UUID, Kpi], Measured]:
    rows = models.Return.objects.filter(due_on__gte=start, due_on__lt=end).values("provider")
    counts = rows.order_by().annotate(size=Count("pk"), right=Count("pk", filter=Q(first_sent_on__lte=F("due_on"))))
    return {(row["provider"], Kpi.RETURNS): kpis.share(Kpi.RETURNS, row["right"], row["size"]) for row in counts}


def standings(lived: Iterable[placements.Lived], *, start: dt.date, end: dt.date) -> dict[UUID, funnel.Standing]:
    """Return where each provider stands on unplanned endings, against the same children in all homes."""
    cases: list[funnel.Case] = []
    sizes: Counter[UUID] = Counter()
    for row in lived:
        ended = row.end_on is not None and start <= row.end_on < end
        weight = kpis.years_in(Period(row.start_on, row.end_on), start=start, end=end)
        group = kpis.group(category=row.category, age=row.age, risks=row.risks)
        events = int(ended and row.was_planned is UNPLANNED_END)
        cases.append(funnel.Case(row.provider_id, group, weight, events))
        sizes[row.provider_id] += 1
    return funnel.standings(cases, sizes=sizes, more_is_worse=True)


def goals_standings(lived: Iterable[placements.Lived], *, start: dt.date, end: dt.date) -> dict[UUID, funnel.Standing]:
    """Return where each provider stands on goals mostly reached, against the same children in all homes; sizes are placements."""
    stays = {row.placement_id: row for row in lived}
    rows = models.GoalScore.objects.filter(goal__placement__in=list(stays), scored_on__gte=start, scored_on__lt=end)
    rows = rows.order_by("goal", "-scored_on", "-version", "stage").distinct("goal")
    reached = rules.counting()["reached"]
    cases: list[funnel.Case] = []
    scored: dict[UUID, set[UUID]] = defaultdict(set)
    for placement_id, score in rows.values_list("goal__placement", "score"):
        row = stays[placement_id]
        group = kpis.group(category=row.category, age=row.age, risks=row.risks)
        cases.append(funnel.Case(row.provider_id, group, 1.0, int(score >= reached)))
        scored[row.provider_id].add(placement_id)
    sizes = {owner: len(found) for owner, found in scored.items()}
    return funnel.standings(cases, sizes=sizes, more_is_worse=False)


def _nights(lived: Iterable[placements.Lived], start: dt.date, end: dt.date) -> Counter:
    found: Counter = Counter()
    for row in lived:
        found[row.provider_id] += max(0, (min(row.end_on or end, end) - max(row.start_on, start)).days)
    return found


def _causes(lived: Iterable[placements.Lived], start: dt.date, end: dt.date) -> dict[UUID, Counter]:
    found: dict[UUID, Counter] = defaultdict(Counter)
    for row in lived:
        if row.end_on is not None and start <= row.end_on < end:
            found[row.provider_id][row.end_reason, row.was_planned is UNPLANNED_END] += 1
    return found


def _reports(start: dt.date, end: dt.date) -> dict[UUID, Counter]:
    found: dict[UUID, Counter] = defaultdict(Counter)
    rows = models.Concern.objects.filter(kind__in=list(REPORTED), happened_on__gte=start, happened_on__lt=end)
    for owner, kind in rows.values_list("provider_id", "kind"):
        found[owner][REPORTED[ConcernKind(kind)]] += 1
    for owner in placements.episodes_missing(start_on=start, end_on=end):
        found[owner][MISSING] += 1
    return found


def performance(*, provider_id: UUID, for_user: User, on: dt.date, months: int = MONTHS) -> Performance:
    """Return how one provider delivered; raise NotFound when *for_user* may not see it. A provider stands among all, so
    all are measured."""
    market.provider(provider_id=provider_id, for_user=for_user)
    found = performances(on=on, months=months).get(provider_id)
    return found or empty(provider_id)


def empty(provider_id: UUID) -> Performance:
    """Return how a provider delivered of whom nothing is known."""
    return Performance(provider_id, lines=[_line(kpi, {}, {}) for kpi in Kpi])
