"""The limits that an award must keep, in whole pounds and places."""

import numpy as np
import numpy.typing as npt

from .problem import Ints, Problem


def broken(problem: Problem, award: Ints) -> list[str]:
    """Return each limit that *award* (places by bid) does not keep, in words."""
    out, number = problem.why_out(), {bid.id: b for b, bid in enumerate(problem.bids)}
    faults, groups = [], dict[str, list[str]]()
    for b in np.flatnonzero(award):
        bid, places = problem.bids[b], int(award[b])
        if bid.id in out:
            faults.append(f"{bid.id}: {out[bid.id]}")
        if not bid.min_beds <= places <= bid.max_beds:
            faults.append(f"{bid.id}: {places} places are not {bid.min_beds} to {bid.max_beds}")
        if bid.requires is not None and not award[number[bid.requires]]:
            faults.append(f"{bid.id}: requires {bid.requires}")
        if bid.xor_group is not None:
            groups.setdefault(bid.xor_group, []).append(bid.id)
    faults += [f"group {name}: only one of {', '.join(ids)}" for name, ids in sorted(groups.items()) if len(ids) > 1]
    return faults + over_caps(problem, award)


def over_caps(problem: Problem, award: Ints) -> list[str]:
    """Return each yearly cap that *award* passes, in words."""
    faults = []
    for year, sum_ in enumerate((award @ problem.committed).tolist()):
        if sum_ > problem.commit_cap:
            faults.append(f"year {year + 1}: £{sum_:,} committed, over £{problem.commit_cap:,}")
    for provider in sorted({bid.provider for bid in problem.bids}):
        own = [b for b, bid in enumerate(problem.bids) if bid.provider == provider]
        worst = int((award[own] @ problem.full[own]).max())
        if worst > problem.provider_cap:
            faults.append(f"{provider}: £{worst:,} a year, over £{problem.provider_cap:,}")
    return faults


def mended(problem: Problem, places: npt.NDArray[np.float64]) -> Ints:
    """Return an award that keeps every limit, near *places*: rounded down, least numbers and groups kept, then trimmed."""
    out, number = problem.why_out(), {bid.id: b for b, bid in enumerate(problem.bids)}
    award = np.floor(places + 1e-6).astype(np.int64)
    taken = set[str]()
    for b in np.argsort(-places, kind="stable"):
        bid = problem.bids[b]
        if bid.id in out or award[b] < max(1, bid.min_beds) or bid.xor_group in taken:
            award[b] = 0
        elif bid.xor_group is not None:
            taken.add(bid.xor_group)
    while True:
        lost = [b for b in np.flatnonzero(award)
                if (need := problem.bids[b].requires) is not None and not award[number[need]]]  # fmt: skip
        if lost:
            award[lost] = 0
        elif over_caps(problem, award):
            award[np.flatnonzero(award)[-1]] = 0
        else:
            return award
