"""Files that strangers hand in: a name that is safe to keep, and a refusal of what is not what its name says."""

import re
import unicodedata

from placewell.gateways import given_files
from placewell.kernel.errors import Refused

LONGEST_NAME = 120
LARGEST = 10 * 1024 * 1024
# How each kind of file begins; what does not begin so is refused, whatever its name says.
KINDS = {".pdf": b"%PDF-", ".docx": b"PK\x03\x04", ".xlsx": b"PK\x03\x04", ".png": b"\x89PNG", ".jpg": b"\xff\xd8\xff"}
OFFICE = (".docx", ".xlsx")
# What lets a PDF run or hide something. Nothing of a PDF is parsed here, so these are looked for as they stand.
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
RUNS = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")


def _plain(data: bytes) -> bytes:
    """Return a PDF's bytes with names as they are meant: `/J#61vaScript` is `/JavaScript` (ISO 32000-2, 7.3.5)."""
    return ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), data) if b"#" in data else data


def scrubbed(name: str) -> str:
    """Return a file's name without folders, control signs, signs that turn the reading direction, or hidden endings.

    The last ending stays, and is the only one: `invoice.pdf.exe` would become `invoice_pdf.exe`, and be refused for it.
    """
    bare = unicodedata.normalize("NFKC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(each for each in bare if unicodedata.category(each)[0] not in "CZ" or each == " ")
    kept = "".join("_" if each in '<>:"|?*%;`$&' else each for each in kept)
    stem, dot, ending = kept.rstrip(" .").rpartition(".")
    if not dot:
        return kept.strip(" .")[:LONGEST_NAME] or "file"
    return f"{stem.strip(' .').replace('.', '_')[:LONGEST_NAME] or 'file'}.{ending.strip().lower()}"


def refuse_unsafe(name: str, data: bytes, largest: int = LARGEST) -> None:
    """Refuse a file that is empty, too large, of a kind that is not taken, or not what its name says."""
    ending = name[name.rfind(".") :].lower()
    if ending not in KINDS:
        raise Refused(f"{name}: only {', '.join(sorted(KINDS))} files are taken.")
    if not data:
        raise Refused(f"{name} is empty.")
    if len(data) > largest:
        raise Refused(f"{name} is larger than {largest // (1024 * 1024)} MB.")
    if not data.startswith(KINDS[ending]):
        raise Refused(f"{name} is not what its name says: it does not begin like a {ending} file.")
    if ending in OFFICE:
        kind = given_files.office_kind(given_files.GivenFile(name, data))
        if f".{kind}" != ending:
            raise Refused(f"{name} is not what its name says: inside it is a .{kind} file.")
    if ending == ".pdf" and (found := next((each for each in RUNS if each in _plain(data)), None)):
        raise Refused(f"{name} can start something when it is opened ({found.decode()}): print it to a plain PDF.")
