"""How figures of need are said, and what may be published of small numbers. Pure."""

import datetime as dt
import itertools
import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

# DfE practice in "Children looked after in England": counts of 1 to 4 are suppressed, and a second count where one
# alone could be worked out from the total (statistics release, methodology; read 2026).
SMALLEST_PUBLISHED = 5
SUPPRESSED = "fewer than 5"
KINDS = {
    "IH": "foster homes of the council's own carers and kin",
    "IFA": "foster homes of agencies",
    "RES": "residential homes",
    "SUP": "supported homes",
    "OTH": "other homes",
    "TOTAL": "care in all",
}
SHORT = {"IH": "Own fostering", "IFA": "Agency fostering", "RES": "Residential", "SUP": "Supported", "OTH": "Other",
         "TOTAL": "All children"}  # fmt: skip
# Standard normal deviates of the kept quantiles, to read others between them.
STATES = ("IH", "IFA", "RES", "SUP", "OTH")
_DEVIATES = {"q0.025": -1.960, "q0.05": -1.645, "q0.1": -1.282, "q0.25": -0.674, "q0.5": 0.0, "q0.75": 0.674,
             "q0.9": 1.282, "q0.95": 1.645, "q0.975": 1.960}  # fmt: skip
QUANTILES = tuple(_DEVIATES)
ONE_IN_FIVE = 0.8416


@dataclass(frozen=True)
class Expected:
    """A number at a time to come: its mean and quantiles, named as the engine's columns."""

    mean: float
    quantiles: Mapping[str, float]

    @property
    def low(self) -> float:
        """Return where the middle nine in ten begin."""
        return self.quantiles["q0.05"]

    @property
    def high(self) -> float:
        """Return where the middle nine in ten end."""
        return self.quantiles["q0.95"]

    def at(self, deviate: float) -> float:
        """Return the quantile at a standard normal *deviate*, read between those that are kept."""
        names = list(_DEVIATES)
        for low, high in itertools.pairwise(names):
            a, b = _DEVIATES[low], _DEVIATES[high]
            if a <= deviate <= b:
                share = (deviate - a) / (b - a)
                return self.quantiles[low] + share * (self.quantiles[high] - self.quantiles[low])
        raise ValueError("beyond what was kept")


def sentence(state: str, when: str, expected: Expected) -> str:
    """Return what is expected of a kind of home at a time, in one plain sentence."""
    low, high = round(expected.quantiles["q0.05"]), round(expected.quantiles["q0.95"])
    more = math.floor(expected.at(ONE_IN_FIVE))
    return (
        f"About {round(expected.mean)} children in {KINDS[state]} in {when}, most likely between {low} and {high}; "
        f"it will be more than {more} with one chance in five."
    )


def verdict(p_over: float, year: str, envelope: str) -> str:
    """Say whether a year's spend stays inside the envelope, or that nobody can tell."""
    if p_over >= 0.9:
        return f"{year}: more than {envelope} will very probably be needed ({_chances(p_over)})."
    if p_over <= 0.1:
        return f"{year}: {envelope} will very probably be enough ({_chances(p_over)} of needing more)."
    return f"{year}: we cannot tell whether {envelope} is enough ({_chances(p_over)} of needing more)."


def difference(what: str, band: Sequence[float], unit: str = "") -> str:
    """Say how a scenario differs from the baseline, or that we cannot tell; *band* is mean, low, high."""
    mean, low, high = (_signed(value, unit) for value in band)
    if band[1] <= 0 <= band[2]:
        return f"{what}: we cannot tell; {mean} on average, from {low} to {high}."
    return f"{what}: {mean} on average, from {low} to {high}."


def _signed(value: float, unit: str) -> str:
    sign = "−" if value < 0 else "+"
    return f"{sign}{unit}{abs(value):,.0f}" if abs(value) >= 10 or unit else f"{sign}{abs(value):.1f}"


def _chances(share: float) -> str:
    return f"{round(100 * share)} chances in 100"


def published(counts: Sequence[int]) -> list[str]:
    """Return a row of counts as they may be published beside their total: small ones, and one that would betray them, hidden."""
    hidden = {i for i, n in enumerate(counts) if is_few(n)}
    if len(hidden) == 1 and len(counts) > 1:
        rest = [i for i, n in enumerate(counts) if i not in hidden and n]
        if rest:
            hidden.add(min(rest, key=lambda i: counts[i]))
    return [
        (SUPPRESSED if n < SMALLEST_PUBLISHED else "not shown") if i in hidden else f"{n:,}"
        for i, n in enumerate(counts)
    ]


