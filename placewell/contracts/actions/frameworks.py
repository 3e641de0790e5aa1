"""Set up, award and end frameworks."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.governance.queries import require_delegated, require_in_force
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.money import ZERO, pounds
from placewell.kernel.periods import day_of, months_after

from .. import models, queries, rules, states
from ._steps import require_no_block


@transaction.atomic
def set_up_framework(
    *,
    reference: str,
    title: str,
    legal_regime: str,
    start_on: dt.date,
    end_on: dt.date,
    lots: Sequence[rules.LotTerms],
    by: User,
    now: dt.datetime,
    decision_id=None,
    is_outgoing: bool = False,
    lifetime_ceiling: Decimal | None = None,
    extension_months: int = 0,
    reopens_every_months: int | None = None,
) -> models.Framework:
    """Set up a framework with its lots, as a draft; an outgoing one, let by another body, is in use at once.

    Raises:
        NotAllowed; Refused: its decision is not in force, or allows no such lot or no such length.
    """
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    if not is_outgoing:
        _require_allowed(decision_id, lots, start_on, end_on, now)
    framework = models.Framework.objects.create(
        reference=reference,
        title=title,
        legal_regime=legal_regime,
        decision_id=decision_id,
        is_outgoing=is_outgoing,
        start_on=start_on,
        end_on=end_on,
        lifetime_ceiling=lifetime_ceiling,
        extension_months=extension_months,
        reopens_every_months=reopens_every_months,
        state=states.Framework.AWARDED if is_outgoing else states.Framework.DRAFT,
    )
    for lot in lots:
        models.Lot.objects.create(framework=framework, number=lot.number, category=lot.category, title=lot.title)
    record(
        what="contracts.framework.set_up",
        subject=framework,
        by=by,
        now=now,
        after={"reference": reference, "lots": [lot.category for lot in lots]},
        told=f"The framework {reference} was set up.",
    )
    return framework


def _require_allowed(decision_id, lots: Sequence[rules.LotTerms], start_on: dt.date, end_on: dt.date, now) -> None:
    if decision_id is None:
        raise Refused("A framework of the council's own needs the decision that allows it.")
    decision = require_in_force(decision_id=decision_id, on=day_of(now))
    allowed = {lot.category for lot in decision.lots.all()}
    if strange := sorted({lot.category for lot in lots} - allowed):
        raise Refused(f"Decision {decision.number} does not allow these lots: {', '.join(strange)}.")
    if decision.years and end_on > months_after(start_on, 12 * decision.years):
        raise Refused(f"Decision {decision.number} allows {decision.years} years.")


def _framework(framework_id) -> models.Framework:
    found = models.Framework.objects.select_for_update(of=("self",)).filter(pk=framework_id).first()
    if found is None:
        raise NotFound("There is no such framework.")
    return found


@transaction.atomic
def award_framework(*, framework_id, approval_id, by: User, now: dt.datetime) -> models.Framework:
    """Award a framework under an approval of the act *award* that its own decision's offices gave.

    Raises:
        NotAllowed, WrongState; Refused: the approval does not stand, is of another decision, or was used already.
    """
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    if not models.Framework.objects.filter(pk=framework_id).exists():
        raise NotFound("There is no such framework.")
    lots = models.Lot.objects.filter(framework=framework_id).values_list("category", flat=True)
    approval = require_delegated(approval_id=approval_id, act="award", on=day_of(now), categories=lots)
    framework = _framework(framework_id)  # after the decision, as whoever commits money locks them
    queries.require_no_hold(framework)
    if approval.delegation.decision_id != framework.decision_id:
        raise Refused("This award was approved under another decision.")
    if framework.lifetime_ceiling is not None and framework.lifetime_ceiling > (approval.amount or ZERO):
        raise Refused(
            f"The approval is for {pounds(approval.amount or ZERO)}, less than the framework's ceiling of "
            f"{pounds(framework.lifetime_ceiling)}."
        )
    if models.Framework.objects.filter(award=approval).exists():
        raise Refused("This approval has been used for another framework.")
    framework.award = approval
    change_state(
        row=framework,
        to=states.Framework.AWARDED,
        steps=states.FRAMEWORK_STEPS,
        what="contracts.framework.awarded",
        by=by,
        now=now,
        after={"approval": str(approval.pk)},
        told=f"The framework {framework.reference} was awarded.",
    )
    return framework


@transaction.atomic
def end_framework(*, framework_id, reason: str, by: User, now: dt.datetime) -> models.Framework:
    """End a framework before its day, or drop one that was never awarded: nothing new is placed under it.

    Raises:
        NotAllowed, WrongState; NotFound; Refused: places that were bought in block under it are still paid.
    """
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    framework = _framework(framework_id)
    blocks = models.Block.objects.filter(contract__lot__framework=framework)
    require_no_block(blocks, day_of(now), what="the framework")
    change_state(
        row=framework,
        to=states.Framework.ENDED,
        steps=states.FRAMEWORK_STEPS,
        what="contracts.framework.ended",
        by=by,
        now=now,
        reason=reason,
        told=f"The framework {framework.reference} ended.",
    )
    return framework
