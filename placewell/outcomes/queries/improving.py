"""Concerns, measures, visits to homes and returns: what stands, what waits, and for whom."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet
from django.urls import reverse

from placewell.accounts import queries as accounts
from placewell.accounts.models import User
from placewell.audit import queries as audit
from placewell.governance.queries import holidays
from placewell.kernel.errors import NotFound
from placewell.kernel.periods import day_of
from placewell.market import queries as market
from placewell.market.states import Kind as HomeKind
from placewell.placements import queries as placements

from .. import models
from ..rules import ladder, returns
from .delivering import Performance

HOMES_VISITED_MONTHLY = (HomeKind.CHILDRENS_HOME, HomeKind.SECURE_HOME)


def concerns(*, provider_id: UUID | None = None, home_id: UUID | None = None) -> QuerySet[models.Concern]:
    """Return concerns, the open and the newest first."""
    found = models.Concern.objects.select_related("provider", "home", "raised_by", "closed_by")
    wanted = {"provider": provider_id, "home": home_id}
    return found.filter(**{name: value for name, value in wanted.items() if value}).order_by(
        "-state", "-happened_on", "pk"
    )


def concern(*, concern_id: UUID) -> models.Concern:
    """Return one concern with its measures; raise NotFound when there is none in this scope."""
    rows = measures().order_by("proposed_at")
    found = concerns().prefetch_related(Prefetch("measures", rows)).filter(pk=concern_id).first()
    if found is None:
        raise NotFound("There is no such concern.")
    return found


def measures(*, provider_id: UUID | None = None) -> QuerySet[models.Measure]:
    """Return measures, newest first, with what the provider said and what is to be put right."""
    found = models.Measure.objects.select_related("provider", "proposed_by", "decided_by", "ended_by")
    found = found.prefetch_related("replies__by", Prefetch("improvements", _improvements())).order_by("-proposed_at")
    return found.filter(provider=provider_id) if provider_id else found


def measure(*, measure_id: UUID) -> models.Measure:
    """Return one measure with its concern; raise NotFound when there is none in this scope."""
    found = measures().select_related("concern", "contract", "change", "home").filter(pk=measure_id).first()
    if found is None:
        raise NotFound("There is no such measure.")
    return found


def own_measure(*, measure_id: UUID, for_user: User) -> models.Measure:
    """Return a measure as its provider reads it; raise NotFound for any other."""
    found = measures(provider_id=for_user.organisation_id).filter(pk=measure_id).first()
    if found is None:
        raise NotFound("There is no such letter to you.")
    return found


def steps_open(row: models.Concern) -> list[tuple[ladder.Kind, str]]:
    """Return each step of the ladder with why it may not be taken now; "" for those that may."""
    taken = [ladder.Taken(ladder.Kind(each.kind), ladder.Measure(each.state)) for each in row.measures.all()]
    concern, severity = ladder.ConcernKind(row.kind), ladder.Severity(row.severity)
    return [(kind, ladder.why_not(kind, taken=taken, concern=concern, severity=severity)) for kind in ladder.Kind]


def story(row: models.Concern) -> list[dict]:
    """Return what happened to a concern, oldest first: raised, each measure's steps, each reply, closed."""
    entries = [(row.raised_at, "Raised", row.raised_by.name, row.what)]
    named = {f"outcomes.measure:{each.pk}": each for each in row.measures.all()}
    for each in named.values():
        title = f"{each.get_kind_display()} {each.reference}"
        entries.append((each.proposed_at, f"{title}: {_began(each)}", each.proposed_by.name, each.words))
        entries += [
            (said.at, f"{title}: the provider replied", said.by.name, said.words) for said in each.replies.all()
        ]
    for change in audit.history(subjects=[row, *named.values()]):
        found = named.get(change.subject)
        title = f"{found.get_kind_display()} {found.reference}" if found else "The concern"
        entries.append((change.at, f"{title}: {change.to_state.replace('_', ' ')}", change.by, change.reason))
    return [{"at": at, "title": title, "by": by, "text": text} for at, title, by, text in sorted(entries, key=_when)]


def _when(entry: tuple) -> dt.datetime:
    return entry[0]


def _began(row: models.Measure) -> str:
    waits = row.kind in ladder.TWO_PEOPLE and not row.is_immediate
    return "proposed" if waits else "in force at once" if row.is_immediate else "sent"


