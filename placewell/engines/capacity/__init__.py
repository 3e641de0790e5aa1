"""Choose which places to buy in advance, from which bids, when demand is uncertain."""

from .explain import explain, sentences
from .problem import Bid, Problem
from .read import read
from .result import as_json
from .solve import Limits, Result, solve

__all__ = ["Bid", "Limits", "Problem", "Result", "as_json", "explain", "read", "sentences", "solve"]
