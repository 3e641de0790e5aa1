"""How groups of children fare beside everybody else: shares and means with their uncertainty, and adjusted for like with like.

Sources: Wilson, JASA 22 (1927) for a share; Newcombe, Statistics in Medicine 17 (1998) 873, method 10, for the difference of
two shares; Welch, Biometrika 34 (1947) for that of two means; Mantel and Haenszel (1959) weights over strata, with the variance
of Sato, Biometrics 45 (1989) 1323, for shares. A child with several cases speaks once: the number of cases is divided by the
design effect (Korn and Graubard, Survey Methodology 24 (1998) 193).
"""

import tomllib
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import fsum, sqrt
from typing import Any

from scipy.special import stdtrit

from placewell.kernel.shares import interval

from .measures import Measure

UNKNOWN = "Not known"
SMALLEST = 5  # counts of one to four are not shown
Band = tuple[float, float, float]  # a value with its interval of 95 %


@dataclass(frozen=True)
class Case:
    """One thing that is counted: of which child, how many hits of how many (for a mean: the value), among which like cases."""

    child: Hashable
    hits: float
    over: float = 1
    stratum: Hashable = None


@dataclass(frozen=True)
class Estimate:
    """A share (0 to 1) or a mean with its interval (none for one child's mean).

    *variance*, and *effect* (of cases that hang together), go on to differences.
    """

    children: int
    hits: float
    over: float
    value: float
    low: float | None
    high: float | None
    variance: float
    effect: float = 1.0


@dataclass(frozen=True)
class Figure:
    """One group on one measure: its own figure, and how it differs from everybody else, plainly and among like cases.

    *alike* is how many of the group's children have somebody else like them; the plain and the adjusted difference are None
    where too few stand on either side.
    """

    measure: str
    characteristic: str
    group: str
    children: int
    hits: float
    over: float
    value: float
    low: float | None
    high: float | None
    difference: Band | None = None
    adjusted: Band | None = None
    alike: int = 0


@cache
def table() -> Mapping[str, Any]:
    """Return the dated table of what is compared."""
    found: dict[str, Any] = tomllib.loads((files("placewell.outcomes") / "tables" / "fairness.toml").read_text())
    return found


@cache
def needs_of() -> Mapping[str, str]:
    """Return by what each measure is adjusted: the need `level` of the referral, or the number of known `risks`."""
    return {row["code"]: row["need"] for row in table()["measure"]}


@cache
def compared() -> dict[str, Measure]:
    """Return the measures that are compared, in the order in which they are shown."""
    rows = [{name: value for name, value in row.items() if name != "need"} for row in table()["measure"]]
    return {row["code"]: Measure(area="Fairness", **row) for row in rows}


def groups(characteristic: str) -> list[str]:
    """Return the groups of a characteristic, in the order in which they are shown."""
    if characteristic in ("ethnicity", "sex"):
        return [*table()[characteristic], UNKNOWN]
    return ["Yes", "No"]


def group_of(characteristic: str, code: str) -> str:
    """Return the group to which a code of the return belongs."""
    return next((name for name, codes in table()[characteristic].items() if code in codes), UNKNOWN)


def estimate(cases: Iterable[Case], *, is_share: bool) -> Estimate | None:
    """Return the share or the mean of *cases*, each child counting as one cluster; None where there is none."""
    own = by_child(cases, is_share=is_share)
    # exact sums: the figures must not hang on the order in which children are read
    over, hits = fsum(one.over for one in own), fsum(one.hits for one in own)
    if not over:
        return None
    value, size = hits / over, len(own)
    spread = fsum((one.hits - value * one.over) ** 2 for one in own)
    variance = spread / over**2 * size / (size - 1) if size > 1 else 0.0
    if is_share:
        simple = value * (1 - value) / over * size / max(1, size - 1)
        effect = max(1.0, variance / simple) if simple > 0 and size > 1 else over / size
        low, high = interval(hits / effect, over / effect)
        return Estimate(size, hits, over, value, low, high, variance, effect)
    if size < 2:
        return Estimate(size, hits, over, value, None, None, variance)
    half = float(stdtrit(size - 1, 0.975)) * sqrt(variance)
    return Estimate(size, hits, over, value, value - half, value + half, variance)


def by_child(cases: Iterable[Case], *, is_share: bool) -> list[Case]:
    """Return one case for each child: of a share the sums, of values the mean; a child is like those of its first case."""
    found: dict[Hashable, list[Case]] = defaultdict(list)
    for one in cases:
        found[one.child].append(one)
    together = []
    for child, rows in found.items():
        hits, over = sum(one.hits for one in rows), sum(one.over for one in rows)
        pair = (hits, over) if is_share else (hits / over, 1.0)
        together.append(Case(child, *pair, rows[0].stratum))
    return together


def difference(own: Estimate, others: Estimate, *, is_share: bool) -> Band:
    """Return by how much *own* lies above *others*, with its interval."""
    gap = own.value - others.value
    if is_share:
        (low, high), (lower, higher) = (
            (one.value - (one.low or 0.0), (one.high or 0.0) - one.value) for one in (own, others)
        )
        return gap, gap - sqrt(low**2 + higher**2), gap + sqrt(high**2 + lower**2)
    variance = own.variance + others.variance
    if not variance:
        return gap, gap, gap
    parts = ((own.variance, own.children), (others.variance, others.children))
    freedom = variance**2 / sum(each**2 / (size - 1) for each, size in parts)
    half = float(stdtrit(freedom, 0.975)) * sqrt(variance)
    return gap, gap - half, gap + half


