"""Record, publish, call in and resolve decisions; ask for, answer and decide approvals under them."""

from .approvals import ask_approval, decide_approval, respond, withdraw_approval
from .call_ins import call_in_decision, resolve_call_in
from .decisions import publish_decision, record_decision, set_decision_aside

__all__ = [
    "ask_approval",
    "call_in_decision",
    "decide_approval",
    "publish_decision",
    "record_decision",
    "resolve_call_in",
    "respond",
    "set_decision_aside",
    "withdraw_approval",
]
