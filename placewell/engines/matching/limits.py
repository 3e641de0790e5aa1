"""Limits: pairs in one home of which an answer takes only so many, found where a relaxation's answer takes more.

Two that may not live together are one kind. The other are covers (Balas 1975): units that have no room together, of whom
all but one are the most; with them whoever takes up as much as the largest. A relaxation gladly puts half of a sibling
group beside one child in a home for two; a cover of the two forbids it.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from .candidates import Candidates
from .rows import Limit, Rows
from .table import Ints, Small

CLEARLY = 0.05  # parts of a pair by which a cover is broken, to be worth a row
WHOLE = 1e-6
Parts = dict[int, float]


def broken_by(parts: Parts, p: Candidates, rows: Rows, kept: Ints) -> set[Limit]:
    """Return the limits that *parts* of pairs break; a cover takes in whoever belongs to it among the pairs *kept*."""
    some = np.array(sorted(parts), dtype=np.int64)
    many = np.bincount(p.home[some]) > 1 if len(some) else some
    by_home: dict[int, list[int]] = defaultdict(list)
    for pair in some[many[p.home[some]]].tolist():
        by_home[int(p.home[pair])].append(pair)
    found = set[Limit]()
    for home, here in by_home.items():
        found |= {
            Limit(1, (a, b))
            for i, b in enumerate(here)
            for a in here[:i]
            if parts[a] + parts[b] > 1 + WHOLE and p.units[p.unit[a]].clashes(p.units[p.unit[b]])
        }
        if all(parts[pair] > 1 - WHOLE for pair in here):
            continue
        for uses, caps in zip(rows.uses[:2], rows.caps[:2], strict=True):
            if cover := _cover(here, parts, uses, int(caps[home])):
                most = int(uses[cover].max())
                mates = kept[(p.home[kept] == home) & (uses[kept] >= most)]
                found.add(Limit(len(cover) - 1, tuple(np.union1d(cover, mates).tolist())))
    return found


def _cover(here: Sequence[int], parts: Parts, uses: Small, cap: int) -> list[int]:
    """Return pairs of *here* for which there is no room together though *parts* takes more than all but one; or none."""
    cover, load = list[int](), 0
    for pair in sorted(here, key=lambda pair: ((1 - parts[pair]) / max(1, int(uses[pair])), pair)):
        cover.append(pair)
        load += int(uses[pair])
        if load > cap:
            break
    else:
        return []
    for pair in sorted(cover, key=lambda pair: (parts[pair], pair)):
        if load - int(uses[pair]) > cap:  # the others alone are too many
            cover.remove(pair)
            load -= int(uses[pair])
    return cover if sum(1 - parts[pair] for pair in cover) < 1 - CLEARLY else []


def met(keep: Ints, taken: Ints, p: Candidates) -> set[Limit]:
    """Return every clash between kept pairs in the homes where *taken* breaks one."""
    found = set[Limit]()
    by_home: dict[int, list[int]] = defaultdict(list)
    for pair in taken:
        by_home[int(p.home[pair])].append(int(pair))
    for home, here in by_home.items():
        units = [p.units[p.unit[pair]] for pair in here]
        if not any(a.clashes(b) for i, a in enumerate(units) for b in units[:i]):
            continue
        rivals = [int(pair) for pair in keep[p.home[keep] == home]]
        for i, a in enumerate(rivals):
            for b in rivals[:i]:
                if p.units[p.unit[a]].clashes(p.units[p.unit[b]]):
                    found.add(Limit(1, (b, a)))
    return found