def is_few(count: int) -> bool:
    """Tell whether *count* is so small that it may not be published."""
    return 0 < count < SMALLEST_PUBLISHED


def hidden_kinds(counts: Iterable[Sequence[int]]) -> frozenset[str]:
    """Return the kinds of home that are not told of where *counts* (by STATES, a row for each day) are published.

    A kind that once held one to four children would tell of them; where that is one kind alone, the total would betray
    it, so that the smallest of the others is hidden with it.
    """
    rows = [list(row) for row in counts]
    small = {k for row in rows for k, n in enumerate(row) if is_few(n)}
    if len(small) == 1:
        rest = [k for k in range(len(STATES)) if k not in small and any(row[k] for row in rows)]
        small |= {min(rest, key=lambda k: max(row[k] for row in rows))} if rest else set()
    return frozenset(STATES[k] for k in small)


# s.22G(3): accommodation within the authority's area; twenty miles is what the return counts as far (CLA guide, PL_DISTANCE).
FAR_MILES = 20
AGES = ((0, 9), (10, 15), (16, 17))
NETWORK = {"fostering": ("IH", "IFA"), "residential": ("RES",), "supported": ("SUP",)}


@dataclass(frozen=True)
class Group:
    """Homes of one kind for children of some ages: what a child wants, and what a home can be."""

    words: str
    short: str  # for pictures
    network: str
    age_from: int = 0
    age_to: int = 17
    is_solo: bool = False


GROUPS = {
    "fostering_young": Group("Foster homes, under 10", "Foster, 0 to 9", "fostering", 0, 9),
    "fostering_teen": Group("Foster homes, 10 to 17", "Foster, 10 to 17", "fostering", 10, 17),
    "residential": Group("Children's homes", "Children's homes", "residential"),
    "residential_solo": Group("Children's homes for one child alone", "Homes for one", "residential", is_solo=True),
    "supported": Group("Supported homes", "Supported", "supported"),
}


def group_of(network: str, age: int, *, is_solo: bool) -> str | None:
    """Return the group of homes that a child of *age* in *network* wants; None when no group is for such a child."""
    for key, group in GROUPS.items():
        alone = is_solo and network == "residential"
        if group.network == network and group.age_from <= age <= group.age_to and group.is_solo == alone:
            return key
    return None


def groups_served(network: str, age_from: int, age_to: int, *, is_solo: bool) -> list[str]:
    """Return the groups whose children a home of *network* for these ages can take."""
    alone = is_solo and network == "residential"
    return [
        key
        for key, group in GROUPS.items()
        if group.network == network and group.is_solo == alone and age_from <= group.age_to and age_to >= group.age_from
    ]


@dataclass(frozen=True)
class Gap:
    """One group of homes for the children of one area: now, to come, and what is near."""

    kind: str  # of GROUPS
    area: str
    ages: tuple[int, ...]  # children now, by AGES
    far: int  # of them, living more than 20 miles from home
    outside: int  # of them, living outside the borough
    expected: float  # children at the end of the forecast
    places_near: int  # places of homes within 20 miles of where the area's children come from
    free_near: int
    places_in_borough: int
    free_share: float  # of what is free in the borough, this area's share

    @property
    def now(self) -> int:
        """Return the children now."""
        return sum(self.ages)

    @property
    def short(self) -> int:
        """Return the places wanted near: children to come, less those who live near and the area's share of what is free."""
        return max(0, math.ceil(self.expected - (self.now - self.far) - self.free_share - 1e-9))


def homes_wanted(short: int, usual_size: int) -> int:
    """Return how many homes of the usual size hold *short* places."""
    return math.ceil(short / max(1, usual_size))


def capacity_settings(on: dt.date) -> dict[str, Any]:
    """Return the limits that a choice of capacity made on the day *on* starts from."""
    return dict(max((row for row in capacity_table() if row["valid_from"] <= on), key=lambda row: row["valid_from"]))


@cache
def capacity_table() -> list[dict[str, Any]]:
    """Return every row of the dated settings."""
    rows: list[dict[str, Any]] = tomllib.loads((files("placewell.needs") / "tables" / "capacity.toml").read_text())[
        "capacity"
    ]
    return rows


@dataclass(frozen=True)
class Section:
    """A part of the sufficiency statement that people write."""

    key: str
    title: str
    help: str


@cache
def sections() -> tuple[Section, ...]:
    """Return the sections of the sufficiency statement, in order."""
    table = tomllib.loads((files("placewell.needs") / "tables" / "statement.toml").read_text())
    return tuple(Section(**row) for row in table["section"])
