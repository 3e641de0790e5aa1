"""Open the bids: two key holders, one after the other, after the deadline by the database's clock."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID, uuid4

import msgpack
from django.conf import settings
from django.db import connection, transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.kernel.errors import Refused
from placewell.notifications.actions import tell_followers

from .. import models, queries, rules, sealing, states
from . import _steps

AT_ONCE = 64  # pieces: four megabytes


@transaction.atomic
def open_bids(*, procurement_id: UUID, code: str, by: User, now: dt.datetime) -> states.Attempt:
    """Act with *by*'s half of the key. The first holder's act opens nothing; the second's opens every bid.

    Every attempt is kept, with the database's time, and returned as what became of it.

    Raises:
        NotAllowed; Refused: the tender is not waiting to be opened.
    """
    require(by, Permission.HOLD_OPENING_KEY, now=now)
    _steps.shut_the_door(procurement_id)  # before the row's lock: whoever writes a piece holds a share of that too
    procurement = _steps.locked(procurement_id)
    if procurement.state != states.Procurement.PUBLISHED or procurement.tenders_by_at is None:
        raise Refused("There is nothing to open.")
    outcome = _why_not(procurement, code, by) or _act(procurement, code, by, now)
    models.OpeningAttempt.objects.create(procurement=procurement, by=by, outcome=outcome, at=now)
    record(
        what="tenders.opening.attempted",
        subject=procurement,
        by=by,
        now=now,
        after={"outcome": outcome},
        told=f"An attempt to open the bids for {procurement.reference}: {outcome.replace('_', ' ')}.",
    )
    return outcome


def _why_not(procurement: models.Procurement, code: str, by: User) -> states.Attempt | None:
    """Return why this attempt opens nothing; None when it may go on."""
    if procurement.tenders_by_at is None or queries.moment() < procurement.tenders_by_at:
        return states.Attempt.TOO_EARLY
    held = queries.holder_of(procurement_id=procurement.pk, user=by)
    if held is None:
        return states.Attempt.NOT_A_HOLDER
    try:
        is_right = sealing.public_half(code) == held.key
    except Refused:
        is_right = False
    return None if is_right else states.Attempt.WRONG_CODE


def _act(procurement: models.Procurement, code: str, by: User, now: dt.datetime) -> states.Attempt:
    if procurement.openings.filter(holder=by).exists():
        return states.Attempt.FIRST_HALF  # a second officer must act: nobody acts twice
    halves = sealing.halves(code, ((each.pk, bytes(each.body)) for each in _pieces(procurement.pk)))
    earlier = procurement.openings.order_by("at").first()
    opening = models.Opening.objects.create(procurement=procurement, holder=by, halves=msgpack.packb(halves), at=now)
    if earlier is None:
        return states.Attempt.FIRST_HALF
    counts = _open_all(procurement, earlier, opening, by, now)
    change_state(
        row=procurement,
        to=states.Procurement.OPENED,
        steps=states.PROCUREMENT_STEPS,
        what="tenders.bids.opened",
        by=by,
        now=now,
        after=counts,
        told=f"The bids for {procurement.reference} were opened by two officers.",
    )
    tell_followers([procurement], "tenders.bids.opened", by=by, now=now)
    return states.Attempt.OPENED


def _pieces(procurement_id: UUID) -> Iterator[models.Piece]:
    return models.Piece.objects.filter(procurement=procurement_id).order_by("pk").iterator(chunk_size=AT_ONCE)


class _Opener:
    """Opens pieces with two holders' halves."""

    def __init__(self, procurement: models.Procurement, first: models.Opening, second: models.Opening) -> None:
        self.procurement_id = procurement.pk
        held = {each.holder_id: each.key for each in procurement.holders.all()}
        self.holders = list(held.values())
        self.halves = {held[each.holder_id]: msgpack.unpackb(bytes(each.halves)) for each in (first, second)}

    def open(self, piece: models.Piece) -> list | None:
        """Return what is in a piece, or None when it holds no submitted bid."""
        own = {key: found.get(piece.pk.bytes, bytes(32)) for key, found in self.halves.items()}
        content = sealing.open_piece(
            bytes(piece.body), own, self.holders, procurement=self.procurement_id, piece=piece.pk
        )
        return None if content is None else msgpack.unpackb(content)


