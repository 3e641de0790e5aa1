"""Rank homes for a child: hard rules with a reason code each, then cost terms in points and plain units."""

from .problem import Child, Home, Weights
from .rank import Ranking, Verdict, rank

__all__ = ["Child", "Home", "Ranking", "Verdict", "Weights", "rank"]
