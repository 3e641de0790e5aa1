"""Say why each bid is in or out, when each block pays, and what a tenth more or fewer children would change."""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from .futures import Futures
from .problem import Ints
from .result import use_by_bid
from .rules import broken
from .solve import Clock, Limits, Result, solve

OFF = (90, 110)  # per cent of the demand


@dataclass(frozen=True)
class Use:
    """How a bid's guaranteed places are used, and how much must be for them to pay; shares from 0 to 1."""

    expected: float
    break_even: float | None


def explain(result: Result, limits: Limits, clock: Clock) -> dict[str, Any]:
    """Return the reasons for an award as plain lists and dictionaries; the sums beside a bid change nothing else."""
    problem = result.problem
    futures = Futures(problem)
    return {
        "format": "award-portfolio-explanation-1",
        "id": problem.id,
        "proven": result.proven,
        "bids": [_bid(futures, result, b) for b in range(len(problem.bids))],
        "demand_off": [_off(result, pct, limits, clock) for pct in OFF],
    }


def _bid(futures: Futures, result: Result, b: int) -> dict[str, Any]:
    problem, award, bid = result.problem, result.best.award, result.problem.bids[b]
    out, places = problem.why_out(), int(award[b])
    row: dict[str, Any] = {"bid": bid.id, "places": places}
    if bid.id in out:
        return row | {"why": out[bid.id]}
    steps = {"none": 0, "fewer": places - 1, "more": places + 1} if places else {"least": max(1, bid.min_beds)}
    tried = {
        name: _change(futures, result, b, n) for name, n in steps.items() if bid.min_beds <= n <= bid.max_beds or not n
    }
    row |= {f"with_{name}": what for name, what in tried.items()}
    if places:
        row["why"] = _why_in(tried)
        row["use"] = asdict(_use(futures, award, b)) if bid.guaranteed else None
    else:
        change = tried["least"]
        row["why"] = (
            f"would not fit: {'; '.join(change['breaks'])}" if change["breaks"]
            else f"{max(1, bid.min_beds)} of it would cost £{change['dearer']:,.0f} more"
        )  # fmt: skip
    return row


def _why_in(tried: dict[str, Any]) -> str:
    none = tried["none"]
    if none["breaks"]:
        return f"others stand on it: {'; '.join(none['breaks'])}"
    return f"without it the contract would cost £{none['dearer']:,.0f} more"


def _change(futures: Futures, result: Result, b: int, places: int) -> dict[str, Any]:
    """Return what *places* of bid *b* would cost more in the objective, all else as awarded, and what it would break."""
    award = result.best.award.copy()
    award[b] = places
    dearer = float(futures.value(award).objective - result.best.objective)
    return {"places": places, "dearer": round(dearer, 2), "breaks": broken(futures.problem, award)}


def _use(futures: Futures, award: Ints, b: int) -> Use:
    """Return the use of bid *b*'s guaranteed places, the last to be filled, and the use at which they pay on average.

    Break-even: what is committed, over what the same nights would cost from where they would be bought without it.
    """
    used = supply = spared = 0.0
    paid = int(futures.committed[b] * award[b])
    for cell in futures.cells:
        mine = np.where(cell.bids == b, cell.guaranteed, 0)
        if mine.any():
            own, every = int(mine @ award[cell.bids]), int(cell.guaranteed @ award[cell.bids])
            used += float((np.minimum(cell.demand, every) - np.minimum(cell.demand, every - own)).mean())
            supply += own
            without = replace(cell, guaranteed=cell.guaranteed - mine)  # extra places stay on offer
            spared += float((without.cost(award)[0] - cell.cost(award)[0]).mean()) / 100
    price = spared / used if used else 0.0
    return Use(used / supply, paid / (price * supply) if price else None)


def _off(result: Result, pct: int, limits: Limits, clock: Clock) -> dict[str, Any]:
    """Return what happens to this award, and which would be best, at *pct* per cent of the demand."""
    other = result.problem.scaled(pct)
    kept = Futures(other).value(result.best.award)
    best = solve(other, Limits(limits.seconds, clock()), clock)
    if kept.objective <= best.best.objective:
        best = Result(other, kept, best.bound)
    ids = [bid.id for bid in other.bids]
    by = best.best.award - kept.award
    moved = {ids[b]: int(by[b]) for b in np.flatnonzero(by)}
    use = use_by_bid(Result(other, kept, best.bound))
    return {
        "demand_pct": pct,
        "mean": float(kept.mean),
        "cvar": float(kept.cvar),
        "regret": float(kept.objective - best.best.objective),
        "proven": best.proven,
        "changes": moved,
        "use_by_bid": {ids[b]: round(places, 4) for b, places in use.items()},
    }


def sentences(result: Result, explanation: dict[str, Any]) -> list[str]:
    """Return the explanation in plain sentences, the bids that are in first."""
    problem = result.problem
    lines = []
    for row in sorted(explanation["bids"], key=lambda row: (not row["places"], row["bid"])):
        words = f"{row['bid']}: {row['places'] or 'no'} places; {row['why']}"
        if row.get("use"):
            even = row["use"]["break_even"]
            words += f"; {100 * row['use']['expected']:.0f} % in use on average, "
            words += "never needed" if even is None else f"pays from {100 * even:.0f} %"
        lines.append(words)
    for off in explanation["demand_off"]:
        less = off["demand_pct"] < 100
        moves = ", ".join(f"{key} {by:+d}" for key, by in off["changes"].items()) or "the same award"
        lines.append(
            f"with {abs(100 - off['demand_pct'])} % {'fewer' if less else 'more'} children: £{off['mean']:,.0f} on average; "
            f"best then: {moves} (£{off['regret']:,.0f} cheaper than this award"
            f"{'' if off['proven'] else ', as far as the time allowed to see'})"
        )
    lines.append(
        f"over {problem.scenarios} futures and {problem.years} years; {'proven' if result.proven else 'not proven'}"
    )
    return lines
