"""Read SSDA903 files, given as bytes, into columns of numbers; fast, and forgiving of how councils save CSV."""

import csv
import gc
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

import numpy as np

from placewell.engines.forecast import codes
from placewell.engines.forecast.problem import Days
from placewell.kernel.errors import BadInput, Fault

OPEN = 2_000_000  # a day after every other
UNREADABLE = 0.2  # share of a column's dates from which the file is refused: written otherwise, not slips of the pen
BAD = -2_000_000
CHUNK = 2_000  # rows whose cells still fit the processor's cache
EPOCH = date(1970, 1, 1).toordinal()
BLANKS = frozenset({"", "NULL", "NA", "N/A", "NAN", "NONE", "NAT"})
LONGEST = max(map(len, BLANKS))


@dataclass(frozen=True)
class Source:
    """One file of a return: *year* orders the collections, newest last."""

    name: str
    kind: str  # header, episodes or uasc
    year: int
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Dropped:
    """One row set aside, or mended in part, and why."""

    file: str
    row: int
    child: str
    reason: str


@dataclass
class _Dates:
    """How many dates of a column are written, how many of them cannot be read, and the first of those."""

    where: str
    written: int = 0
    unread: int = 0
    first: str = ""

    def count(self, days: Days, texts: Sequence[str], row: int) -> None:
        """Add a chunk that starts at *row*."""
        bad = np.flatnonzero(days == BAD)
        self.written += int((days != OPEN).sum())
        if len(bad) and not self.unread:
            self.first = f"row {row + int(bad[0])} holds {texts[bad[0]].strip()[:40]!r}"
        self.unread += len(bad)

    def faults(self) -> list[Fault]:
        """Return a fault when the column is written in another form."""
        if not self.unread or self.unread < max(UNREADABLE * self.written, min(self.written, 5)):
            return []
        wrong = f"{self.unread:,} of {self.written:,} are not dates like 31/03/2024"
        return [Fault(self.where, f"{wrong}; {self.first}")]


@dataclass
class Tables:
    """Columns of all episodes in the order read, and what the other files say of each child."""

    children: list[str]
    files: list[str]
    episodes: dict[str, Days]
    born: dict[int, int]
    uasc: set[int]
    dropped: list[Dropped] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)


class _Numbered(dict[str, int]):
    """Give every new text the next number, −1 to a blank; blanks around it don't matter."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def __missing__(self, text: str) -> int:
        name = text.strip()
        if name != text:
            number = self[name]
        elif len(name) <= LONGEST and name.upper() in BLANKS:
            number = -1
        else:
            number = len(self.names)
            self.names.append(name)
        self[text] = number
        return number


class _Parsed(dict[Any, int]):
    """Parse every new text, or pair of texts, once."""

    def __init__(self, parse: Callable[[Any], int]) -> None:
        super().__init__()
        self.parse = parse

    def __missing__(self, text: Any) -> int:
        self[text] = value = self.parse(text)
        return value


def day_of(text: str) -> int:
    """Return the day number of dd/mm/yyyy or yyyy-mm-dd, OPEN for a blank, BAD for anything else."""
    text = text.strip()
    if text.upper() in BLANKS:
        return OPEN
    try:
        if match := re.fullmatch(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?:[ T][\d:.]+)?", text):
            day, month, year = map(int, match.groups())
        elif match := re.fullmatch(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?:[ T][\d:.]+)?", text):
            year, month, day = map(int, match.groups())
        else:
            return BAD
        return date(year, month, day).toordinal() - EPOCH if 1900 <= year <= 2100 else BAD
    except ValueError:
        return BAD


def _text(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


NEEDED = {
    "header": ("CHILD", "DOB"),
    "uasc": ("CHILD",),
    "episodes": ("CHILD", "DECOM", "RNE", "LS", "PLACE", "PLACE_PROVIDER", "DEC", "REC"),
}
WISHED = {"header": (), "uasc": ("DOB",), "episodes": ("HOME_POST",)}


def _columns(source: Source) -> Iterator[tuple[int, list[tuple[str, ...]]]]:
    """Yield (number of the first row, columns) chunk by chunk; the columns in the order of NEEDED + WISHED."""
    reader = csv.reader(io.StringIO(_text(source.read()), newline=""), skipinitialspace=True)
    titles = [title.strip().strip('"').upper() for title in next(reader, [])]
    if not titles and source.kind == "uasc":
        return  # there may be no unaccompanied children
    missing = [name for name in NEEDED[source.kind] if name not in titles]
    if missing:
        raise BadInput(
            [Fault(source.name, f"has no column {', '.join(missing)}; its first line must name the columns")]
        )
    names = NEEDED[source.kind] + tuple(name for name in WISHED[source.kind])
    at = [titles.index(name) if name in titles else len(titles) for name in names]
    width = len(titles) + 1
    first = 2
    try:
        while chunk := list(islice(reader, CHUNK)):
            # a row may end early: commas after the last value are left out by some exporters
            if min(map(len, chunk)) <= max(at):
                chunk = [row if len(row) >= width else [*row, *[""] * (width - len(row))] for row in chunk]
            columns = list(zip(*chunk, strict=False))  # as wide as the narrowest row, which holds all that is wanted
            nothing = ("",) * len(chunk)
            yield first, [columns[k] if k < len(columns) else nothing for k in at]
            first += len(chunk)
    except csv.Error as error:
        raise BadInput([Fault(f"{source.name}, line {reader.line_num}", f"cannot be read as CSV ({error})")]) from error


def _ints(table: dict[str, int], texts: Sequence[str]) -> Days:
    return np.fromiter(map(table.__getitem__, texts), np.int64, len(texts))


@contextmanager
def without_looking_for_rings() -> Iterator[None]:
    """Let Python's collector rest: rows of text hold no rings of references, and looking for some takes a quarter of the time."""
    looked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looked:
            gc.enable()