def _open_all(procurement, first: models.Opening, second: models.Opening, by: User, now: dt.datetime) -> dict:
    """Write every bid that stands in clear; return counts of what was found."""
    opener = _Opener(procurement, first, second)
    parts: dict[bytes, dict[int, UUID]] = defaultdict(dict)
    sizes: dict[bytes, int] = {}
    for piece in _pieces(procurement.pk):
        if content := opener.open(piece):
            name, number, count, _ = content
            parts[name][number], sizes[name] = piece.pk, count
    latest: dict[bytes, tuple[str, bytes]] = {}
    counts = {"bids": 0, "withdrawn": 0, "not_genuine": 0}
    for name, found in parts.items():
        told = _submission(opener, found, sizes[name], procurement)
        if told is None:
            counts["not_genuine"] += 1
            continue
        body, _, _ = told
        if body["provider"] not in latest or body["at"] > latest[body["provider"]][0]:
            latest[body["provider"]] = (body["at"], name)
    for _, name in sorted(latest.values()):
        body, text, signature = _submission(opener, parts[name], sizes[name], procurement)
        if body["what"] == "withdrawn":
            counts["withdrawn"] += 1
            continue
        counts["bids"] += 1
        bid = _write(procurement, body, text, signature)
        record(what="tenders.bid.opened", subject=bid, by=by, now=now, after={"digest": bid.digest})
    return counts


def _submission(opener: _Opener, found: dict[int, UUID], count: int, procurement) -> tuple[dict, str, str] | None:
    """Return a submission whole, with its receipt; None when a part is missing or our receipt does not vouch for it."""
    if len(found) != count:
        return None
    pieces = models.Piece.objects.in_bulk(list(found.values()))
    packed = b"".join((opener.open(pieces[found[number]]) or [b""])[-1] for number in range(count))
    whole, text, signature = msgpack.unpackb(packed)
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    body = msgpack.unpackb(whole)
    genuine = (
        any(sealing.is_signed(text, signature, sealing.receipts_public_key(each)) for each in secrets)
        and text.endswith(f"SHA-256: {sealing.digest(whole)}")
        and f"\nTender: {procurement.reference}\n" in text
        and body["procurement"] == procurement.pk.bytes
    )
    return (body, text, signature) if genuine else None


def _write(procurement, body: dict, text: str, signature: str) -> models.Bid:
    # What came before an amendment may bid for a lot that was withdrawn, or lack a price that is asked for since.
    live = {each.number: each for each in procurement.live_lots.prefetch_related("lines")}
    lots = [number for number in body["lots"] if number in live]
    bid = models.Bid.objects.create(
        procurement=procurement,
        provider_id=UUID(bytes=body["provider"]),
        submitted_at=dt.datetime.fromisoformat(body["at"]),
        digest=text.rpartition(" ")[2],
        receipt=text,
        signature=signature,
        lots=lots,
    )
    questions = list(procurement.questions.select_related("lot"))
    for each in questions:
        key = rules.answer_key(each.number, each.lot.number if each.lot else None)
        if (each.lot is None or each.lot.number in lots) and (said := body["answers"].get(key, "").strip()):
            models.BidAnswer.objects.create(bid=bid, question=each, text=said)
    by_number = {each.number: each for each in questions}
    for file in body["files"]:
        if question := by_number.get(file["question"]):
            models.BidFile.objects.create(
                bid=bid, question=question, name=file["name"], body=file["body"], size=len(file["body"])
            )
    prices = [
        (uuid4(), procurement.council_id, bid.pk, line.pk, fee)
        for number in lots
        for line in live[number].lines.all()
        if (fee := body["prices"].get(rules.price_key(number, line.number)))
    ]
    with connection.cursor() as cursor:  # plainly: what is written here may not be read back before quality is locked
        cursor.executemany(
            "insert into tenders_bidprice (id, council_id, bid_id, line_id, weekly_fee) values (%s, %s, %s, %s, %s)",
            prices,
        )
    return bid