def home_visits(*, provider_id: UUID | None = None) -> QuerySet[models.HomeVisit]:
    """Return the visits to homes, newest first, with what is to be put right."""
    found = models.HomeVisit.objects.select_related("provider", "home", "visited_by")
    found = found.prefetch_related(Prefetch("improvements", _improvements())).order_by("-made_on", "pk")
    return found.filter(provider=provider_id) if provider_id else found


def home_visit(*, visit_id: UUID) -> models.HomeVisit:
    """Return one visit to a home; raise NotFound when there is none in this scope."""
    if found := home_visits().filter(pk=visit_id).first():
        return found
    raise NotFound("There is no such visit.")


def _improvements() -> QuerySet[models.Improvement]:
    return models.Improvement.objects.select_related("owner", "done_by").order_by("due_on", "pk")


def improvements_open() -> QuerySet[models.Improvement]:
    """Return what is to be put right and is not seen to be, first due first."""
    found = _improvements().filter(done_on=None).select_related("provider", "visit__home", "measure")
    return found.exclude(measure__state__in=[ladder.Measure.WITHDRAWN, ladder.Measure.REFUSED])


def improvement(*, improvement_id: UUID) -> models.Improvement:
    """Return one thing to put right; raise NotFound when there is none in this scope."""
    found = _improvements().select_related("provider", "visit", "measure").filter(pk=improvement_id).first()
    if found is None:
        raise NotFound("There is no such thing to put right.")
    return found


def provider_returns(*, provider_id: UUID | None = None) -> QuerySet[models.Return]:
    """Return the quarterly returns, newest quarter first."""
    found = models.Return.objects.select_related("provider", "sent_by", "answered_by", "council")
    found = found.order_by("-quarter", "provider__name")
    return found.filter(provider=provider_id) if provider_id else found


def provider_return(*, return_id: UUID) -> models.Return:
    """Return one quarterly return; raise NotFound when there is none in this scope."""
    if found := provider_returns().filter(pk=return_id).first():
        return found
    raise NotFound("There is no such return.")


def return_remarks(row: models.Return, figures: Mapping[str, int]) -> list[returns.Remark]:
    """Return what the checks say of *figures*, held against what is known here of the provider's own placements."""
    start, end = row.quarter, returns.quarter_end(row.quarter)
    nights, homes = placements.nights_with_provider(
        provider_id=row.provider_id, council_id=row.council_id, start_on=start, end_on=end
    )
    reported = models.Concern.objects.filter(
        provider=row.provider_id, council=row.council_id, is_reported=True, happened_on__gte=start, happened_on__lt=end
    ).count()
    missing = placements.episodes_missing(start_on=start, end_on=end)
    return returns.check(
        figures,
        our_nights=nights,
        our_missing=missing.count(row.provider_id),
        our_reports={"notified": reported},
        has_homes=bool(homes & set(HOMES_VISITED_MONTHLY)),
    )


@dataclass(frozen=True)
class Waiting:
    """Something about providers that waits for somebody: what, for whom it is, by when, and where it leads."""

    what: str
    about: str
    due_on: dt.date | None
    path: str
    provider_id: UUID
    is_late: bool = False


def waiting(*, on: dt.date, breaches: Mapping[UUID, Performance] | None = None) -> list[Waiting]:
    """Return what waits, late first: alerts and breaches without a concern, concerns without a step, proposals to decide,
    notices to judge, suspensions to confirm or look at, things to put right, returns to read."""
    found = [*_alerts(), *_concerns(on), *_measures(on), *_put_right(on), *_returns_in()]
    found += _breaches(breaches or {})
    late = [
        Waiting(**{**row.__dict__, "is_late": True}) if row.due_on is not None and row.due_on < on else row
        for row in found
    ]
    return sorted(late, key=lambda row: (not row.is_late, row.due_on or dt.date.max, row.what, row.about))


def _alerts() -> list[Waiting]:
    return [
        Waiting(
            f"Grade fell to {row.get_after_display().lower()}",
            f"{row.registration.provider.name}, {row.registration.urn}",
            day_of(row.raised_at),
            reverse("outcomes:raise_from_alert", args=[row.pk]),
            row.registration.provider_id,
        )
        for row in market.alerts()
    ]


