"""Which visits are made unannounced, and on which day, drawn by lot from a seed so that anybody can draw again and compare.

No law asks for unannounced visits of a social worker to a child; a council may. SHA-256 of the seed and the visit makes the
lots, so one visit's lot depends on no other visit, on no order and on nobody's wish.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any


def lot(seed: str, *words: str) -> float:
    """Return a number in [0, 1) that follows from *seed* and *words* alone."""
    told = "\x1f".join((seed, *words)).encode()
    return int.from_bytes(hashlib.sha256(told).digest()[:6]) / 2**48


def is_drawn(seed: str, visit: str, *, share: int) -> bool:
    """Return whether *visit* is among the *share* in a hundred that are made unannounced."""
    return lot(seed, "which", visit) * 100 < share


def weights(dearer: Sequence[int], *, half_p: int) -> list[float]:
    """Return how likely each day is beside the others, 1 for the cheapest: *half_p* pence dearer is half as likely."""
    least = min(dearer)
    return [half_p / (half_p + pence - least) for pence in dearer]


def day_drawn(seed: str, visit: str, dearer: Mapping[int, int], *, half_p: int) -> int:
    """Return the day drawn among the days of *dearer*, which are each so many pence dearer than now."""
    days = sorted(dearer)
    each = weights([dearer[day] for day in days], half_p=half_p)
    left = lot(seed, "day", visit) * sum(each)
    for day, weight in zip(days, each, strict=True):
        left -= weight
        if left < 0:
            return day
    return days[-1]


def is_as_drawn(draw: Mapping[str, Any]) -> bool:
    """Return whether drawing again from the seed kept with a plan gives the visits and the days that were kept with it."""
    for key, row in draw["among"].items():
        drawn = is_drawn(draw["seed"], key, share=draw["share"])
        if drawn != bool(row):
            return False
        if row and row["dearer"] and not row["kept"]:
            dearer = {int(day): pence for day, pence in row["dearer"].items()}
            if day_drawn(draw["seed"], key, dearer, half_p=draw["half_p"]) != row["day"]:
                return False
    return True
