"""Whether so few children are like this one that a provider could tell who it is, and a coarser view when so.

Fewer than five is the size below which English official statistics on looked-after children suppress a count.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from placewell.kernel.periods import age_on

FEWEST = 5
# No band reaches over the 16th birthday: what the law allows of a home turns on it (SI 2010/959 reg 27A).
BANDS = ((0, 0), (1, 3), (4, 6), (7, 9), (10, 12), (13, 15), (16, 17))
WIDE_BANDS = ((0, 4), (5, 9), (10, 15), (16, 17))
ANYWHERE = "the council's area"


class Known(NamedTuple):
    """What a provider could hold against a child: dates and codes, no names."""

    born_on: dt.date
    sex: str
    district: str  # the first half of the postcode
    culture: frozenset[str]  # words for ethnicity, faith and language
    needs: frozenset[str]


@dataclass(frozen=True)
class Grain:
    """How finely each part is shown."""

    bands: tuple[tuple[int, int], ...] = ()  # none: the age in years
    area: str = "district"  # district, town (the letters of the postcode), council
    culture: bool = True
    without: frozenset[str] = frozenset()  # needs that are told later


@dataclass(frozen=True)
class Coarser:
    """The finest grain at which enough children are alike, what it leaves out in words, and how many are alike."""

    grain: Grain
    changes: tuple[str, ...]
    alike_at_first: int
    alike: int


def band(age: int, bands: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Return the first and last age of the band that *age* lies in; the age itself where there is none."""
    return next(((low, high) for low, high in bands if low <= age <= high), (age, age))


def town(district: str) -> str:
    """Return the letters before the first figure of a postcode's first half."""
    letters = ""
    for letter in district:
        if letter.isdigit():
            break
        letters += letter
    return letters


def area(district: str, grain: Grain) -> str:
    """Return a district as *grain* shows it."""
    return {"district": district, "town": town(district)}.get(grain.area, ANYWHERE)


# Age in years, district, whether faith, language and origin fit, and which of the child's needs are lacking → how many.
Looks = Counter[tuple[int, str, bool, frozenset[str]]]


def _looks(child: Known, others: Collection[Known], *, on: dt.date) -> Looks:
    """Return the others of the child's sex by how they look beside the child: read once, counted at every grain."""
    return Counter(
        (age_on(other.born_on, on), other.district, child.culture <= other.culture, child.needs - other.needs)
        for other in others
        if other.sex == child.sex
    )


def _alike(child: Known, looks: Looks, grain: Grain, *, on: dt.date) -> int:
    low, high = band(age_on(child.born_on, on), grain.bands)
    where = area(child.district, grain)
    same = (
        count
        for (age, district, fits, lacking), count in looks.items()
        if low <= age <= high
        and lacking <= grain.without
        and (fits or not grain.culture)
        and area(district, grain) == where
    )
    return 1 + sum(same)


def alike(child: Known, others: Collection[Known], grain: Grain, *, on: dt.date) -> int:
    """Return how many children look like *child* as *grain* shows it, *child* among them: the same age or band, sex,
    area and faith, language or ethnicity as far as shown, and at least the same needs."""
    return _alike(child, _looks(child, others, on=on), grain, on=on)


def coarsen(child: Known, others: Collection[Known], *, on: dt.date) -> Coarser:
    """Return the grain at which at least five children look like *child* on the day *on*, coarsened no more than needed.

    Steps are taken in a fixed order, and each that turns out not to have been needed is taken back. Sex, the 16th
    birthday and risks stay: without them no home could lawfully and safely answer. Where even the coarsest view fits
    fewer than five, that view is returned and `alike` says how few.
    """
    taken: list[tuple[str, Callable[[Grain], Grain]]] = []
    looks = _looks(child, others, on=on)

    def grain_of(steps) -> Grain:
        found = Grain()
        for _, apply in steps:
            found = apply(found)
        return found

    def enough(steps) -> bool:
        return _alike(child, looks, grain_of(steps), on=on) >= FEWEST

    for each in _steps(child, others):
        if enough(taken):
            break
        taken.append(each)
    if enough(taken):
        for each in list(taken):
            fewer = [one for one in taken if one is not each]
            if enough(fewer):
                taken = fewer
    grain = grain_of(taken)
    at_first, in_the_end = (_alike(child, looks, each, on=on) for each in (Grain(), grain))
    return Coarser(grain, tuple(dict.fromkeys(words for words, _ in taken)), at_first, in_the_end)


def _steps(child: Known, others: Collection[Known]) -> list[tuple[str, Callable[[Grain], Grain]]]:
    """Return the ways to show less, those that cost a provider least first; the rarest need goes before others."""
    common = Counter(code for other in others for code in other.needs)
    rarest = sorted(child.needs, key=lambda code: (common[code], code))
    without = [
        (
            "the least common needs are told later",
            lambda grain, code=code: replace(grain, without=grain.without | {code}),
        )
        for code in rarest
    ]
    return [
        ("the part of the postcode before the figures in place of the district", lambda g: replace(g, area="town")),
        *(
            [("words for faith, language and origin are hidden", lambda g: replace(g, culture=False))]
            if child.culture
            else []
        ),
        ("an age band in place of the age", lambda g: replace(g, bands=BANDS)),
        *without,
        ("a wide age band in place of the age", lambda g: replace(g, bands=WIDE_BANDS)),
        ("no area but the council's own", lambda g: replace(g, area="council")),
    ]
