"""Record, publish, call in and resolve decisions; ask for, answer and decide approvals under them."""

from .approvals import ask_approval, decide_approval, respond, withdraw_approval
from .call_ins import call_in_decision, resolve_call_in
from .decisions import publish_decision, record_decision, set_decision_aside
from .exemptions import (
    COMMENTS,
    Wanted,
    ask_exemption,
    comment_on_exemption,
    draft_exemption,
    end_exemption,
    publish_exemption,
)

__all__ = [
    "COMMENTS",
    "Wanted",
    "ask_approval",
    "ask_exemption",
    "call_in_decision",
    "comment_on_exemption",
    "decide_approval",
    "draft_exemption",
    "end_exemption",
    "publish_decision",
    "publish_exemption",
    "record_decision",
    "resolve_call_in",
    "respond",
    "set_decision_aside",
    "withdraw_approval",
]
