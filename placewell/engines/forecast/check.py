"""An independent judge of simulated futures: the flows explain the census, and nobody is where they may not be."""

import numpy as np

from placewell.engines.forecast.fit import Fit
from placewell.engines.forecast.solve import Futures


def faults_of(fitted: Fit, futures: Futures) -> list[str]:
    """Return what does not add up; empty when all is well. Counts are exact, days to a hundredth."""
    faults = []
    whole = futures.census.sum(2)
    change = np.diff(whole[:, ::12], axis=1)
    if (change != futures.entries.sum(2) - futures.exits.sum(2)).any():
        faults.append("the year's change of the total is not entries less exits")
    if (whole[:, 0] != len(fitted.people)).any():
        faults.append("the first census is not today's")
    if min(futures.census.min(), futures.entries.min(), futures.exits.min(), futures.moves.min()) < 0:
        faults.append("a count is below zero")
    years = np.diff(fitted.offsets[::12])
    middle = whole.astype(float)
    trapezoid = np.stack(
        [
            ((middle[:, 12 * y : 12 * y + 12] + middle[:, 12 * y + 1 : 12 * y + 13]) / 2).mean(1) * years[y]
            for y in range(fitted.years)
        ],
        axis=1,
    )
    gap = abs(futures.days.sum() - trapezoid.sum()) / max(trapezoid.sum(), 1.0)
    if gap > 0.01:
        faults.append(f"days in care differ from the month ends by {gap:.1%}")
    return faults