def adjusted(own: Sequence[Case], others: Sequence[Case], *, is_share: bool, fewest: int) -> tuple[Band | None, int]:
    """Return the difference among like cases with its interval, and how many of the group's children have anybody like them.

    Strata in which only one side stands say nothing and are left out. None where fewer than *fewest* children are left on a
    side, or of a share fewer than five hits or misses: the interval would be too narrow.
    """
    sides = [by_child(rows, is_share=is_share) for rows in (own, others)]
    strata = {one.stratum for one in sides[0]} & {one.stratum for one in sides[1]}
    left = [[one for one in rows if one.stratum in strata] for rows in sides]
    alike, beside = (len(rows) for rows in left)
    if alike < fewest or beside < fewest or (is_share and any(_is_sparse(rows) for rows in left)):
        return None, alike
    split = [
        ([one for one in left[0] if one.stratum == each], [one for one in left[1] if one.stratum == each])
        for each in sorted(strata, key=repr)
    ]
    return (_shares_alike(split, left) if is_share else _means_alike(split)), alike


def _is_sparse(rows: Sequence[Case]) -> bool:
    hits, over = sum(one.hits for one in rows), sum(one.over for one in rows)
    return min(hits, over - hits) < SMALLEST


Strata = Sequence[tuple[Sequence[Case], Sequence[Case]]]


def _shares_alike(split: Strata, left: Sequence[Sequence[Case]]) -> Band:
    """Return the Mantel-Haenszel difference of two shares with Sato's variance, times the larger design effect."""
    top = weight = p = q = 0.0
    for ours, theirs in split:
        a, n1 = sum(one.hits for one in ours), sum(one.over for one in ours)
        c, n0 = sum(one.hits for one in theirs), sum(one.over for one in theirs)
        n = n1 + n0
        top += (a * n0 - c * n1) / n
        weight += n1 * n0 / n
        p += (n1**2 * c - n0**2 * a + n1 * n0 * (n0 - n1) / 2) / n**2
        q += (a * (n0 - c) + c * (n1 - a)) / (2 * n)
    gap = top / weight
    found = (estimate(rows, is_share=True) for rows in left)
    effect = max(each.effect for each in found if each is not None)
    half = 1.959964 * sqrt(max(0.0, gap * p + q) * effect) / weight
    return gap, gap - half, gap + half


def _means_alike(split: Strata) -> Band | None:
    """Return the difference of two means weighted over strata, the spread of each side pooled over them."""
    squares, freedom = [0.0, 0.0], [0, 0]
    for pair in split:
        for side, rows in enumerate(pair):
            middle = fsum(one.hits for one in rows) / len(rows)
            squares[side] += fsum((one.hits - middle) ** 2 for one in rows)
            freedom[side] += len(rows) - 1
    if min(freedom) < 1:
        return None
    top = weight = variance = 0.0
    for ours, theirs in split:
        n1, n0 = len(ours), len(theirs)
        here = n1 * n0 / (n1 + n0)
        top += here * (fsum(one.hits for one in ours) / n1 - fsum(one.hits for one in theirs) / n0)
        weight += here
        variance += here**2 * (squares[0] / freedom[0] / n1 + squares[1] / freedom[1] / n0)
    gap, half = top / weight, float(stdtrit(min(freedom), 0.975)) * sqrt(variance) / weight
    return gap, gap - half, gap + half


def figures(measure: str, characteristic: str, cases: Sequence[Case], of: Mapping[Hashable, str]) -> list[Figure]:
    """Return each group's figure; *of* says to which group each child belongs."""
    is_share, fewest = compared()[measure].unit == "percent", int(table()["fewest"])
    told = []
    for group in groups(characteristic):
        own = [one for one in cases if of.get(one.child, UNKNOWN) == group]
        others = [one for one in cases if of.get(one.child, UNKNOWN) != group]
        here, there = estimate(own, is_share=is_share), estimate(others, is_share=is_share)
        if here is None:
            continue
        gap, like, alike = None, None, 0
        if there is not None and min(here.children, there.children) >= fewest:
            gap = difference(here, there, is_share=is_share)
            like, alike = adjusted(own, others, is_share=is_share, fewest=fewest)
        counts = (here.children, here.hits, here.over)
        told.append(Figure(measure, characteristic, group, *counts, here.value, here.low, here.high, gap, like, alike))
    return told


def is_small(rows: Sequence[Figure], *, is_share: bool) -> bool:
    """Tell whether *rows* together hold a count of one to four children or cases, on either side of a share."""
    children = sum(row.children for row in rows)
    hits, over = sum(row.hits for row in rows), sum(row.over for row in rows)
    parts = [children, hits, over - hits, over] if is_share else [children]
    return any(0 < part < SMALLEST for part in parts)


def held_back(rows: Sequence[Figure], *, is_share: bool) -> tuple[frozenset[str], frozenset[str]]:
    """Return which groups of one measure and characteristic are not shown at all, and which are shown without a difference.

    A group that stands alone among the hidden would follow from the whole, and so would a few of them together: the smallest
    of the others is hidden with them until nothing follows. A difference would tell of everybody else.
    """
    hidden = {row.group for row in rows if is_small([row], is_share=is_share)}
    while hidden:
        together = [row for row in rows if row.group in hidden]
        rest = [row for row in rows if row.group not in hidden]
        if not rest or (len(hidden) > 1 and not is_small(together, is_share=is_share)):
            break
        hidden.add(min(rest, key=lambda row: row.children).group)
    alone = {row.group for row in rows if is_small([one for one in rows if one is not row], is_share=is_share)}
    return frozenset(hidden), frozenset(alone - hidden)


def differs(band: Band | None) -> bool:
    """Tell whether chance alone does not explain a difference (95 in a hundred)."""
    return band is not None and (band[1] > 0 or band[2] < 0)
