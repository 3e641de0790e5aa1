"""Slow and obviously right: try every way to place a handful of children."""

from itertools import product

from .check import check
from .problem import Problem


def best_cost(problem: Problem) -> int:
    """Return the least cost over every assignment of every child to every home or none."""
    choices: list[str | None] = [None, *(home.id for home in problem.homes)]
    ids = [child.id for child in problem.children]
    answers = (check(problem, dict(zip(ids, way, strict=True))) for way in product(choices, repeat=len(ids)))
    return min(total for total, faults in answers if not faults)
