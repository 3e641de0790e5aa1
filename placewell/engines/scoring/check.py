"""An independent judge of a written answer: recomputes it from the JSON of the tender, in whole numbers, pair by pair."""

from collections.abc import Mapping
from fractions import Fraction
from functools import cmp_to_key
from typing import Any

Json = Mapping[str, Any]


def points(tender: Json, bids: list[Json]) -> dict[str, Fraction]:
    """Return the score of each of *bids*, scored among themselves."""
    prices = [Fraction(bid["price"]) for bid in bids]
    weight, ceiling = Fraction(tender["weight_price"]), Fraction(tender["ceiling"])
    found = {}
    for bid, p in zip(bids, prices, strict=True):
        quality = Fraction(bid["quality"])
        match tender["formula"]:
            case "quality_to_price":
                found[bid["id"]] = -(p - ceiling * (quality - Fraction(tender["quality_min"])) / 250)
                continue
            case "absolute_ceiling":
                price = weight - weight * p / ceiling
            case "relative_lowest":
                price = weight if all(p <= other for other in prices) else weight * min(prices) / p
            case "relative_range":
                spread = max(prices) - min(prices)
                price = weight * (max(prices) - p) / spread if spread else weight
            case "average":
                total = sum(prices)
                price = weight * (Fraction(3, 2) - len(prices) * p / total) if total else weight / 2
                price = weight if price > weight else Fraction(0) if price < 0 else price
            case other:
                raise ValueError(f"no such formula: {other}")
        found[bid["id"]] = price + Fraction(tender["weight_quality"]) * quality / 100
    return found


def standing(tender: Json, bids: list[Json]) -> list[str]:
    """Return the ids of *bids* in the published order, by comparing two at a time."""
    scores = points(tender, bids)

    def before(a: Json, b: Json) -> int:
        if scores[a["id"]] != scores[b["id"]]:
            return -1 if scores[a["id"]] > scores[b["id"]] else 1
        if a["price"] != b["price"]:
            return -1 if a["price"] < b["price"] else 1
        return -1 if a["id"] < b["id"] else 1

    return [bid["id"] for bid in sorted(bids, key=cmp_to_key(before))]


def check(tender: Json, answer: Json) -> list[str]:
    """Return every way in which *answer* is not the answer to *tender*; none when it is right."""
    least, most = Fraction(tender["quality_min"]), Fraction(tender["ceiling"])
    kept = [bid for bid in tender["bids"] if Fraction(bid["quality"]) >= least and Fraction(bid["price"]) <= most]
    ids = standing(tender, kept)
    scores = points(tender, kept)
    faults = []
    if [entry["id"] for entry in answer["ranking"]] != ids:
        faults.append("the ranking is not in the published order")
    faults += [f"{e['id']} scores otherwise" for e in answer["ranking"] if Fraction(e["score"]) != scores.get(e["id"])]
    if {entry["id"] for entry in answer["dropped"]} != {bid["id"] for bid in tender["bids"]} - set(ids):
        faults.append("other bids are dropped")
    turned = {}
    for loser in ids[1:]:
        winner = standing(tender, [bid for bid in kept if bid["id"] != loser])[0]
        if winner != ids[0]:
            turned[loser] = winner
    if {entry["without"]: entry["winner"] for entry in answer["reversals"]} != turned:
        faults.append("the reversals are others")
    return faults
