"""Drop, score and rank bids; find the losing bids whose withdrawal would change the winner."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from .problem import Bid, Tender

HALF = Fraction(1, 2)
Share = Callable[[Fraction], Fraction]


@dataclass(frozen=True)
class Score:
    """A bid's place in the ranking: its points in all."""

    bid: Bid
    score: Fraction


@dataclass(frozen=True)
class Result:
    """The ranking, best first; bids dropped, with why; (losing bid, who would win without it)."""

    tender: Tender
    ranking: tuple[Score, ...]
    dropped: tuple[tuple[str, str], ...]
    reversals: tuple[tuple[str, str], ...]


def solve(tender: Tender) -> Result:
    """Rank the bids of *tender* under its formula, in exact fractions."""
    kept, dropped = [], []
    for bid in sorted(tender.bids, key=lambda bid: bid.id):
        why = []
        if bid.quality < tender.quality_min:
            why.append("quality below quality_min")
        if bid.price > tender.ceiling:
            why.append("price above ceiling")
        if why:
            dropped.append((bid.id, " and ".join(why)))
        else:
            kept.append(bid)
    ranking = ranked(tender, kept)
    return Result(tender, tuple(ranking), tuple(dropped), tuple(_reversals(tender, ranking)))


def ranked(tender: Tender, bids: Sequence[Bid]) -> list[Score]:
    """Return *bids* by score, best first; then lower price, then id."""
    if tender.formula == "quality_to_price":
        pound = tender.ceiling / 250
        scores = [Score(bid, pound * (bid.quality - tender.quality_min) - bid.price) for bid in bids]
    else:
        share = price_share(tender.formula, tender.ceiling, [bid.price for bid in bids])
        quality = tender.weight_quality / 100
        scores = [Score(bid, quality * bid.quality + tender.weight_price * share(bid.price)) for bid in bids]
    return sorted(scores, key=order)


def order(entry: Score) -> tuple[Fraction, Fraction, str]:
    """Return the published order: the higher score, the lower price, the first id."""
    return -entry.score, entry.bid.price, entry.bid.id


def price_share(formula: str, ceiling: Fraction, prices: Sequence[Fraction]) -> Share:
    """Return the function from a price among *prices* to the share of the price weight that it earns, 0 to 1."""
    if not prices:
        return lambda price: Fraction(0)
    if formula == "absolute_ceiling":
        return lambda price: (ceiling - price) / ceiling
    low, high = min(prices), max(prices)
    if formula == "relative_lowest":
        return lambda price: Fraction(1) if price == low else low / price
    if formula == "relative_range":
        return lambda price: Fraction(1) if high == low else (high - price) / (high - low)
    mean = sum(prices, Fraction(0)) / len(prices)
    if mean == 0:  # every price is nothing, so none differs from the mean
        return lambda price: HALF
    return lambda price: min(Fraction(1), max(Fraction(0), HALF - (price - mean) / mean))


def _reversals(tender: Tender, ranking: Sequence[Score]) -> list[tuple[str, str]]:
    """Return each losing bid whose withdrawal changes the winner, and who wins then."""
    found: list[tuple[str, str]] = []
    bids = [entry.bid for entry in ranking]
    for loser in bids[1:]:
        rest = [bid for bid in bids if bid is not loser]
        if not _moves(tender.formula, loser, bids, rest):
            continue
        winner = min(ranked(tender, rest), key=order).bid
        if winner is not bids[0]:
            found.append((loser.id, winner.id))
    return sorted(found)


def _moves(formula: str, loser: Bid, bids: Sequence[Bid], rest: Sequence[Bid]) -> bool:
    """Can the withdrawal of *loser* change what the others score?"""
    if formula == "average":
        return True
    prices, others = [bid.price for bid in bids], [bid.price for bid in rest]
    if formula == "relative_lowest":
        return min(prices) != min(others)
    return formula == "relative_range" and (min(prices), max(prices)) != (min(others), max(others))
