"""The words of the notifications room."""

from enum import StrEnum


class Timing(StrEnum):
    """When a kind of notification comes by mail too."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"
