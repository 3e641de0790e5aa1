"""How the made-up council decides: notices and reports, an officer's record, a call-in, the limits of offices."""

import datetime as dt
from decimal import Decimal
from uuid import UUID

from placewell.governance import actions
from placewell.governance.rules import DecisionTerms, NoticeTerms
from placewell.governance.states import Maker, Route

from . import decision, people

NOTICE_ON, REPORT_ON = dt.date(2018, 1, 4), dt.date(2018, 1, 30)
WHERE = "The council's website, or democratic services at the civic offices"
LIMITS = (("team_manager", Decimal("312000.00")), ("director_of_childrens_services", None))
REPORT = (
    "The regional contract ends in December 2018. Officers compared three ways: to stay in a regional contract, to buy each "
    "placement alone, and a contract of the council's own in four lots. They recommend the last, at £10.3 million a year for "
    "six years, which is what the placements of the last three years cost with the growth that is expected."
)
EXEMPT = "Three present providers asked for rises of 6 to 9 per cent. The highest weekly prices by provider are in the table."


def give_notice(cast: people.Cast) -> UUID:
    """Put the decision of 2018 on the forward plan in time, with its report; return the notice."""
    by, commissioner = cast.by["democratic"], cast.by["commissioner"]
    planned = actions.plan_decision(
        terms=NoticeTerms(
            title=decision.DECISION.title,
            matter="Whether to leave the regional contract for placements and to commission one of the council's own.",
            body="Cabinet",
            due_from=decision.TAKEN_ON,
            due_to=decision.TAKEN_ON,
            documents="Report of the Corporate Director of Children's Services",
            where_to_get=WHERE,
        ),
        by=by,
        now=_at(NOTICE_ON),
    )
    actions.give_notice(planned_id=planned.pk, on=NOTICE_ON, by=by, now=_at(NOTICE_ON))
    report = actions.write_report(
        planned_id=planned.pk,
        title="Placement commissioning: options and recommendation",
        author="Corporate Director of Children's Services",
        text=REPORT,
        background_papers="Sufficiency statement 2017\nMarket position statement 2017",
        exempt_text=EXEMPT,
        paragraphs=(3,),
        public_interest="Telling present prices before the tender would raise what is paid for children's homes.",
        by=commissioner,
        now=_at(REPORT_ON),
    )
    actions.publish_report(report_id=report.pk, on=REPORT_ON, by=by, now=_at(REPORT_ON))
    return planned.pk


def record_award(cast: people.Cast, approval_id: UUID, *, on: dt.date) -> None:
    """Record and publish what the Corporate Director decided, and set the limits of offices."""
    by, now = cast.by["democratic"], _at(on)
    made = actions.record_officer_decision(
        approval_id=approval_id,
        number=f"OD/{on.year}/001",
        title="Award of the framework for external placements",
        text="The framework for external placements was awarded to the providers that the evaluation recommended, in four lots.",
        reasons="The tenders were judged by the method that was published; enough homes are within reach of the borough.",
        alternatives="To award fewer lots: rejected, because it would leave one kind of home without a contract.",
        conflicts="None declared.",
        dispensations="None.",
        by=by,
        now=now,
    )
    actions.publish_decision(decision_id=made.pk, on=on, by=by, now=now)
    for role, amount in LIMITS:
        actions.set_limit(
            role=role,
            kind="whole_cost",
            amount=amount,
            start_on=on,
            source="Scheme of delegation, part 3, paragraph 4",
            by=by,
            now=now,
        )


def go_on(cast: people.Cast, *, on: dt.date) -> None:
    """Add what stands on the forward plan today, and a decision that was called in."""
    _plan(cast, on)
    by, taken = cast.by["democratic"], on - dt.timedelta(days=2)
    made = actions.record_decision(
        terms=DecisionTerms(
            number="0110733",
            body="Portfolio Holder for Children's and Adult Social Care",
            maker=Maker.MEMBER,
            taken_on=taken,
            title="Retainers for family assessment places",
            text="That the council pays a retainer for two family assessment places until the end of the year.",
            reasons="Courts order assessments at short notice, and no place was free on three occasions.",
            alternatives="To ask neighbouring councils for places: rejected, because theirs are full.",
            call_in_by="Members of the council, under the constitution's scrutiny rules",
            call_in_members=4,
        ),
        by=by,
        now=_at(taken),
    )
    actions.publish_decision(decision_id=made.pk, on=taken, by=by, now=_at(taken))
    actions.call_in_decision(
        decision_id=made.pk,
        called_by="Four members of the overview and scrutiny committee",
        members=("Cllr A Marlow", "Cllr B Deane", "Cllr C Whitlock", "Cllr D Osborne"),
        grounds="The cost of places that stand empty was not set out.",
        by=by,
        now=_at(on - dt.timedelta(days=1)),
    )


def _plan(cast: people.Cast, on: dt.date) -> None:
    """Give notice of one decision in time and of one that could not wait; draft a third."""
    clerk, commissioner = cast.by["democratic"], cast.by["commissioner"]
    noticed, told = on - dt.timedelta(days=12), on - dt.timedelta(days=3)
    common = {"body": "Cabinet", "documents": "Report of the Corporate Director", "where_to_get": WHERE}
    for day, terms in (
        (
            noticed,
            NoticeTerms(
                title="Two children's homes of the council's own",
                matter="Whether to open two homes for six children with needs that the market does not meet.",
                due_from=on + dt.timedelta(days=25),
                due_to=on + dt.timedelta(days=25),
                **common,
            ),
        ),
        (
            told,
            NoticeTerms(
                title="Emergency places for this winter",
                matter="Whether to buy four places in block until the end of March.",
                due_from=on + dt.timedelta(days=4),
                due_to=on + dt.timedelta(days=14),
                route=Route.GENERAL_EXCEPTION,
                impracticable_because="A provider gave notice last week, and the places are needed before 28 days pass.",
                chair="The chair of overview and scrutiny",
                chair_on=told,
                **common,
            ),
        ),
    ):
        made = actions.plan_decision(terms=terms, by=clerk, now=_at(day))
        actions.give_notice(planned_id=made.pk, on=day, by=clerk, now=_at(day))
    actions.plan_decision(
        terms=NoticeTerms(
            title="What follows the framework of six years",
            matter="How placements are commissioned when the present framework ends.",
            due_from=on + dt.timedelta(days=90),
            due_to=on + dt.timedelta(days=120),
            is_private=True,
            private_because="The report tells providers' prices.",
            **common,
        ),
        by=commissioner,
        now=_at(on),
    )


def _at(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, 8, tzinfo=dt.UTC)
