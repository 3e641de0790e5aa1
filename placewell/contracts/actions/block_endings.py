"""End a block of places before its day: asked for by one person, decided by another, the money freed, the children's prices
taken up again."""

import datetime as dt

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.budget import actions as budget
from placewell.budget.rules import Line
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models, rules, states
from ._steps import count, decided, locked_frameworks, still_paid, trim_block_places
from .blocks import take_block_places


@transaction.atomic
def propose_block_end(
    *, block_id, end_on: dt.date, reason: str, by: User, now: dt.datetime, waiver: str = ""
) -> models.BlockEnding:
    """Ask that a block end on the day *end_on*, the first that is no longer paid: after the notice that its terms want, or
    sooner where the provider agreed to that, in the words of *waiver*.

    Raises:
        NotAllowed; NotFound; Refused: the block is not agreed, an end is asked for already, or the day is too near, before
            its second night, or not before its end.
    """
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    block = models.Block.objects.select_for_update(of=("self",)).filter(pk=block_id).first()
    if block is None:
        raise NotFound("There is no such block.")
    if block.state != states.Asked.AGREED:
        raise Refused("Only a block that was agreed ends early.")
    if not reason.strip():
        raise Refused("Say why it ends early.")
    if block.endings.filter(state=states.Asked.PROPOSED).exists():
        raise Refused("An earlier end is asked for already: that one is decided first.")
    _require_day(block, end_on, waiver, day_of(now))
    made = models.BlockEnding.objects.create(
        block=block,
        provider_id=block.provider_id,
        end_on=end_on,
        reason=reason,
        waiver=waiver,
        asked_by=by,
        asked_at=now,
    )
    after = {"end_on": str(end_on), "waiver": waiver}
    record(what="contracts.block_end.proposed", subject=made, by=by, now=now, after=after, reason=reason)
    return made


def _require_day(block: models.Block, end_on: dt.date, waiver: str, today: dt.date) -> None:
    """Refuse a day before the notice has run, unless the provider waived it, or outside the block's nights."""
    first = rules.earliest_block_end(
        start_on=block.start_on, notice_days=0 if waiver.strip() else block.notice_days, today=today
    )
    if not first <= end_on < block.end_on:
        raise Refused(
            f"With a notice of {block.notice_days} days it ends from {first:%-d %B %Y} on, and before {block.end_on:%-d %B %Y}. "
            "Where the provider agreed to a shorter notice, say how."
            if first < block.end_on
            else f"With a notice of {block.notice_days} days it cannot end before {block.end_on:%-d %B %Y}, when it ends anyway."
        )


@transaction.atomic
def decide_block_end(*, ending_id, agree: bool, because: str, by: User, now: dt.datetime) -> models.BlockEnding:
    """Agree to an earlier end of a block: its cost from that day on is freed in the envelopes and under the framework's
    ceiling, and children who stay in the home cost their own price again, unless another block there has a place for them;
    or refuse it.

    Raises:
        NotAllowed, WrongState; NotFound; Refused: *by* asked for it, or its day has come meanwhile.
    """
    require(by, Permission.COMMIT_MONEY, now=now)
    found = models.BlockEnding.objects.select_related("block").filter(pk=ending_id).first()
    if found is None:
        raise NotFound("There is no such request.")
    # every block of the home, in the order in which a place takes them: the two never wait in a ring
    beside = models.Block.objects.filter(home=found.block.home_id).select_related("contract__lot")
    blocks = {each.pk: each for each in beside.select_for_update(of=("self",)).order_by("start_on", "pk")}
    ending = models.BlockEnding.objects.select_for_update(of=("self",)).get(pk=ending_id)
    block = blocks[ending.block_id]
    if agree:
        if ending.end_on <= day_of(now) or not block.start_on < ending.end_on < block.end_on:
            raise Refused("Its day has come: ask for a later one.")
        ending.ended_before = block.end_on
    change_state(**decided(ending, agree, because, "contracts.block_end", by, now))
    if agree:
        _carry_out(ending, block, by, now)
    return ending


def _carry_out(ending: models.BlockEnding, block: models.Block, by: User, now: dt.datetime) -> None:
    source, day, before = f"contracts.block:{block.pk}", ending.end_on, block.lines
    budget.cut_short(source=source, end_on=day, by=by, now=now, reason=ending.reason)
    block.end_on = day
    block.save()
    held = models.BlockPlace.objects.filter(block=block, end_on__gt=day).order_by("start_on", "pk")
    sources = list(dict.fromkeys(held.values_list("source", flat=True)))
    rows = models.CallOff.objects.select_related("contract__lot").filter(source__in=sources, moved_on=None)
    staying = {row.source: row for row in rows}
    changed = {each: _own_price_again(each, staying.get(each), block, ending, by, now) for each in sources}
    frameworks = locked_frameworks([block.contract, *(row.contract for row in staying.values())])
    framework = frameworks[block.contract.lot.framework_id]
    freed = rules.counted(before, day, framework.end_on)
    count(framework, -freed, source=source, statutory_duty="", by=by, now=now)
    for each in staying:
        lines_before, lines_after = changed[each]
        row = models.CallOff.objects.select_for_update(of=("self",)).get(pk=staying[each].pk)
        theirs = frameworks[staying[each].contract.lot.framework_id]
        more = rules.counted(lines_after, day, theirs.end_on) - rules.counted(lines_before, day, theirs.end_on)
        count(theirs, more, source=each, statutory_duty="", by=by, now=now)
        row.amount += more
        row.save()


def _own_price_again(
    source: str, row: models.CallOff | None, block: models.Block, ending: models.BlockEnding, by: User, now: dt.datetime
) -> tuple[list[Line], list[Line]]:
    """Let a child who stays cost its own price from the day on, where no other block has a place (none has for one that is
    under no contract any more: its *row* is None); return its lines before and after."""
    day = ending.end_on
    before = still_paid(source, day)
    own = [line for line in before if line.kind != rules.IN_BLOCK]
    if row is None:
        trim_block_places(source, day)
        after = own
    else:
        after = own + take_block_places(
            contract_id=row.contract_id, home_id=block.home_id, source=source, lines=own, by=by, now=now
        )
    budget.reprice(source=source, start_on=day, lines=after, reason=ending.reason, by=by, now=now)
    return before, after
