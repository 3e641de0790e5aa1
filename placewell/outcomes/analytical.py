"""The files of the analytical export: each table as Parquet and CSV, the dictionary, what is withheld, and what it all is.

Rows are read and written a few thousand at a time, so that years do not need memory.
"""

import csv
import datetime as dt
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from placewell.kernel.errors import Refused
from placewell.web.tables_out import harmless

from .queries import analytical

TYPES = {
    "text": pa.string(),
    "number": pa.int64(),
    "money": pa.decimal128(14, 2),
    "decimal": pa.decimal128(12, 2),
    "truth": pa.bool_(),
    "day": pa.date32(),
    "list": pa.list_(pa.string()),
}
CHUNK = 5_000
README = """Placewell's analytical export
=============================

Tables as Parquet (with types) and as CSV; dictionary.csv says what each column is, withheld.csv what is left out and why,
manifest.json when this was made, with rows and SHA-256 of each file.

It is about children. Names, addresses, birthdays and words that people wrote are left out, days are told as their month, and
traits that fewer than five children share are emptied. It is still personal data, pseudonymised, and to be kept and deleted as such:
somebody who knows a child's story can recognise it.

Keys join the tables of this export. They were made with a secret that was thrown away: no other export has the same.
Children whose records are restricted to named people are left out.
"""


@dataclass(frozen=True)
class Export:
    """An export that was allowed: when, of which days, and under which secret its keys are made (never shown)."""

    made_at: dt.datetime
    since: dt.date | None
    secret: bytes = field(repr=False)


def write(export: Export, folder: Path, *, progress: Callable[[str, int], None] | None = None) -> dict[str, int]:
    """Write the export into *folder*, whole or not at all, and return the rows of each table.

    Raises:
        Refused: there is something else in the folder.
    """
    if folder.exists() and {path.name for path in folder.iterdir()} - _of_an_export(folder):
        raise Refused(f"{folder} holds other files: name an empty folder, or one with an earlier export.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        counts = _write(export, part, progress)
        if folder.exists():
            shutil.rmtree(folder)
        part.chmod(0o700)  # for whoever made it, and nobody else
        part.replace(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return counts


def _of_an_export(folder: Path) -> set[str]:
    """Return the names of the files that an earlier export in *folder* says it wrote: those alone may be replaced."""
    try:
        return {"manifest.json", *json.loads((folder / "manifest.json").read_bytes())["sha256"]}
    except (OSError, ValueError, LookupError, TypeError):
        return set()


def _write(export: Export, folder: Path, progress: Callable[[str, int], None] | None) -> dict[str, int]:
    keys, counts = analytical.Keys(export.secret), {}
    for table in analytical.tables():
        rows = analytical.rows_of(table, keys=keys, since=export.since)
        counts[table.name] = _write_table(table, rows, folder)
        if progress:
            progress(table.name, counts[table.name])
    _write_csv(folder / "dictionary.csv", *dictionary())
    _write_csv(folder / "withheld.csv", ["table", "field", "reason"], analytical.withheld())
    (folder / "README.txt").write_text(README)
    digests = {path.name: _digest(path) for path in sorted(folder.iterdir())}
    manifest = {
        "made_at": export.made_at.isoformat(),
        "since": export.since and export.since.isoformat(),
        "version": version("placewell"),
        "rows": counts,
        "sha256": digests,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    return counts


def dictionary() -> tuple[list[str], list[list[str]]]:
    """Return the data dictionary as titles and rows: one for each column of each table."""
    titles = ["table", "about", "column", "type", "unit", "meaning", "source"]
    return titles, [
        [table.name, table.meaning, each.name, each.type, each.unit, each.meaning, each.source]
        for table in analytical.tables()
        for each in table.columns
    ]


def _write_table(table: analytical.Table, rows: Iterator[list[Any]], folder: Path) -> int:
    schema = pa.schema(
        [
            pa.field(each.name, TYPES[each.type], metadata={"meaning": each.meaning, "unit": each.unit})
            for each in table.columns
        ],
        metadata={"about": table.meaning},
    )
    count = 0
    path = folder / f"{table.name}.parquet"
    with (
        (folder / f"{table.name}.csv").open("w", newline="", encoding="utf-8") as text,
        pq.ParquetWriter(path, schema, compression="zstd") as packed,
    ):
        lines = csv.writer(text)
        lines.writerow([each.name for each in table.columns])
        while chunk := list(islice(rows, CHUNK)):
            columns = [
                pa.array(cells, type=each.type) for cells, each in zip(zip(*chunk, strict=True), schema, strict=True)
            ]
            packed.write_batch(pa.record_batch(columns, schema=schema))
            lines.writerows([_cell(value) for value in row] for row in chunk)
            count += len(chunk)
    return count


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return harmless(";".join(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return harmless(value)


def _write_csv(path: Path, titles: list[str], rows: Iterable[Iterable[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as text:
        lines = csv.writer(text)
        lines.writerow(titles)
        lines.writerows([harmless(value) for value in row] for row in rows)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
