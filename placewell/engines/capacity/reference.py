"""Try every award of a tiny problem, in exact fractions: slow and obviously right."""

import itertools
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from .check import broken_rules, objective


def cheapest(problem: Mapping[str, Any]) -> tuple[Fraction, dict[str, int]]:
    """Return the least objective of the problem's JSON and an award that reaches it."""
    choices = [[0, *range(max(1, bid["min_beds"]), bid["max_beds"] + 1)] for bid in problem["bids"]]
    best: tuple[Fraction, dict[str, int]] | None = None
    for places in itertools.product(*choices):
        award = {bid["id"]: n for bid, n in zip(problem["bids"], places, strict=True) if n}
        if not broken_rules(problem, award):
            cost = objective(problem, award)[0]
            if best is None or cost < best[0]:
                best = cost, award
    if best is None:
        raise ValueError("no award keeps the rules, not even none")
    return best
