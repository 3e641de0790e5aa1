"""Set envelopes and their lots, move money between lots, and say who else pays."""

import datetime as dt
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F, Q, Sum

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.governance.queries import require_in_force
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.money import ZERO, pounds
from placewell.kernel.periods import day_of

from .. import models, queries, rules, states


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
        raise Refused(f"More than that is committed in {rules.year_words(financial_year)} already.")
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


def _locked(envelope_id) -> models.Envelope:
    found = models.Envelope.objects.select_for_update(of=("self",)).filter(pk=envelope_id).first()
    if found is None:
        raise NotFound("There is no such envelope.")
    return found


@transaction.atomic
def set_lot_share(
    *,
    envelope_id,
    category: str,
    amount: Decimal,
    cost_centre: str,
    subjective_code: str,
    by: User,
    now: dt.datetime,
) -> models.LotShare:
    """Set what part of an envelope is meant for a lot, and the codes under which the ledger books it.

    A share that is set already changes its codes only: money moves by virement.

    Raises:
        NotAllowed; NotFound; Refused: the decision has no such lot, or the shares would pass the envelope.
    """
    require(by, Permission.SET_ENVELOPE, now=now)
    envelope = _locked(envelope_id)
    decision = require_in_force(decision_id=envelope.decision_id, on=day_of(now))
    if not decision.lots.filter(category=category).exists():
        raise Refused(f"Decision {decision.number} has no lot for {category.replace('_', ' ')}.")
    share = envelope.lots.filter(category=category).first()
    if share and share.amount != amount:
        raise Refused(f"This lot has {pounds(share.amount)} already: move money by virement.")
    others = envelope.lots.exclude(category=category).aggregate(sum=Sum("amount"))["sum"] or ZERO
    if others + amount > envelope.amount:
        left = pounds(envelope.amount - others)
        raise Refused(f"The lots together would pass the envelope: {left} of it is not yet meant for a lot.")
    codes = {"cost_centre": cost_centre, "subjective_code": subjective_code}
    share, _ = models.LotShare.objects.update_or_create(
        envelope=envelope, category=category, defaults=codes | {"amount": amount}
    )
    record(what="budget.lot_share.set", subject=share, by=by, now=now, after=codes | {"amount": str(amount)})
    return share


@transaction.atomic
def ask_virement(
    *,
    envelope_id,
    from_category: str,
    to_category: str,
    amount: Decimal,
    reason: str,
    by: User,
    now: dt.datetime,
) -> models.Virement:
    """Ask that money moves from one lot of an envelope to another.

    Raises:
        NotAllowed; NotFound; Refused: it is one lot, a lot has no share yet, or there is not so much in the first.
    """
    require(by, Permission.ASK_APPROVAL, now=now)
    envelope = _locked(envelope_id)
    if from_category == to_category:
        raise Refused("Choose two different lots.")
    if amount <= 0:
        raise Refused("Move more than nothing.")
    told = not by.may(Permission.SEE_CHILDREN, on=day_of(now))
    _two_lots(envelope, from_category, to_category, amount, told_on=day_of(now) if told else None)
    virement = models.Virement.objects.create(
        envelope=envelope,
        from_category=from_category,
        to_category=to_category,
        amount=amount,
        reason=reason,
        asked_by=by,
        asked_at=now,
    )
    after = {"from": from_category, "to": to_category, "amount": str(amount)}
    record(what="budget.virement.asked", subject=virement, by=by, now=now, after=after, reason=reason)
    return virement


def _two_lots(
    envelope: models.Envelope, source: str, target: str, amount: Decimal, *, told_on: dt.date | None = None
) -> None:
    """Refuse when a lot has no share, or the first would be left with less than is committed from it.

    *told_on* is the day for somebody who sees money and no children: what is committed counts as they are told it, so that
    no answer, and no row of answers, says what few agreements cost to the penny.
    """
    shares = {share.category: share.amount for share in envelope.lots.select_for_update()}
    for category in (source, target):
        if category not in shares:
            raise Refused(f"There is no share for {category.replace('_', ' ')} in this envelope yet.")
    spent = queries.by_lot(year=envelope.financial_year, decision_id=envelope.decision_id)[source]
    if told_on is not None:
        count = queries.agreements_ahead(on=told_on).get((envelope.financial_year, source), 0)
        spent = rules.coarse(spent, agreements=count)
    if amount > shares[source] - spent:
        free, lot = max(ZERO, shares[source] - spent), source.replace("_", " ")
        raise Refused(f"Only {'about ' if told_on else ''}{pounds(free)} of the share for {lot} is not committed.")


