"""The regulation as examples, as the page of the rules shows them and the tests hold them true."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ..states import Situation


@dataclass(frozen=True)
class VisitExample:
    """When the next visit is due to a child who moved in on the day of the examples."""

    situation: Situation
    due_on: dt.date
    seen_on: dt.date | None = None
    first_review_on: dt.date | None = None
    note: str = ""

    @property
    def words(self) -> str:
        """The situation in short."""
        return self.situation.value.replace("_", " ").capitalize()


@dataclass(frozen=True)
class ReviewExample:
    """When the next care review is due to a child in care since a day."""

    since_on: dt.date
    held_on: tuple[dt.date, ...]
    due_on: dt.date


@dataclass(frozen=True)
class HealthExample:
    """When the next health assessment is due."""

    born_on: dt.date
    due_on: dt.date
    assessed_on: dt.date | None = None
    note: str = ""


@dataclass(frozen=True)
class Examples:
    """Every example, with what all of a kind have in common."""

    source: str
    moved_in: dt.date
    first_review_by: dt.date
    visits: tuple[VisitExample, ...]
    reviews: tuple[ReviewExample, ...]
    health: tuple[HealthExample, ...]


@cache
def examples() -> Examples:
    """Return the examples."""
    kept: dict[str, Any] = tomllib.loads((files("placewell.visits") / "tables" / "examples.toml").read_text())
    return Examples(
        kept["source"],
        kept["moved_in"],
        kept["first_review_by"],
        tuple(VisitExample(**row | {"situation": Situation(row["situation"])}) for row in kept["visits"]),
        tuple(ReviewExample(**row | {"held_on": tuple(row["held_on"])}) for row in kept["reviews"]),
        tuple(HealthExample(**row) for row in kept["health"]),
    )
