"""What the outcomes room keeps: of children, and of providers."""

from .goals import Goal, GoalScore, GoalWords
from .measures import Fact

__all__ = ["Fact", "Goal", "GoalScore", "GoalWords"]
