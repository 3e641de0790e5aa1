"""Place children together at the least total cost, within a time."""

from collections.abc import Callable

from .candidates import candidates
from .problem import Problem
from .result import Result, result_of
from .rows import Rooms
from .search import Search, Tell
from .table import Table


def solve(
    problem: Problem,
    seconds: float,
    clock: Callable[[], float],
    seed: int = 0,
    max_loss: int | None = None,
    tell: Tell | None = None,
) -> Result:
    """Place the children of *problem* within *seconds*; *clock* counts seconds; *tell* hears of each better answer and bound."""
    began = clock()
    table, search = searched(problem, seconds, clock, seed, max_loss, tell)
    return result_of(search.pairs, table, search.chosen, search.bound, clock() - began)


def searched(
    problem: Problem,
    seconds: float,
    clock: Callable[[], float],
    seed: int = 0,
    max_loss: int | None = None,
    tell: Tell | None = None,
) -> tuple[Table, Search]:
    """Return the table of homes and a search that has run, with some of *seconds* left for writing the answer out."""
    began = clock()
    table = Table(problem.homes, problem.weights)
    margin = min(1.0, 0.02 * seconds) + len(problem.children) / 3000

    def left() -> float:
        return seconds - margin - (clock() - began)

    # Building the pairs may take some of the time; the answer needs the rest.
    found = candidates(problem, table, max_loss, lambda: left() - 0.4 * seconds)
    search = Search(found, Rooms.of(table), seed, left, tell)
    search.run()
    return table, search
