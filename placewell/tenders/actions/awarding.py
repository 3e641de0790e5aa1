"""Award each lot under the approval that the delegation's offices gave, and make the contracts of it."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.contracts import actions as contracts
from placewell.contracts.rules import LotTerms
from placewell.governance.queries import holidays, require_delegated
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.money import ZERO, pounds
from placewell.kernel.periods import day_of
from placewell.kernel.working_days import add_working_days
from placewell.notifications.actions import tell_followers

from .. import models, ocds, queries, states
from . import _steps


def _lot(lot_id) -> tuple[models.Lot, models.Procurement]:
    found = models.Lot.objects.filter(pk=lot_id).first()
    if found is None:
        raise NotFound("There is no such lot.")
    if found.is_withdrawn:
        raise Refused("This lot was withdrawn by an amendment: there is nothing to award.")
    return found, _steps.locked(found.procurement_id)


def _require_authority(procurement: models.Procurement, now: dt.datetime) -> models.Recommendation:
    """Return the recommendation when its approval stands today, under the procurement's decision and for its whole value."""
    found = models.Recommendation.objects.filter(procurement=procurement).first()
    if found is None:
        raise Refused("No award was recommended yet.")
    categories = procurement.live_lots.values_list("category", flat=True)
    approval = require_delegated(approval_id=found.approval_id, act="award", on=day_of(now), categories=categories)
    if approval.delegation.decision_id != procurement.decision_id:
        raise Refused("This award was approved under another decision.")
    if (approval.amount or ZERO) < procurement.planned_value:
        raise Refused(
            f"The approval is for {pounds(approval.amount or ZERO)}, less than the tender's "
            f"{pounds(procurement.planned_value)}."
        )
    return found


@transaction.atomic
def award_lot(*, lot_id, by: User, now: dt.datetime) -> models.LotAward:
    """Award a lot as it was recommended and approved; each bidder is sent its summary, and the standstill begins.

    Raises:
        NotAllowed; Refused: no approval stands (and why), a low price is not decided, or the lot is awarded already.
    """
    require(by, Permission.RUN_TENDER, now=now)
    lot, procurement = _lot(lot_id)
    award = models.LotAward.objects.filter(lot=lot).first()
    if award and award.state in (states.LotAward.AWARDED, states.LotAward.CONTRACTED):
        raise Refused("This lot is awarded already.")
    recommended = _require_authority(procurement, now)
    chosen = recommended.winners.get(str(lot.number))
    if not chosen:
        raise Refused("No winner was recommended for this lot.")
    if models.LowPrice.objects.filter(lot=lot, is_explained=None).exists():
        raise Refused("A price on this lot that looks abnormally low is not decided.")
    days = procurement.standstill_days
    terms = {
        "reason": recommended.report,
        "at": now,
        "standstill_ends_on": add_working_days(day_of(now), days, holidays()) if days else None,
    }
    award = _settle_lot(award, lot, procurement, states.LotAward.AWARDED, terms)
    names = _write_winners(award, procurement, chosen)
    if procurement.procedure != states.Procedure.DIRECT_AWARD:
        for content in queries.summaries(procurement, lot, [each[0] for each in chosen]):
            models.Summary.objects.update_or_create(
                bid=content.bid,
                lot=lot,
                defaults={"provider": content.bid.provider, "content": content.shown, "sent_at": now},
            )
    text = f"{lot} was awarded to {', '.join(names)}."
    _announce(procurement, states.Notice.AWARD, text, now, ocds.Facts(awards=[award]))
    record(
        what="tenders.lot.awarded",
        subject=award,
        by=by,
        now=now,
        after={"lot": lot.number, "approval": str(recommended.approval_id), "winners": len(chosen)},
        told=f"Lot {lot.number} of {procurement.reference} was awarded.",
    )
    tell_followers([procurement], "tenders.lot.awarded", by=by, now=now)
    return award


def _announce(procurement, kind: states.Notice, text: str, now: dt.datetime, facts: ocds.Facts) -> None:
    _steps.publish_notice(procurement, kind, text, queries.method(procurement), now, facts)


