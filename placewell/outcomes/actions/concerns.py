"""Concerns about providers: raised by staff, by an alert or by the provider itself; closed with what came of them."""

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction

from placewell.accounts import queries as accounts
from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of
from placewell.market import queries as market
from placewell.market.actions import answer_alert
from placewell.notifications.actions import tell_followers
from placewell.placements import queries as placements
from placewell.visits.actions import ask_visits
from placewell.visits.states import Asked

from .. import models
from ..rules import ladder
from ._providers import locked, new_reference, require_words, tell_council


@transaction.atomic
def raise_concern(
    *,
    provider_id: UUID,
    kind: ladder.ConcernKind | str,
    severity: ladder.Severity | str,
    happened_on: dt.date,
    what: str,
    by: User,
    now: dt.datetime,
    home_id: UUID | None = None,
    source: str = "",
    visit_children: bool = False,
) -> models.Concern:
    """Raise a concern about a provider, or one of its homes. After a notice of the regulator about a home every child who
    lives there is owed a visit within a week (SI 2010/959 reg 28(8)); *visit_children* asks for the same after another concern.

    Raises:
        NotAllowed; NotFound; Refused: the day is to come, nothing is said, the home is another's, a regulator's notice names no
            home, or one from the same source is open.
    """
    require(by, Permission.RAISE_CONCERN, now=now)
    kind, severity = ladder.ConcernKind(kind), ladder.Severity(severity)
    provider = market.provider(provider_id=provider_id, for_user=by)
    _require_sense(kind, what, happened_on, home_id, provider_id, by, now)
    try:
        with transaction.atomic():
            made = models.Concern.objects.create(
                reference=new_reference("K"),
                provider=provider,
                home_id=home_id,
                kind=kind,
                severity=severity,
                happened_on=happened_on,
                what=what,
                source=source,
                raised_by=by,
                raised_at=now,
            )
    except IntegrityError:
        raise Refused("A concern about this is open already.") from None
    is_notice = kind == ladder.ConcernKind.REGULATOR_NOTICE
    if is_notice or visit_children:
        _ask_visits(made, Asked.REGULATOR_NOTICE if is_notice else Asked.CONCERN, by=by, now=now)
    record(
        what="outcomes.concern.raised",
        subject=made,
        by=by,
        now=now,
        after={"kind": kind, "severity": severity, "visits": made.visits_asked},
        told=f"Concern {made.reference} was raised about {provider.name}",
    )
    tell_council("concern", made, Permission.MANAGE_PERFORMANCE, name="outcomes:concern", by=by, now=now)
    tell_followers([made.home, provider], "outcomes.concern.raised", by=by, now=now)
    return made


def _require_sense(kind, what: str, happened_on: dt.date, home_id, provider_id, by: User, now: dt.datetime) -> None:
    require_words(what, "Say what happened.")
    if happened_on > day_of(now):
        raise Refused("That day is still to come.")
    if kind == ladder.ConcernKind.REGULATOR_NOTICE and home_id is None:
        raise Refused("A notice of the regulator is about one home: say which.")
    if home_id and market.home(home_id=home_id, for_user=by).provider_id != provider_id:
        raise Refused("That home belongs to another provider.")


def _ask_visits(concern: models.Concern, kind: Asked, *, by: User, now: dt.datetime) -> None:
    """Owe a visit to every child who lives there; in the worker's name, since whoever raises it may see no child."""
    living = placements.live_placements()
    living = living.filter(home=concern.home_id) if concern.home_id else living.filter(provider=concern.provider_id)
    concern.visits_asked = ask_visits(
        child_ids=list(living.values_list("child", flat=True)),
        kind=kind,
        asked_on=concern.happened_on if kind == Asked.REGULATOR_NOTICE else day_of(now),
        reason=f"Concern {concern.reference} about the home.",
        by=accounts.worker(council=concern.council),
        now=now,
    )
    concern.save(update_fields=["visits_asked"])