@without_looking_for_rings()
def read_tables(sources: Sequence[Source]) -> Tables:
    """Read every source, oldest collection first; raises BadInput when a file cannot be read at all."""
    numbers = _Numbered()
    tables = Tables([], [], {}, {}, set())
    days = _Parsed(day_of)
    for source in sources:
        if source.kind != "episodes":
            _read_children(source, numbers, days, tables)
    _read_episodes([source for source in sources if source.kind == "episodes"], numbers, days, tables)
    tables.children = numbers.names
    return tables


def _read_children(source: Source, child_of: dict[str, int], days: dict[str, int], tables: Tables) -> None:
    written = _Dates(f"{source.name}, DOB")
    for first, columns in _columns(source):
        tables.read[source.kind] = tables.read.get(source.kind, 0) + len(columns[0])
        child, born = _ints(child_of, columns[0]), _ints(days, columns[1])
        written.count(born, columns[1], first)
        known = (child >= 0) & (born > BAD) & (born < OPEN)
        told = dict(zip(child[known].tolist(), born[known].tolist(), strict=True))
        if source.kind == "uasc":
            tables.uasc.update(child[child >= 0].tolist())
            tables.born = told | tables.born  # the header's word counts for more
            continue
        tables.born.update(told)
        for at in np.flatnonzero((child >= 0) & ~known):
            reason = f"date of birth {columns[1][at]!r} is not a date"
            tables.dropped.append(Dropped(source.name, first + int(at), columns[0][at].strip(), reason))
    if faults := written.faults():
        raise BadInput(faults)


def _read_episodes(sources: list[Source], child_of: dict[str, int], days: dict[str, int], tables: Tables) -> None:
    kinds = _Parsed(lambda pair: codes.kind_of(pair[0].strip().upper(), pair[1].strip().upper()))
    homes = _Numbered()
    status = _Parsed(_status)
    reasons = _Parsed(lambda text: codes.NEW_EPISODE.get(text.strip().upper(), codes.UNTOLD))
    reasons_left = _Parsed(_reason)
    parts: list[tuple[Days, ...]] = []
    for at, source in enumerate(sources):
        tables.files.append(source.name)
        written = [_Dates(f"{source.name}, {name}") for name in ("DECOM", "DEC")]
        for first, (child, decom, rne, ls, place, provider, dec, rec, home) in _columns(source):
            size = len(child)
            parts.append(
                (
                    _ints(child_of, child),
                    _ints(days, decom),
                    _ints(days, dec),
                    np.fromiter(map(kinds.__getitem__, zip(place, provider, strict=True)), np.int64, size),
                    _ints(reasons, rne),
                    _ints(status, ls),
                    _ints(reasons_left, rec),
                    _ints(homes, home),
                    np.full(size, at),
                    np.arange(first, first + size),
                )
            )
            written[0].count(parts[-1][1], decom, first)
            written[1].count(parts[-1][2], dec, first)
        if faults := [fault for one in written for fault in one.faults()]:
            raise BadInput(faults)
    names = ("child", "decom", "dec", "kind", "same", "status", "rec", "home", "file", "row")
    if not parts:
        raise BadInput([Fault("episodes.csv", "holds no episodes")])
    tables.episodes = {
        name: np.concatenate(columns) for name, columns in zip(names, zip(*parts, strict=True), strict=True)
    }
    tables.read["episodes"] = len(tables.episodes["child"])


def _status(text: str) -> int:
    """Return 1 for a short break, 0 for any other legal status, −1 for an unknown one."""
    code = text.strip().upper()
    return 1 if code in codes.SHORT_BREAKS else 0 if code in codes.LEGAL else -1


def _reason(text: str) -> int:
    """Return 1 for X1 (the child stays in care), 2 for leaving care, 0 for none or an unknown one."""
    code = text.strip().upper()
    return 1 if code == "X1" else 2 if re.fullmatch(r"E\d{1,2}[A-Z]?", code) else 0
