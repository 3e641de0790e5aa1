"""What visits to the homes of a bid cost, by the terms that the method publishes."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from placewell.accounts.models import User
from placewell.market.queries import grid, homes, homes_to_search, with_vacancies
from placewell.needs.queries import visiting, visiting_rates

from .. import models, rules, states


def visit_terms(*, most: Decimal, on: dt.date) -> rules.VisitTerms | None:
    """Return today's terms: the rates that the visits room handed down last; None before it did."""
    rates = visiting_rates(on=on)
    bases = rules.published_bases(rates.bases) if rates else ()
    if rates is None or not bases:
        return None
    return rules.VisitTerms(bases, round(rates.visits_a_year, 1), rates.min_p, rates.km_p, rates.as_of, most)


def usual_costs(*, on: dt.date) -> tuple[float, float, float] | None:
    """Return what a child's visits cost a year (pounds) in the cheapest, the middle and the dearest home on the market by
    today's rates; None where that isn't known. A guide to the cost that earns nothing."""
    spots = [(home.easting, home.northing) for home in homes_to_search(on=on) if home.easting and home.northing]
    found = sorted(cost.pounds for cost in visiting(visiting_rates(on=on), spots) if cost)
    return (found[0], found[len(found) // 2], found[-1]) if found else None


def own_homes(*, user: User, on: dt.date) -> str:
    """Return the homes that a provider has registered, as a bid names them; foster carers' own postcodes are not handed on."""
    found = homes(for_user=user).filter(is_open=True).exclude(kind="foster_home")
    rows = with_vacancies(found, on=on).exclude(postcode="").values_list("postcode", "place_count")
    return "\n".join(f"{postcode} {places}" for postcode, places in rows if places)


def written(terms: rules.VisitTerms) -> dict[str, Any]:
    """Return terms as they are kept with a question."""
    return {
        name: str(value) if isinstance(value, Decimal | dt.date) else value for name, value in asdict(terms).items()
    }


def terms_of(kept: Mapping[str, Any] | None) -> rules.VisitTerms | None:
    """Return the terms that `written` wrote; None for none."""
    if kept is None:
        return None
    return rules.VisitTerms(
        bases=tuple(tuple(base) for base in kept["bases"]),
        visits_a_year=kept["visits_a_year"],
        min_p=Decimal(kept["min_p"]),
        km_p=Decimal(kept["km_p"]),
        as_of=dt.date.fromisoformat(kept["as_of"]),
        most=Decimal(kept["most"]),
    )


def home_costs(text: str, terms: rules.VisitTerms) -> list[rules.HomeCost]:
    """Return what visits cost in each home that the answer *text* names."""
    named, _ = rules.homes_of(text)
    spots = [grid(home.postcode) for home in named]
    known = [spot[:2] for spot in spots if spot]
    costs = iter(visiting(terms, known))
    found = []
    for home, spot in zip(named, spots, strict=True):
        cost = next(costs) if spot else None
        found.append(rules.HomeCost(home.postcode, home.places, round(cost.pounds) if cost else None))
    return found


@dataclass(frozen=True)
class VisitCost:
    """A bid's cost of visits on one criterion: a year for one child (pounds), and the share of the weight, both exact."""

    bid: models.Bid
    question: models.Question
    homes: tuple[rules.HomeCost, ...]
    most: Decimal

    @property
    def pounds(self) -> Fraction:
        """The mean over the bid's places."""
        return rules.visit_cost(self.homes, self.most)

    @property
    def share(self) -> Fraction:
        """What it earns of the weight, 0 to 1."""
        return rules.visit_share(self.homes, self.most)

    @property
    def per_cent(self) -> Fraction:
        """What it earns of the weight, 0 to 100."""
        return 100 * self.share

    @property
    def words(self) -> str:
        """Both, as a bidder is told."""
        return rules.visit_words(self.homes, self.most)


def visit_costs(procurement: models.Procurement, bids: Iterable[models.Bid]) -> list[VisitCost]:
    """Return the cost of visits of each of *bids* that answers such a criterion: as it was frozen, or as it would be now."""
    asked = [
        (each, terms)
        for each in procurement.questions.all()
        if each.kind == states.Answer.HOMES and (terms := terms_of(each.visits))
    ]
    if not asked:
        return []
    kept = {(each.bid_id, each.question_id): each for each in models.Visited.objects.filter(procurement=procurement)}
    answers = models.BidAnswer.objects.filter(question__kind=states.Answer.HOMES, bid__procurement=procurement)
    said = {(each.bid_id, each.question_id): each.text for each in answers}
    found = []
    for bid in bids:
        for question, terms in asked:
            if question.lot and question.lot.number not in bid.lots:
                continue
            if frozen := kept.get((bid.pk, question.pk)):
                told = [rules.HomeCost(*each) for each in frozen.homes]
            else:
                told = home_costs(said.get((bid.pk, question.pk), ""), terms)
            found.append(VisitCost(bid, question, tuple(told), terms.most))
    return found
