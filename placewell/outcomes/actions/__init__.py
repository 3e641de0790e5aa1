"""Change what the outcomes room keeps."""

from .census import export_census
from .facts import RecordedFact, amend_fact, record_fact, take_over_facts
from .goals import AgreedGoal, PastGoal, agree_goal, amend_goal, score_goal, take_over_goals
from .records import hand_down_records

__all__ = [
    "AgreedGoal",
    "PastGoal",
    "RecordedFact",
    "agree_goal",
    "amend_fact",
    "amend_goal",
    "export_census",
    "hand_down_records",
    "record_fact",
    "score_goal",
    "take_over_facts",
    "take_over_goals",
]
