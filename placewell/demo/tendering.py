"""Tenders of the made-up council: one planned and announced, one that takes bids, one being judged, one awarded directly."""

import datetime as dt
import time
from decimal import Decimal
from uuid import UUID

from placewell.accounts import actions as accounts
from placewell.accounts.models import User
from placewell.governance import actions as governance
from placewell.kernel.periods import day_of, financial_year
from placewell.market.queries import grid
from placewell.needs.actions import keep_visiting_rates
from placewell.storage.context import acting
from placewell.tenders import actions, queries, rules
from placewell.tenders.states import Answer, Part, Procedure

from . import decision, people, visiting

SOON = dt.timedelta(seconds=4)
# The bids take about as long as one tender takes to plan and publish; where the machine is busy, wait as much longer.
SLOWEST = 6
WEEKS = dt.timedelta(weeks=3)
HOLDERS = ("democratic", "finance", "auditor")
MARKS = (
    (0, "No answer, or one that does not meet the need"),
    (1, "Major gaps"),
    (2, "Some gaps"),
    (3, "Meets the need, with evidence"),
    (4, "Meets the need well, with strong evidence"),
    (5, "Exceeds the need, with strong evidence throughout"),
)
LINES = (
    rules.Line(0, 9, "standard", Decimal(2)),
    rules.Line(10, 15, "standard", Decimal(3)),
    rules.Line(16, 17, "enhanced", Decimal(1)),
)
QUESTIONS = (
    rules.Asked(0, Part.CONDITION, "Is every home registered with the regulator and open?", kind=Answer.YES_NO),
    rules.Asked(0, Part.CONDITION, "Your insurance certificate", kind=Answer.FILE, is_required=False),
    rules.Asked(
        0, Part.QUALITY, "How do you keep children safe, and how do you know that it works?",
        guidance="Recruitment, supervision, missing episodes, what changed after something went wrong",
        most_words=1000, weight=Decimal(50), pass_mark=3,
    ),
    rules.Asked(
        0, Part.QUALITY, "How near the borough are your homes, and how do children keep their school and family?",
        most_words=600, weight=Decimal(20),
    ),
    rules.Asked(0, Part.QUALITY, "How do children's views change what you do?", most_words=600, weight=Decimal(20)),
)  # fmt: skip
SAID = {
    "3": "Every carer is supervised weekly and knows whom to call at night. We read each missing episode with the child.",
    "4": "Nine of ten of our homes are within twenty minutes of the town hall, and children stay at their schools.",
    "5": "A council of children meets each month. Last year it changed how we plan family time.",
}
LOT = {
    "fostering": "Independent fostering agencies",
    "residential": "Residential",
    "supported": "Post-16 supported accommodation",
}


def begin(cast: people.Cast, decided, bidders: list, *, on: dt.date, now: dt.datetime) -> tuple[UUID, dict[str, str]]:
    """Add the three tenders; return the one whose bids will soon be due, and its key holders' codes."""
    terms = {"decided": decided, "on": on, "now": now}
    _know_visits(cast, now - dt.timedelta(days=30))
    planned = _plan(cast, "PS/101", "Supported accommodation, further round", "supported", **terms)
    _announce(cast, planned, on=on, now=now)
    _direct(cast, decided, bidders[-1], on=on, now=now)
    _register(cast.by["homes"], on=on, now=now)
    began = time.monotonic()
    taking = _plan(cast, "PS/100", "Fostering agencies, yearly re-opening", "fostering", **terms)
    _publish(cast, taking, WEEKS, now)
    _amend(cast, taking, now=now)
    took = dt.timedelta(seconds=time.monotonic() - began)
    judged = _plan(cast, "PS/99", "Residential homes near the borough", "residential", **terms)
    codes = _publish(cast, judged, SOON + SLOWEST * took, now)
    for number, provider_id in enumerate(bidders):
        _bid(cast, judged, provider_id, number, now)
    return judged, codes


def finish(cast: people.Cast, judged: UUID, codes: dict[str, str], *, now: dt.datetime) -> None:
    """Open and judge the bids once they are due; the rest of the council is built meanwhile."""
    closes = queries.procurement(procurement_id=judged).tenders_by_at
    while queries.moment() < closes:
        time.sleep(0.1)
    for key in HOLDERS[:2]:
        actions.open_bids(procurement_id=judged, code=codes[key], by=cast.by[key], now=now)
    _judge(cast, judged, now)


