"""Steps that several actions of contracts share."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from placewell.accounts.models import User
from placewell.audit.actions import record
from placewell.budget import queries as budget
from placewell.budget.rules import Line
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.money import ZERO, pounds
from placewell.storage.models import one

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
    found = one(models.Framework.objects.select_for_update(of=("self",)).filter(pk=framework_id))
    if found is None:
        raise NotFound("There is no such framework.")
    return found


def locked_frameworks(contracts: Iterable[models.Contract]) -> dict[UUID, models.Framework]:
    """Return the frameworks of *contracts*, locked in one order, so that two who need several never wait in a ring."""
    return {pk: locked_framework(pk) for pk in sorted({each.lot.framework_id for each in contracts})}


def still_paid(source: str, day: dt.date) -> list[Line]:
    """Return what is agreed for *source* for nights from the day on, whether its child is away or not."""
    return budget.prices(source=source, since=day)


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


def require_another(wanted_by_id: UUID | None, by: User) -> None:
    """Refuse that whoever wanted a suspension lifts it."""
    if wanted_by_id == by.pk:
        raise Refused("Whoever wanted the suspension does not lift it: another person must.")


def rest_of(row: models.CallOff, day: dt.date) -> list[Line]:
    """Return what is left of a call-off from the day *day* on, with what blocks pay of it taken off."""
    in_block = [each.line for each in models.BlockPlace.objects.filter(source=row.source, end_on__gt=day)]
    return [Line("rest", row.weekly_fee, day, row.end_on), *in_block]


def require_no_block(blocks: QuerySet[models.Block], after: dt.date, *, what: str) -> None:
    """Refuse to end *what* while places in block are paid after the day."""
    live = blocks.filter(state__in=[states.Asked.PROPOSED, states.Asked.AGREED], end_on__gt=after)
    if row := live.select_related("home").order_by("-end_on").first():
        raise Refused(
            f"Places in block in {row.home.reference} are paid, or asked for, until {row.end_on:%-d %B %Y}: end that block "
            f"first, by {after:%-d %B %Y}, and then {what}."
        )


def trim_block_places(source: str, on: dt.date) -> list[models.BlockPlace]:
    """Give back the places in block that *source* holds from the day *on*; return what it holds before."""
    kept = []
    for place in models.BlockPlace.objects.filter(source=source):
        if place.start_on >= on:
            place.delete()
            continue
        if place.end_on > on:
            place.end_on = on
            place.save(update_fields=["end_on"])
        kept.append(place)
    return kept
