"""How firmly the winner stands: its lead, and between which quality weights it stays first."""

from dataclasses import dataclass
from fractions import Fraction

from .problem import Bid, Tender
from .solve import Result, price_share


@dataclass(frozen=True)
class Sensitivity:
    """*lead* in points over the second, None when alone.

    The winner stays first while the quality weight is between *low* and *high*, the sum of both weights kept; *below*
    and *above* would win just beyond, None where no weight on that side changes the winner.
    """

    winner: str
    lead: Fraction | None
    low: Fraction
    high: Fraction
    below: str | None = None
    above: str | None = None


def sensitivity(result: Result) -> Sensitivity | None:
    """Return how far the weights can move before another bid wins; None when no bid is left."""
    if not result.ranking:
        return None
    tender, first = result.tender, result.ranking[0]
    lead = first.score - result.ranking[1].score if len(result.ranking) > 1 else None
    total = tender.weight_quality + tender.weight_price
    if tender.formula == "quality_to_price":
        return Sensitivity(first.bid.id, lead, Fraction(0), total)
    points = _points(tender, [entry.bid for entry in result.ranking])
    own = points[first.bid.id]
    low, high = Fraction(0), total
    below: list[str] = []
    above: list[str] = []
    for other in result.ranking[1:]:
        quality, price = points[other.bid.id]
        # lead at quality weight w: w·(own quality − quality) + (total − w)·(own price share − price share)
        fixed = total * (own[1] - price)
        slope = (own[0] - quality) - (own[1] - price)
        if slope == 0:
            continue
        crossing = -fixed / slope
        if slope > 0 and crossing > 0 and crossing >= low:
            below = [*(below if crossing == low else []), other.bid.id]
            low = crossing
        if slope < 0 and crossing < total and crossing <= high:
            above = [*(above if crossing == high else []), other.bid.id]
            high = crossing
    return Sensitivity(first.bid.id, lead, low, high, _beyond(points, below, -1), _beyond(points, above, 1))


def _points(tender: Tender, bids: list[Bid]) -> dict[str, tuple[Fraction, Fraction]]:
    share = price_share(tender.formula, tender.ceiling, [bid.price for bid in bids])
    return {bid.id: (bid.quality / 100, share(bid.price)) for bid in bids}


def _beyond(points: dict[str, tuple[Fraction, Fraction]], ids: list[str], way: int) -> str | None:
    """Return which of *ids*, level at a weight, leads just beyond it; *way* is 1 for more quality, −1 for less."""
    return max(ids, key=lambda key: way * (points[key][0] - points[key][1]), default=None)
