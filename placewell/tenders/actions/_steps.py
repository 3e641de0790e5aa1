"""What several actions of tenders share: rows under a lock, publishing a notice, pieces on a desk, the database's refusals."""

import datetime as dt
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import msgpack
from django.db import DatabaseError, connection, transaction

from placewell.children import queries as children
from placewell.kernel.errors import NotFound, Refused

from .. import models, ocds, queries, rules, sealing, states

LATE = "PW001"
FEWEST_DECOYS, MOST_DECOYS = 64, 128
COVER = 3  # each writing adds up to this many empty pieces


@dataclass
class Somebody:
    """Who acts when the trail must not say who: a bidder, before the bids are opened."""

    pk: str = "sealed"
    name: str = "A bidder"

    def office(self, *, on: dt.date) -> str:
        """Return nothing: even the office is sealed."""
        return ""


SOMEBODY = Somebody()


def locked(procurement_id) -> models.Procurement:
    """Return a procurement, its row locked until the transaction ends."""
    found = models.Procurement.objects.select_for_update(of=("self",)).filter(pk=procurement_id).first()
    if found is None:
        raise NotFound("There is no such tender.")
    return found


def planned(procurement_id) -> models.Procurement:
    """Return a procurement under a lock while its method may still change."""
    found = locked(procurement_id)
    if found.state != states.Procurement.PLANNED:
        raise Refused("The method is published: publish an amendment instead.")
    return found


def for_bidder(procurement_id) -> models.Procurement:
    """Return a procurement that takes bids, as a bidder sees it."""
    found = queries.procurement(procurement_id=procurement_id)
    if not queries.procedures()[found.procedure].takes_bids or found.state == states.Procurement.PLANNED:
        raise Refused("This tender takes no bids.")
    return found


def code_of(error: DatabaseError) -> str:
    """Return the five signs by which the database says why it refused."""
    return getattr(error.__cause__, "sqlstate", "") or ""


@contextmanager
def database_may_refuse() -> Iterator[None]:
    """Turn a refusal by the database's own guards into one that people read; leave any other error alone."""
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        if not code_of(error).startswith("PW"):
            raise
        words = getattr(getattr(error.__cause__, "diag", None), "message_primary", "") or "no reason given"
        raise Refused(f"The database refused: {words}.") from error


