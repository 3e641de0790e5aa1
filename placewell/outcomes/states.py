"""The words of the outcomes room."""

from enum import IntEnum, StrEnum


class Area(StrEnum):
    """What a goal is about."""

    STABILITY = "stability"
    EDUCATION = "education"
    HEALTH = "health"
    SAFETY = "safety"
    FAMILY = "family"
    IDENTITY = "identity"
    INDEPENDENCE = "independence"
    HAPPINESS = "happiness"


class Stage(StrEnum):
    """When a goal is scored: after six months of the placement, and when it ended."""

    SIX_MONTHS = "six_months"
    END = "end"


class Score(IntEnum):
    """How far a goal was reached, from further away than at the start to reached."""

    WORSE = 0
    NONE = 1
    SOME = 2
    MOST = 3
    REACHED = 4


SCORE_WORDS = {
    Score.WORSE: "Further away than at the start",
    Score.NONE: "No change",
    Score.SOME: "Some of the way",
    Score.MOST: "Most of the way",
    Score.REACHED: "Reached",
}
