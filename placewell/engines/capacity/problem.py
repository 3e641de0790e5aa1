"""Bids for places and the futures they are bought for. Money in whole pounds, supply in hundredths of a place."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from placewell.kernel.errors import BadInput, Fault

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
FORMS = ("block", "cost_volume")


@dataclass(frozen=True)
class Bid:
    """An offer of places: none or min_beds to max_beds of them, from the contract's year start_year (1-based) on."""

    id: str
    provider: str
    type: str
    form: str
    price_week: int
    guarantee_pct: int
    usable_pct: int
    min_beds: int
    max_beds: int
    start_year: int
    quality: int
    extra_price_week: int | None = None
    xor_group: str | None = None
    requires: str | None = None

    @property
    def guaranteed(self) -> int:
        """Return the hundredths of a place that are paid whether used or not, per place."""
        return self.usable_pct * self.guarantee_pct // 100

    @property
    def extra(self) -> int:
        """Return the hundredths of a place that can be bought as needed, per place; none without a price for them."""
        wanted = self.form == "cost_volume" and self.extra_price_week is not None
        return self.usable_pct - self.guaranteed if wanted else 0

    def live(self, year: int) -> bool:
        """Can places of this bid be used in *year*, counted from 0?"""
        return year >= self.start_year - 1


@dataclass(frozen=True, eq=False)
class Problem:
    """What may be bought, within which limits; `demand` and `spot_price_week` are [scenario, year, type] arrays."""

    id: str
    years: int
    weeks: int
    types: tuple[str, ...]
    budget_year: int
    commit_cap_pct: int
    provider_cap_pct: int
    quality_min: int
    quality_value: int
    alpha_pct: int
    lambda_pct: int
    spot_cap: tuple[int, ...]
    emergency_factor_pct: int
    indexation_pct: tuple[int, ...]
    bids: tuple[Bid, ...]
    demand: Ints
    spot_price_week: Ints

    def __post_init__(self) -> None:
        shape = (len(self.demand), self.years, len(self.types))
        faults = [
            Fault(name, f"must be {shape[1]} years of {shape[2]} types in each scenario")
            for name in ("demand", "spot_price_week")
            if getattr(self, name).shape != shape or not shape[0]
        ]
        if len(self.indexation_pct) != self.years:
            faults.append(Fault("indexation_pct", f"must have one value for each of {self.years} years"))
        if len(self.spot_cap) != len(self.types):
            faults.append(Fault("spot_cap", f"must have one value for each of {len(self.types)} types"))
        if not faults:
            # a scenario's cost in hundredths of a pound must fit 64 bits, whatever is bought
            dearest = int(self.spot_price_week.max()) * self.weeks * max(100, self.emergency_factor_pct) // 100
            dearest = max([dearest, *map(int, self.full.ravel()), *map(int, self.extra_price.ravel())])
            supply = sum(bid.max_beds for bid in self.bids) + sum(self.spot_cap) + int(self.demand.max())
            if dearest * 100 * supply * self.years * len(self.types) > 2**62:
                faults.append(Fault("demand", "and prices are too large together to be reckoned with"))
        if faults:
            raise BadInput(faults)

    @property
    def scenarios(self) -> int:
        """Return how many futures there are."""
        return len(self.demand)

    @property
    def worst(self) -> int:
        """Return how many of the worst scenarios the CVaR is the mean of."""
        return max(1, self.scenarios * (100 - self.alpha_pct) // 100)

    @property
    def commit_cap(self) -> int:
        """Return the most that may be committed in a year, pounds."""
        return self.budget_year * self.commit_cap_pct // 100

    @property
    def provider_cap(self) -> int:
        """Return the most that one provider's places may cost in a year at full price, pounds."""
        return self.budget_year * self.provider_cap_pct // 100

    @cached_property
    def full(self) -> Ints:
        """Return the cost of a place of each bid in each year, [bid, year], nothing before it is live."""
        return self._by_year([bid.price_week for bid in self.bids])

    @cached_property
    def committed(self) -> Ints:
        """Return the part of `full` that is paid whether used or not, [bid, year]."""
        return self.full * np.array([[bid.guarantee_pct] for bid in self.bids], dtype=np.int64).reshape(-1, 1) // 100

    @cached_property
    def extra_price(self) -> Ints:
        """Return the cost of an extra place for a year, [bid, year]."""
        return self._by_year([bid.extra_price_week or 0 for bid in self.bids])

    @cached_property
    def credit(self) -> Ints:
        """Return the quality credit of a place of each bid over the contract, pounds."""
        return np.array(
            [
                self.quality_value * (b.quality - self.quality_min) * self.weeks * (self.years - b.start_year + 1)
                for b in self.bids
            ],
            dtype=np.int64,
        )

    def _by_year(self, weekly: list[int]) -> Ints:
        rows = [
            [price * self.weeks * pct // 100 if bid.live(year) else 0 for year, pct in enumerate(self.indexation_pct)]
            for bid, price in zip(self.bids, weekly, strict=True)
        ]
        return np.array(rows, dtype=np.int64).reshape(len(self.bids), self.years)

    def why_out(self) -> dict[str, str]:
        """Return the bids that cannot be chosen, and why: quality, or the bid they require is out or missing."""
        out = {bid.id: f"quality {bid.quality} is below {self.quality_min}" for bid in self.bids
               if bid.quality < self.quality_min}  # fmt: skip
        out |= {bid.id: "offers no places" for bid in self.bids if bid.max_beds < 1 and bid.id not in out}
        while True:  # a chain of requirements falls link by link
            more = {
                b.id: f"requires {b.requires}, which is out" for b in self.bids if b.requires in out and b.id not in out
            }
            if not more:
                return out
            out |= more

    def scaled(self, pct: int) -> "Problem":
        """Return this problem with *pct* per cent of the demand, rounded half up to whole places."""
        return replace(self, demand=(self.demand * pct + 50) // 100)
