"""Change what the outcomes room keeps."""

from .analytical import export_analytical
from .census import export_census
from .concerns import close_concern, raise_concern, raise_from_alert, reopen_concern, report_event, weigh_concern
from .deciding import (
    decide_contract_step,
    decide_suspension,
    end_warning,
    extend_measure,
    lift_suspension,
    reply,
    withdraw_measure,
)
from .facts import RecordedFact, amend_fact, record_fact, take_over_facts
from .fairness import keep_fairness
from .goals import AgreedGoal, PastGoal, agree_goal, amend_goal, score_goal, take_over_goals
from .measures import propose_contract_step, propose_suspension, suspend_at_once, warn
from .monitoring import answer_return, ask_returns, record_home_visit, say_done, see_done, send_return, set_target
from .records import hand_down_records, hand_to_statement
from .sharing import reply_to_figures, share_figures

__all__ = [
    "AgreedGoal",
    "PastGoal",
    "RecordedFact",
    "agree_goal",
    "amend_fact",
    "amend_goal",
    "answer_return",
    "ask_returns",
    "close_concern",
    "decide_contract_step",
    "decide_suspension",
    "end_warning",
    "export_analytical",
    "export_census",
    "extend_measure",
    "hand_down_records",
    "hand_to_statement",
    "keep_fairness",
    "lift_suspension",
    "propose_contract_step",
    "propose_suspension",
    "raise_concern",
    "raise_from_alert",
    "record_fact",
    "record_home_visit",
    "reopen_concern",
    "reply",
    "reply_to_figures",
    "report_event",
    "say_done",
    "score_goal",
    "see_done",
    "send_return",
    "set_target",
    "share_figures",
    "suspend_at_once",
    "take_over_facts",
    "take_over_goals",
    "warn",
    "weigh_concern",
    "withdraw_measure",
]