def _open_virement(virement_id) -> models.Virement:
    found = models.Virement.objects.select_for_update(of=("self",)).filter(pk=virement_id).first()
    if found is None:
        raise NotFound("There is no such virement.")
    return found


def _require_free(envelope: models.Envelope, virement: models.Virement, by: User, on: dt.date) -> None:
    """Refuse a virement for which not enough is free; by how much it falls short is told to whoever sees children alone."""
    try:
        _two_lots(envelope, virement.from_category, virement.to_category, virement.amount)
    except Refused:
        if by.may(Permission.SEE_CHILDREN, on=on):
            raise
        lot = virement.from_category.replace("_", " ")
        raise Refused(f"More of the share for {lot} is committed by now than would be left: refuse it.") from None


@transaction.atomic
def decide_virement(*, virement_id, approve: bool, reasons: str, by: User, now: dt.datetime) -> models.Virement:
    """Approve or refuse that money moves between lots; on approval it moves at once.

    Raises:
        NotAllowed, WrongState; NotFound; Refused: *by* asked for it, or the money has been committed meanwhile.
    """
    require(by, Permission.SET_ENVELOPE, now=now)
    virement = _open_virement(virement_id)
    if virement.asked_by_id == by.pk:
        raise Refused("Whoever asks does not approve: another person must.")
    envelope = _locked(virement.envelope_id)
    if approve:
        _require_free(envelope, virement, by, day_of(now))
    virement.decided_by, virement.decided_at, virement.reasons = by, now, reasons
    change_state(
        row=virement,
        to=states.Request.APPROVED if approve else states.Request.REFUSED,
        steps=states.REQUEST_STEPS,
        what="budget.virement.approved" if approve else "budget.virement.refused",
        by=by,
        now=now,
        reason=reasons,
    )
    if approve:
        envelope.lots.filter(category=virement.from_category).update(amount=F("amount") - virement.amount)
        envelope.lots.filter(category=virement.to_category).update(amount=F("amount") + virement.amount)
    return virement


@transaction.atomic
def withdraw_virement(*, virement_id, reason: str, by: User, now: dt.datetime) -> models.Virement:
    """Take back a virement that one asked for."""
    require(by, Permission.ASK_APPROVAL, now=now)
    virement = _open_virement(virement_id)
    if virement.asked_by_id != by.pk:
        raise Refused("Only the person who asked may take this back.")
    change_state(
        row=virement,
        to=states.Request.WITHDRAWN,
        steps=states.REQUEST_STEPS,
        what="budget.virement.withdrawn",
        by=by,
        now=now,
        reason=reason,
    )
    return virement


@transaction.atomic
def record_funding(
    *,
    source: str,
    funder: str,
    percent: Decimal,
    agreement: str,
    start_on: dt.date,
    end_on: dt.date | None,
    review_on: dt.date,
    by: User,
    now: dt.datetime,
) -> models.FundingShare:
    """Record the share of a placement's cost that another funder bears from *start_on* up to *end_on*.

    Social care bears the rest.

    Raises:
        NotAllowed; NotFound: nothing is committed for *source*; Refused: the shares would pass the whole on some day,
            or the funder has a share on one of these days already.
    """
    require(by, Permission.SET_ENVELOPE, now=now)
    first = models.Commitment.objects.select_for_update().filter(source=source).order_by("pk").first()
    if first is None:
        raise NotFound("Nothing is committed for this.")
    if funder == states.Funder.SOCIAL_CARE or not 0 < percent <= 100:
        raise Refused("Give another funder's share, more than 0 and at most 100 per cent; social care bears the rest.")
    if end_on is not None and end_on <= start_on:
        raise Refused("The share ends after it starts.")
    later = Q(end_on=None) | Q(end_on__gt=start_on)
    same_days = models.FundingShare.objects.filter(later, source=source)
    if end_on is not None:
        same_days = same_days.filter(start_on__lt=end_on)
    if sum((each.percent for each in same_days), percent) > 100:
        raise Refused("The funders together would bear more than the whole on some of these days.")
    try:
        with transaction.atomic():
            share = models.FundingShare.objects.create(
                source=source,
                funder=states.Funder(funder),
                percent=percent,
                agreement=agreement,
                start_on=start_on,
                end_on=end_on,
                review_on=review_on,
                recorded_by=by,
            )
    except IntegrityError:
        raise Refused("This funder has a share on some of these days already.") from None
    after = {"funder": funder, "percent": str(percent), "agreement": agreement}
    record(what="budget.funding.recorded", subject=share, by=by, now=now, after=after)
    return share
