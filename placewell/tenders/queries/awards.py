"""Reads of awards: what was recommended, what became of each lot, and what each bidder is told."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from placewell.kernel.errors import NotFound

from .. import models, states
from .evaluation import rankings
from .visits import visit_costs


@dataclass(frozen=True)
class Told:
    """What one bidder is told of one lot: its own scores and reasons, and the highest winner's."""

    bid: models.Bid
    shown: dict


def summaries(procurement: models.Procurement, lot: models.Lot, winners: Sequence[str]) -> list[Told]:
    """Return the assessment summary of each bid for *lot*, given the winning bids' ids.

    Source: Procurement Act 2023 s.50 and Procurement Regulations 2024 reg 31, read November 2026.
    """
    ranking = next(each for each in rankings(procurement) if each.lot.pk == lot.pk)
    scored: dict = {}
    given = models.Moderated.objects.select_related("question").filter(procurement=procurement)
    for each in given.order_by("question__number"):
        if each.question.lot_id in (None, lot.pk):
            scored.setdefault(each.bid_id, []).append(
                {
                    "number": each.question.number,
                    "text": each.question.text,
                    "mark": each.mark,
                    "reason": each.reason,
                }
            )
    for cost in visit_costs(procurement, [each.bid for each in ranking.places]):
        if cost.question.lot_id in (None, lot.pk):
            share = f"{float(cost.per_cent):.2f}%"
            answer = {"number": cost.question.number, "text": cost.question.text, "mark": share, "reason": cost.words}
            scored.setdefault(cost.bid.pk, []).append(answer)
    points = {
        each.bid.pk: {
            "rank": each.rank,
            "points": f"{float(each.score):.2f}",
            "quality": f"{float(each.quality):.2f}",
            "price": f"{float(each.price):.2f}",
        }
        for each in ranking.places
    }
    best = next((each.bid for each in ranking.places if str(each.bid.pk) in winners), None)
    highest = (
        {"name": best.provider.name, "answers": scored.get(best.pk, []), **points[best.pk]} if best is not None else {}
    )
    told = []
    for bid, why in [*((each.bid, "") for each in ranking.places), *ranking.dropped]:
        outcome = "won" if str(bid.pk) in winners else "not successful"
        own = {"outcome": outcome, "why": why, "answers": scored.get(bid.pk, []), **points.get(bid.pk, {})}
        told.append(Told(bid, own | ({} if outcome == "won" else {"winner": highest})))
    return told


def awards(*, procurement_id) -> dict:
    """Return {lot id: its award}, with winners and contracts."""
    found = models.LotAward.objects.prefetch_related("winners__provider", "winners__contract").filter(
        procurement=procurement_id
    )
    return {each.lot_id: each for each in found}


def recommendation(*, procurement_id) -> models.Recommendation | None:
    """Return what was recommended, with its approval."""
    return models.Recommendation.objects.select_related("approval").filter(procurement=procurement_id).first()


def our_summaries(*, procurement_id) -> QuerySet[models.Summary]:
    """Return what this provider was told of its bid."""
    return models.Summary.objects.select_related("lot").filter(lot__procurement=procurement_id).order_by("lot__number")


def is_settled(award: models.LotAward | None) -> bool:
    """Tell whether a lot is awarded or not awarded, and that was not undone."""
    return award is not None and award.state != states.LotAward.UNDONE


def winner(*, winner_id) -> models.Winner:
    """Return a winner with its contract; raise NotFound when there is none in this scope, or no contract came of it."""
    rows = models.Winner.objects.select_related("award__procurement", "award__lot", "contract", "provider")
    if found := rows.filter(pk=winner_id, contract__isnull=False).first():
        return found
    raise NotFound("There is no such contract.")
