"""Set targets, look at homes, have things put right, and take in what providers return each quarter."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.contracts import queries as contracts
from placewell.kernel.errors import BadInput, Fault, Refused
from placewell.kernel.periods import day_of
from placewell.market import queries as market

from .. import models, queries
from ..rules import kpis, returns
from ._providers import locked, require_words, tell_provider


@transaction.atomic
def set_target(
    *,
    framework_id: UUID,
    kpi: kpis.Kpi | str,
    target: Decimal,
    slightly: Decimal,
    below: Decimal,
    from_on: dt.date,
    reason: str,
    by: User,
    now: dt.datetime,
) -> models.KpiTarget:
    """Publish what is to be reached on a measure under a framework from a day on; what held before stays as it was.

    Raises:
        NotAllowed; NotFound; Refused: the day has passed, one begins on it already, or the steps go two ways.
    """
    require(by, Permission.MANAGE_PERFORMANCE, now=now)
    kpi = kpis.Kpi(kpi)
    framework = contracts.framework(framework_id=framework_id)
    require_words(reason)
    if from_on < max(day_of(now), framework.start_on):
        raise Refused("A target holds from today or a later day: nobody is judged by one that was not published.")
    if fault := kpis.target_fault(kpi, kpis.Target(target, slightly, below)):
        raise Refused(fault)
    given = {"target": target, "slightly": slightly, "below": below}
    try:
        with transaction.atomic():
            made = models.KpiTarget.objects.create(
                framework=framework, kpi=kpi, **given, from_on=from_on, reason=reason, set_by=by, set_at=now
            )
    except IntegrityError:
        raise Refused("A target begins on that day already.") from None
    after = {name: str(value) for name, value in given.items()} | {"kpi": kpi, "from_on": str(from_on)}
    record(what="outcomes.target.set", subject=made, by=by, now=now, after=after, reason=reason)
    return made


@transaction.atomic
def record_home_visit(
    *,
    home_id: UUID,
    made_on: dt.date,
    is_unannounced: bool,
    found: str,
    good: str = "",
    improvements: Sequence[tuple[str, dt.date, User | None]] = (),
    by: User,
    now: dt.datetime,
) -> models.HomeVisit:
    """Record what was found in a home, and what is to be put right: what, by when, and by whom (nobody: the provider).

    Raises:
        NotAllowed; NotFound; Refused: the day is to come, nothing is said, or something was due before the visit.
    """
    require(by, Permission.MANAGE_PERFORMANCE, now=now)
    home = market.home(home_id=home_id, for_user=by)
    require_words(found, "Say what was found.")
    if made_on > day_of(now):
        raise Refused("That day is still to come.")
    if any(due_on < made_on for _, due_on, _ in improvements):
        raise Refused("What was found is put right on the day of the visit or later.")
    made = models.HomeVisit.objects.create(
        provider_id=home.provider_id,
        home=home,
        made_on=made_on,
        is_unannounced=is_unannounced,
        found=found,
        good=good,
        visited_by=by,
        recorded_at=now,
    )
    models.Improvement.objects.bulk_create(
        models.Improvement(provider_id=home.provider_id, visit=made, what=what, due_on=due_on, owner=owner)
        for what, due_on, owner in improvements
    )
    record(
        what="outcomes.home.visited",
        subject=made,
        by=by,
        now=now,
        after={"home": home.reference, "on": str(made_on), "improvements": len(improvements)},
        told=f"{home.reference} was visited",
    )
    tell_provider(home.provider_id, path=reverse("outcomes:own"), now=now)
    return made


@transaction.atomic
def say_done(*, improvement_id: UUID, words: str, by: User, now: dt.datetime) -> models.Improvement:
    """Say as the provider that something is put right; the council looks at it.

    Raises:
        NotAllowed; NotFound; Refused: nothing is said, or it is seen to be done already.
    """
    require(by, Permission.ANSWER_COUNCIL, now=now)
    row = locked(models.Improvement, improvement_id, "thing to put right", provider=by.organisation_id)
    require_words(words, "Say what was done.")
    if row.done_on:
        raise Refused("That is seen to be done already.")
    row.said_done_on, row.said = day_of(now), words
    row.save(update_fields=["said_done_on", "said"])
    record(what="outcomes.improvement.said_done", subject=row, by=by, now=now, reason=words)
    return row


@transaction.atomic
def see_done(
    *, improvement_id: UUID, is_done: bool, note: str, by: User, now: dt.datetime, done_on: dt.date | None = None
) -> models.Improvement:
    """Record that something is put right, on *done_on* (today; the day on which the provider said so); or that it is not
    after all: then it is open again.

    Raises:
        NotAllowed; NotFound; Refused: no note, or the day is to come.
    """
    require(by, Permission.MANAGE_PERFORMANCE, now=now)
    row = locked(models.Improvement, improvement_id, "thing to put right")
    require_words(note, "Say what you saw.")
    on = done_on or row.said_done_on or day_of(now)
    if on > day_of(now):
        raise Refused("That day is still to come.")
    row.done_on, row.done_by = (on, by) if is_done else (None, None)
    row.done_note = note
    if not is_done:
        row.said_done_on, row.said = None, ""
    row.save()
    after = {"done_on": str(row.done_on or "")}
    record(what="outcomes.improvement.seen", subject=row, by=by, now=now, after=after, reason=note)
    return row


@transaction.atomic
def ask_returns(*, quarter: dt.date, due_on: dt.date, by: User, now: dt.datetime) -> int:
    """Ask every provider with a live contract for the return of a quarter; return how many were asked. Asked again, only
    those who were not asked before are.

    Raises:
        NotAllowed; Refused: the quarter is not over, or the day has passed.
    """
    require(by, Permission.MANAGE_PERFORMANCE, now=now)
    start = returns.quarter(quarter)
    if returns.quarter_end(start) > day_of(now):
        raise Refused("That quarter is not over yet.")
    if due_on < day_of(now):
        raise Refused("That day has passed: give a day from today on.")
    owners = sorted(queries.contracted(start=start, end=returns.quarter_end(start)))
    asked = set(models.Return.objects.filter(quarter=start).values_list("provider", flat=True))
    rows = [models.Return(provider_id=each, quarter=start, due_on=due_on) for each in owners if each not in asked]
    models.Return.objects.bulk_create(rows, ignore_conflicts=True)
    record(
        what="outcomes.returns.asked",
        subject=by,
        by=by,
        now=now,
        after={"quarter": str(start), "due_on": str(due_on), "providers": len(rows)},
    )
    for row in rows:
        tell_provider(row.provider_id, path=reverse("outcomes:own"), now=now)
    return len(rows)


@transaction.atomic
def send_return(
    *, return_id: UUID, figures: Mapping[str, int], explained: str, by: User, now: dt.datetime
) -> models.Return:
    """Send a quarter's return as the provider. What contradicts itself must be put right; what differs from what the
    provider's own records here say may stand, explained.

    Raises:
        NotAllowed, WrongState; NotFound; BadInput: what the checks found, figure by figure.
    """
    require(by, Permission.ANSWER_COUNCIL, now=now)
    row = locked(models.Return, return_id, "return", provider=by.organisation_id)
    remarks = queries.return_remarks(row, figures)
    faults = [Fault(each.figure, each.words) for each in remarks if each.must or not explained.strip()]
    if faults:
        raise BadInput(faults)
    row.figures, row.explained, row.remarks = dict(figures), explained, [asdict(each) for each in remarks]
    row.sent_by, row.sent_at, row.first_sent_on = by, now, row.first_sent_on or day_of(now)
    change_state(
        row=row,
        to=returns.Return.SENT,
        steps=returns.RETURN_STEPS,
        what="outcomes.return.sent",
        by=by,
        now=now,
    )
    return row


@transaction.atomic
def answer_return(*, return_id: UUID, accept: bool, answer: str, by: User, now: dt.datetime) -> models.Return:
    """Accept a return, or send it back with what is to be changed.

    Raises:
        NotAllowed, WrongState; NotFound; Refused: it is sent back and nothing is said.
    """
    require(by, Permission.MANAGE_PERFORMANCE, now=now)
    row = locked(models.Return, return_id, "return")
    if not accept:
        require_words(answer, "Say what is to be changed.")
    row.answer, row.answered_by = answer, by
    change_state(
        row=row,
        to=returns.Return.ACCEPTED if accept else returns.Return.SENT_BACK,
        steps=returns.RETURN_STEPS,
        what=f"outcomes.return.{'accepted' if accept else 'sent_back'}",
        by=by,
        now=now,
        reason=answer,
    )
    tell_provider(row.provider_id, path=reverse("outcomes:own"), now=now)
    return row