def _know_visits(cast, now: dt.datetime) -> None:
    """Keep what visits cost a month ago, before the children of today are there."""
    bases = [(*grid(postcode)[:2], children) for postcode, children in zip(visiting.BASES, (110, 80, 50), strict=True)]
    keep_visiting_rates(
        bases=bases, visits_a_year=8.7, min_p=Decimal(55), km_p=Decimal(28), by=cast.by["manager"], now=now
    )


def _plan(cast, reference: str, title: str, category: str, *, decided, on: dt.date, now: dt.datetime):
    """Plan a tender with its whole method and its key holders; return its id."""
    by = cast.by["commissioner"]
    start = dt.date(on.year + 1, 4, 1)
    made = actions.plan_procurement(
        reference=reference,
        title=title,
        description="Homes for looked-after children, near enough for school, family and the social worker's visits.",
        procedure=Procedure.SELECT_LIST,
        reopens_every_months=12,
        decision_id=decided.pk,
        planned_value=Decimal("9000000.00"),
        planned_notice_on=on + dt.timedelta(days=45),
        start_on=start,
        end_on=start.replace(year=start.year + 4),
        lots=(rules.LotPlan(1, category, LOT[category], Decimal("6500.00"), LINES, Decimal("9000000.00")),),
        by=by,
        now=now,
    )
    steps = [
        (on + dt.timedelta(days=45), "Notice"),
        (on + dt.timedelta(days=80), "Bids close"),
        (start, "Contracts start"),
    ]
    actions.set_timetable(procurement_id=made.pk, steps=steps, by=by, now=now)
    actions.set_method(
        procurement_id=made.pk,
        formula="absolute_ceiling",
        weight_quality=Decimal(70),
        weight_price=Decimal(30),
        quality_min=Decimal(0),
        tie_order=("first_question", "quality", "price"),
        marks=MARKS,
        standstill_days=8,
        by=by,
        now=now,
    )
    for asked in QUESTIONS:
        actions.add_question(procurement_id=made.pk, asked=asked, by=by, now=now)
    actions.add_visit_criterion(procurement_id=made.pk, weight=Decimal(10), most=Decimal(2500), by=by, now=now)
    for key in HOLDERS:
        actions.appoint_key_holder(procurement_id=made.pk, user_id=cast.by[key].pk, by=by, now=now)
    return made.pk


def _announce(cast, procurement_id, *, on: dt.date, now: dt.datetime) -> None:
    """Publish the year's pipeline, ask the market, and announce what is planned."""
    actions.publish_pipeline(
        year=financial_year(on),
        text="Homes that we mean to seek in the next years.",
        by=cast.by["commissioner"],
        now=now,
    )
    about = {"procurement_id": procurement_id, "by": cast.by["commissioner"], "now": now}
    actions.announce_plan(kind="engagement", text="Providers are invited to say what would help them bid.", **about)
    actions.record_engagement(
        held_on=on - dt.timedelta(days=9),
        how="A meeting of eleven providers",
        learned="Small providers ask for longer than four weeks, and for prices that move with wages.",
        **about,
    )
    actions.announce_plan(
        kind="planned", text="Supported accommodation for young people from 16, near the borough.", **about
    )


def _amend(cast, procurement_id, *, now: dt.datetime) -> None:
    """Amend the tender that takes bids: a week more, because providers asked for it."""
    actions.amend_dates(
        procurement_id=procurement_id,
        tenders_by_at=queries.moment() + WEEKS + dt.timedelta(weeks=1),
        questions_by_at=None,
        reason="Small agencies asked for a week more over the half-term holiday.",
        by=cast.by["commissioner"],
        now=now,
    )


def _direct(cast, decided, provider_id, *, on: dt.date, now: dt.datetime) -> None:
    """Award one contract directly for urgency: announced, agreed by both offices, and made."""
    about = {"by": cast.by["commissioner"], "now": now}
    start = on + dt.timedelta(days=14)
    made = actions.plan_procurement(
        reference="PS/98",
        title="Family assessment after a centre closed",
        description="Four families at a time, for half a year, while the open tender runs.",
        procedure=Procedure.DIRECT_AWARD,
        ground="urgency",
        ground_reasons="The only centre nearby was closed by the regulator, and assessments are ordered by the court.",
        decision_id=decided.pk,
        planned_value=Decimal("240000.00"),
        start_on=start,
        end_on=start + dt.timedelta(days=182),
        lots=(rules.LotPlan(1, "family_assessment", "Family assessment", value=Decimal("240000.00")),),
        **about,
    )
    actions.publish_tender(
        procurement_id=made.pk, tenders_by_at=None, questions_by_at=None, proposed_id=provider_id, **about
    )
    asked = actions.recommend_direct_award(
        procurement_id=made.pk,
        delegation_id=decided.delegations.get(act="award").pk,
        report="One provider can begin within two weeks. Its price is that of the framework.",
        winners={1: provider_id},
        **about,
    )
    reply = {"approval_id": asked.approval_id, "now": now}
    governance.respond(role=decision.HOLDER, agrees=True, views="Agreed.", by=cast.by["holder"], **reply)
    governance.decide_approval(approve=True, reasons="The court cannot wait.", by=cast.by["director"], **reply)
    lot = made.lots.get()
    actions.award_lot(lot_id=lot.pk, **about)
    actions.make_contracts(lot_id=lot.pk, **about)


