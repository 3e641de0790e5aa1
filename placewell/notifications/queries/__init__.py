"""Reads of what a person is told, follows and opened."""

from .reading import (
    Line,
    Shown,
    choices_of,
    filtered,
    following,
    is_followed,
    kinds_for,
    lines,
    mailed_about,
    notification,
    recent,
    shown_to,
    unread_count,
)
from .records import Hit, Kind, may_follow, register, register_undone, registered, undone

__all__ = [
    "Hit",
    "Kind",
    "Line",
    "Shown",
    "choices_of",
    "filtered",
    "following",
    "is_followed",
    "kinds_for",
    "lines",
    "mailed_about",
    "may_follow",
    "notification",
    "recent",
    "register",
    "register_undone",
    "registered",
    "shown_to",
    "undone",
    "unread_count",
]
