"""Files that people give us: text tables, spreadsheets, XML, and archives of them. Nothing about them is trusted.

Sizes are checked before anything else; archives, spreadsheets and XML are opened in a limited process of their own; text is
taken in the encodings that councils' systems and the regulator write.
"""

import codecs
import csv
import hashlib
import io
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgpack

from placewell.kernel.errors import BadInput, Fault

MEGABYTE = 1024 * 1024
LARGEST = 20 * MEGABYTE
LONGEST_LINE = 100_000
MOST_ROWS, MOST_COLUMNS = 200_000, 200
READ_FROM_FOLDERS = {".csv", ".xml", ".zip", ".xlsx"}
PATIENCE = 30  # seconds
FORMULA = ("=", "+", "@", "\t", "\r")
Tree = Any  # (tag, text, [Tree, …])


@dataclass(frozen=True)
class GivenFile:
    """A file as it was given: its name without folders, and its bytes."""

    name: str
    data: bytes


def from_paths(paths: Iterable[Path]) -> list[GivenFile]:
    """Read files from disk, and those CSV, Excel, XML and ZIP files that are in folders; names are kept without folders."""
    found = []
    for path in paths:
        inside = sorted(p for p in path.iterdir() if p.suffix.lower() in READ_FROM_FOLDERS) if path.is_dir() else [path]
        found += [GivenFile(one.name, _read(one)) for one in inside]
    return found


def _read(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(LARGEST + 1)


def digest(files: Sequence[GivenFile]) -> str:
    """Return one hash for a set of files, whatever the order in which they were given."""
    whole = hashlib.sha256()
    for part in sorted(hashlib.sha256(file.data).digest() for file in files):
        whole.update(part)
    return whole.hexdigest()


def unpacked(files: Iterable[GivenFile]) -> list[GivenFile]:
    """Return the files with every archive among them opened.

    Raises:
        BadInput: a file is empty, too large, or an archive that isn't safe to open.
    """
    out = []
    for file in files:
        if not file.data.strip():
            raise BadInput([Fault(file.name, "the file is empty")])
        if len(file.data) > LARGEST:
            raise BadInput([Fault(file.name, f"the file is larger than {LARGEST // MEGABYTE} MB")])
        if file.data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            parts = [(name, data) for name, data in _limited("zip", file) if data.strip()]
            out += [GivenFile(_part_name(file.name, name), data) for name, data in parts]
        else:
            out.append(file)
    if not out:
        raise BadInput([Fault("", "there is nothing in these files")])
    return out


def _part_name(whole: str, part: str) -> str:
    """Return the name of a part of an archive; a sheet keeps its book's name, which may tell the year."""
    return f"{whole}, {part}" if part.startswith("sheet ") else part


def is_xml(file: GivenFile) -> bool:
    """Tell whether a file is XML by its first sign, whatever its name."""
    return file.data.lstrip(codecs.BOM_UTF8 + b" \t\r\n").startswith(b"<") or file.name.lower().endswith(".xml")


def office_kind(file: GivenFile) -> str:
    """Return "docx" or "xlsx" for an Office document without macros, embedded files or links into others.

    Raises:
        BadInput: it is something else, or not safe.
    """
    return _limited("office", file)


def tree(file: GivenFile) -> Tree:
    """Return an XML document as (tag, text, children).

    Raises:
        BadInput: it isn't well-formed, or declares entities.
    """
    return _limited("xml", file)


def rows(file: GivenFile) -> list[list[str]]:
    """Return the rows of a CSV file.

    Raises:
        BadInput: it isn't text, has a line or a table far too long, or ends inside quotation marks.
    """
    text = _text(file)
    if (longest := max(map(len, text.splitlines()), default=0)) > LONGEST_LINE:
        why = f"a line has {longest:,} characters; at most {LONGEST_LINE:,} are read"
        raise BadInput([Fault(file.name, why)])
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: list[list[str]] = []
    try:
        for row in reader:
            if len(row) > MOST_COLUMNS or len(found) > MOST_ROWS:
                why = f"the table is larger than {MOST_ROWS:,} rows of {MOST_COLUMNS} columns"
                raise BadInput([Fault(file.name, why)])
            found.append([cell.strip() for cell in row])
    except csv.Error as wrong:
        raise BadInput([Fault(f"{file.name}, line {reader.line_num}", _csv_words(str(wrong)))]) from None
    return found


def _csv_words(wrong: str) -> str:
    if "unexpected end of data" in wrong:
        return "the file ends inside quotation marks: it may have been cut off"
    return f"this is not a table of comma-separated values ({wrong})"


def _text(file: GivenFile) -> str:
    """Decode *file*: UTF-8 with or without its mark, UTF-16, or Windows-1252."""
    data = file.data
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\0" in data[1:200:2] and b"\0" not in data[0:200:2]:
        encodings = ("utf-16-le",)
    elif b"\0" in data[0:200:2] and b"\0" not in data[1:200:2]:
        encodings = ("utf-16-be",)
    else:
        data = data.removeprefix(codecs.BOM_UTF8)
        encodings = ("utf-8", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(sign < " " and sign not in "\t\r\n\f" for sign in set(text)):
            return text
    raise BadInput([Fault(file.name, "this is not text in UTF-8, UTF-16 or Windows-1252: save it as CSV (UTF-8)")])


def is_formula(cell: str) -> bool:
    """Tell whether a spreadsheet would run *cell* instead of showing it."""
    return cell.startswith(FORMULA) or (cell.startswith("-") and len(cell) > 1 and not cell[1].isdigit())


def _limited(kind: str, file: GivenFile) -> Any:
    """Open *file* in a process of its own and return what it holds.

    Raises:
        BadInput: it was refused, or the process reached its limits.
    """
    script = Path(__file__).with_name("limited_reader.py")
    command = [sys.executable, "-I", str(script), kind]
    try:
        done = subprocess.run(command, input=file.data, capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603 - our own script
        answer = msgpack.unpackb(done.stdout) if done.returncode == 0 else {}
    except (subprocess.TimeoutExpired, ValueError):
        answer = {}
    if "made" in answer:
        return answer["made"]
    why = answer.get("refused", "the file takes far more time or memory to open than it should")
    raise BadInput([Fault(file.name, why)])