@transaction.atomic
def raise_from_alert(
    *, alert_id: UUID, severity: ladder.Severity | str, what: str, visit_children: bool, by: User, now: dt.datetime
) -> models.Concern:
    """Raise a concern from a grade that fell, and answer the alert with it.

    Raises:
        NotAllowed; NotFound; Refused: the alert is answered already.
    """
    require(by, Permission.RAISE_CONCERN, now=now)
    alert = market.alerts(open_only=False).filter(pk=alert_id).first()
    if alert is None:
        raise NotFound("There is no such alert.")
    homes = list(market.homes(for_user=by).filter(registration=alert.registration_id)[:2])
    made = raise_concern(
        provider_id=alert.registration.provider_id,
        home_id=homes[0].pk if len(homes) == 1 else None,
        kind=ladder.ConcernKind.GRADE_DROP,
        severity=severity,
        happened_on=alert.registration.inspected_on or day_of(alert.raised_at),
        what=what,
        source=f"market.gradealert:{alert.pk}",
        visit_children=visit_children,
        by=by,
        now=now,
    )
    answer_alert(alert_id=alert_id, note=f"Concern {made.reference} was raised: {what}", by=by, now=now)
    record(what="outcomes.concern.taken_from_alert", subject=made, by=by, now=now, after={"alert": str(alert.pk)})
    return made


@transaction.atomic
def report_event(
    *, council_id: UUID, home_id: UUID, happened_on: dt.date, what: str, by: User, now: dt.datetime
) -> models.Concern:
    """Report a notifiable event as the provider; the council decides what follows.

    Raises:
        NotAllowed; NotFound; Refused: the day is to come, nothing is said, or there is no such council.
    """
    require(by, Permission.ANSWER_COUNCIL, now=now)
    home = market.home(home_id=home_id, for_user=by)
    require_words(what, "Say what happened.")
    if happened_on > day_of(now):
        raise Refused("That day is still to come.")
    if not accounts.councils().filter(pk=council_id).exists():
        raise Refused("There is no such council.")
    made = models.Concern.objects.create(
        council_id=council_id,
        reference=new_reference("K"),
        provider_id=by.organisation_id,
        home=home,
        kind=ladder.ConcernKind.NOTIFIABLE_EVENT,
        severity=ladder.Severity.SERIOUS,
        happened_on=happened_on,
        what=what,
        is_reported=True,
        raised_by=by,
        raised_at=now,
    )
    record(what="outcomes.event.reported", subject=made, by=by, now=now)
    asked, page = Permission.MANAGE_PERFORMANCE, "outcomes:concern"
    tell_council("concern", made, asked, name=page, by=by, now=now, council_id=council_id)
    return made


@transaction.atomic
def weigh_concern(
    *, concern_id: UUID, severity: ladder.Severity | str, reason: str, by: User, now: dt.datetime
) -> models.Concern:
    """Say again how grave a concern is, with the reason."""
    require(by, Permission.MANAGE_PERFORMANCE, now=now)
    concern = locked(models.Concern, concern_id, "concern")
    require_words(reason)
    before, concern.severity = concern.severity, ladder.Severity(severity)
    concern.save(update_fields=["severity"])
    record(
        what="outcomes.concern.weighed",
        subject=concern,
        by=by,
        now=now,
        before={"severity": before},
        after={"severity": concern.severity},
        reason=reason,
    )
    return concern


@transaction.atomic
def close_concern(*, concern_id: UUID, outcome: str, by: User, now: dt.datetime) -> models.Concern:
    """Close a concern with what came of it.

    Raises:
        NotAllowed, WrongState; NotFound; Refused: nothing is said, or a measure about it has not ended.
    """
    require(by, Permission.MANAGE_PERFORMANCE, now=now)
    concern = locked(models.Concern, concern_id, "concern")
    require_words(outcome, "Say what came of it.")
    if live := concern.measures.filter(state__in=ladder.LIVE).first():
        raise Refused(f"{live.get_kind_display()} {live.reference} has not ended: end it first.")
    concern.outcome, concern.closed_by, concern.closed_at = outcome, by, now
    change_state(
        row=concern,
        to=ladder.Concern.CLOSED,
        steps=ladder.CONCERN_STEPS,
        what="outcomes.concern.closed",
        by=by,
        now=now,
        reason=outcome,
    )
    return concern


@transaction.atomic
def reopen_concern(*, concern_id: UUID, reason: str, by: User, now: dt.datetime) -> models.Concern:
    """Open a closed concern again, with the reason.

    Raises:
        NotAllowed, WrongState; NotFound; Refused: no reason, or another from the same source is open.
    """
    require(by, Permission.MANAGE_PERFORMANCE, now=now)
    concern = locked(models.Concern, concern_id, "concern")
    require_words(reason)
    concern.closed_by = concern.closed_at = None
    try:
        with transaction.atomic():
            change_state(
                row=concern,
                to=ladder.Concern.OPEN,
                steps=ladder.CONCERN_STEPS,
                what="outcomes.concern.reopened",
                by=by,
                now=now,
                reason=reason,
            )
    except IntegrityError:
        raise Refused("Another concern about this is open already.") from None
    return concern
