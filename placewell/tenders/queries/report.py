"""The recommendation report: what the offices read before they agree."""

from placewell.kernel.money import pounds

from .. import models, rules
from .evaluation import low_prices, rankings
from .procurements import bids
from .references import exclusion_grounds, procedures
from .visits import VisitCost, visit_costs


def report(procurement: models.Procurement, recommended: models.Recommendation) -> dict:
    """Return the report's contents, as `web.documents.pdf` takes them."""
    method = (
        f"Quality {rules.plain(procurement.weight_quality)} per cent, price {rules.plain(procurement.weight_price)} per cent; "
        f"price formula: {procurement.get_formula_display().lower()}."
    )
    facts = [
        ("Procurement", f"{procurement.reference} {procurement.title}"),
        ("Law and procedure", f"{procurement.get_legal_regime_display()}, {procedures()[procurement.procedure].title.lower()}"),
        ("Decision", str(procurement.decision)),
        ("Value", f"{pounds(procurement.planned_value)}, all lots and years"),
        ("Approval", f"{recommended.approval.title}: {recommended.approval.state}"),
        ("Recommended by", f"{recommended.made_by.name}, {recommended.made_at:%-d %B %Y}"),
    ]  # fmt: skip
    parts = [("Recommendation", recommended.report)]
    lots: list[dict] = []
    if procurement.ground:
        ground = f"{procurement.get_ground_display()}. {procurement.ground_reasons}"
        parts.append(("Ground of the direct award", ground))
    else:
        parts += [("Method, as published", method), *_excluded(procurement)]
        low = {(each.bid_id, each.lot_id): each for each in low_prices(procurement_id=procurement.pk)}
        costs = visit_costs(procurement, bids(procurement_id=procurement.pk))
        lots = [_lot(each, recommended.winners, low, costs) for each in rankings(procurement)]
    return {
        "title": f"Report on the award of {procurement.reference}",
        "council": procurement.council.name,
        "reference": procurement.reference,
        "facts": facts,
        "parts": parts,
        "lots": lots,
    }


def _excluded(procurement: models.Procurement) -> list[tuple[str, str]]:
    rows = models.Exclusion.objects.select_related("bid__provider").filter(bid__procurement=procurement)
    told = [
        f"{each.bid.provider.name}, {exclusion_grounds()[each.ground].title.lower()}: "
        f"{'excluded' if each.is_excluded else 'not excluded'}. Heard: {each.heard} Decided: {each.reasons}"
        for each in rows
    ]
    return [("Grounds for exclusion", "\n\n".join(told) or "None was raised.")]


def _lot(ranking, winners: dict, low: dict, costs: list[VisitCost]) -> dict:
    chosen = {each[0]: each[1] for each in winners.get(str(ranking.lot.number), [])}
    table = [
        [
            str(place.rank),
            place.bid.provider.name,
            f"{float(place.quality):.2f}",
            f"£{float(place.price):,.2f}",
            f"{float(place.score):.4f}" + (" (equal)" if place.is_tied else ""),
            f"tier {chosen[str(place.bid.pk)]}" if str(place.bid.pk) in chosen else "no",
        ]
        for place in ranking.places
    ]
    lines = [f"{bid.provider.name} was not ranked: {why}." for bid, why in ranking.dropped]
    lines += [
        f"{place.bid.provider.name}: its low price was asked about. {asked.explanation} {asked.reasons}"
        for place in ranking.places
        if (asked := low.get((place.bid.pk, ranking.lot.pk)))
    ]
    lines += [
        f"Were the bid of {loser.provider.name} withdrawn, {winner.provider.name} would come first."
        for loser, winner in ranking.reversals
    ]
    ranked = {place.bid.pk for place in ranking.places}
    lines += [
        f"{each.bid.provider.name}, question {each.question.number}: visits cost {each.words}"
        for each in costs
        if each.bid.pk in ranked and each.question.lot_id in (None, ranking.lot.pk)
    ]
    return {"title": str(ranking.lot), "ranking": table, "lines": lines + _firmness(ranking)}


def _firmness(ranking) -> list[str]:
    firm = ranking.firmness
    if firm is None or firm.lead is None:
        return []
    return [
        f"The first leads by {float(firm.lead):.2f} points, and stays first while quality weighs between "
        f"{float(firm.low):.1f} and {float(firm.high):.1f} per cent."
    ]
