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
from .returns import Report, export_return, import_return

__all__ = [
    "Report",
    "allocate_worker",
    "change_child",
    "end_episode",
    "export_return",
    "import_return",
    "move_episode",
    "note_record_seen",
    "register_child",
    "restrict_child",
    "set_needs",
    "start_episode",
]
