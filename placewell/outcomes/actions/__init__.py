"""Change what the outcomes room keeps."""

from .concerns import close_concern, raise_concern, raise_from_alert, reopen_concern, report_event, weigh_concern
from .measures import (
    decide_contract_step,
    decide_suspension,
    end_warning,
    extend_measure,
    lift_suspension,
    propose_contract_step,
    propose_suspension,
    reply,
    suspend_at_once,
    warn,
    withdraw_measure,
)
from .monitoring import answer_return, ask_returns, record_home_visit, say_done, see_done, send_return, set_target

__all__ = [
    "answer_return",
    "ask_returns",
    "close_concern",
    "decide_contract_step",
    "decide_suspension",
    "end_warning",
    "extend_measure",
    "lift_suspension",
    "propose_contract_step",
    "propose_suspension",
    "raise_concern",
    "raise_from_alert",
    "record_home_visit",
    "reopen_concern",
    "reply",
    "report_event",
    "say_done",
    "see_done",
    "send_return",
    "set_target",
    "suspend_at_once",
    "warn",
    "weigh_concern",
    "withdraw_measure",
]
