"""What can be done to children's records: the only writer of their rows."""

from .episodes import end_episode, move_episode, start_episode
from .records import (
    allocate_worker,
    change_child,
    note_record_seen,
    register_child,
    restrict_child,
    set_needs,
)

__all__ = [
    "allocate_worker",
    "change_child",
    "end_episode",
    "move_episode",
    "note_record_seen",
    "register_child",
    "restrict_child",
    "set_needs",
    "start_episode",
]
