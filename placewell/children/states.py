"""Words that a child's record is told in."""

from enum import StrEnum


class Sex(StrEnum):
    """As the return has it from 2025."""

    MALE = "M"
    FEMALE = "F"
    UNKNOWN = "U"
