"""The entry rules of the children looked after return, on plain values.

Rule numbers are those of the return's published validation rules (Department for Education, collections 2017 to
2027). A breach that leaves an episode without a meaning, or that the rule calls impossible of one row, is an *error*:
the row is set aside. One that only asks for a second look is a *query*: the row is kept and the breach is shown.
"""

from .dated import (
    Breach,
    EntryRule,
    EpisodeRow,
    Registered,
    child_breaches,
    entry_rules,
    fit,
    liberty_breaches,
    register_breaches,
)
from .episodes import ELSEWHERE, STOP_ENTRY, TEMPORARY, episode_breaches, overlap, pair_breaches

__all__ = [
    "ELSEWHERE",
    "STOP_ENTRY",
    "TEMPORARY",
    "Breach",
    "EntryRule",
    "EpisodeRow",
    "Registered",
    "child_breaches",
    "entry_rules",
    "episode_breaches",
    "fit",
    "liberty_breaches",
    "overlap",
    "pair_breaches",
    "register_breaches",
]
