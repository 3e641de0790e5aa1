"""What assessors and those who run a tender read while bids are judged; and the ranking by the published method."""

from dataclasses import dataclass
from fractions import Fraction

from django.db.models import QuerySet

from placewell.engines.scoring.problem import Bid as Scored
from placewell.engines.scoring.problem import Tender as Scoring
from placewell.engines.scoring.sensitivity import Sensitivity, sensitivity
from placewell.engines.scoring.solve import Score, solve
from placewell.kernel.errors import NotAllowed, NotFound, Refused

from .. import models, rules, states
from . import procurements
from .visits import visit_costs


def assessors(*, procurement_id) -> QuerySet[models.Assessor]:
    """Return who assesses a tender."""
    return models.Assessor.objects.select_related("user").filter(procurement=procurement_id).order_by("user__name")


def require_assessor(*, procurement_id, user) -> models.Assessor:
    """Return *user*'s place among the assessors.

    Raises:
        Refused: none, interests are not declared yet, or one stands in the way.
    """
    found = models.Assessor.objects.filter(procurement=procurement_id, user=user).first()
    if found is None:
        raise Refused("You were not appointed to assess this tender.")
    if found.declared_at is None:
        raise Refused("Declare your interests first: no bid is shown before that.")
    if not found.may_score:
        raise Refused("You declared an interest that has not been cleared.")
    return found


def scored_question(*, procurement: models.Procurement, bid: models.Bid, question_id) -> models.Question:
    """Return a quality question that *bid* answers; raise NotFound for any other."""
    found = next((each for each in _asked(procurement) if str(each.pk) == str(question_id)), None)
    if found is None or (found.lot and found.lot.number not in bid.lots):
        raise NotFound("There is no such question of quality in this bid.")
    return found


def quality_questions(procurement: models.Procurement, bid: models.Bid) -> list[models.Question]:
    """Return the quality questions that *bid* answers, in order."""
    return _answered(_asked(procurement), bid)


def _asked(procurement: models.Procurement) -> list[models.Question]:
    asked = procurement.questions.select_related("lot").filter(part=states.Part.QUALITY)
    return list(asked.exclude(kind=states.Answer.HOMES).order_by("number"))  # that is computed, and nobody marks it


def _answered(asked: list[models.Question], bid: models.Bid) -> list[models.Question]:
    return [each for each in asked if each.lot is None or each.lot.number in bid.lots]


def to_score(*, procurement: models.Procurement, user) -> list[tuple[models.Bid, models.Question, models.Score | None]]:
    """Return every answer that *user* scores, with the own score and nobody else's.

    Raises:
        Refused: *user* is no assessor, or has not declared interests.
    """
    assessor = require_assessor(procurement_id=procurement.pk, user=user)
    own = {(each.bid_id, each.question_id): each for each in assessor.scores.all()}
    asked = _asked(procurement)
    return [
        (bid, question, own.get((bid.pk, question.pk)))
        for bid in admitted(procurement)
        for question in _answered(asked, bid)
    ]


def own_score(*, bid_id, question_id, user) -> dict:
    """Return *user*'s own score of an answer as {mark, reason}; empty when there is none."""
    found = models.Score.objects.filter(bid=bid_id, question=question_id, assessor__user=user).first()
    return {"mark": found.mark, "reason": found.reason} if found else {}


def is_scored_by_all(*, bid: models.Bid, question: models.Question) -> bool:
    """Tell whether every assessor who may score, and at least two, have scored an answer."""
    due = {each.pk for each in models.Assessor.objects.filter(procurement=bid.procurement_id) if each.may_score}
    given = set(models.Score.objects.filter(bid=bid, question=question).values_list("assessor_id", flat=True))
    return len(given) >= 2 and due <= given


def scores(*, bid: models.Bid, question: models.Question) -> QuerySet[models.Score]:
    """Return every assessor's score of an answer, once all have scored it; nothing before."""
    found = models.Score.objects.select_related("assessor__user").filter(bid=bid, question=question)
    return found.order_by("assessor__user__name") if is_scored_by_all(bid=bid, question=question) else found.none()


def admitted(procurement: models.Procurement) -> list[models.Bid]:
    """Return the bids that are judged: not excluded, and failing no condition that was checked."""
    found = procurements.bids(procurement_id=procurement.pk).prefetch_related("exclusions", "checks")
    return [
        bid
        for bid in found
        if not any(each.is_excluded for each in bid.exclusions.all())
        and not any(not each.is_met for each in bid.checks.all())
    ]


