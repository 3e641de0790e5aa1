"""What a forecast is asked: spells, the data window, prices, limits. Days are whole days since 1 January 1970."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from placewell.kernel.errors import BadInput, Fault

Days = NDArray[np.int64]


@dataclass(frozen=True)
class Spells:
    """One row per stay in one placement, sorted by child and start; half-open [start, end) in days."""

    child: Days  # index of the child
    start: Days
    end: Days  # far in the future while open
    state: Days  # 0–4, as in codes.STATES
    care_start: Days  # first day of the period of care; the day before *start* if it is only known to be earlier
    to: Days  # 0–4 moved there, EXIT, CENSORED, AGED_OUT
    unbroken: Days  # end of its first episode as filed: the stay goes on after it where only legal status changed
    born: Days  # by child
    uasc: NDArray[np.bool_]  # by child
    home: Days  # by child: a number for the home postcode, −1 unknown

    @property
    def enters(self) -> NDArray[np.bool_]:
        """Which stays are the first that is known of a period of care."""
        return self.start - self.care_start <= 1

    def seen_on(self, on: int) -> "Spells":
        """Return the spells as they looked at the end of day *on*."""
        keep = self.start <= on
        end = self.end[keep]
        later = end > on
        return Spells(
            self.child[keep],
            self.start[keep],
            np.where(later, on + 1, end),
            self.state[keep],
            self.care_start[keep],
            np.where(later, 6, self.to[keep]),
            np.minimum(self.unbroken[keep], on + 1),
            self.born,
            self.uasc,
            self.home,
        )

    def census(self, on: int) -> NDArray[np.int64]:
        """Count the children in each state at the end of day *on*."""
        there = (self.start <= on) & (self.end > on)
        return np.bincount(self.state[there], minlength=5)[:5]


@dataclass(frozen=True)
class Limits:
    """How much to compute. years 1–15, draws 20–100,000, inflation a share a year, envelope in pounds a year."""

    years: int = 6
    draws: int = 1000
    seed: int = 1
    envelope: float = 10_300_000.0
    inflation: float = 0.03
    replicates: int = 64
    processes: int = 1
    calibrate: bool = True

    def __post_init__(self) -> None:
        faults = [
            Fault(f"--{name}", f"must be between {low:,} and {high:,}, is {value:,}")
            for name, value, low, high in (
                ("years", self.years, 1, 15),
                ("draws", self.draws, 20, 100_000),
                ("inflation", self.inflation, -0.5, 1),
                ("envelope", self.envelope, 0, 1e12),
                ("seed", self.seed, 0, 2**62),
            )
            if not low <= value <= high
        ]
        if faults:
            raise BadInput(faults)


# Pounds a week at about 2018 levels, used where no price is given: DfE answer 2017, CMA 2021 (agency fostering).
DEFAULT_PRICES = (420.0, 820.0, 3800.0, 900.0, 300.0)
# Spread of one placement's price round its kind's mean, as a share: residential from FOI answers 2018–2023.
PRICE_SPREAD = (0.20, 0.20, 0.35, 0.60, 0.60)


# What has a level: steps a child a year in care, then children who come a year.
LEVELS = ("leaving", "into_residential", "other_moves", "entries", "entries_unaccompanied")


@dataclass(frozen=True)
class Prior:
    """What today's level is believed to be: *per_year* steps a child-year or entries, worth so many events."""

    per_year: float
    worth: float


@dataclass(frozen=True)
class Problem:
    """The whole question. *window* is the first day from which the data hold everybody in care."""

    spells: Spells
    window: int
    as_of: int
    limits: Limits = field(default_factory=Limits)
    prices: tuple[float, ...] = DEFAULT_PRICES
    spread: tuple[float, ...] = PRICE_SPREAD  # of one placement's price about its kind's, as a share
    doubt: tuple[float, ...] = (0.0,) * 5  # of the kind's mean price, as a share
    priors: Mapping[str, Prior] = field(default_factory=dict)  # by name of a level; regional or national
