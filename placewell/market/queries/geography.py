"""Where postcodes and authorities lie."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from placewell.gateways import postcodes

from .. import rules


@dataclass(frozen=True)
class _Areas:
    names: dict[str, str]
    adjoining: dict[str, frozenset[str]]
    of_district: dict[str, str]


def grid(postcode: str) -> tuple[int, int, str] | None:
    """Return (easting, northing, upper-tier authority) of *postcode*, or None when it isn't known."""
    spot = postcodes.find(postcode)
    if spot is None:
        return None
    return (spot.easting, spot.northing, _areas().of_district.get(spot.authority, spot.authority))


def distance_miles(a: str, b: str) -> float | None:
    """Return the straight line between two postcodes in miles, or None when either isn't known."""
    one, other = grid(a), grid(b)
    return rules.distance_miles(one[:2], other[:2]) if one and other else None


def adjoining(area_code: str) -> frozenset[str]:
    """Return the authorities whose areas adjoin that of *area_code*."""
    return _areas().adjoining.get(area_code, frozenset())


def area_name(area_code: str) -> str:
    """Return the name of an English upper-tier authority, or the code itself when it's another's."""
    return _areas().names.get(area_code, area_code)


def area_names() -> dict[str, str]:
    """Return every English upper-tier authority, code → name, by name."""
    return dict(sorted(_areas().names.items(), key=lambda item: item[1]))


@cache
def _areas() -> _Areas:
    table = tomllib.loads((files("placewell.market") / "tables" / "areas.toml").read_text())
    adjoin = {area["code"]: set(area["adjoining"]) for area in table["area"]}
    for one, other in table["across_water"]:
        adjoin[one].add(other)
        adjoin[other].add(one)
    return _Areas(
        names={area["code"]: area["name"] for area in table["area"]},
        adjoining={code: frozenset(others) for code, others in adjoin.items()},
        of_district={district: area["code"] for area in table["area"] for district in area.get("districts", [])},
    )
