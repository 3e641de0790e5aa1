"""What is measured, what may be recorded, and how to count: dated data as the code reads it."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Measure:
    """One measure with its definition; *over* and *hit* are what is counted, in words; *unit* is `percent` or `mean`."""

    code: str
    area: str
    title: str
    over: str
    hit: str
    source: str
    good: str  # `high` or `low`
    unit: str = "percent"
    verified: bool = True  # whether the counting rule was read in its source

    @property
    def definition(self) -> str:
        """The definition as a sentence."""
        if self.unit == "mean":
            return f"Of {self.over}: {self.hit}."
        return f"Of {self.over}, the share {self.hit}."


@dataclass(frozen=True)
class FactKind:
    """A kind of fact: what it is called, and which of amount, out of, period and answer it asks for."""

    code: str
    area: str
    title: str
    amount: str = ""
    out_of: str = ""
    period: bool = False
    most: int | None = None
    whole: bool = False
    answers: dict[str, str] = field(default_factory=dict)
    ask: str = ""
    day: str = "Day"


@cache
def measures() -> dict[str, Measure]:
    """Return the measures by code, in the order in which they are shown."""
    return {row["code"]: Measure(**row) for row in _table("measures")["measure"]}


@cache
def counting() -> dict[str, Any]:
    """Return the codes and limits that the measures count by."""
    return {name: value for name, value in _table("measures").items() if name != "measure"}


@cache
def fact_kinds() -> dict[str, FactKind]:
    """Return the kinds of fact by code."""
    return {row["code"]: FactKind(**row) for row in _table("facts")["fact"]}


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((files("placewell.outcomes") / "tables" / f"{name}.toml").read_text())
