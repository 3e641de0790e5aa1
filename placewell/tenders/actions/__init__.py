"""Use cases of tenders: the only writer of their rows."""

from .bidding import LARGEST_FILE, Receipt, attach_file, begin_bid, remove_file, save_draft, submit_bid, withdraw_bid
from .clarifying import answer_clarification, ask_clarification, follow_tender
from .keys import appoint_key_holder, confirm_key, make_key, remove_key_holder
from .opening import open_bids
from .planning import add_document, add_question, plan_procurement, remove_question, set_lot, set_method
from .publishing import amend_dates, amend_question, cancel_tender, publish_tender, reopen_list

__all__ = [
    "LARGEST_FILE",
    "Receipt",
    "add_document",
    "add_question",
    "amend_dates",
    "amend_question",
    "answer_clarification",
    "appoint_key_holder",
    "ask_clarification",
    "attach_file",
    "begin_bid",
    "cancel_tender",
    "confirm_key",
    "follow_tender",
    "make_key",
    "open_bids",
    "plan_procurement",
    "publish_tender",
    "remove_file",
    "remove_key_holder",
    "remove_question",
    "reopen_list",
    "save_draft",
    "set_lot",
    "set_method",
    "submit_bid",
    "withdraw_bid",
]