def _register(by: User, *, on: dt.date, now: dt.datetime) -> None:
    """Let a provider register most of what tenders ask for; one paper soon ends."""
    about = {"by": by, "now": now}
    with acting(by.scope):
        actions.save_profile(
            fields={
                "legal_name": by.organisation.name,
                "legal_form": "company",
                "company_number": "01234567",
                "charity_number": "",
                "vat_number": "",
                "unique_number": "",
                "address": "1 Made Up Lane\nGrays",
                "website": "",
                "contact_email": "tenders@providers.invalid",
                "is_small": True,
                "is_voluntary": False,
            },
            **about,
        )
        actions.add_connected(name="Made Up Holdings Limited", link="parent_company", company_number="07654321",
                              since_on=dt.date(2014, 4, 1), **about)  # fmt: skip
        for kind, days in (("employers_liability", 300), ("public_liability", 40), ("safeguarding_policy", 200)):
            actions.add_paper(
                kind=kind,
                number="MU-2201",
                cover=Decimal(10_000_000) if "liability" in kind else None,
                expires_on=on + dt.timedelta(days=days),
                name=f"{kind}.pdf",
                data=b"%PDF-1.7 A paper, made up.",
                **about,
            )


def _publish(cast, procurement_id, closes_in: dt.timedelta, now: dt.datetime) -> dict[str, str]:
    """Let the holders make their keys, publish the notice, and return the codes by holder."""
    codes = {}
    for key in HOLDERS:
        codes[key] = actions.make_key(procurement_id=procurement_id, by=cast.by[key], now=now)
        actions.confirm_key(procurement_id=procurement_id, code=codes[key], by=cast.by[key], now=now)
    actions.publish_tender(
        procurement_id=procurement_id,
        tenders_by_at=queries.moment() + closes_in,
        questions_by_at=None,
        by=cast.by["commissioner"],
        now=now,
    )
    return codes


def _bid(cast, procurement_id, provider_id, number: int, now: dt.datetime) -> None:
    """Let somebody of a provider bid."""
    user = _bidder(cast, provider_id, number, now)
    on = {"procurement_id": procurement_id, "by": user, "now": now}
    with acting(user.scope):
        code = actions.begin_bid(**on)
        prices = {f"1.{line}": Decimal(3900 + 150 * number + 200 * line) for line in range(len(LINES))}
        answers = {"1": "yes", **SAID, "6": queries.own_homes(user=user, on=day_of(now))}
        actions.save_draft(code=code, lots=[1], answers=answers, prices=prices, **on)
        actions.attach_file(code=code, question=2, name="insurance.pdf", data=b"%PDF-1.7 A certificate, made up.", **on)
        actions.submit_bid(code=code, **on)


def _bidder(cast, provider_id, number: int, now: dt.datetime) -> User:
    """Add somebody of a provider who writes bids; nobody signs in as them."""
    by = cast.by["first"]
    person = accounts.add_person(
        name=f"Bid writer {number + 1}",
        email=f"bids{number}@providers.invalid",
        organisation_id=provider_id,
        by=by,
        now=now,
    )
    accounts.give_post(user_id=person.pk, role="provider_staff", start_on=people.SINCE, by=by, now=now)
    cast.bidders.append(person)
    return person


def _judge(cast, procurement_id, now: dt.datetime) -> None:
    """Appoint two assessors, of whom one has scored the first bid; the rest is left to do."""
    on = {"procurement_id": procurement_id, "now": now}
    for key in ("placements", "manager"):
        actions.appoint_assessor(user_id=cast.by[key].pk, by=cast.by["commissioner"], **on)
    actions.declare_interests(interest="", by=cast.by["placements"], **on)
    found = queries.procurement(procurement_id=procurement_id)
    for bid, question, _ in queries.to_score(procurement=found, user=cast.by["placements"])[:3]:
        actions.score_answer(
            bid_id=bid.pk,
            question_id=question.pk,
            mark=4,
            reason="Clear, with evidence from last year.",
            by=cast.by["placements"],
            now=now,
        )