def unsettled(procurement: models.Procurement) -> list[str]:
    """Return what must be settled before quality is locked; nothing when all is."""
    told = []
    conditions = {each.pk: each for each in procurement.questions.filter(part=states.Part.CONDITION)}
    for bid in procurements.bids(procurement_id=procurement.pk).prefetch_related("exclusions", "checks"):
        if any(each.is_excluded is None for each in bid.exclusions.all()):
            told.append(f"{bid.provider.name}: a ground for exclusion is not decided.")
        checked = {each.question_id for each in bid.checks.all()}
        excluded = any(each.is_excluded for each in bid.exclusions.all())
        failed = any(not each.is_met for each in bid.checks.all())
        if not (excluded or failed) and set(conditions) - checked:
            told.append(f"{bid.provider.name}: {_count(len(set(conditions) - checked), 'condition')} not checked.")
    done = set(models.Moderated.objects.filter(procurement=procurement).values_list("bid_id", "question_id"))
    asked = _asked(procurement)
    for bid in admitted(procurement):
        left = [each for each in _answered(asked, bid) if (bid.pk, each.pk) not in done]
        if left:
            told.append(f"{bid.provider.name}: {_count(len(left), 'answer')} not settled.")
    return told


def _count(number: int, what: str) -> str:
    return f"{number} {what} is" if number == 1 else f"{number} {what}s are"


@dataclass(frozen=True)
class Place:
    """A bid's place on a lot: points, quality (0 to 100) and compared price (pounds a week), all exact."""

    rank: int
    bid: models.Bid
    score: Fraction
    quality: Fraction
    price: Fraction
    is_tied: bool


@dataclass(frozen=True)
class Ranking:
    """A lot's bids by the published method, those that were dropped and why, and how firmly the first stands."""

    lot: models.Lot
    places: tuple[Place, ...]
    dropped: tuple[tuple[models.Bid, str], ...]
    reversals: tuple[tuple[models.Bid, models.Bid], ...]
    firmness: Sensitivity | None


def rankings(procurement: models.Procurement) -> list[Ranking]:
    """Return the ranking of every lot, once quality is locked.

    Raises:
        Refused: quality is not locked.
    """
    if procurement.quality_locked_at is None:
        raise Refused("Nothing is ranked before quality is locked.")
    method = procurements.method(procurement)
    bids = {each.pk: each for each in admitted(procurement)}
    marks: dict = {}
    for each in models.Moderated.objects.select_related("question").filter(procurement=procurement):
        marks.setdefault(each.bid_id, {})[each.question.number] = each.mark
    most = max(mark for mark, _ in method.marks)
    for cost in visit_costs(procurement, bids.values()):
        marks.setdefault(cost.bid.pk, {})[cost.question.number] = cost.share * most
    fees: dict = {}
    for price in models.BidPrice.objects.select_related("line").filter(bid__procurement=procurement):
        fees.setdefault((price.bid_id, price.line.lot_id), {})[price.line.number] = price.weekly_fee
    failed = set(
        models.LowPrice.objects.filter(bid__procurement=procurement, is_explained=False).values_list("bid_id", "lot_id")
    )
    found = []
    for lot in procurement.live_lots:
        plan = next(each for each in method.lots if each.number == lot.number)
        found.append(_ranking(lot, plan, method, bids, marks, fees, failed))
    return found


