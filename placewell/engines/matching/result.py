"""What a solve answers: where each child goes, at what cost, how surely, and what else there was."""

from dataclasses import dataclass

from .candidates import Candidates
from .table import Ints, Table


@dataclass(frozen=True)
class Assignment:
    """Where one child goes (None: nowhere yet), at what cost, by term."""

    child: str
    home: str | None
    cost: int
    terms: dict[str, int]


@dataclass(frozen=True)
class Result:
    """The answer, its proven lower bound, each child's best homes, and how many homes each rule refuses them."""

    objective: int
    bound: int
    seconds: float
    assignments: tuple[Assignment, ...]
    alternatives: dict[str, list[Assignment]]
    why_not: dict[str, dict[str, int]]
    unseen: int = 0  # children whose homes time was too short to look at

    @property
    def placed(self) -> int:
        """How many children have a home."""
        return sum(a.home is not None for a in self.assignments)

    @property
    def status(self) -> str:
        """`optimal` when the bound meets the objective."""
        return "optimal" if self.bound == self.objective else "feasible"


def result_of(pairs: Candidates, table: Table, chosen: Ints, bound: int, seconds: float) -> Result:
    """Write an answer out by child."""
    assignments: list[Assignment] = []
    alternatives: dict[str, list[Assignment]] = {}
    for unit, pair in zip(pairs.units, chosen, strict=True):
        for child in unit.children:
            best = [row for row, _ in pairs.alternatives[child.id]]
            rows = [*best, int(pairs.home[pair])] if pair >= 0 else best
            terms = Table([table.homes[row] for row in rows], table.weights, ordered=True).terms(child)
            columns = {name: points.tolist() for name, points in terms.items()}
            all_terms = [{name: points[k] for name, points in columns.items()} for k in range(len(rows))]
            found = [
                Assignment(child.id, table.homes[row].id, sum(parts.values()), parts)
                for row, parts in zip(rows, all_terms, strict=True)
            ]
            alternatives[child.id] = found[: len(best)]
            nowhere = Assignment(child.id, None, child.unplaced_cost, {"unplaced": child.unplaced_cost})
            assignments.append(found[-1] if pair >= 0 else nowhere)
    assignments.sort(key=lambda a: a.child)
    objective = sum(a.cost for a in assignments)
    unseen = sum(len(pairs.units[u].children) for u in pairs.unseen)
    return Result(objective, bound, seconds, tuple(assignments), alternatives, pairs.why_not, unseen)
