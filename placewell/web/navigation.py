"""What the navigation offers: each room registers its own entry, seen by those who may use it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, order=True)
class Item:
    """One entry: its place in the row, its words, where it leads, and who sees it."""

    order: int
    label: str
    url_name: str
    permission: Any = None


ITEMS: list[Item] = []


def register(label: str, url_name: str, permission: Any, order: int) -> None:
    """Add an entry; called once by a room when it is ready."""
    item = Item(order, label, url_name, permission)
    if item not in ITEMS:
        ITEMS.append(item)
        ITEMS.sort(key=lambda entry: entry.order)