def _write_winners(award: models.LotAward, procurement, chosen: Sequence[Sequence]) -> list[str]:
    """Write who won; return their names."""
    bids = {str(each.pk): each for each in queries.bids(procurement_id=procurement.pk)}
    names = []
    for bid_id, tier, rank, *direct in chosen:
        bid = bids.get(bid_id)
        provider_id = bid.provider_id if bid else UUID(direct[0])
        made = models.Winner.objects.create(award=award, bid=bid, provider_id=provider_id, tier=tier, rank=rank)
        names.append(made.provider.name)
    return names


def _settle_lot(award, lot, procurement, state: states.LotAward, terms: dict) -> models.LotAward:
    """Write what became of a lot, over what became of it before."""
    if award is None:
        return models.LotAward.objects.create(procurement=procurement, lot=lot, state=state, **terms)
    award.winners.all().delete()
    award.state = state
    for name, value in terms.items():
        setattr(award, name, value)
    award.save()
    return award


@transaction.atomic
def decline_lot(*, lot_id, reason: str, by: User, now: dt.datetime) -> models.LotAward:
    """Decide that a lot is not awarded, and why."""
    require(by, Permission.RUN_TENDER, now=now)
    lot, procurement = _lot(lot_id)
    direct = (
        procurement.procedure == states.Procedure.DIRECT_AWARD and procurement.state == states.Procurement.PUBLISHED
    )
    if not direct and procurement.state not in (states.Procurement.OPENED, states.Procurement.CONCLUDED):
        raise Refused("A lot is settled after the bids were opened.")
    award = models.LotAward.objects.filter(lot=lot).first()
    if award and award.state != states.LotAward.UNDONE:
        raise Refused("This lot is settled already: undo that first.")
    award = _settle_lot(award, lot, procurement, states.LotAward.NOT_AWARDED, {"reason": reason, "at": now})
    record(what="tenders.lot.declined", subject=award, by=by, now=now, after={"lot": lot.number}, reason=reason)
    _conclude(procurement, by, now)
    facts = ocds.Facts(awards=[award], ends=reason)
    _announce(procurement, states.Notice.TERMINATION, f"{lot} is not awarded. {reason}", now, facts)
    return award


@transaction.atomic
def undo_award(*, lot_id, reason: str, by: User, now: dt.datetime) -> models.LotAward:
    """Undo an award with its reason: contracts that came of it end, and the lot can be awarded again."""
    require(by, Permission.RUN_TENDER, now=now)
    lot, procurement = _lot(lot_id)
    award = models.LotAward.objects.filter(lot=lot).first()
    if award is None:
        raise Refused("This lot was not awarded.")
    was_awarded = award.state != states.LotAward.NOT_AWARDED
    for winner in award.winners.filter(contract__isnull=False):
        contracts.end_contract(contract_id=winner.contract_id, reason=reason, by=by, now=now)
    change_state(
        row=award,
        to=states.LotAward.UNDONE,
        steps=states.LOT_STEPS,
        what="tenders.award.undone",
        by=by,
        now=now,
        reason=reason,
        told=f"The award of lot {lot.number} was undone.",
    )
    if was_awarded:
        text = f"The award of {lot} was set aside. {reason}"
        _announce(procurement, states.Notice.AWARD, text, now, ocds.Facts(awards=[award]))
    return award


