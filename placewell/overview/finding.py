"""Find anything: one question over the rooms, each answering with what the reader may see."""

import datetime as dt
from dataclasses import dataclass

from placewell.accounts.models import User
from placewell.notifications.queries import Hit

from .kinds import TO_FIND

MOST = 8
SHORTEST = 2


@dataclass(frozen=True)
class Found:
    """Hits of one kind, and whether there are more than are shown."""

    title: str
    hits: tuple[Hit, ...]
    more: bool


def find(words: str, *, user: User, on: dt.date) -> list[Found]:
    """Return what *words* find among what *user* may see, kind by kind; nothing for fewer than two letters.

    Every kind asks one question, whatever it finds.
    """
    words = " ".join(words.split())
    if len(words) < SHORTEST:
        return []
    found = []
    for kind in TO_FIND:
        if kind.found and kind.is_for(user, on):
            hits = tuple(kind.hit(row) for row in kind.found(words, user, on)[: MOST + 1])
            if hits:
                found.append(Found(kind.title, hits[:MOST], len(hits) > MOST))
    return found
