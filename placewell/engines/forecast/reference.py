"""The daily count, slow and plain: who is in care on a day, straight from spells, for tests to compare with."""

from placewell.engines.forecast.problem import Spells


def daily_exposure(spells: Spells, window: int, as_of: int) -> dict[int, int]:
    """Return days in care by state between *window* and *as_of*, both included, one day at a time."""
    days = dict.fromkeys(range(5), 0)
    for day in range(window, as_of + 1):
        for start, end, state in zip(spells.start, spells.end, spells.state, strict=True):
            if start <= day < end:
                days[int(state)] += 1
    return days
