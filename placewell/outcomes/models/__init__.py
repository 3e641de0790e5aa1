"""What the outcomes room keeps: of children, and of providers."""

from .fairness import FairnessMonth
from .goals import Goal, GoalScore, GoalWords
from .improvement import Concern, Improvement, Measure, Reply
from .measures import Fact
from .performance import Figures, FiguresReply, HomeVisit, KpiTarget, Return

__all__ = [
    "Concern",
    "Fact",
    "FairnessMonth",
    "Figures",
    "FiguresReply",
    "Goal",
    "GoalScore",
    "GoalWords",
    "HomeVisit",
    "Improvement",
    "KpiTarget",
    "Measure",
    "Reply",
    "Return",
]
