"""Check the chain from outside the database: recompute every hash, and compare with the checkpoints."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import connections

FIELDS = (
    "id",
    "council_id",
    "provider_id",
    "at",
    "what",
    "subject",
    "actor",
    "office",
    "before",
    "after",
    "reason",
    "told",
)
GENESIS = b"placewell"
# The same text that the database's trigger hashes: each field as text, its length in front.
_ROWS = (
    "select l.seq, l.event_id, l.previous, l.hash, e.id::text, e.council_id::text, e.provider_id::text, "
    "(extract(epoch from e.at) * 1000000)::bigint::text, e.what, e.subject, e.actor, e.office, "
    "e.before::text, e.after::text, e.reason, e.told "
    "from audit_link l full join audit_event e on e.id = l.event_id order by l.seq nulls last, e.id"
)


@dataclass(frozen=True)
class Finding:
    """One place where the trail does not hold."""

    seq: int | None
    what: str


@dataclass(frozen=True)
class Checkpoint:
    """The head of the chain at a moment, kept outside the database."""

    at: str
    seq: int
    hash: str


def digest(previous: bytes, seq: int, fields: Iterable[str | None]) -> bytes:
    """Return SHA-256 over the previous hash, the place and every field with its length in front."""
    text = "".join("-:" if field is None else f"{len(field)}:{field}" for field in (str(seq), *fields))
    return hashlib.sha256(previous + text.encode()).digest()


def findings(checkpoints: Iterable[Checkpoint] = (), *, using: str = "owner") -> Iterator[Finding]:
    """Yield every edit, deletion, swap, fork or cut that the chain and the *checkpoints* show, in order."""
    due = {point.seq: point.hash for point in checkpoints}
    previous, expected = GENESIS, 1
    with connections[using].cursor() as cursor:
        cursor.execute(_ROWS)
        while rows := cursor.fetchmany(5000):
            for seq, event_id, linked, kept, *fields in rows:
                if seq is None:
                    yield Finding(None, f"event {fields[0]} is not in the chain")
                    continue
                if seq != expected:
                    yield Finding(seq, f"the chain jumps from {expected - 1} to {seq}")
                if fields[0] is None:
                    yield Finding(seq, f"event {event_id} is gone")
                elif bytes(linked) != previous:
                    yield Finding(seq, "the link does not follow the one before it")
                elif digest(previous, seq, fields) != bytes(kept):
                    yield Finding(seq, f"event {event_id} was altered")
                if seq in due and due.pop(seq) != bytes(kept).hex():
                    yield Finding(seq, "the chain was rewritten: it differs from the checkpoint")
                previous, expected = bytes(kept), seq + 1
    for seq in sorted(due):
        yield Finding(seq, "the end of the chain was cut off: a checkpoint is past it")


def head(*, using: str = "owner") -> tuple[int, str]:
    """Return the last place in the chain and its hash; (0, "") when it is empty."""
    with connections[using].cursor() as cursor:
        cursor.execute("select seq, hash from audit_link order by seq desc limit 1")
        row = cursor.fetchone()
    return (row[0], bytes(row[1]).hex()) if row else (0, "")


def read_checkpoints(path: Path) -> list[Checkpoint]:
    """Return the checkpoints kept in *path*, oldest first; none when there is no such file."""
    if not path.exists():
        return []
    return [Checkpoint(**json.loads(line)) for line in path.read_text().splitlines() if line]


def keep_checkpoint(path: Path, *, now: dt.datetime, using: str = "owner") -> Checkpoint | None:
    """Append the head of the chain to *path*; nothing when the chain is empty or has not grown."""
    seq, hash_ = head(using=using)
    kept = read_checkpoints(path)
    if not seq or (kept and kept[-1].seq == seq):
        return None
    point = Checkpoint(now.isoformat(), seq, hash_)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as out:
        out.write(json.dumps(vars(point)) + "\n")
    return point
