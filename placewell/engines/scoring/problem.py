"""A tender to be scored: its published formula, weights and limits, and its bids. Every number is an exact fraction."""

from dataclasses import dataclass
from fractions import Fraction

from placewell.kernel.errors import BadInput, Fault

# What a bid's price points depend on besides its own price; under those in RELATIVE a losing bid can decide who wins.
FORMULAS = {
    "relative_lowest": "the lowest price",
    "relative_range": "the lowest and the highest price",
    "average": "the mean price",
    "absolute_ceiling": "the ceiling alone",
    "quality_to_price": "the ceiling alone",
}
RELATIVE = frozenset({"relative_lowest", "relative_range", "average"})


@dataclass(frozen=True)
class Bid:
    """A bid: its price in pounds, its moderated quality from 0 to 100."""

    id: str
    price: Fraction
    quality: Fraction

    def __post_init__(self) -> None:
        faults = [] if self.price >= 0 else [Fault("price", "must not be negative")]
        faults += [] if 0 <= self.quality <= 100 else [Fault("quality", "must be from 0 to 100")]
        if faults:
            raise BadInput(faults)


@dataclass(frozen=True)
class Tender:
    """A published method and the bids. The order of the bids means nothing."""

    id: str
    formula: str
    weight_quality: Fraction
    weight_price: Fraction
    ceiling: Fraction
    quality_min: Fraction
    bids: tuple[Bid, ...]

    def __post_init__(self) -> None:
        faults = []
        if self.formula not in FORMULAS:
            faults.append(Fault("formula", f"must be one of {', '.join(FORMULAS)}"))
        if self.formula == "absolute_ceiling" and self.ceiling <= 0:
            faults.append(Fault("ceiling", "must be above 0 under absolute_ceiling, which divides by it"))
        if min(self.weight_quality, self.weight_price) < 0:
            faults.append(Fault("weight_quality", "and weight_price must not be negative"))
        if len({bid.id for bid in self.bids}) < len(self.bids):
            faults.append(Fault("bids", "an id stands twice"))
        if faults:
            raise BadInput(faults)
