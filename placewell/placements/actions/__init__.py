"""What people do on the placements desk; the one writer of its rows."""

from .agreements import draw_up_agreement, hold_agreement, redraw_agreement, sign_for_council, sign_for_provider
from .cascades import (
    extend_cascade,
    jump_cascade,
    pause_cascade,
    resume_cascade,
    set_tier_clock,
    start_cascade,
    step_cascades,
)
from .changes import (
    ask_change,
    decide_change,
    record_absence,
    record_duty_done,
    record_return,
    remove_absence,
)
from .choices import accept_offer, decide_consent, decline_offer, recommend_offer, take_recommendation_back
from .consultations import record_consultation
from .contract_changes import move_across, stay_as_spot, uplift_agreements
from .covers import cover_for, end_cover
from .disclosures import disclose_child, read_considered, read_disclosure, tell_considered, withdraw_disclosure
from .documents import read_document, write_document
from .emergencies import approve_emergency, complete_consent
from .ending_soon import open_referrals_for_endings
from .endings import end_placement, give_notice, move_placement, record_not_arrived, undo_choice, withdraw_notice
from .exempting import draft_exemption
from .handing import carry_on_placement, hand_over, take_over_referral
from .letters import print_copy, record_sent
from .messages import answer_question, ask_question, send_message
from .offers import answer_after_all, decline_invitation, make_offer, make_offer_for_siblings, withdraw_offer
from .plans import comment_on_plan, read_plan, record_plan_signed, sign_plan
from .records import keep_home_records
from .referrals import (
    change_referral,
    close_referral,
    copy_last_referral,
    ready_referral,
    send_referral,
    write_referral,
)
from .siblings import plan_siblings
from .stays import start_placement, take_over_placement

__all__ = [
    "accept_offer",
    "answer_after_all",
    "answer_question",
    "approve_emergency",
    "ask_change",
    "ask_question",
    "carry_on_placement",
    "change_referral",
    "close_referral",
    "comment_on_plan",
    "complete_consent",
    "copy_last_referral",
    "cover_for",
    "decide_change",
    "decide_consent",
    "decline_invitation",
    "decline_offer",
    "disclose_child",
    "draft_exemption",
    "draw_up_agreement",
    "end_cover",
    "end_placement",
    "extend_cascade",
    "give_notice",
    "hand_over",
    "hold_agreement",
    "jump_cascade",
    "keep_home_records",
    "make_offer",
    "make_offer_for_siblings",
    "move_across",
    "move_placement",
    "open_referrals_for_endings",
    "pause_cascade",
    "plan_siblings",
    "print_copy",
    "read_considered",
    "read_disclosure",
    "read_document",
    "read_plan",
    "ready_referral",
    "recommend_offer",
    "record_absence",
    "record_consultation",
    "record_duty_done",
    "record_not_arrived",
    "record_plan_signed",
    "record_return",
    "record_sent",
    "redraw_agreement",
    "remove_absence",
    "resume_cascade",
    "send_message",
    "send_referral",
    "set_tier_clock",
    "sign_for_council",
    "sign_for_provider",
    "sign_plan",
    "start_cascade",
    "start_placement",
    "stay_as_spot",
    "step_cascades",
    "take_over_placement",
    "take_over_referral",
    "take_recommendation_back",
    "tell_considered",
    "undo_choice",
    "uplift_agreements",
    "withdraw_disclosure",
    "withdraw_notice",
    "withdraw_offer",
    "write_document",
    "write_referral",
]
