"""Recommend an award, of ranked bids or directly, and ask the delegation's offices for approval."""

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.contracts import queries as contracts
from placewell.governance import actions as governance
from placewell.kernel.errors import Refused

from .. import models, queries, states
from . import _steps

AGAIN = ("refused", "withdrawn")


@transaction.atomic
def recommend_award(
    *,
    procurement_id,
    delegation_id,
    report: str,
    winners: Mapping[int, Sequence[tuple[UUID, int]]],
    by: User,
    now: dt.datetime,
) -> models.Recommendation:
    """Recommend who wins each lot, and ask the delegation's offices for approval of the award.

    *winners* maps a lot's number to (bid, tier) of each; their ranks are those of the ranking.

    Raises:
        NotAllowed; Refused: quality is not locked, a bid is not ranked on its lot, or an award was recommended already.
    """
    require(by, Permission.RUN_TENDER, now=now)
    procurement = _steps.evaluated(procurement_id)
    before = models.Recommendation.objects.select_related("approval").filter(procurement=procurement).first()
    if before and before.approval.state not in AGAIN:
        raise Refused("An award was recommended already.")
    ranked = {each.lot.number: {str(p.bid.pk): p.rank for p in each.places} for each in queries.rankings(procurement)}
    kept: dict[str, list] = {}
    for number, chosen in winners.items():
        for bid_id, tier in chosen:
            if str(bid_id) not in ranked.get(number, {}):
                raise Refused(f"Only a bid that is ranked on lot {number} can win it.")
            kept.setdefault(str(number), []).append([str(bid_id), tier, ranked[number][str(bid_id)]])
    _require_new(procurement, winners)
    if not kept:
        raise Refused("No winner is recommended: say of each lot that it is not awarded instead.")
    made = _recommend(procurement, before, delegation_id, report, kept, by, now)
    record(
        what="tenders.award.recommended",
        subject=procurement,
        by=by,
        now=now,
        after={"approval": str(made.approval_id), "lots": sorted(kept)},
        told=f"An award of {procurement.reference} was recommended.",
    )
    return made


def _require_new(procurement, winners: Mapping[int, Sequence[tuple[UUID, int]]]) -> None:
    """Refuse a re-opening's winner who is on the lot already: those on the list keep their places and need not bid again."""
    if procurement.framework_id is None or procurement.reopens_id is None:
        return
    there = {
        (each.lot.number, each.provider_id): each.provider.name
        for each in contracts.on_lots(framework_id=procurement.framework_id)
    }
    bids = {each.pk: each.provider_id for each in queries.bids(procurement_id=procurement.pk)}
    for number, chosen in winners.items():
        for bid_id, _ in chosen:
            if name := there.get((number, bids.get(bid_id))):
                raise Refused(f"{name} is on lot {number} already, and keeps its place without this: leave it out.")


def _recommend(procurement, before, delegation_id, report: str, winners: dict, by: User, now: dt.datetime):
    """Ask the delegation's offices for approval, and keep the recommendation in place of one that was refused."""
    approval = governance.ask_approval(
        delegation_id=delegation_id,
        title=f"Award of {procurement.reference}",
        amount=procurement.planned_value,
        evidence=report,
        by=by,
        now=now,
    )
    made = before or models.Recommendation(procurement=procurement)
    made.approval, made.report, made.winners, made.made_by, made.made_at = approval, report, winners, by, now
    made.save()
    return made


@transaction.atomic
def recommend_direct_award(
    *, procurement_id, delegation_id, report: str, winners: Mapping[int, UUID], by: User, now: dt.datetime
) -> models.Recommendation:
    """Recommend a direct award, whose transparency notice is published, and ask for approval of it.

    *winners* maps a lot's number to the provider.

    Raises:
        NotAllowed; Refused: this is no direct award, its notice is not out, or an award was recommended already.
    """
    require(by, Permission.RUN_TENDER, now=now)
    procurement = _steps.locked(procurement_id)
    if procurement.procedure != states.Procedure.DIRECT_AWARD or procurement.state != states.Procurement.PUBLISHED:
        raise Refused("Only a direct award whose transparency notice is published is recommended without bids.")
    before = models.Recommendation.objects.select_related("approval").filter(procurement=procurement).first()
    if before and before.approval.state not in AGAIN:
        raise Refused("An award was recommended already.")
    kept = {str(number): [["", 1, 1, str(provider_id)]] for number, provider_id in winners.items() if provider_id}
    if not kept:
        raise Refused("Say which provider is to have the lot.")
    if procurement.proposed_id and {each[0][3] for each in kept.values()} != {str(procurement.proposed_id)}:
        raise Refused("The transparency notice named another provider: cancel this and publish anew.")
    made = _recommend(procurement, before, delegation_id, report, kept, by, now)
    record(
        what="tenders.award.recommended",
        subject=procurement,
        by=by,
        now=now,
        after={"approval": str(made.approval_id), "lots": sorted(kept), "ground": procurement.ground},
        told=f"A direct award of {procurement.reference} was recommended.",
    )
    return made
