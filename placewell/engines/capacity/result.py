"""What an award costs and how it is used, in the format award-portfolio-result-1."""

from typing import Any

import numpy as np

from .futures import Cell, Futures
from .problem import Ints
from .solve import Result


def as_json(result: Result, seconds: float) -> dict[str, Any]:
    """Return the answer as plain lists and dictionaries, ready for JSON."""
    problem, best = result.problem, result.best
    committed = best.award @ problem.committed
    over = 100 * committed + best.recourse > 100 * problem.budget_year
    return {
        "format": "award-portfolio-result-1",
        "id": problem.id,
        "objective": float(best.objective),
        "bound": result.bound,
        "award": {bid.id: int(best.award[b]) for b, bid in enumerate(problem.bids) if best.award[b]},
        "mean": float(best.mean),
        "cvar": float(best.cvar),
        "quality_credit": best.credit,
        "committed_by_year": committed.tolist(),
        "p_over_budget_by_year": [float(share) for share in over.mean(axis=0)],
        "use_by_bid": {problem.bids[b].id: round(places, 4) for b, places in use_by_bid(result).items()},
        "seconds": round(seconds, 3),
    }


def use_by_bid(result: Result) -> dict[int, float]:
    """Return the places in use on average, over the futures and its live years, of each bid that is bought, by number."""
    award, used = result.best.award, np.zeros(len(result.problem.bids))
    for cell in Futures(result.problem).cells:
        for j, b in enumerate(cell.bids):
            if award[b]:
                used[b] += float(guaranteed_use(cell, award, j).mean()) + float(extra_use(cell, award, j).mean())
    return {
        int(b): used[b] / 100 / (result.problem.years - result.problem.bids[b].start_year + 1)
        for b in np.flatnonzero(award)
    }


def guaranteed_use(cell: Cell, award: Ints, j: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the hundredths of a place in use of what the cell's bid *j* guarantees, shared evenly, [scenario]."""
    places = award[cell.bids]
    supply = int(cell.guaranteed @ places)
    own = int(cell.guaranteed[j] * places[j])
    return own * np.minimum(cell.demand, supply) / max(1, supply)


def extra_use(cell: Cell, award: Ints, j: int) -> Ints:
    """Return the hundredths of a place bought as extra places of the cell's bid *j*, in merit order, [scenario]."""
    places = award[cell.bids]
    supply, price = cell.extra * places, int(cell.extra_price[j])
    cheaper = (cell.extra_price < price) | ((cell.extra_price == price) & (np.arange(len(supply)) < j))
    before = int(supply[cheaper].sum()) + np.where(cell.spot < price, cell.spot_supply, 0)
    wanted = np.maximum(cell.demand - int(cell.guaranteed @ places), 0)
    wanted = np.where(cell.emergency < price, 0, wanted)
    bought: Ints = np.clip(wanted - before, 0, int(supply[j]))
    return bought
