"""Forms of the outcomes room."""

from .children import AgreeGoal, AmendFact, AmendGoal, AmendScore, RecordFact, ScoreGoal, WhoseGoals

__all__ = ["AgreeGoal", "AmendFact", "AmendGoal", "AmendScore", "RecordFact", "ScoreGoal", "WhoseGoals"]
