"""Set envelopes, commit money for nights against them, and free what is not used."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Greatest

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.governance.queries import locked_decision, require_delegated, require_in_force
from placewell.kernel.errors import Refused
from placewell.kernel.money import ZERO, pounds
from placewell.kernel.periods import day_of

from . import models, queries, rules, states


@transaction.atomic
def set_envelope(*, decision_id, financial_year: int, amount: Decimal, by: User, now: dt.datetime) -> models.Envelope:
    """Set what a decision allows to be spent in a financial year.

    Raises:
        NotAllowed; Refused: the decision is not in force, allows less a year or fewer years, the year is set already,
            or more than *amount* was committed in it before it had an envelope.
    """
    require(by, Permission.SET_ENVELOPE, now=now)
    decision = require_in_force(decision_id=decision_id, on=day_of(now))
    if decision.annual_amount is None or amount > decision.annual_amount:
        raise Refused(
            f"Decision {decision.number} allows {pounds(decision.annual_amount or ZERO)} a year, not {pounds(amount)}."
        )
    years = models.Envelope.objects.filter(decision=decision)
    if years.filter(financial_year=financial_year).exists():
        raise Refused(f"The envelope for {rules.year_words(financial_year)} is set already.")
    if decision.years and years.count() >= decision.years:
        raise Refused(f"Decision {decision.number} allows {decision.years} years, and all are set.")
    committed = queries.committed(decision_id=decision.pk, year=financial_year)
    if committed > amount:
        raise Refused(f"{pounds(committed)} is committed in {rules.year_words(financial_year)} already.")
    envelope = models.Envelope.objects.create(
        decision=decision, financial_year=financial_year, amount=amount, committed=committed
    )
    record(
        what="budget.envelope.set",
        subject=envelope,
        by=by,
        now=now,
        after={"year": financial_year, "amount": str(amount)},
        told=f"The envelope for {rules.year_words(financial_year)} is {pounds(amount)}.",
    )
    return envelope


@transaction.atomic
def commit(
    *,
    decision_id,
    provider_id,
    category: str,
    source: str,
    lines: Sequence[rules.Line],
    by: User,
    now: dt.datetime,
    approval_id=None,
    statutory_duty: str = "",
) -> list[models.Commitment]:
    """Commit what *lines* cost for their nights against the decision's envelopes, year by year.

    A year without an envelope (after the decision's last) is committed and shown as such. An envelope is passed only
    with an approval of the act *approve_demand*, or for a *statutory_duty* stated in words; either is recorded.

    Raises:
        NotAllowed; Refused: a year's envelope would be passed, and by how much.
    """
    require(by, Permission.COMMIT_MONEY, now=now)
    decision = require_in_force(decision_id=decision_id, on=day_of(now))
    if category not in set(decision.lots.values_list("category", flat=True)):
        raise Refused(f"Decision {decision.number} allows no spending on {category.replace('_', ' ')}.")
    envelopes = _locked_envelopes(decision_id)
    for year, more in rules.by_year(lines).items():
        if year in envelopes:
            _make_room(envelopes[year], more, approval_id, statutory_duty, by, now)
            models.Envelope.objects.filter(pk=envelopes[year].pk).update(committed=F("committed") + more)
    made = []
    for line in lines:
        commitment = models.Commitment.objects.create(
            decision_id=decision_id,
            provider_id=provider_id,
            category=category,
            source=source,
            line=line.kind,
            weekly_fee=line.weekly_fee,
            start_on=line.start_on,
            end_on=line.end_on,
        )
        _write_years(commitment, rules.split(line))
        record(
            what="budget.commitment.made",
            subject=commitment,
            by=by,
            now=now,
            after={
                "source": source,
                "weekly_fee": str(line.weekly_fee),
                "from": str(line.start_on),
                "to": str(line.end_on),
            },
        )
        made.append(commitment)
    return made


def _locked_envelopes(decision_id) -> Mapping[int, models.Envelope]:
    """Return the decision's envelopes by year, locked in the order of years so that two commitments never wait for each other."""
    locked = models.Envelope.objects.select_for_update().filter(decision_id=decision_id).order_by("financial_year")
    return {envelope.financial_year: envelope for envelope in locked}


def _make_room(
    envelope: models.Envelope, more: Decimal, approval_id, statutory_duty: str, by: User, now: dt.datetime
) -> None:
    """Refuse when *more* would pass the envelope, unless somebody allowed it or the law demands it."""
    over = rules.passed_by(
        amount=envelope.amount, allowed_beyond=envelope.allowed_beyond, committed=envelope.committed, more=more
    )
    if over <= 0:
        return
    if approval_id is None and not statutory_duty:
        raise Refused(
            f"This would pass the envelope for {rules.year_words(envelope.financial_year)} by {pounds(over)}. "
            "Ask for demand approval first, or state the statutory duty that cannot wait."
        )
    if approval_id is not None:
        approval = require_delegated(approval_id=approval_id, act="approve_demand", on=day_of(now))
        _require_enough(approval, envelope, over)
    overrun = models.Overrun.objects.create(
        envelope=envelope, amount=over, approval_id=approval_id, statutory_duty=statutory_duty, by=by, at=now
    )
    models.Envelope.objects.filter(pk=envelope.pk).update(allowed_beyond=F("allowed_beyond") + over)
    record(
        what="budget.envelope.passed", subject=overrun, by=by, now=now, after={"over": str(over)}, reason=statutory_duty
    )


def _require_enough(approval, envelope: models.Envelope, over: Decimal) -> None:
    """Refuse an approval of another decision, or one whose amount is used up."""
    if approval.delegation.decision_id != envelope.decision_id:
        raise Refused("That approval was given under another decision.")
    used = models.Overrun.objects.filter(approval_id=approval.pk).aggregate(sum=Sum("amount"))["sum"] or ZERO
    if approval.amount is not None and used + over > approval.amount:
        raise Refused(f"That approval allows {pounds(approval.amount)} in all, and {pounds(used)} of it is used.")


def _write_years(commitment: models.Commitment, parts: Sequence[rules.Part]) -> None:
    models.CommitmentYear.objects.bulk_create(
        models.CommitmentYear(
            commitment=commitment,
            council_id=commitment.council_id,
            financial_year=part.year,
            nights=part.nights,
            amount=part.amount,
        )
        for part in parts
    )


@transaction.atomic
def cut_short(*, source: str, end_on: dt.date, by: User, now: dt.datetime, reason: str = "") -> Decimal:
    """End every commitment of *source* on *end_on* (no night from then on) and return the pounds that it frees."""
    require(by, Permission.COMMIT_MONEY, now=now)
    live = models.Commitment.objects.select_for_update().filter(
        source=source, state=states.Commitment.LIVE, end_on__gt=end_on
    )
    freed = ZERO
    for commitment in live.order_by("pk"):
        locked_decision(decision_id=commitment.decision_id)  # so that no envelope is set meanwhile
        envelopes = _locked_envelopes(commitment.decision_id)
        before = _years(commitment)
        commitment.end_on = max(end_on, commitment.start_on)
        after_parts = rules.split(
            rules.Line(commitment.line, commitment.weekly_fee, commitment.start_on, commitment.end_on)
        )
        after = {part.year: part.amount for part in after_parts}
        for year, amount in before.items():
            less = amount - after.get(year, ZERO)
            freed += less
            if less and year in envelopes:
                _free(envelopes[year], less)
        commitment.years.all().delete()
        _write_years(commitment, after_parts)
        commitment.save()
        if commitment.end_on == commitment.start_on:
            change_state(
                row=commitment,
                to=states.Commitment.CANCELLED,
                steps=states.COMMITMENT_STEPS,
                what="budget.commitment.cancelled",
                by=by,
                now=now,
                reason=reason,
            )
        record(
            what="budget.commitment.cut_short",
            subject=commitment,
            by=by,
            now=now,
            before={"total": str(sum(before.values(), ZERO))},
            after={"end_on": str(commitment.end_on), "total": str(sum(after.values(), ZERO))},
            reason=reason,
        )
    return freed


def _free(envelope: models.Envelope, less: Decimal) -> None:
    """Take *less* off an envelope; leave to pass it shrinks too, so that nobody else spends what it was given for."""
    left = F("committed") - less
    beyond = Greatest(left - F("amount"), ZERO)
    models.Envelope.objects.filter(pk=envelope.pk).update(committed=left, allowed_beyond=beyond)


def _years(commitment: models.Commitment) -> dict[int, Decimal]:
    return dict(commitment.years.values_list("financial_year").annotate(Sum("amount")).order_by("financial_year"))