def _breaches(rows: Mapping[UUID, Performance]) -> list[Waiting]:
    known = set(models.Concern.objects.filter(state=ladder.Concern.OPEN).values_list("provider", "source"))
    names = dict(accounts.providers().filter(pk__in=list(rows)).values_list("pk", "name"))
    return [
        Waiting(
            f"{line.definition.title}: {line.rating.value.replace('_', ' ')}",
            names.get(owner, ""),
            None,
            reverse("outcomes:raise_from_kpi", args=[owner, line.definition.kpi]),
            owner,
        )
        for owner, row in rows.items()
        for line in row.breaches
        if line.is_sure and (owner, f"kpi:{owner}:{line.definition.kpi}") not in known
    ]


def _concerns(on: dt.date) -> list[Waiting]:
    rows = concerns().filter(state=ladder.Concern.OPEN).exclude(measures__state__in=[*ladder.LIVE])
    return [
        Waiting(
            "Decide what follows",
            f"{row.provider.name}, {row.reference} ({row.get_kind_display().lower()})",
            ladder.due("answer", on=day_of(row.raised_at), holidays=holidays()),
            reverse("outcomes:concern", args=[row.pk]),
            row.provider_id,
        )
        for row in rows
    ]


def _measures(on: dt.date) -> list[Waiting]:
    found = []
    for row in measures().filter(state__in=ladder.LIVE):
        what, due_on = _step_due(row, on)
        about = f"{row.provider.name}, {row.reference}"
        if what:
            path = reverse("outcomes:letter", args=[row.pk])
            found.append(Waiting(what, about, due_on, path, row.provider_id))
    return found


def _step_due(row: models.Measure, on: dt.date) -> tuple[str, dt.date | None]:
    """Return what is the council's next step on a live measure, and by when; "" when it waits for the provider."""
    if row.state == ladder.Measure.PROPOSED:
        heard = bool(row.replies.all()) or on > row.reply_by
        return (f"Decide the {row.get_kind_display().lower()}", row.reply_by) if heard else ("", None)
    if row.is_immediate and not row.decided_by_id:
        due = ladder.due("confirm", on=day_of(row.proposed_at), holidays=holidays())
        return "Confirm the suspension", due
    if row.kind == ladder.Kind.NOTICE:
        return "Judge the improvement notice", row.due_on
    return ("Look at the suspension again", row.due_on) if row.kind == ladder.Kind.SUSPENSION else ("", None)


def _put_right(on: dt.date) -> list[Waiting]:
    return [
        Waiting(
            f"See that it is done: {row.what}" if row.said_done_on else f"Put right: {row.what}",
            f"{row.provider.name}" + (f", {row.owner.name}" if row.owner else ""),
            row.due_on,
            reverse("outcomes:see_done", args=[row.pk]),
            row.provider_id,
        )
        for row in improvements_open()
        if row.said_done_on or row.due_on <= on
    ]


def _returns_in() -> list[Waiting]:
    return [
        Waiting(
            "Read the return",
            f"{row.provider.name}, quarter from {row.quarter:%-d %B %Y}",
            None,
            reverse("outcomes:return", args=[row.pk]),
            row.provider_id,
        )
        for row in provider_returns().filter(state=returns.Return.SENT)
    ]


def suspended_now() -> QuerySet[models.Measure]:
    """Return the suspensions in force."""
    return measures().filter(kind=ladder.Kind.SUSPENSION, state=ladder.Measure.IN_FORCE)


def open_and_suspended() -> tuple[int, int]:
    """Return how many concerns are open, and how many suspensions in force, in one question."""
    in_force = Q(measures__kind=ladder.Kind.SUSPENSION, measures__state=ladder.Measure.IN_FORCE)
    found = models.Concern.objects.aggregate(
        open=Count("pk", filter=Q(state=ladder.Concern.OPEN), distinct=True),
        suspended=Count("measures", filter=in_force, distinct=True),
    )
    return found["open"], found["suspended"]


def waiting_for_second(measure_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these measures wait for a second person: to decide a proposal, or confirm what was made at once."""
    rows = models.Measure.objects.filter(pk__in=measure_ids, decided_by=None)
    waits = Q(state=ladder.Measure.PROPOSED) | Q(state=ladder.Measure.IN_FORCE, is_immediate=True)
    return set(rows.filter(waits).values_list("pk", flat=True))


def own_open(*, for_user: User) -> QuerySet[models.Improvement]:
    """Return what a provider is to put right, first due first."""
    return improvements_open().filter(owner=None, provider=for_user.organisation_id)
