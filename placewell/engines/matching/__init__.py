"""Rank homes for a child, with reasons; place several children together, exactly, with a proven bound."""

from .problem import Child, Home, Problem, Resident, Weights
from .rank import Ranking, Verdict, rank, rank_in
from .read import read
from .result import Assignment, Result
from .solve import solve
from .table import BIT, REASONS, Table
from .whatif import Difference, Plan, Share, curve

__all__ = [
    "BIT",
    "REASONS",
    "Assignment",
    "Child",
    "Difference",
    "Home",
    "Plan",
    "Problem",
    "Ranking",
    "Resident",
    "Result",
    "Share",
    "Table",
    "Verdict",
    "Weights",
    "curve",
    "rank",
    "rank_in",
    "read",
    "solve",
]  # fmt: skip
