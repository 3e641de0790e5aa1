"""Open an untrusted archive or XML document in a process of its own, with little memory, little time and no shell.

Run as a script by `given_files`: kind as the argument, the file on standard input, msgpack on standard output.
It imports nothing of Placewell, so that the limits are in force before anything of the file is looked at.
"""

import io
import sys
import zipfile
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
ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh")


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


def unzip(data: bytes) -> list[tuple[str, bytes]]:
    """Return the files in an archive, by their names without folders."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise Unsafe("the archive is damaged") from None
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if any(entry.filename == "[Content_Types].xml" for entry in entries):
        raise Unsafe("this is a spreadsheet or a document: save each sheet as CSV and bring those in")
    if len(entries) > ENTRIES:
        raise Unsafe(f"the archive holds {len(entries):,} files; at most {ENTRIES:,} are read")
    told = sum(entry.file_size for entry in entries)
    if told > UNPACKED or told > RATIO * max(len(data), 10_000):
        raise Unsafe("the archive would unpack to far more than it should: it may be a zip bomb")
    files, left = [], UNPACKED
    for entry in entries:
        if entry.flag_bits & 1:
            raise Unsafe("the archive is locked with a password")
        with archive.open(entry) as stream:
            content = stream.read(left + 1)
        left -= len(content)
        if left < 0:
            raise Unsafe("the archive would unpack to far more than it says: it may be a zip bomb")
        if content.startswith(ARCHIVES):
            raise Unsafe("there is an archive inside the archive")
        files.append((entry.filename.replace("\\", "/").rsplit("/", 1)[-1], content))
    return files


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
    data = sys.stdin.buffer.read()
    try:
        answer = {"made": unzip(data) if sys.argv[1] == "zip" else tree(data)}
    except Unsafe as unsafe:
        answer = {"refused": str(unsafe)}
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, OSError, zipfile.LargeZipFile):
        answer = {"refused": "the file is damaged"}
    except MemoryError:
        answer = {"refused": "the file needs far more memory than a file of this kind should"}
    sys.stdout.buffer.write(msgpack.packb(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
