"""What the navigation offers: each room registers its own entry, seen by those who may use it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, order=True)
class Item:
    """One entry: its place in the row, its words, where it leads, and who sees it."""

    order: int
    label: str
    url_name: str
    permission: Any = None


@dataclass(frozen=True)
class Bell:
    """What a person has not read: where it leads, who has it, and how much it is (of the person, on a day)."""

    url_name: str
    permission: Any
    count: Callable[[Any, dt.date], int]


ITEMS: list[Item] = []
BELLS: list[Bell] = []  # one, where a room has registered it


def register(label: str, url_name: str, permission: Any, order: int) -> None:
    """Add an entry; called once by a room when it is ready."""
    item = Item(order, label, url_name, permission)
    if item not in ITEMS:
        ITEMS.append(item)
        ITEMS.sort(key=lambda entry: entry.order)


def ring(url_name: str, permission: Any, count: Callable[[Any, dt.date], int]) -> None:
    """Put the count of what is unread beside each person's name; called once by a room when it is ready."""
    BELLS[:] = [Bell(url_name, permission, count)]
