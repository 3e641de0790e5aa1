"""What the outcomes room answers."""

from .child import ChildMeasure, of_child
from .counted import measure_all
from .facts import fact, facts_of, versions_of
from .goals import GoalTold, ToScore, goal, goals_of, latest_score, scored_from, to_score, words_of_goal
from .measured import Case, Measured, loaded, past_days
from .records import records_of_homes
from .told import SMALLEST, Shown, cases_seen, council, shown, trend

__all__ = [
    "SMALLEST",
    "Case",
    "ChildMeasure",
    "GoalTold",
    "Measured",
    "Shown",
    "ToScore",
    "cases_seen",
    "council",
    "fact",
    "facts_of",
    "goal",
    "goals_of",
    "latest_score",
    "loaded",
    "measure_all",
    "of_child",
    "past_days",
    "records_of_homes",
    "scored_from",
    "shown",
    "to_score",
    "trend",
    "versions_of",
    "words_of_goal",
]
