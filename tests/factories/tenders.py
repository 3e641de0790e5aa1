"""Tenders that are planned, published, bid for and opened, made through the room's own actions."""

import datetime as dt
import itertools
from dataclasses import dataclass, field
from decimal import Decimal

from placewell.storage import context
from placewell.tenders import actions, queries, rules, states
from tests.conftest import NOW

from . import accounts, governance, market

_count = itertools.count(1)
START, END = dt.date(2026, 7, 1), dt.date(2032, 7, 1)
LINES = (rules.Line(10, 15, "standard", Decimal(3)), rules.Line(16, 17, "standard", Decimal(1)))
MARKS = ((0, "Nothing"), (3, "Good"), (5, "Excellent"))
QUESTIONS = (
    rules.Asked(0, states.Part.CONDITION, "Are you registered?", kind=states.Answer.YES_NO),
    rules.Asked(0, states.Part.QUALITY, "How do you keep children safe?", weight=Decimal(60), pass_mark=3),
    rules.Asked(0, states.Part.QUALITY, "How near are your homes?", weight=Decimal(40), most_words=50),
    rules.Asked(0, states.Part.CONDITION, "Your insurance", kind=states.Answer.FILE, is_required=False),
)


@dataclass
class Tender:
    """A tender and the people around it."""

    by: object
    council: object
    decision: object
    procurement: object = None
    holders: list = field(default_factory=list)
    codes: list = field(default_factory=list)


def lots(count: int = 1) -> tuple[rules.LotPlan, ...]:
    """Return plans of lots, all for fostering."""
    return tuple(rules.LotPlan(n, "fostering", f"Lot {n}", Decimal(1000), LINES) for n in range(1, count + 1))


def plan(council, *, lot_count: int = 1, questions=QUESTIONS, **fields) -> Tender:
    """Return a planned tender with a whole method."""
    tender = Tender(accounts.person("commissioner", organisation=council), council, governance.decision())
    given = {
        "reference": f"T{next(_count)}",
        "title": "Fostering",
        "description": "Homes with foster carers.",
        "procedure": states.Procedure.OPEN,
        "decision_id": tender.decision.pk,
        "planned_value": Decimal("1000000"),
        "start_on": START,
        "end_on": END,
        "lots": lots(lot_count),
    }
    made = actions.plan_procurement(**(given | fields), by=tender.by, now=NOW)
    for asked in questions:
        actions.add_question(procurement_id=made.pk, asked=asked, by=tender.by, now=NOW)
    tender.procurement = actions.set_method(
        procurement_id=made.pk,
        formula="absolute_ceiling",
        weight_quality=Decimal(70),
        weight_price=Decimal(30),
        quality_min=Decimal(0),
        tie_order=("quality", "price"),
        marks=MARKS,
        by=tender.by,
        now=NOW,
    )
    return tender


def give_keys(tender: Tender, roles=("democratic_services", "director_of_finance", "auditor")) -> Tender:
    """Appoint holders who each make and confirm a key."""
    for role in roles:
        holder = accounts.person(role, organisation=tender.council)
        actions.appoint_key_holder(procurement_id=tender.procurement.pk, user_id=holder.pk, by=tender.by, now=NOW)
        code = actions.make_key(procurement_id=tender.procurement.pk, by=holder, now=NOW)
        actions.confirm_key(procurement_id=tender.procurement.pk, code=code, by=holder, now=NOW)
        tender.holders.append(holder)
        tender.codes.append(code)
    return tender


def publish(tender: Tender, *, closes_in: float = 3600) -> Tender:
    """Publish it, its deadline so many seconds ahead by the database's clock."""
    at = queries.moment() + dt.timedelta(seconds=closes_in)
    tender.procurement = actions.publish_tender(
        procurement_id=tender.procurement.pk, tenders_by_at=at, questions_by_at=None, by=tender.by, now=NOW
    )
    return tender


