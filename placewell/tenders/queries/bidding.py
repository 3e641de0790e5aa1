"""What a bidder reads: the tenders open to it, what is new, and its own sealed draft."""

from dataclasses import dataclass
from uuid import UUID

import msgpack
from django.db.models import QuerySet

from placewell.kernel.errors import NotFound, Refused

from .. import models, rules, sealing, states
from .procurements import procurements

EMPTY: dict = {"lots": [], "answers": {}, "prices": {}, "files": [], "sealed": [], "receipts": [], "standing": ""}


def open_to_us() -> QuerySet[models.Procurement]:
    """Return the published procurements that this bidder's scope may see."""
    return public_notices().exclude(procedure=states.Procedure.DIRECT_AWARD)


def public_notices() -> QuerySet[models.Procurement]:
    """Return every procurement of which a notice is out, newest first."""
    return procurements().filter(notices__isnull=False).exclude(state=states.Procurement.PLANNED).distinct()


def interest(*, procurement_id) -> models.Interest | None:
    """Return whether, and since when, this provider follows a procurement."""
    return models.Interest.objects.filter(procurement=procurement_id).first()


@dataclass(frozen=True)
class News:
    """What was published since a provider last looked."""

    procurement: models.Procurement
    notices: tuple[models.Notice, ...]
    answers: int
    documents: int


def news() -> list[News]:
    """Return, for each procurement that this provider follows, what is new since it last looked."""
    followed = models.Interest.objects.select_related("procurement").prefetch_related(
        "procurement__notices", "procurement__clarifications", "procurement__documents"
    )
    told = []
    for each in followed.order_by("procurement__reference"):
        new = tuple(one for one in each.procurement.notices.all() if one.published_at > each.seen_at)
        answered = sum(
            one.answered_at > each.seen_at for one in each.procurement.clarifications.all() if one.answered_at
        )
        documents = sum(one.added_at > each.seen_at for one in each.procurement.documents.all())
        if new or answered or documents:
            told.append(News(each.procurement, new, answered, documents))
    return told


def draft_state(*, procurement_id: UUID, code: str, lock: bool = False) -> tuple[dict, list[UUID]]:
    """Return what lies on a bidder's desk, and the pieces beside the first that it is written on.

    Raises:
        Refused: it is no code, or nothing was begun with it.
    """
    desk = sealing.Desk.of(code, procurement_id)
    rows = models.Piece.objects.select_for_update() if lock else models.Piece.objects
    head = rows.filter(pk=desk.place, procurement=procurement_id).first()
    if head is None:
        raise Refused("No bid was begun with this code. Check it, or begin a new bid.")
    content = msgpack.unpackb(_read(desk, procurement_id, head))
    more = [UUID(bytes=each) for each in content["more"]]
    found = models.Piece.objects.in_bulk(more)
    data = content["data"] + b"".join(_read(desk, procurement_id, found[each]) for each in more)
    return msgpack.unpackb(data), more


def _read(desk: sealing.Desk, procurement_id: UUID, piece: models.Piece) -> bytes:
    return sealing.take_up(desk, bytes(piece.body), procurement=procurement_id, piece=piece.pk)


def file_of(*, procurement_id: UUID, code: str, name: str) -> bytes:
    """Return a file of a draft, whole; raise NotFound when the draft has none of this name."""
    state, _ = draft_state(procurement_id=procurement_id, code=code)
    one = next((each for each in state["files"] if each["name"] == name), None)
    if one is None:
        raise NotFound("There is no such file.")
    desk = sealing.Desk.of(code, procurement_id)
    ids = [UUID(bytes=each) for each in one["pieces"]]
    found = models.Piece.objects.in_bulk(ids)
    return b"".join(_read(desk, procurement_id, found[each]) for each in ids)


def draft_of(state: dict) -> rules.Draft:
    """Return a bidder's draft as the rules read it."""
    return rules.Draft(tuple(state["lots"]), state["answers"], state["prices"], state["files"])
