"""Files that people bring: measured before they are read, unpacked within limits (OWASP ASVS 5.0 V5.2)."""

import io
import struct
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import BinaryIO

from placewell.kernel.errors import BadInput, Fault

MEGABYTE = 1_000_000
PACKED_MB, UNPACKED_MB, RATIO, ENTRIES = 20, 100, 100, 2_000
MAGIC = {"zip": b"PK\x03\x04", "xlsx": b"PK\x03\x04", "pdf": b"%PDF-"}

ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"BZh", b"\xfd7zXZ")

# Whatever zipfile raises on a damaged, encrypted or unknown archive.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    OverflowError,
    RuntimeError,  # encrypted; NotImplementedError, an unknown compression, is one of these
    ValueError,
)


def read_upload(name: str, file: BinaryIO, *, kinds: tuple[str, ...], limit_mb: int = PACKED_MB) -> bytes:
    """Return the content of an uploaded file of one of *kinds* (endings without the dot).

    Raises:
        BadInput: it is empty, too large, of another kind, or not what its ending says.
    """
    ending = name.rpartition(".")[2].lower()
    if ending not in kinds:
        raise BadInput([Fault(name, f"this is not a {' or '.join(kind.upper() for kind in kinds)} file.")])
    content = file.read(limit_mb * MEGABYTE + 1)
    if not content.strip():
        raise BadInput([Fault(name, "the file is empty.")])
    if len(content) > limit_mb * MEGABYTE:
        raise BadInput([Fault(name, f"the file is larger than {limit_mb} MB: split it, or ask your administrator.")])
    if not content.startswith(MAGIC.get(ending, b"")):
        raise BadInput([Fault(name, f"the file ends in .{ending} but is something else inside.")])
    return content


def unpack(name: str, content: bytes) -> dict[str, bytes]:
    """Return the files in a zip, by name; nothing is written anywhere.

    Raises:
        BadInput: it is broken, encrypted, too large once unpacked, packed suspiciously tightly, has too many
            entries, holds another archive, or an entry's path leaves the folder.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except DAMAGED:
        raise BadInput([Fault(name, "the zip file is damaged: make it again.")]) from None
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        _measure(name, entries, len(content))
        found: dict[str, bytes] = {}
        left = UNPACKED_MB * MEGABYTE
        for entry in entries:
            try:
                with archive.open(entry) as packed:
                    data = packed.read(left + 1)  # counted while reading: the directory may lie
            except DAMAGED:
                raise BadInput([Fault(f"{name}/{entry.filename}", "this part cannot be unpacked.")]) from None
            left -= len(data)
            if left < 0:
                raise BadInput([Fault(name, f"unpacked it is larger than {UNPACKED_MB} MB.")])
            if data.startswith(ARCHIVES):
                raise BadInput([Fault(f"{name}/{entry.filename}", "an archive inside an archive is not read.")])
            if entry.filename in found:
                raise BadInput([Fault(name, f"it holds {entry.filename} twice.")])
            found[entry.filename] = data
    return found


def _measure(name: str, entries: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > ENTRIES:
        raise BadInput([Fault(name, f"the zip file has more than {ENTRIES:,} entries.")])
    if unpacked > UNPACKED_MB * MEGABYTE or unpacked > max(packed, 10_000) * RATIO:
        raise BadInput([Fault(name, f"unpacked it would be {unpacked / MEGABYTE:,.0f} MB, which is too large.")])
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or "\0" in entry.filename or len(entry.filename) > 200:
            raise BadInput([Fault(name, "an entry's name leads out of the folder or is too long.")])
        if path.suffix.lower() in (".zip", ".gz", ".7z", ".rar", ".tar", ".xz", ".bz2"):
            raise BadInput([Fault(f"{name}/{entry.filename}", "an archive inside an archive is not read.")])
