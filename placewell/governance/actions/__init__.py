"""Plan, record, publish, call in and resolve decisions; keep the scheme; ask for, answer and decide approvals."""

from .approvals import ask_approval, decide_approval, respond, withdraw_approval
from .call_ins import call_in_decision, refer_call_in, resolve_call_in
from .decisions import publish_decision, record_decision, record_officer_decision, set_decision_aside
from .delegations import end_delegation, set_limit, sub_delegate
from .exemptions import (
    COMMENTS,
    Wanted,
    ask_exemption,
    comment_on_exemption,
    draft_exemption,
    end_exemption,
    publish_exemption,
)
from .plans import give_notice, give_private_notice, plan_decision, publish_report, withdraw_notice, write_report
from .questions import answer_about_approval, ask_about_approval

__all__ = [
    "COMMENTS",
    "Wanted",
    "answer_about_approval",
    "ask_about_approval",
    "ask_approval",
    "ask_exemption",
    "call_in_decision",
    "comment_on_exemption",
    "decide_approval",
    "draft_exemption",
    "end_delegation",
    "end_exemption",
    "give_notice",
    "give_private_notice",
    "plan_decision",
    "publish_decision",
    "publish_exemption",
    "publish_report",
    "record_decision",
    "record_officer_decision",
    "refer_call_in",
    "resolve_call_in",
    "respond",
    "set_decision_aside",
    "set_limit",
    "sub_delegate",
    "withdraw_approval",
    "withdraw_notice",
    "write_report",
]