@transaction.atomic
def make_contracts(*, lot_id, by: User, now: dt.datetime) -> models.LotAward:
    """Let the award of a lot become contracts: framework, lot, tier, rank and prices, for the placements desk to use.

    Raises:
        NotAllowed; Refused: the standstill runs, or the approval does not stand any more.
    """
    require(by, Permission.RUN_TENDER, now=now)
    lot, procurement = _lot(lot_id)
    award = models.LotAward.objects.select_for_update().filter(lot=lot, state=states.LotAward.AWARDED).first()
    if award is None:
        raise Refused("Only an awarded lot becomes contracts, and once.")
    if award.standstill_ends_on and day_of(now) < award.standstill_ends_on:
        raise Refused(f"The standstill runs: contracts can be made from {award.standstill_ends_on:%-d %B %Y}.")
    recommended = _require_authority(procurement, now)
    framework = _framework(procurement, recommended, by, now)
    target = (
        framework.lots.filter(number=lot.number, category=lot.category).first()
        or framework.lots.filter(category=lot.category).first()
    )
    if target is None:
        raise Refused("The framework has no such lot.")
    for winner in award.winners.select_related("bid"):
        _contract(procurement, lot, target, winner, by, now)
    change_state(
        row=award,
        to=states.LotAward.CONTRACTED,
        steps=states.LOT_STEPS,
        what="tenders.contracts.made",
        by=by,
        now=now,
        told=f"Contracts were made for lot {lot.number} of {procurement.reference}.",
    )
    _conclude(procurement, by, now)
    made = [(lot.number, each.contract) for each in award.winners.select_related("contract__provider") if each.contract]
    if queries.notice_form(regime=procurement.legal_regime, kind=states.Notice.CONTRACT):
        text = f"Contracts were made for {lot} with {', '.join(each.provider.name for _, each in made)}."
        _announce(procurement, states.Notice.CONTRACT, text, now, ocds.Facts(contracts=made))
    return award


def _framework(procurement, recommended: models.Recommendation, by: User, now: dt.datetime):
    """Return the framework that the contracts stand under; the first lot sets it up and awards it."""
    if procurement.framework_id is None:
        terms = [LotTerms(each.number, each.category, each.title) for each in procurement.live_lots]
        made = contracts.set_up_framework(
            reference=procurement.reference,
            title=procurement.title,
            legal_regime=procurement.legal_regime,
            start_on=procurement.start_on,
            end_on=procurement.end_on,
            lots=terms,
            decision_id=procurement.decision_id,
            lifetime_ceiling=procurement.planned_value,
            reopens_every_months=procurement.reopens_every_months,
            by=by,
            now=now,
        )
        contracts.award_framework(framework_id=made.pk, approval_id=recommended.approval_id, by=by, now=now)
        procurement.framework = made
        procurement.save()
    return procurement.framework


def _contract(procurement, lot: models.Lot, target, winner: models.Winner, by: User, now: dt.datetime) -> None:
    """Make one winner's contract, with its prices."""
    contract = contracts.add_contract(
        lot_id=target.pk,
        provider_id=winner.provider_id,
        reference=f"{procurement.reference[:28]}-{lot.number}-{winner.rank}",
        start_on=procurement.start_on,
        end_on=procurement.end_on,
        tier=winner.tier,
        rank=winner.rank,
        by=by,
        now=now,
    )
    if procurement.round_id is not None:
        contracts.join_round(contract_id=contract.pk, round_id=procurement.round_id, by=by, now=now)
    offered = models.BidPrice.objects.select_related("line").filter(bid=winner.bid_id, line__lot=lot)
    for price in offered if winner.bid_id else ():  # of a direct award, prices are set on the contract
        contracts.set_rate(
            contract_id=contract.pk,
            age_from=price.line.age_from,
            age_to=price.line.age_to,
            need_level=price.line.need_level,
            weekly_fee=price.weekly_fee,
            start_on=procurement.start_on,
            by=by,
            now=now,
        )
    winner.contract = contract
    winner.save()


def _conclude(procurement, by: User, now: dt.datetime) -> None:
    """Conclude the tender when every lot has become contracts or was not awarded."""
    settled = (states.LotAward.CONTRACTED, states.LotAward.NOT_AWARDED)
    left = procurement.live_lots.exclude(award__state__in=settled).exists()
    if not left and procurement.state in (states.Procurement.OPENED, states.Procurement.PUBLISHED):
        change_state(
            row=procurement,
            to=states.Procurement.CONCLUDED,
            steps=states.PROCUREMENT_STEPS,
            what="tenders.procurement.concluded",
            by=by,
            now=now,
        )
