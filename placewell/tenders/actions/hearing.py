"""Conditions of participation, grounds for exclusion and prices that look too low: each heard before it is decided."""

import datetime as dt

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of, months_after

from .. import models, queries, states
from . import _steps


@transaction.atomic
def check_condition(
    *, bid_id, question_id, is_met: bool, reason: str, by: User, now: dt.datetime
) -> models.ConditionCheck:
    """Say whether a bid meets a condition of participation, and why; until quality is locked it may be said again."""
    require(by, Permission.RUN_TENDER, now=now)
    bid = queries.bid(bid_id=bid_id)
    procurement = _steps.unlocked(bid.procurement_id)
    question = procurement.questions.filter(pk=question_id, part=states.Part.CONDITION).first()
    if question is None:
        raise NotFound("There is no such condition.")
    made, _ = models.ConditionCheck.objects.update_or_create(
        bid=bid, question=question, defaults={"is_met": is_met, "reason": reason, "by": by, "at": now}
    )
    record(what="tenders.condition.checked", subject=made, by=by, now=now, after={"is_met": is_met}, reason=reason)
    return made


@transaction.atomic
def raise_exclusion(
    *, bid_id, ground: str, facts: str, occurred_on: dt.date, by: User, now: dt.datetime
) -> models.Exclusion:
    """Raise a ground for exclusion against a bidder, who must then be heard.

    Raises:
        NotAllowed; Refused: there is no such ground, it lies too far back, or it was raised already.
    """
    require(by, Permission.RUN_TENDER, now=now)
    bid = queries.bid(bid_id=bid_id)
    _steps.unlocked(bid.procurement_id)
    known = queries.exclusion_grounds().get(ground)
    if known is None:
        raise Refused("There is no such ground.")
    if occurred_on > day_of(now):
        raise Refused("This cannot have happened in the future.")
    if months_after(occurred_on, 12 * known.look_back_years) < day_of(now):
        raise Refused(f"This ground looks back {known.look_back_years} years: what happened earlier does not count.")
    if bid.exclusions.filter(ground=ground).exists():
        raise Refused("This ground was raised already.")
    made = models.Exclusion.objects.create(bid=bid, ground=ground, facts=facts, occurred_on=occurred_on, raised_by=by)
    record(what="tenders.exclusion.raised", subject=made, by=by, now=now, after={"ground": ground}, reason=facts)
    return made


def _exclusion(exclusion_id) -> models.Exclusion:
    found = (
        models.Exclusion.objects.select_for_update(of=("self",)).select_related("bid").filter(pk=exclusion_id).first()
    )
    if found is None:
        raise NotFound("There is no such ground.")
    _steps.unlocked(found.bid.procurement_id)
    if found.is_excluded is not None:
        raise Refused("This was decided already.")
    return found


@transaction.atomic
def hear_exclusion(*, exclusion_id, heard: str, by: User, now: dt.datetime) -> models.Exclusion:
    """Record what the bidder said to a ground: evidence, and what it did so that it does not recur (self-cleaning)."""
    require(by, Permission.RUN_TENDER, now=now)
    found = _exclusion(exclusion_id)
    found.heard, found.heard_at = heard, now
    found.save()
    record(what="tenders.exclusion.heard", subject=found, by=by, now=now, reason=heard)
    return found


@transaction.atomic
def decide_exclusion(*, exclusion_id, is_excluded: bool, reasons: str, by: User, now: dt.datetime) -> models.Exclusion:
    """Decide whether the circumstances continue or are likely to recur, so that the bidder is excluded.

    Raises:
        NotAllowed; Refused: the bidder was not heard, or it was decided already.
    """
    require(by, Permission.RUN_TENDER, now=now)
    found = _exclusion(exclusion_id)
    if found.heard_at is None:
        raise Refused("The bidder must be heard before this is decided.")
    found.is_excluded, found.reasons, found.decided_by, found.decided_at = is_excluded, reasons, by, now
    found.save()
    record(
        what="tenders.exclusion.decided",
        subject=found,
        by=by,
        now=now,
        after={"is_excluded": is_excluded},
        reason=reasons,
    )
    return found


@transaction.atomic
def ask_low_price(*, bid_id, lot_id, asked: str, by: User, now: dt.datetime) -> models.LowPrice:
    """Ask a bidder to explain a price that looks abnormally low; it is ranked unless the explanation fails."""
    require(by, Permission.RUN_TENDER, now=now)
    bid = queries.bid(bid_id=bid_id)
    procurement = _steps.evaluated(bid.procurement_id)
    lot = procurement.lots.filter(pk=lot_id, number__in=bid.lots).first()
    if lot is None:
        raise NotFound("The bid is for no such lot.")
    if bid.low_prices.filter(lot=lot).exists():
        raise Refused("This price was asked about already.")
    made = models.LowPrice.objects.create(bid=bid, lot=lot, asked=asked, asked_by=by, asked_at=now)
    record(what="tenders.low_price.asked", subject=made, by=by, now=now, reason=asked)
    return made


def _low_price(low_price_id) -> models.LowPrice:
    found = (
        models.LowPrice.objects.select_for_update(of=("self",)).select_related("bid").filter(pk=low_price_id).first()
    )
    if found is None:
        raise NotFound("There is no such question about a price.")
    _steps.evaluated(found.bid.procurement_id)
    if found.is_explained is not None:
        raise Refused("This was decided already.")
    return found


@transaction.atomic
def hear_low_price(*, low_price_id, explanation: str, by: User, now: dt.datetime) -> models.LowPrice:
    """Record how the bidder explains its price."""
    require(by, Permission.RUN_TENDER, now=now)
    found = _low_price(low_price_id)
    found.explanation, found.heard_at = explanation, now
    found.save()
    record(what="tenders.low_price.heard", subject=found, by=by, now=now, reason=explanation)
    return found


@transaction.atomic
def decide_low_price(*, low_price_id, is_explained: bool, reasons: str, by: User, now: dt.datetime) -> models.LowPrice:
    """Decide whether a price is explained; one that is may not be disregarded (Procurement Act 2023 s.19, read November 2026).

    Raises:
        NotAllowed; Refused: the bidder was not heard, or it was decided already.
    """
    require(by, Permission.RUN_TENDER, now=now)
    found = _low_price(low_price_id)
    if found.heard_at is None:
        raise Refused("The bidder must be heard before this is decided.")
    found.is_explained, found.reasons, found.decided_by = is_explained, reasons, by
    found.save()
    record(
        what="tenders.low_price.decided",
        subject=found,
        by=by,
        now=now,
        after={"is_explained": is_explained},
        reason=reasons,
    )
    return found
