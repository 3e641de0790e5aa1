"""What can be done in the visits room: the only writer of its rows."""

from .availability import end_away, end_weekly_time, keep_weekly_time, record_away, set_base, set_times, set_week
from .duties import arrange_visits, ask_visit, ask_visits, record_assessment, set_standard, set_unannounced_share
from .interviews import Interview, record_interview
from .network import hand_down_costs
from .outings import come_back, go_out, make_feed, raise_overdue_outings, revoke_feed
from .past import Past, import_past, take_over_visits
from .plans import (
    answer_plan,
    ask_plan,
    confirm_visit,
    drop_plan,
    fail_plan,
    keep_prices,
    note_progress,
    pose_plan,
    use_plan,
)
from .visits import Seen, ToDo, finish_action, record_visit, sign_off_visit

__all__ = [
    "Interview",
    "Past",
    "Seen",
    "ToDo",
    "answer_plan",
    "arrange_visits",
    "ask_plan",
    "ask_visit",
    "ask_visits",
    "come_back",
    "confirm_visit",
    "drop_plan",
    "end_away",
    "end_weekly_time",
    "fail_plan",
    "finish_action",
    "go_out",
    "hand_down_costs",
    "import_past",
    "keep_prices",
    "keep_weekly_time",
    "make_feed",
    "note_progress",
    "pose_plan",
    "raise_overdue_outings",
    "record_assessment",
    "record_away",
    "record_interview",
    "record_visit",
    "revoke_feed",
    "set_base",
    "set_standard",
    "set_times",
    "set_unannounced_share",
    "set_week",
    "sign_off_visit",
    "take_over_visits",
    "use_plan",
]
