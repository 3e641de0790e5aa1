"""Keep documents with their expiry, and answer challenges."""

import datetime as dt
import hashlib

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.gateways import safe_files
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models, states


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
    name: str = "",
    data: bytes = b"",
) -> models.Document:
    """Record a document that a provider showed and that *by* looked at; it replaces the one of its kind before it.

    The file itself is kept where it was handed in, as *name* and *data*.

    Raises:
        NotAllowed; NotFound; Refused: it is not issued yet, has run out already, or never holds; or its file is unsafe.
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
    file = {}
    if name:
        name = safe_files.scrubbed(name)
        safe_files.refuse_unsafe(name, data)
        file = {"name": name, "body": data, "size": len(data), "digest": hashlib.sha256(data).hexdigest()}
    made = models.Document.objects.create(
        contract=contract,
        provider_id=contract.provider_id,
        kind=kind,
        reference=reference,
        issued_on=issued_on,
        expires_on=expires_on,
        checked_by=by,
        checked_at=now,
        **file,
    )
    if kind != states.DocumentKind.OTHER:
        before = models.Document.objects.filter(contract=contract, kind=kind, replaced_by=None).exclude(pk=made.pk)
        for each in before.order_by("-checked_at")[:1]:
            each.replaced_by = made
            each.save()
    after = {"kind": kind, "expires_on": str(expires_on or ""), "digest": made.digest}
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
