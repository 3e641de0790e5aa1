"""Score bids on price and quality under a published formula, exactly."""

from .problem import FORMULAS, RELATIVE, Bid, Tender
from .read import read
from .result import as_json
from .sensitivity import Sensitivity, sensitivity
from .solve import Result, Score, solve

__all__ = [
    "FORMULAS", "RELATIVE", "Bid", "Result", "Score", "Sensitivity", "Tender", "as_json", "read", "sensitivity", "solve",
]  # fmt: skip
