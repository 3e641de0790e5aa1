"""Buy places in block, keep documents with their expiry, and answer challenges."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.budget import actions as budget
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of
from placewell.market import queries as market

from .. import models, rules, states
from ._steps import count, decided, locked_framework


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
) -> models.Block:
    """Ask that places in a home be paid for whether they are used or not: *weekly_fee* is of one place.

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
        asked_by=by,
        asked_at=now,
    )
    after = {"places": places, "weekly_fee": str(weekly_fee), "from": str(start_on), "to": str(end_on)}
    record(what="contracts.block.proposed", subject=made, by=by, now=now, after=after, reason=reason)
    return made


@transaction.atomic
def decide_block(*, block_id, agree: bool, because: str, by: User, now: dt.datetime) -> models.Block:
    """Agree to a block: its whole cost is committed against the envelope and the framework's ceiling; or refuse it.

    Raises:
        NotAllowed, WrongState; NotFound; Refused: *by* asked for it, or an envelope or the ceiling would be passed.
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
    change_state(**decided(block, agree, because, "contracts.block", by, now))
    if agree:
        framework, source = block.contract.lot.framework, f"contracts.block:{block.pk}"
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
        count(locked_framework(framework.pk), whole, source=source, statutory_duty="", by=by, now=now)
    return block


@transaction.atomic
def file_document(
    *,
    contract_id,
    kind: str,
    reference: str,
    issued_on: dt.date,
    expires_on: dt.date | None,
    by: User,
    now: dt.datetime,
) -> models.Document:
    """Record a document that a provider showed and that *by* looked at; it replaces the one of its kind before it.

    Raises:
        NotAllowed; NotFound; Refused: it is not issued yet, has run out already, or never holds.
    """
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    contract = models.Contract.objects.select_for_update(of=("self",)).filter(pk=contract_id).first()
    if contract is None:
        raise NotFound("There is no such contract.")
    kind = states.DocumentKind(kind)
    if issued_on > day_of(now) or (expires_on and expires_on <= issued_on):
        raise Refused("A document is issued by today, and runs out after that.")
    if expires_on and expires_on <= day_of(now):
        raise Refused("This document has run out already: ask for the one that holds.")
    made = models.Document.objects.create(
        contract=contract,
        provider_id=contract.provider_id,
        kind=kind,
        reference=reference,
        issued_on=issued_on,
        expires_on=expires_on,
        checked_by=by,
        checked_at=now,
    )
    if kind != states.DocumentKind.OTHER:
        before = models.Document.objects.filter(contract=contract, kind=kind, replaced_by=None).exclude(pk=made.pk)
        for each in before.order_by("-checked_at")[:1]:
            each.replaced_by = made
            each.save()
    after = {"kind": kind, "expires_on": str(expires_on or "")}
    record(what="contracts.document.filed", subject=made, by=by, now=now, after=after)
    return made


@transaction.atomic
def receive_challenge(
    *,
    framework_id,
    reference: str,
    kind: str,
    challenger: str,
    received_on: dt.date,
    grounds: str,
    answer_by: dt.date,
    holds_award: bool,
    by: User,
    now: dt.datetime,
) -> models.Challenge:
    """Enter a challenge in the register. One that *holds_award* stops awards and new contracts until it is closed.

    Source of the hold: Procurement Act 2023 s.101 (a claim notified in the standstill); PCR 2015 reg 95.
    """
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    framework = models.Framework.objects.select_for_update(of=("self",)).filter(pk=framework_id).first()
    if framework is None:
        raise NotFound("There is no such framework.")
    if received_on > day_of(now) or answer_by < received_on:
        raise Refused("It came by today, and is answered after it came.")
    if models.Challenge.objects.filter(reference=reference).exists():
        raise Refused("A challenge of this reference is entered already.")
    made = models.Challenge.objects.create(
        framework=framework,
        reference=reference,
        kind=states.ChallengeKind(kind),
        challenger=challenger,
        received_on=received_on,
        grounds=grounds,
        answer_by=answer_by,
        holds_award=holds_award,
    )
    record(
        what="contracts.challenge.received",
        subject=made,
        by=by,
        now=now,
        after={"reference": reference, "holds_award": holds_award},
        told=f"A challenge to {framework.reference} came in.",
    )
    return made


@transaction.atomic
def close_challenge(*, challenge_id, state: str, outcome: str, by: User, now: dt.datetime) -> models.Challenge:
    """Close a challenge with what became of it; an award that it held may go on.

    Raises:
        NotAllowed, WrongState; NotFound; Refused: no outcome is given.
    """
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    found = models.Challenge.objects.select_for_update(of=("self",)).filter(pk=challenge_id).first()
    if found is None:
        raise NotFound("There is no such challenge.")
    if not outcome.strip():
        raise Refused("Say what became of it.")
    found.outcome, found.closed_on = outcome, day_of(now)
    change_state(
        row=found,
        to=states.Challenge(state),
        steps=states.CHALLENGE_STEPS,
        what="contracts.challenge.closed",
        by=by,
        now=now,
        reason=outcome,
    )
    return found