def _ranking(
    lot, plan: rules.LotPlan, method: rules.Method, bids: dict, marks: dict, fees: dict, failed: set
) -> Ranking:
    asked = [each for each in method.questions if each.part is states.Part.QUALITY and each.lot in (None, lot.number)]
    most = max(mark for mark, _ in method.marks)
    scored, dropped = [], []
    for pk, bid in bids.items():
        if lot.number not in bid.lots:
            continue
        given = marks.get(pk, {})
        low = [each.number for each in asked if each.pass_mark is not None and given[each.number] < each.pass_mark]
        if low:
            dropped.append((bid, f"below the pass mark of question {', '.join(map(str, low))}"))
        elif (pk, lot.pk) in failed:
            dropped.append((bid, "its price is abnormally low and was not explained"))
        elif why := rules.why_no_price(plan, given_fees := fees.get((pk, lot.pk), {})):
            dropped.append((bid, why))
        else:
            price = rules.compared_price(plan.lines, [given_fees[n] for n in range(len(plan.lines))])
            scored.append(Scored(str(pk), price, rules.quality(asked, given, most)))
    ceiling = (
        Fraction(plan.ceiling) if plan.ceiling is not None else max((each.price for each in scored), default=0) + 1
    )
    result = solve(
        Scoring(
            str(lot.pk), method.formula, Fraction(method.weight_quality), Fraction(method.weight_price),
            Fraction(ceiling), Fraction(method.quality_min), tuple(scored),
        )
    )  # fmt: skip
    by_id = {str(pk): bid for pk, bid in bids.items()}
    first = next((each.number for each in asked if each.visits is None), 0)

    def place(entry: Score) -> tuple:
        """Order by points, then by the published order of ties; the time of submission last."""
        bid = by_id[entry.bid.id]
        keys = {"quality": -entry.bid.quality, "price": entry.bid.price, "first_question": -marks[bid.pk].get(first, 0)}
        return (-entry.score, *(keys[each] for each in method.tie_order), bid.submitted_at)

    ordered = sorted(result.ranking, key=place)
    points = [each.score for each in ordered]
    places = tuple(
        Place(rank, by_id[each.bid.id], each.score, each.bid.quality, each.bid.price, points.count(each.score) > 1)
        for rank, each in enumerate(ordered, start=1)
    )
    dropped += [(by_id[key], why) for key, why in result.dropped]
    reversals = tuple((by_id[loser], by_id[winner]) for loser, winner in result.reversals)
    return Ranking(lot, places, tuple(dropped), reversals, sensitivity(result))


def low_prices(*, procurement_id) -> QuerySet[models.LowPrice]:
    """Return the prices of a tender that were asked about."""
    return models.LowPrice.objects.select_related("bid__provider", "lot").filter(bid__procurement=procurement_id)


def exclusion(*, exclusion_id) -> models.Exclusion:
    """Return one ground that was raised; raise NotFound when there is none in this scope."""
    if found := models.Exclusion.objects.select_related("bid__provider").filter(pk=exclusion_id).first():
        return found
    raise NotFound("There is no such ground.")


def assessor(*, assessor_id) -> models.Assessor:
    """Return one assessor; raise NotFound when there is none in this scope."""
    if found := models.Assessor.objects.select_related("user").filter(pk=assessor_id).first():
        return found
    raise NotFound("There is no such assessor.")


def low_price(*, low_price_id) -> models.LowPrice:
    """Return one price that was asked about; raise NotFound when there is none in this scope."""
    if found := models.LowPrice.objects.select_related("bid__provider", "lot").filter(pk=low_price_id).first():
        return found
    raise NotFound("There is no such question about a price.")


def may_read(*, procurement_id, user, runs: bool, checks: bool) -> bool:
    """Tell whether `require_reader` would let *user* read the bids of a procurement."""
    found = models.Assessor.objects.filter(procurement=procurement_id, user=user).first()
    return found.may_score if found else runs or checks


def require_reader(*, bid: models.Bid, user, runs: bool, checks: bool) -> None:
    """Refuse unless *user* runs the tender, checks it as an office, or is an assessor whose interests are settled.

    Raises:
        NotAllowed: none of these.
        Refused: an assessor has not declared interests yet, or one stands in the way.
    """
    is_assessor = models.Assessor.objects.filter(procurement=bid.procurement_id, user=user).exists()
    if is_assessor:
        require_assessor(procurement_id=bid.procurement_id, user=user)
    elif not (runs or checks):
        raise NotAllowed("Only those who run, check or assess this tender read its bids.")


@dataclass(frozen=True)
class Progress:
    """How far the scoring of one answer is."""

    bid: models.Bid
    question: models.Question
    scored: int
    mark: int | None


def progress(procurement: models.Procurement) -> list[Progress]:
    """Return how many assessors have scored each answer, and the moderated mark; no assessor's own mark."""
    asked = _asked(procurement)
    counts: dict = {}
    for key in models.Score.objects.filter(procurement=procurement).values_list("bid_id", "question_id"):
        counts[key] = counts.get(key, 0) + 1
    marks = {
        (each.bid_id, each.question_id): each.mark for each in models.Moderated.objects.filter(procurement=procurement)
    }
    return [
        Progress(bid, each, counts.get((bid.pk, each.pk), 0), marks.get((bid.pk, each.pk)))
        for bid in admitted(procurement)
        for each in _answered(asked, bid)
    ]


def judged(procurement: models.Procurement) -> QuerySet[models.Bid]:
    """Return every opened bid with its checks and grounds for exclusion."""
    return procurements.bids(procurement_id=procurement.pk).prefetch_related("checks__question", "exclusions")
