"""What people do with money: set it aside, promise it, change the promise, pay, and close a month."""

from .commitments import commit, cut_short, reprice
from .demand import (
    check_demand,
    hold,
    say_what_was_tried,
    set_demand_policy,
    take_forecast,
)
from .envelopes import (
    ask_virement,
    decide_virement,
    record_funding,
    set_envelope,
    set_lot_share,
    withdraw_virement,
)
from .invoices import match_received, receive_file, send_file
from .months import close_month, reopen_month
from .payments import cancel_pay_run, draw_up_pay_run, release_pay_run
from .prices import end_discount, give_discount, set_volume_term, take_rebate
from .retainers import end_retainer, pay_retainer, undo_retainer
from .settling import accept_line, hand_over_lines, hold_line, match_line_again, query_line, reject_line

__all__ = [
    "accept_line",
    "ask_virement",
    "cancel_pay_run",
    "check_demand",
    "close_month",
    "commit",
    "cut_short",
    "decide_virement",
    "draw_up_pay_run",
    "end_discount",
    "end_retainer",
    "give_discount",
    "hand_over_lines",
    "hold",
    "hold_line",
    "match_line_again",
    "match_received",
    "pay_retainer",
    "query_line",
    "receive_file",
    "record_funding",
    "reject_line",
    "release_pay_run",
    "reopen_month",
    "reprice",
    "say_what_was_tried",
    "send_file",
    "set_demand_policy",
    "set_envelope",
    "set_lot_share",
    "set_volume_term",
    "take_forecast",
    "take_rebate",
    "undo_retainer",
    "withdraw_virement",
]
