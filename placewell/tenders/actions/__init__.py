"""Use cases of tenders: the only writer of their rows."""

from .amending import amend_dates, amend_lot, amend_question, amend_weights, withdraw_lot
from .announcing import (
    announce_contract,
    announce_plan,
    publish_pipeline,
    record_engagement,
    record_ocid,
    record_sending,
)
from .assessing import (
    appoint_assessor,
    clear_interest,
    declare_interests,
    lock_quality,
    moderate_score,
    score_answer,
)
from .awarding import award_lot, decline_lot, make_contracts, undo_award
from .bidding import LARGEST_FILE, Receipt, attach_file, begin_bid, remove_file, save_draft, submit_bid, withdraw_bid
from .clarifying import answer_clarification, ask_clarification, follow_tender
from .hearing import (
    ask_low_price,
    check_condition,
    decide_exclusion,
    decide_low_price,
    hear_exclusion,
    hear_low_price,
    raise_exclusion,
)
from .keys import appoint_key_holder, confirm_key, make_key, remove_key_holder
from .opening import open_bids
from .planning import (
    add_document,
    add_lot,
    add_question,
    add_visit_criterion,
    plan_procurement,
    remove_question,
    set_lot,
    set_method,
    set_timetable,
)
from .publishing import cancel_tender, publish_tender, reopen_list
from .recommending import recommend_award, recommend_direct_award
from .registering import (
    add_connected,
    add_paper,
    remove_connected,
    save_profile,
    set_paper_aside,
)

__all__ = [
    "LARGEST_FILE",
    "Receipt",
    "add_connected",
    "add_document",
    "add_lot",
    "add_paper",
    "add_question",
    "add_visit_criterion",
    "amend_dates",
    "amend_lot",
    "amend_question",
    "amend_weights",
    "announce_contract",
    "announce_plan",
    "answer_clarification",
    "appoint_assessor",
    "appoint_key_holder",
    "ask_clarification",
    "ask_low_price",
    "attach_file",
    "award_lot",
    "begin_bid",
    "cancel_tender",
    "check_condition",
    "clear_interest",
    "confirm_key",
    "decide_exclusion",
    "decide_low_price",
    "declare_interests",
    "decline_lot",
    "follow_tender",
    "hear_exclusion",
    "hear_low_price",
    "lock_quality",
    "make_contracts",
    "make_key",
    "moderate_score",
    "open_bids",
    "plan_procurement",
    "publish_pipeline",
    "publish_tender",
    "raise_exclusion",
    "recommend_award",
    "recommend_direct_award",
    "record_engagement",
    "record_ocid",
    "record_sending",
    "remove_connected",
    "remove_file",
    "remove_key_holder",
    "remove_question",
    "reopen_list",
    "save_draft",
    "save_profile",
    "score_answer",
    "set_lot",
    "set_method",
    "set_paper_aside",
    "set_timetable",
    "submit_bid",
    "undo_award",
    "withdraw_bid",
    "withdraw_lot",
]
