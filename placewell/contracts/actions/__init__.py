"""Set up, award and change frameworks and contracts; count what is called off; leave a contract in order."""

from .block_endings import decide_block_end, propose_block_end
from .blocks import decide_block, propose_block, take_block_places
from .call_offs import call_off, move_call_off
from .changes import (
    decide_change,
    decide_uplift,
    join_round,
    plan_round,
    propose_change,
    propose_uplift,
    withdraw_change,
)
from .contracts import (
    add_contract,
    end_contract,
    hold_suspended,
    resume_contract,
    set_card,
    set_rate,
    suspend_contract,
)
from .frameworks import award_framework, end_framework, set_up_framework
from .holdings import close_challenge, file_document, receive_challenge
from .leaving import finish_leaving, leave_for_exemption, plan_leaving, tell_of_leaving
from .stops import release_home, release_provider, stop_home, stop_provider

__all__ = [
    "add_contract",
    "award_framework",
    "call_off",
    "close_challenge",
    "decide_block",
    "decide_block_end",
    "decide_change",
    "decide_uplift",
    "end_contract",
    "end_framework",
    "file_document",
    "finish_leaving",
    "hold_suspended",
    "join_round",
    "leave_for_exemption",
    "move_call_off",
    "plan_leaving",
    "plan_round",
    "propose_block",
    "propose_block_end",
    "propose_change",
    "propose_uplift",
    "receive_challenge",
    "release_home",
    "release_provider",
    "resume_contract",
    "set_card",
    "set_rate",
    "set_up_framework",
    "stop_home",
    "stop_provider",
    "suspend_contract",
    "take_block_places",
    "tell_of_leaving",
    "withdraw_change",
]
