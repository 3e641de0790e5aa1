"""What follows from ages, places and the map, as pure functions."""

import datetime as dt
import math
from collections.abc import Collection, Iterable, Sequence

METRES_A_MILE = 1609.3
SIXTEEN_AND_OVER = frozenset({"supported_accommodation"})
Night = tuple[dt.date, dt.date | None]


def distance_miles(a: tuple[int, int], b: tuple[int, int]) -> float:
    """Return the straight line between two grid points (metres), in miles to one decimal.

    Source: the children looked after return, how PL_DISTANCE is derived (easting and northing differences,
    divided by 1,000 and by 1.6093).
    """
    return round(math.hypot(a[0] - b[0], a[1] - b[1]) / METRES_A_MILE, 1)


def overlaps(a: Night, b: Night) -> bool:
    """Tell whether two half-open stays share a night."""
    return (a[1] is None or b[0] < a[1]) and (b[1] is None or a[0] < b[1])


def open_for(*, closed_on: dt.date | None, stay: Night) -> bool:
    """Tell whether a place stays open for all of *stay*."""
    return closed_on is None or (stay[1] is not None and stay[1] <= closed_on)


def free_numbers(
    *, places: Iterable[tuple[int, dt.date | None]], taken: Collection[tuple[int, Night]], stay: Night
) -> list[int]:
    """Return the numbers of the places that nobody holds on any night of *stay*, lowest first.

    *places* are (number, closed on); *taken* are (number, its nights).
    """
    held = {number for number, nights in taken if overlaps(nights, stay)}
    return sorted(
        number for number, closed_on in places if number not in held and open_for(closed_on=closed_on, stay=stay)
    )


def district_of(postcode: str) -> str:
    """Return the outward half of *postcode*, which is all that is shown before a placement: `RM17`."""
    return postcode.split(" ")[0] if " " in postcode else ""


def home_faults(
    *, kind: str, age_from: int | None, age_to: int | None, known: Collection[str], words: Sequence[str]
) -> list[str]:
    """Return what is wrong with a home's details, in sentences; none when all is well."""
    faults = []
    if age_from is not None and age_to is not None and age_to < age_from:
        faults.append("The oldest age is below the youngest.")
    if any(age is not None and not 0 <= age <= 25 for age in (age_from, age_to)):
        faults.append("Ages run from 0 to 25.")
    # Source: SI 2021/161 and SI 2023/416: supported accommodation is for 16 and 17 year olds.
    if kind in SIXTEEN_AND_OVER and age_from is not None and age_from < 16:
        faults.append("Supported accommodation takes nobody under 16.")
    faults += [f"{word!r} is not in the vocabulary of homes." for word in words if word not in known]
    return faults
