"""Set up and award frameworks, add providers to lots, set dated rates, suspend and end contracts."""

from .contracts import add_contract, end_contract, resume_contract, set_rate, suspend_contract
from .frameworks import award_framework, end_framework, set_up_framework

__all__ = [
    "add_contract",
    "award_framework",
    "end_contract",
    "end_framework",
    "resume_contract",
    "set_rate",
    "set_up_framework",
    "suspend_contract",
]
