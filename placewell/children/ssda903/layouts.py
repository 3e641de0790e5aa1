"""The layout of each table of the return, as `tables/layouts.toml` dates it."""

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

YEARLY = "year"


@dataclass(frozen=True)
class Layout:
    """One table: by which column it is known, its columns in order, those that it cannot do without, its codes."""

    name: str
    sign: str
    columns: tuple[str, ...]
    required: tuple[str, ...]
    named: tuple[str, ...]  # parts of a file's name, for a file that lacks the sign
    since: int
    until: int
    key: str = ""  # how a row that is kept as it stands is told from another of the child
    dates: tuple[str, ...] = ()
    codes: dict[str, re.Pattern[str]] = field(default_factory=dict)

    def is_of(self, year: int) -> bool:
        """Tell whether the table is part of the collection of *year*."""
        return self.since <= year <= self.until


@cache
def layouts() -> dict[str, Layout]:
    """Return every table's layout by its name; the episodes first, since other tables repeat their columns."""
    whole = tomllib.loads((files("placewell.children") / "tables" / "layouts.toml").read_text())
    tables = {name: row for name, row in whole.items() if isinstance(row, dict)}
    return {
        name: Layout(
            name=name,
            sign=row["sign"],
            columns=tuple(row["columns"]),
            required=tuple(row["required"]),
            named=tuple(row["named"]),
            since=row.get("from", whole["valid_from"].year + 1),
            until=row.get("until", 9999),
            key=row.get("key", ""),
            dates=tuple(row.get("dates", ())),
            codes={column: re.compile(pattern) for column, pattern in row.get("codes", {}).items()},
        )
        for name, row in sorted(tables.items(), key=lambda item: item[0] != "episodes")
    }
