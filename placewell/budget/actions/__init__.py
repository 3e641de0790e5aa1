"""What people do with money: set it aside, promise it, change the promise, pay, and close a month."""

from .commitments import commit, cut_short, give_discount, reprice
from .envelopes import (
    ask_virement,
    close_month,
    decide_virement,
    record_funding,
    reopen_month,
    set_envelope,
    set_lot_share,
    withdraw_virement,
)

__all__ = [
    "ask_virement",
    "close_month",
    "commit",
    "cut_short",
    "decide_virement",
    "give_discount",
    "record_funding",
    "reopen_month",
    "reprice",
    "set_envelope",
    "set_lot_share",
    "withdraw_virement",
]
