"""Pairs that may not be chosen together: units in one home of whom one is a risk to the other, or must live alone."""

import numpy as np

from .candidates import Candidates
from .table import Ints

Clashes = set[tuple[int, int]]


def broken_by(parts: dict[int, float], p: Candidates) -> Clashes:
    """Return the clashes that *parts* of pairs break: together more than one."""
    some = np.array(sorted(parts), dtype=np.int64)
    homes, many = np.unique(p.home[some], return_counts=True)
    crowded = some[np.isin(p.home[some], homes[many > 1])]
    by_home: dict[int, list[int]] = {}
    for pair, home in zip(crowded.tolist(), p.home[crowded].tolist(), strict=True):
        by_home.setdefault(home, []).append(pair)
    return {
        (a, b)
        for here in by_home.values()
        for i, b in enumerate(here)
        for a in here[:i]
        if parts[a] + parts[b] > 1 + 1e-6 and p.units[p.unit[a]].clashes(p.units[p.unit[b]])
    }


def met(keep: Ints, taken: Ints, p: Candidates) -> Clashes:
    """Return every clash between kept pairs in the homes where *taken* breaks one."""
    found: Clashes = set()
    by_home: dict[int, list[int]] = {}
    for pair in taken:
        by_home.setdefault(int(p.home[pair]), []).append(int(pair))
    for home, here in by_home.items():
        units = [p.units[p.unit[pair]] for pair in here]
        if not any(a.clashes(b) for i, a in enumerate(units) for b in units[:i]):
            continue
        rivals = [int(pair) for pair in keep[p.home[keep] == home]]
        for i, a in enumerate(rivals):
            for b in rivals[:i]:
                if p.units[p.unit[a]].clashes(p.units[p.unit[b]]):
                    found.add((b, a))
    return found
