"""Buy places in block: paid for whether used or not, and never a second time by the child who lives there."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.budget import actions as budget
from placewell.budget.rules import Line, whole_cost
from placewell.governance import queries as governance
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of
from placewell.market import queries as market

from .. import models, rules, states
from ._steps import count, decided, locked_frameworks, still_paid, trim_block_places


@transaction.atomic
def propose_block(
    *,
    contract_id,
    home_id,
    places: int,
    weekly_fee: Decimal,
    start_on: dt.date,
    end_on: dt.date,
    reason: str,
    by: User,
    now: dt.datetime,
    notice_days: int = 28,
) -> models.Block:
    """Ask that places in a home be paid for whether they are used or not: *weekly_fee* is of one place, *notice_days* the
    notice by which it ends early.

    Raises:
        NotAllowed; NotFound; Refused: the home is another provider's or has fewer places, the contract does not run on all
            those days, or more places would be held in block than the home has.
    """
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    contract = (
        models.Contract.objects.select_for_update(of=("self",)).select_related("lot").filter(pk=contract_id).first()
    )
    if contract is None:
        raise NotFound("There is no such contract.")
    if market.home(home_id=home_id, for_user=by).provider_id != contract.provider_id:
        raise Refused("Choose a home of this provider.")
    if contract.state != states.Contract.ACTIVE or not contract.start_on <= start_on < end_on <= contract.end_on:
        raise Refused(f"The contract runs from {contract.start_on:%-d %B %Y} to {contract.end_on:%-d %B %Y}.")
    held = models.Block.objects.filter(home_id=home_id, start_on__lt=end_on, end_on__gt=start_on)
    taken = sum(each.places for each in held.filter(state__in=[states.Asked.PROPOSED, states.Asked.AGREED]))
    room = market.place_count(home_id=home_id, on=start_on)
    if places < 1 or taken + places > room:
        raise Refused(f"The home has {room} places, of which {taken} are held in block.")
    made = models.Block.objects.create(
        contract=contract,
        provider_id=contract.provider_id,
        home_id=home_id,
        places=places,
        weekly_fee=weekly_fee,
        start_on=start_on,
        end_on=end_on,
        reason=reason,
        notice_days=notice_days,
        asked_by=by,
        asked_at=now,
    )
    after = {"places": places, "weekly_fee": str(weekly_fee), "from": str(start_on), "to": str(end_on)}
    record(what="contracts.block.proposed", subject=made, by=by, now=now, after=after, reason=reason)
    return made


@transaction.atomic
def decide_block(*, block_id, agree: bool, because: str, by: User, now: dt.datetime) -> models.Block:
    """Agree to a block: its whole cost is committed against the envelope and the framework's ceiling, and the children who
    live there cost nothing more for a place that it pays; or refuse it.

    Raises:
        NotAllowed, WrongState; NotFound; Refused: *by* asked for it, its whole cost is over the limit of *by*'s office, or an
            envelope or the ceiling would be passed.
    """
    require(by, Permission.COMMIT_MONEY, now=now)
    block = (
        models.Block.objects.select_for_update(of=("self",))
        .select_related("contract__lot__framework")
        .filter(pk=block_id)
        .first()
    )
    if block is None:
        raise NotFound("There is no such block.")
    if agree:
        governance.require_limit(whole_cost(block.lines), user=by, on=day_of(now), what="the whole block")
        governance.require_weekly_limit(block.weekly_fee, user=by, on=day_of(now))
    change_state(**decided(block, agree, because, "contracts.block", by, now))
    if agree:
        framework, source = block.contract.lot.framework, f"contracts.block:{block.pk}"
        theirs = list(_living_there(block))
        budget.commit(
            decision_id=framework.decision_id,
            provider_id=block.provider_id,
            category=block.contract.lot.category,
            source=source,
            lines=block.lines,
            by=by,
            now=now,
        )
        whole = rules.counted(block.lines, block.start_on, framework.end_on)
        frameworks = locked_frameworks([block.contract, *(row.contract for row in theirs)])
        count(frameworks[framework.pk], whole, source=source, statutory_duty="", by=by, now=now)
        for row in theirs:
            _take_in(row, block, frameworks[row.contract.lot.framework_id], by, now)
    return block


@transaction.atomic
def take_block_places(
    *, contract_id, home_id, source: str, lines: Sequence[Line], by: User, now: dt.datetime
) -> list[Line]:
    """Give *source* the places in block that are free at a home on the nights of *lines*, and return what that takes off
    their price: at most the block's own price, and never more than the nights cost. What it held from their first night on
    is given anew.

    Raises:
        NotAllowed.
    """
    require(by, Permission.COMMIT_MONEY, now=now)
    first, last = min(line.start_on for line in lines), max(line.end_on for line in lines)
    trim_block_places(source, first)
    decision = models.Contract.objects.filter(pk=contract_id).values("lot__framework__decision")
    agreed = models.Block.objects.filter(  # a child who moved to another framework lives in the same place
        contract__lot__framework__decision__in=decision, home=home_id, state=states.Asked.AGREED
    )
    rows = _taken(agreed.filter(start_on__lt=last, end_on__gt=first), source, lines)
    for row in rows:
        record(what="contracts.block.place_taken", subject=row, by=by, now=now, after=_told(row))
    return [row.line for row in rows]


def _told(row: models.BlockPlace) -> dict[str, str]:
    return {"source": row.source, "from": str(row.start_on), "to": str(row.end_on)}


def _taken(blocks: QuerySet[models.Block], source: str, lines: Sequence[Line]) -> list[models.BlockPlace]:
    """Take free places of *blocks*, each locked, one after the other until every night of *lines* has one or none is left."""
    left, found = rules.weekly_by_night(lines), []
    for block in blocks.select_for_update(of=("self",)).order_by("start_on", "pk"):
        held = [(each.start_on, each.end_on) for each in block.taken.all()]
        for spell in rules.free_in_block(block.places, held, left, block.start_on, block.end_on):
            fee = min(block.weekly_fee, spell.weekly_fee)
            if fee <= 0:
                continue
            row = models.BlockPlace.objects.create(
                block=block, source=source, weekly_fee=fee, start_on=spell.start_on, end_on=spell.end_on
            )
            left = rules.without(left, spell)
            found.append(row)
    return found


def _living_there(block: models.Block) -> QuerySet[models.CallOff]:
    """Return what is called off, under whichever contract of the same decision, for children who live in the home when a
    block of it begins, or come later."""
    taken = market.nights_taken(home_ids=[block.home_id], start_on=block.start_on, end_on=block.end_on)
    sources = list(taken.values_list("source", flat=True))
    decision = block.contract.lot.framework.decision_id
    rows = models.CallOff.objects.filter(source__in=sources, contract__lot__framework__decision=decision, moved_on=None)
    return rows.select_related("contract__lot__framework").order_by("start_on", "pk")


def _take_in(row: models.CallOff, block: models.Block, framework: models.Framework, by: User, now: dt.datetime) -> None:
    """Take off what a child who lives there would cost beside the block."""
    lines = still_paid(row.source, block.start_on)
    places = _taken(models.Block.objects.filter(pk=block.pk), row.source, lines) if lines else []
    if not places:
        return
    for each in places:
        record(what="contracts.block.place_taken", subject=each, by=by, now=now, after=_told(each))
    off = [each.line for each in places]
    budget.commit(
        decision_id=framework.decision_id,
        provider_id=row.provider_id,
        category=row.contract.lot.category,
        source=row.source,
        reference=row.reference,
        lines=off,
        by=by,
        now=now,
    )
    row = models.CallOff.objects.select_for_update(of=("self",)).get(pk=row.pk)
    less = max(rules.counted(off, row.start_on, framework.end_on), -row.amount)
    count(framework, less, source=row.source, statutory_duty="", by=by, now=now)
    row.amount += less
    row.save()