def published(council, **fields) -> Tender:
    """Return a published tender with three key holders."""
    return publish(give_keys(plan(council, **fields)))


def bidder(name: str = "Elm Care"):
    """Return somebody of a provider who may bid."""
    with context.acting(context.Scope(context.COUNCIL)):
        return accounts.person("provider_staff", organisation=market.provider(name=name).organisation)


def begin(tender: Tender, by) -> str:
    """Begin a bid, the transaction acting for the bidder from here; return its code."""
    context.enter(by.scope)
    return actions.begin_bid(procurement_id=tender.procurement.pk, by=by, now=NOW)


def fill(tender: Tender, by, code: str, *, lots=(1,), fee: str = "800.00", text: str = "Well.") -> None:
    """Fill a draft in, whole."""
    actions.save_draft(
        procurement_id=tender.procurement.pk,
        code=code,
        lots=lots,
        answers={"1": "yes", "2": text, "3": text},
        prices={f"{lot}.{line}": Decimal(fee) for lot in lots for line in range(len(LINES))},
        by=by,
        now=NOW,
    )


def submit(tender: Tender, by, **fields) -> tuple[str, actions.Receipt]:
    """Begin, fill in and submit a bid; return its code and the receipt."""
    code = begin(tender, by)
    fill(tender, by, code, **fields)
    return code, actions.submit_bid(procurement_id=tender.procurement.pk, code=code, by=by, now=NOW)


def open_all(tender: Tender) -> states.Attempt:
    """Let two holders open the bids, for the council; return what became of the second act."""
    context.enter(context.Scope.of_council(tender.council.pk))
    for holder, code in list(zip(tender.holders, tender.codes, strict=True))[:2]:
        outcome = actions.open_bids(procurement_id=tender.procurement.pk, code=code, by=holder, now=NOW)
    tender.procurement.refresh_from_db()
    return outcome


def opened(tender: Tender, set_clock, *, fees=("800.00", "700.00"), lots=(1,)) -> list:
    """Let a bidder bid each of *fees*, pass the deadline and open the bids; return the bids in the order of *fees*."""
    people = [bidder() for _ in fees]
    for by, fee in zip(people, fees, strict=True):
        submit(tender, by, fee=fee, lots=lots)
    set_clock(tender.procurement.tenders_by_at)
    open_all(tender)
    found = {each.provider_id: each for each in queries.bids(procurement_id=tender.procurement.pk)}
    return [found[by.organisation_id] for by in people]


def assessors(tender: Tender, count: int = 2) -> list:
    """Appoint assessors who declare no interest."""
    found = []
    for _ in range(count):
        user = accounts.person("placements_officer", organisation=tender.council)
        actions.appoint_assessor(procurement_id=tender.procurement.pk, user_id=user.pk, by=tender.by, now=NOW)
        actions.declare_interests(procurement_id=tender.procurement.pk, interest="", by=user, now=NOW)
        found.append(user)
    return found


def check_conditions(tender: Tender, bids) -> None:
    """Find every condition met."""
    for bid in bids:
        for question in tender.procurement.questions.filter(part="condition"):
            actions.check_condition(
                bid_id=bid.pk, question_id=question.pk, is_met=True, reason="Seen", by=tender.by, now=NOW
            )


def judge(tender: Tender, bids, marks, people=None) -> None:
    """Score and moderate every answer of each bid with its mark, check conditions, and lock quality."""
    people = people or assessors(tender)
    check_conditions(tender, bids)
    for bid, mark in zip(bids, marks, strict=True):
        for question in queries.quality_questions(tender.procurement, bid):
            on = {"bid_id": bid.pk, "question_id": question.pk, "mark": mark, "reason": "Evidence", "now": NOW}
            for user in people:
                actions.score_answer(by=user, **on)
            actions.moderate_score(by=tender.by, **on)
    actions.lock_quality(procurement_id=tender.procurement.pk, by=tender.by, now=NOW)
    tender.procurement.refresh_from_db()
