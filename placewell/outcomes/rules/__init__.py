"""The definitions of the measures, as pure functions of plain values."""

from .measures import FactKind, Measure, counting, fact_kinds, measures
from .stability import (
    Placement,
    Spell,
    care_since,
    endings_in,
    had_many,
    is_long_term,
    months_before,
    placements,
    placements_in,
    spell_on,
    was_looked_after,
    without_a_break,
)

__all__ = [
    "FactKind",
    "Measure",
    "Placement",
    "Spell",
    "care_since",
    "counting",
    "endings_in",
    "fact_kinds",
    "had_many",
    "is_long_term",
    "measures",
    "months_before",
    "placements",
    "placements_in",
    "spell_on",
    "was_looked_after",
    "without_a_break",
]
