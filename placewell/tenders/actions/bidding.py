"""Draft, submit, replace and withdraw a bid. Nothing of it is stored in clear, and the trail does not say who.

The handed-in *now* serves permissions and the trail; whether a bid is in time only the database's clock says.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID, uuid4

import msgpack
from django.conf import settings
from django.db import DatabaseError, transaction

from placewell.accounts.models import Organisation, User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.gateways import safe_files
from placewell.kernel.errors import Refused
from placewell.storage.context import Scope, acting

from .. import models, queries, rules, sealing
from ..states import Answer
from . import _steps

LARGEST_FILE = 2 * 1024 * 1024
MOST_FILES = 20


@dataclass(frozen=True)
class Receipt:
    """What a bidder is given: the words that were signed, and the signature. *is_accepted*: the bid is in."""

    text: str
    signature: str
    is_accepted: bool


def _unnamed(procurement: models.Procurement):
    """Act for the council, so that what is written on the trail names no bidder."""
    return acting(Scope.of_council(procurement.council_id))


@transaction.atomic
def begin_bid(*, procurement_id: UUID, by: User, now: dt.datetime) -> str:
    """Begin a bid and return its code, which is shown once: whoever has it works on the bid, and nobody else can read it."""
    require(by, Permission.BID, now=now)
    procurement = _steps.for_bidder(procurement_id)
    code = sealing.new_code()
    with _steps.database_may_refuse():
        _steps.keep_state(procurement.pk, code, queries.EMPTY, [])
    with _unnamed(procurement):
        record(what="tenders.piece.written", subject=procurement, by=_steps.SOMEBODY, now=now)
    return code


@transaction.atomic
def save_draft(
    *,
    procurement_id: UUID,
    code: str,
    by: User,
    now: dt.datetime,
    lots: Sequence[int] | None = None,
    answers: Mapping[str, str] | None = None,
    prices: Mapping[str, Decimal | None] | None = None,
) -> None:
    """Save part of a draft over what is there; an answer or a price of another part stays.

    Raises:
        NotAllowed; Refused: the code opens no bid, or the deadline has passed.
    """
    require(by, Permission.BID, now=now)
    procurement = _steps.for_bidder(procurement_id)
    state, more = queries.draft_state(procurement_id=procurement_id, code=code, lock=True)
    if lots is not None:
        known = {lot.number for lot in procurement.lots.all()}
        state["lots"] = sorted(known & set(lots))
    state["answers"] |= answers or {}
    for name, fee in (prices or {}).items():
        state["prices"][name] = "" if fee is None else str(fee)
    with _steps.database_may_refuse():
        _steps.keep_state(procurement.pk, code, state, more)
    with _unnamed(procurement):
        record(what="tenders.piece.written", subject=procurement, by=_steps.SOMEBODY, now=now)


@transaction.atomic
def attach_file(
    *, procurement_id: UUID, code: str, question: int, name: str, data: bytes, by: User, now: dt.datetime
) -> None:
    """Put a file with a question of the draft; it is encrypted before it is stored.

    Raises:
        NotAllowed; Refused: the question takes no file, or it is empty, too large, of a kind that is not taken, or the draft
            has too many.
    """
    require(by, Permission.BID, now=now)
    procurement = _steps.for_bidder(procurement_id)
    if not any(each.number == question and each.kind == Answer.FILE for each in queries.method(procurement).questions):
        raise Refused(f"Question {question} takes no file.")
    name = safe_files.scrubbed(name)
    safe_files.refuse_unsafe(name, data, LARGEST_FILE)
    state, more = queries.draft_state(procurement_id=procurement_id, code=code, lock=True)
    if len(state["files"]) >= MOST_FILES:
        raise Refused(f"A bid has at most {MOST_FILES} files.")
    if any(each["name"] == name for each in state["files"]):
        raise Refused(f"There is a file {name} already: remove it first, or give this one another name.")
    with _steps.database_may_refuse():
        pieces = _steps.keep_file(procurement.pk, code, data)
        state["files"].append({"question": question, "name": name, "size": len(data), "pieces": pieces})
        _steps.keep_state(procurement.pk, code, state, more)
    with _unnamed(procurement):
        record(what="tenders.piece.written", subject=procurement, by=_steps.SOMEBODY, now=now)


@transaction.atomic
def remove_file(*, procurement_id: UUID, code: str, name: str, by: User, now: dt.datetime) -> None:
    """Take a file out of the draft; its pieces are made empty."""
    require(by, Permission.BID, now=now)
    procurement = _steps.for_bidder(procurement_id)
    state, more = queries.draft_state(procurement_id=procurement_id, code=code, lock=True)
    gone = [UUID(bytes=each) for file in state["files"] if file["name"] == name for each in file["pieces"]]
    state["files"] = [each for each in state["files"] if each["name"] != name]
    with _steps.database_may_refuse():
        _steps.put(procurement.pk, [], empty=gone)
        _steps.keep_state(procurement.pk, code, state, more)
    with _unnamed(procurement):
        record(what="tenders.piece.written", subject=procurement, by=_steps.SOMEBODY, now=now)


@transaction.atomic
def submit_bid(*, procurement_id: UUID, code: str, by: User, now: dt.datetime) -> Receipt:
    """Submit the draft as it stands, in place of what was submitted before; return the signed receipt.

    Late by the database's clock, the receipt is one of refusal and nothing is stored.

    Raises:
        NotAllowed; Refused: something is missing, and what.
    """
    require(by, Permission.BID, now=now)
    procurement = _steps.for_bidder(procurement_id)
    state, more = queries.draft_state(procurement_id=procurement_id, code=code, lock=True)
    draft = queries.draft_of(state)
    if told := rules.missing(queries.method(procurement), draft):
        raise Refused("\n".join(told))
    files = [
        {
            "question": each["question"],
            "name": each["name"],
            "body": queries.file_of(procurement_id=procurement_id, code=code, name=each["name"]),
        }
        for each in state["files"]
    ]
    content = {"lots": state["lots"], "answers": state["answers"], "prices": state["prices"], "files": files}
    what = "replaced" if state["standing"] == "submitted" else "submitted"
    receipt = _deliver(procurement, code, state, more, what, content, by)
    with _unnamed(procurement):
        record(what=_event(receipt), subject=procurement, by=_steps.SOMEBODY, now=now)
    return receipt


@transaction.atomic
def withdraw_bid(*, procurement_id: UUID, code: str, by: User, now: dt.datetime) -> Receipt:
    """Withdraw what was submitted: its pieces are made empty, and it will not be opened. The draft stays."""
    require(by, Permission.BID, now=now)
    procurement = _steps.for_bidder(procurement_id)
    state, more = queries.draft_state(procurement_id=procurement_id, code=code, lock=True)
    if state["standing"] != "submitted":
        raise Refused("There is no submitted bid to withdraw.")
    receipt = _deliver(procurement, code, state, more, "withdrawn", {}, by)
    with _unnamed(procurement):
        record(what=_event(receipt), subject=procurement, by=_steps.SOMEBODY, now=now)
    return receipt


def _event(receipt: Receipt) -> str:
    return "tenders.piece.written" if receipt.is_accepted else "tenders.bid.refused_late"


def _deliver(procurement, code: str, state: dict, more: list[UUID], what: str, content: dict, by: User) -> Receipt:
    """Seal *content* for the key holders and write it over what was submitted before; or refuse it as late."""
    at = queries.moment()
    whole = msgpack.packb(
        {
            "procurement": procurement.pk.bytes,
            "provider": _organisation(by).pk.bytes,
            "what": what,
            "at": at.isoformat(timespec="microseconds"),
            **content,
        }
    )
    receipt = _receipt(procurement, what, at, whole, by)
    old = [UUID(bytes=each) for each in state["sealed"]]
    try:
        with transaction.atomic():
            bodies = _sealed(procurement, whole, receipt)
            _steps.put(procurement.pk, bodies, empty=old)
            state["sealed"] = [pk.bytes for pk, _ in bodies]
            state["standing"] = "withdrawn" if what == "withdrawn" else "submitted"
            state["method"] = queries.snapshot(queries.method(procurement))[1]
            state["receipts"] = [*state["receipts"], {"text": receipt.text, "signature": receipt.signature}]
            _steps.keep_state(procurement.pk, code, state, more)
    except DatabaseError as error:
        if _steps.code_of(error) != _steps.LATE:
            raise
        return _receipt(procurement, "refused: late", queries.moment(), whole, by, is_accepted=False)
    return receipt


def _organisation(by: User) -> Organisation:
    if by.organisation is None:
        raise Refused("You belong to no provider.")
    return by.organisation


def _receipt(procurement, what: str, at: dt.datetime, whole: bytes, by: User, *, is_accepted: bool = True) -> Receipt:
    text = rules.receipt_text(
        reference=procurement.reference,
        bidder=_organisation(by).name,
        what=what,
        at=at,
        deadline=procurement.tenders_by_at,
        digest=sealing.digest(whole),
    )
    return Receipt(text, sealing.sign(text, settings.SECRET_KEY), is_accepted)


def _sealed(procurement, whole: bytes, receipt: Receipt) -> list[tuple[UUID, bytes]]:
    holders = [each.key for each in procurement.holders.all()]
    packed = msgpack.packb([whole, receipt.text, receipt.signature])
    bodies = []
    for part in sealing.parts(uuid4().bytes, packed):
        pk = uuid4()
        bodies.append((pk, sealing.seal(part, holders, procurement=procurement.pk, piece=pk)))
    return bodies
