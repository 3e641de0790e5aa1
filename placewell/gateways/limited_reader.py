"""Open an untrusted archive, spreadsheet or XML document in a process of its own: little memory, little time, no shell.

Run as a script by `given_files`: kind as the argument, the file on standard input, msgpack on standard output.
It imports nothing of Placewell, so that the limits are in force before anything of the file is looked at.
"""

import csv
import datetime as dt
import io
import os
import sys
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import msgpack
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

MEMORY = 512 * 1024 * 1024
SECONDS = 20
UNPACKED = 100 * 1024 * 1024
RATIO = 100
ENTRIES = 2000
DEPTH = 20
ROWS, COLUMNS, SHEETS = 200_000, 200, 60
PACKED = b"PK\x03\x04"
ARCHIVES = (PACKED, b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh")
# Whatever zipfile and openpyxl raise on a damaged, encrypted or unknown archive.
DAMAGED = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, OSError, RuntimeError, ArithmeticError),
    *(ValueError, LookupError, TypeError, AttributeError, ParseError, DefusedXmlException),
)


class Unsafe(Exception):
    """The file is not what a return or a register looks like; the message is for the person who gave it."""


def limit() -> None:
    """Bind this process to little memory and time."""
    try:
        import resource
    except ImportError:  # not a Unix: the parent's clock and the counted sizes remain
        return
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        resource.setrlimit(what, (most, most))


def unpack(data: bytes) -> list[tuple[str, bytes]]:
    """Return the files in an archive, by their names without folders; a spreadsheet's sheets are CSV files."""
    archive = _opened(data)
    if _is_book(archive):
        return list(_sheets(data, archive))
    files: list[tuple[str, bytes]] = []
    left = UNPACKED
    for entry in (entry for entry in archive.infolist() if not entry.is_dir()):
        with archive.open(entry) as stream:
            content = stream.read(left + 1)
        left -= len(content)
        if left < 0:
            raise Unsafe("the archive would unpack to far more than it says: it may be a zip bomb")
        name = entry.filename.replace("\\", "/").rsplit("/", 1)[-1]
        if content.startswith(PACKED) and name.lower().endswith(".xlsx") and _is_book(inner := _opened(content)):
            files += [(f"{name}, {sheet}", table) for sheet, table in _sheets(content, inner)]
        elif content.startswith(ARCHIVES):
            raise Unsafe("there is an archive inside the archive")
        else:
            files.append((name, content))
    return files


def _opened(data: bytes) -> zipfile.ZipFile:
    """Return an archive whose directory says that it may be unpacked."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise Unsafe("the archive is damaged") from None
    entries = archive.infolist()
    if len(entries) > ENTRIES:
        raise Unsafe(f"the archive holds {len(entries):,} files; at most {ENTRIES:,} are read")
    told = sum(entry.file_size for entry in entries)
    if told > UNPACKED or told > RATIO * max(len(data), 10_000):
        raise Unsafe("the archive would unpack to far more than it should: it may be a zip bomb")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unsafe("the archive is locked with a password")
    return archive


def _is_book(archive: zipfile.ZipFile) -> bool:
    names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        return True
    if "[Content_Types].xml" in names or "mimetype" in names:
        raise Unsafe("this is a document and no Excel workbook (.xlsx): save it as one, or as CSV")
    return False


def _sheets(data: bytes, archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """Yield each sheet of an Excel workbook that has rows, as a CSV file under the sheet's name."""
    if any(name.startswith("xl/externalLinks/") for name in archive.namelist()):
        raise Unsafe("the workbook reaches into another one: break its links (Data, Edit Links) and save it again")
    if any(name.endswith("vbaProject.bin") for name in archive.namelist()):
        raise Unsafe("the workbook holds macros: save it as .xlsx, without them")
    left = UNPACKED
    for entry in archive.infolist():  # the directory may lie, and openpyxl would believe it
        with archive.open(entry) as stream:
            left -= len(stream.read(left + 1))
        if left < 0:
            raise Unsafe("the workbook would unpack to far more than it says: it may be a zip bomb")
    import openpyxl  # late: few files are workbooks, and it takes a quarter of a second

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    if len(book.worksheets) > SHEETS:
        raise Unsafe(f"the workbook has {len(book.worksheets)} sheets; at most {SHEETS} are read")
    for sheet in book.worksheets:
        out = io.StringIO()
        writer = csv.writer(out)
        width = 0
        sheet.reset_dimensions()  # what the sheet says of its own size is not believed
        for number, row in enumerate(sheet.iter_rows(), 1):
            if number > ROWS or len(row) > COLUMNS:
                raise Unsafe(f"the sheet {sheet.title} is larger than {ROWS:,} rows of {COLUMNS} columns")
            cells = [_cell(cell, sheet.title) for cell in row]
            width = max(width, len(cells))
            writer.writerow(cells + [""] * (width - len(cells)))  # a row ends at its last full cell
        if out.getvalue().strip("\r\n,"):
            yield f"sheet {sheet.title}", out.getvalue().encode()


