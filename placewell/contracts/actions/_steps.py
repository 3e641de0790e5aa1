"""Steps that several actions of contracts share."""

import datetime as dt
from decimal import Decimal
from typing import Any

from placewell.accounts.models import User
from placewell.audit.actions import record
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.money import ZERO, pounds

from .. import models, rules, states

DECIDED_WORDS = {True: "agreed", False: "refused"}


def count(
    framework: models.Framework, more: Decimal, *, source: str, statutory_duty: str, by: User, now: dt.datetime
) -> None:
    """Add *more* (or less) to what a framework, which the caller has locked, has committed; refuse what its ceiling does
    not hold."""
    over = rules.over_lifetime(framework.lifetime_ceiling, framework.allowed_beyond, framework.committed, more)
    if more > 0 and over > 0:
        if not statutory_duty.strip():
            raise Refused(
                f"This would pass the ceiling of the framework {framework.reference} by {pounds(over)}: "
                f"{pounds(framework.committed)} of {pounds(framework.lifetime_ceiling or ZERO)} is committed. "
                "State the statutory duty that cannot wait, or take it to Cabinet first."
            )
        passed = models.CeilingPassed.objects.create(
            framework=framework, source=source, amount=over, statutory_duty=statutory_duty, by=by, at=now
        )
        record(
            what="contracts.ceiling.passed",
            subject=passed,
            by=by,
            now=now,
            after={"framework": framework.reference, "over": str(over)},
            reason=statutory_duty,
        )
    beyond = framework.allowed_beyond + (max(over, ZERO) if more > 0 else ZERO)
    framework.committed, framework.allowed_beyond = framework.committed + more, beyond
    models.Framework.objects.filter(pk=framework.pk).update(committed=framework.committed, allowed_beyond=beyond)


def locked_framework(framework_id) -> models.Framework:
    """Return a framework, locked; raise NotFound when there is none in this scope."""
    found = models.Framework.objects.select_for_update(of=("self",)).filter(pk=framework_id).first()
    if found is None:
        raise NotFound("There is no such framework.")
    return found


def decided(row, agree: bool, because: str, what: str, by: User, now: dt.datetime) -> dict[str, Any]:
    """Write on a change, an uplift or a block who decided it and why; return the step for the trail.

    Raises:
        Refused: *by* asked for it.
    """
    if row.asked_by_id == by.pk:
        raise Refused("Whoever asks does not decide: another person must.")
    row.decided_by, row.decided_at, row.decided_because = by, now, because
    return {
        "row": row,
        "to": states.Asked.AGREED if agree else states.Asked.REFUSED,
        "steps": states.ASKED_STEPS,
        "what": f"{what}.{DECIDED_WORDS[agree]}",
        "by": by,
        "now": now,
        "reason": because,
    }


def trim_block_places(source: str, on: dt.date) -> None:
    """Give back the places in block that *source* holds from the day *on*."""
    held = models.BlockPlace.objects.filter(source=source, end_on__gt=on)
    held.filter(start_on__gte=on).delete()
    held.update(end_on=on)