def shut_the_door(procurement_id: UUID) -> None:
    """Wait for every bid that is being written, and let no other in, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 7062))", [str(procurement_id)])


def publish_notice(
    procurement: models.Procurement,
    kind: states.Notice,
    text: str,
    method: rules.Method,
    now: dt.datetime,
    facts: ocds.Facts | None = None,
    pipeline: models.Pipeline | None = None,
) -> models.Notice | None:
    """Write a notice with the whole method as it stands from now on, and its release; None where nothing is published at all.

    Raises:
        Refused: the text tells of a child, or the release would not be valid.
    """
    if rules.is_silent(procurement.procedure, procurement.ground):
        return None
    if children.is_told_in(text=f"{procurement.title} {procurement.description} {procurement.ground_reasons} {text}"):
        raise Refused("The notice holds the name or the reference of a child. Anybody may read it: take that out.")
    # A plan may be read before the tender is published, when the method may still change: it says nothing of it.
    shown, digest = ({}, "") if kind in states.BEFORE_THE_NOTICE else queries.snapshot(method)
    number = models.Notice.objects.filter(procurement=procurement).count() + 1
    form = queries.notice_form(regime=procurement.legal_regime, kind=kind)
    release: dict = {}
    if form is not None:
        release = ocds.release(
            procurement, form, number=number, text=text, method=method, at=now, facts=facts or ocds.Facts()
        )
        if wrong := ocds.faults({"ocid": "not-issued", **release}):
            raise Refused("\n".join(["The release of this notice would not be valid OCDS:", *wrong]))
    return models.Notice.objects.create(
        procurement=procurement,
        number=number,
        kind=kind,
        published_at=now,
        text=text,
        method=shown,
        release=release,
        digest=digest,
        pipeline=pipeline,
    )


def write_timetable(procurement: models.Procurement, steps: Sequence[tuple[dt.date, str]]) -> None:
    """Write the timetable anew."""
    if len({title for _, title in steps}) != len(steps):
        raise Refused("A step stands twice in the timetable.")
    with database_may_refuse():
        models.Step.objects.filter(procurement=procurement).delete()
        for on, title in steps:
            models.Step.objects.create(procurement=procurement, on=on, title=title)


def write_weights(procurement: models.Procurement, weights: rules.Weights) -> None:
    """Write how bids are weighed, and the scale, anew."""
    for name, value in vars(weights).items():
        if name != "marks":
            setattr(procurement, name, list(value) if isinstance(value, tuple) else value)
    procurement.save()
    procurement.marks.all().delete()
    for mark, meaning in weights.marks:
        models.Mark.objects.create(procurement=procurement, mark=mark, meaning=meaning)


def write_lines(lot: models.Lot, lines: Sequence[rules.Line], *, first: int = 0) -> None:
    """Write the prices that are asked for of a lot, numbered from *first*."""
    for number, line in enumerate(lines, start=first):
        models.PriceLine.objects.create(
            procurement_id=lot.procurement_id,
            lot=lot,
            number=number,
            age_from=line.age_from,
            age_to=line.age_to,
            need_level=line.need_level,
            share=line.share,
        )


def lay_decoys(procurement_id: UUID, count: int) -> None:
    """Add empty pieces, which nobody can tell from others."""
    models.Piece.objects.bulk_create(
        [models.Piece(procurement_id=procurement_id, body=sealing.decoy()) for _ in range(count)], batch_size=32
    )


def first_decoys(procurement_id: UUID) -> None:
    """Begin a tender with an unknown number of empty pieces."""
    lay_decoys(procurement_id, FEWEST_DECOYS + secrets.randbelow(MOST_DECOYS - FEWEST_DECOYS))


def put(procurement_id: UUID, bodies: Sequence[tuple[UUID, bytes]], *, empty: Sequence[UUID] = ()) -> None:
    """Write pieces, new ones or over old ones, and make those in *empty* empty; add a few empty ones as cover."""
    rows = [models.Piece(pk=pk, procurement_id=procurement_id, body=body) for pk, body in bodies]
    rows += [models.Piece(pk=pk, procurement_id=procurement_id, body=sealing.decoy()) for pk in empty]
    models.Piece.objects.bulk_create(
        rows, batch_size=32, update_conflicts=True, unique_fields=["id"], update_fields=["body"]
    )
    lay_decoys(procurement_id, secrets.randbelow(COVER + 1))


def cut(data: bytes, room: int = sealing.ROOM) -> list[bytes]:
    """Cut *data* into what fits pieces; one at least."""
    return [data[at : at + room] for at in range(0, len(data), room)] or [b""]


def keep_state(procurement_id: UUID, code: str, state: dict, more: Sequence[UUID]) -> None:
    """Write a bidder's desk back, over the pieces that it stood on and as many more as it needs."""
    desk = sealing.Desk.of(code, procurement_id)
    data = msgpack.packb(state)
    room = sealing.ROOM - 4096  # the first piece lists the others
    first, rest = data[:room], [each for each in cut(data[room:]) if each]
    ids = [*more, *(uuid4() for _ in range(len(rest) - len(more)))][: len(rest)]
    head = msgpack.packb({"more": [each.bytes for each in ids], "data": first})
    bodies = [
        (pk, sealing.lay_down(desk, part, procurement=procurement_id, piece=pk))
        for pk, part in [(desk.place, head), *zip(ids, rest, strict=True)]
    ]
    put(procurement_id, bodies, empty=list(more)[len(rest) :])


def keep_file(procurement_id: UUID, code: str, data: bytes) -> list[bytes]:
    """Write a file on a bidder's desk and return its pieces."""
    desk = sealing.Desk.of(code, procurement_id)
    bodies = []
    for part in cut(data):
        pk = uuid4()
        bodies.append((pk, sealing.lay_down(desk, part, procurement=procurement_id, piece=pk)))
    put(procurement_id, bodies)
    return [pk.bytes for pk, _ in bodies]


def unlocked(procurement_id) -> models.Procurement:
    """Return an opened procurement under a lock, while quality may still be scored."""
    found = locked(procurement_id)
    if found.state != states.Procurement.OPENED:
        raise Refused("Bids are judged once they are open.")
    if found.quality_locked_at is not None:
        raise Refused("Quality is locked: scores stand.")
    return found


def evaluated(procurement_id) -> models.Procurement:
    """Return an opened procurement under a lock whose quality is locked, so that prices may be judged."""
    found = locked(procurement_id)
    if found.state != states.Procurement.OPENED or found.quality_locked_at is None:
        raise Refused("Prices are judged after quality is locked.")
    return found