def _cell(cell: Any, sheet: str) -> str:
    """Return a cell as a CSV file has it: days as dd/mm/yyyy, whole numbers without a point."""
    value = cell.value
    if cell.data_type == "f":
        where = f"the cell {cell.coordinate} of the sheet {sheet}"
        raise Unsafe(f"{where} holds a formula: paste the values (Paste Special, Values) and save it again")
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, dt.datetime):
        return f"{value:%d/%m/%Y}" if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def office(data: bytes) -> str:
    """Return "docx" or "xlsx" for an Office document that holds nothing which runs or reaches outside."""
    archive = _opened(data)
    names = set(archive.namelist())
    kind = "docx" if "word/document.xml" in names else "xlsx" if "xl/workbook.xml" in names else ""
    if not kind or "[Content_Types].xml" not in names:
        raise Unsafe("this is no Word document and no Excel workbook")
    if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in names):
        raise Unsafe("the document holds macros: save it without them")
    if any("/embeddings/" in name or "/activeX/" in name or "/externalLinks/" in name for name in names):
        raise Unsafe("the document holds other files or reaches into them: take them out")
    left = UNPACKED
    for entry in archive.infolist():  # the directory may lie about sizes
        with archive.open(entry) as stream:
            left -= len(stream.read(left + 1))
        if left < 0:
            raise Unsafe("the document would unpack to far more than it says: it may be a zip bomb")
    return kind


def tree(data: bytes) -> Any:
    """Return an XML document as [tag, text, children]; entities, DTDs and outside references are refused."""
    try:
        root = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise Unsafe("the document declares entities or reaches outside itself, which is not allowed") from None
    except ParseError as wrong:
        raise Unsafe(f"the document is not well-formed XML ({wrong})") from None
    return _plain(root, DEPTH)


def _plain(element: Any, depth: int) -> Any:
    if depth == 0:
        raise Unsafe("the document is nested too deeply")
    return [element.tag, (element.text or "").strip(), [_plain(child, depth - 1) for child in element]]


def main() -> int:
    """Read one file and write what it holds, or why it was refused."""
    limit()
    os.environ |= {"OPENPYXL_LXML": "False", "OPENPYXL_DEFUSEDXML": "True"}
    sys.modules["numpy"] = None  # type: ignore[assignment]  # openpyxl would load it, beyond this process's memory
    data = sys.stdin.buffer.read()
    sys.stdout.buffer.write(msgpack.packb(answer(sys.argv[1], data)))
    return 0


def answer(kind: str, data: bytes) -> dict[str, Any]:
    """Return what a file holds under `made`, or why it was refused under `refused`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a workbook's parts that nobody asks for
            return {"made": {"zip": unpack, "office": office, "xml": tree}[kind](data)}
    except Unsafe as unsafe:
        return {"refused": str(unsafe)}
    except MemoryError:
        return {"refused": "the file needs far more memory than a file of this kind should"}
    except DAMAGED:
        return {"refused": "the file is damaged"}


if __name__ == "__main__":
    sys.exit(main())
