"""The regulator's list of providers that councils are sent for the return: which number goes with which codes.

Source: Ofsted, social care providers and children's homes lists for local authorities, layouts of 2023 to 2025 as the
sector's open validator reads them (April 2026); the sheet of supported accommodation has no placement codes of its own.
"""

import datetime as dt
from collections.abc import Callable, Iterable

from ..rules import Registered

PLACEMENTS = ("PLACEMENT CODE", "PROVIDER PLACEMENT CODE")
PROVIDERS = ("PLACEMENT PROVIDER CODE", "PROVIDER CODE")
CLOSED = ("DEREGISTRATION DATE", "CLOSED DATE")
POSTCODE = ("SETTING ADDRESS POSTCODE", "SETTING POSTCODE", "PROVIDER POSTCODE")
SUPPORTED = (frozenset({"K3"}), frozenset({"PR4"}))


def is_list(columns: list[str]) -> bool:
    """Tell whether a table with these columns is the list: numbers and addresses, and no children."""
    return "URN" in columns and "CHILD" not in columns and any(name in columns for name in POSTCODE)


def read(rows: Iterable[dict[str, str]], *, day: Callable[[str], dt.date | None]) -> dict[str, Registered]:
    """Return what the list says of each number; rows of one number (a building each) are put together.

    *day* reads a date; a cell that is none (the list writes - and na) says nothing.
    """
    found: dict[str, Registered] = {}
    for cells in rows:
        number = _tight(cells.get("URN", ""))
        if not 1 <= len(number) <= 8:
            continue
        placements, providers = _codes(cells, PLACEMENTS), _codes(cells, PROVIDERS)
        if "SETTING CATEGORY" in cells:
            placements, providers = SUPPORTED[0], providers or SUPPORTED[1]
        before = found.get(number, Registered(came_with_return=True))
        postcode = _tight(_first(cells, POSTCODE))
        found[number] = Registered(
            placement_types=before.placement_types | placements,
            providers=before.providers | providers,
            postcodes=before.postcodes | ({postcode} if postcode else set()),
            registered_on=before.registered_on or day(cells.get("REGISTRATION DATE", "")),
            closed_on=day(_first(cells, CLOSED)) if number not in found else _later(before, day(_first(cells, CLOSED))),
            came_with_return=True,
        )
    return found


def _later(before: Registered, closed_on: dt.date | None) -> dt.date | None:
    """Return the day on which the last building closed; none while one is open."""
    return max(before.closed_on, closed_on) if before.closed_on and closed_on else None


def _first(cells: dict[str, str], names: tuple[str, ...]) -> str:
    return next((cells[name] for name in names if cells.get(name)), "")


def _codes(cells: dict[str, str], names: tuple[str, ...]) -> frozenset[str]:
    said = _first(cells, names).upper().replace("/", ",")
    return frozenset(code.strip() for code in said.split(",") if code.strip() not in ("", "-"))


def _tight(cell: str) -> str:
    return "".join(cell.upper().split())
