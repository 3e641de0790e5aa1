"""Shares of few cases, with how far they can be trusted."""

from math import sqrt

Z = 1.959964  # 95 in a hundred


def interval(hits: float, over: float) -> tuple[float, float]:
    """Return between which shares (0 to 1) the true one lies, 95 in a hundred times: Wilson's score interval (1927).

    No cases say nothing: (0, 1).
    """
    if over <= 0:
        return 0.0, 1.0
    share, z2 = hits / over, Z * Z
    middle = (share + z2 / (2 * over)) / (1 + z2 / over)
    half = Z / (1 + z2 / over) * sqrt(max(0.0, share * (1 - share) / over + z2 / (4 * over * over)))
    return max(0.0, middle - half), min(1.0, middle + half)


def drawn(hits: float, over: float, *, towards: float, weight: float) -> float:
    """Return the share *hits* of *over* drawn *towards* that of the group, as if *weight* more cases were like it.

    The mean of the beta distribution whose prior is worth *weight* cases (Casella 1985, empirical Bayes).
    """
    return (hits + weight * towards) / (over + weight) if over + weight else towards
