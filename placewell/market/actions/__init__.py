"""What can be done to the market: the only writer of its rows."""

from .alerts import answer_alert
from .homes import add_home, change_home
from .places import end_void, extend_stay, hold_place, occupy_place, record_void, release_place, start_stay
from .providers import add_provider, add_registration
from .register import Report, import_register

__all__ = [
    "Report",
    "add_home",
    "add_provider",
    "add_registration",
    "answer_alert",
    "change_home",
    "end_void",
    "extend_stay",
    "hold_place",
    "import_register",
    "occupy_place",
    "record_void",
    "release_place",
    "start_stay",
]
