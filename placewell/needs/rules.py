"""How figures of need are said, and what may be published of small numbers. Pure."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

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
    hidden = {i for i, n in enumerate(counts) if 0 < n < SMALLEST_PUBLISHED}
    if len(hidden) == 1 and len(counts) > 1:
        rest = [i for i, n in enumerate(counts) if i not in hidden and n]
        if rest:
            hidden.add(min(rest, key=lambda i: counts[i]))
    return [
        (SUPPRESSED if n < SMALLEST_PUBLISHED else "not shown") if i in hidden else f"{n:,}"
        for i, n in enumerate(counts)
    ]


# s.22G(3): accommodation within the authority's area; twenty miles is what the return counts as far (CLA guide, PL_DISTANCE).
FAR_MILES = 20
AGES = ((0, 9), (10, 15), (16, 17))
NETWORK = {"fostering": ("IH", "IFA"), "residential": ("RES",), "supported": ("SUP",)}


@dataclass(frozen=True)
class Gap:
    """One kind of home for the children of one area: now, to come, and what is near."""

    kind: str
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


# A normal spread from five to ninety-five per cent, drawn in to ten and ninety.
TO_TENTHS = Decimal("1.2816") / Decimal("1.6449")
BOUGHT = ("IFA", "RES", "SUP")  # the council's own carers and children at home are paid from other budgets


def spend_to_tell(spend: Sequence[Sequence]) -> list[tuple[Decimal, Decimal, Decimal]]:
    """Return by year ahead what the baseline expects to be spent on homes that are bought: pounds at 10, 50 and 90 per cent.

    *spend* has the rows of a forecast (scenario, year, kind, mean, sd, 5, 50 and 95 per cent, chance). The kinds' bands
    are added as if they moved together, which is wide rather than narrow.
    """
    years: dict[int, list[Decimal]] = {}
    for scenario, year, kind, _mean, _sd, *values, _over in spend:
        if scenario == "baseline" and kind in BOUGHT:
            low, middle, high = (Decimal(value) for value in values)
            kept = years.setdefault(int(year), [Decimal(0), Decimal(0), Decimal(0)])
            kept[0] += middle - (middle - low) * TO_TENTHS
            kept[1] += middle
            kept[2] += middle + (high - middle) * TO_TENTHS
    return [(low, middle, high) for _, (low, middle, high) in sorted(years.items())]
