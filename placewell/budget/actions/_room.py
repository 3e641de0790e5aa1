"""Envelopes under lock, and room made in them or freed: steps that several actions share."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.db.models import F, Sum
from django.db.models.functions import Greatest

from placewell.accounts.models import User
from placewell.audit.actions import record
from placewell.governance.queries import require_delegated
from placewell.kernel.errors import Refused
from placewell.kernel.money import ZERO, pounds
from placewell.kernel.periods import day_of

from .. import models, queries, rules


def locked_envelopes(decision_id) -> Mapping[int, models.Envelope]:
    """Return the decision's envelopes by year, locked in the order of years so that two commitments never wait for each other."""
    locked = models.Envelope.objects.select_for_update().filter(decision_id=decision_id).order_by("financial_year")
    return {envelope.financial_year: envelope for envelope in locked}


def make_room(
    envelope: models.Envelope, more: Decimal, approval_id, statutory_duty: str, by: User, now: dt.datetime
) -> None:
    """Refuse when *more* would pass the envelope, unless somebody allowed it or the law demands it."""
    over = rules.passed_by(
        amount=envelope.amount, allowed_beyond=envelope.allowed_beyond, committed=envelope.committed, more=more
    )
    if over <= 0:
        return
    if approval_id is None and not statutory_duty:
        year = envelope.financial_year
        approval_id = queries.standing_leave(decision_id=envelope.decision_id, year=year, over=over)
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


def free(envelope: models.Envelope, less: Decimal) -> None:
    """Take *less* off an envelope; leave to pass it shrinks too, so that nobody else spends what it was given for."""
    left = F("committed") - less
    beyond = Greatest(left - F("amount"), ZERO)
    models.Envelope.objects.filter(pk=envelope.pk).update(committed=left, allowed_beyond=beyond)


def shift(
    envelopes: Mapping[int, models.Envelope],
    changed: Mapping[int, Decimal],
    *,
    by: User,
    now: dt.datetime,
    approval_id=None,
    statutory_duty: str = "",
) -> None:
    """Charge to each year's locked envelope what it costs more now, or give back what it costs less."""
    for year, more in changed.items():
        if year not in envelopes or not more:
            continue
        if more > 0:
            make_room(envelopes[year], more, approval_id, statutory_duty, by, now)
            models.Envelope.objects.filter(pk=envelopes[year].pk).update(committed=F("committed") + more)
        else:
            free(envelopes[year], -more)
