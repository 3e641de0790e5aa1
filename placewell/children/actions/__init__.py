"""What can be done to children's records: the only writer of their rows."""

from .episodes import end_episode, move_episode, start_episode
from .families import join_siblings, part_siblings
from .missing import record_back, record_missing
from .records import (
    allocate_worker,
    change_child,
    note_record_seen,
    record_care_review,
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
    "join_siblings",
    "move_episode",
    "note_record_seen",
    "part_siblings",
    "record_back",
    "record_care_review",
    "record_missing",
    "register_child",
    "restrict_child",
    "set_needs",
    "start_episode",
]
