"""A council ready to place a child: a decision in force, an awarded framework with one fostering provider and its home,
an envelope, and the people; and a referral at each step."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import NumericRange

from placewell.budget.models import Envelope
from placewell.contracts.models import Contract, Framework, Lot, Rate
from placewell.placements import actions
from placewell.storage.context import Scope, enter

from . import accounts, children, governance, market

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
TODAY = NOW.date()
END = dt.date(2027, 3, 1)
WHY = "Nearest to school and the carers know this work well."
TEXTS = {
    "summary": "Loves football.",
    "needs_and_care": "Calm routines.",
    "risks_and_safety": "None known.",
    "education": "In school each day.",
    "family_time": "Saturdays.",
    "child_views": "I want to stay at my school.",
    "parent_views": "Somewhere that we can reach by train.",
}


@dataclass
class World:
    """Who and what there is."""

    council: Any
    provider: Any = None
    home: Any = None
    decision: Any = None
    contract: Any = None
    child: Any = None
    by: dict = field(default_factory=dict)

    def ours(self) -> None:
        """Act for the council."""
        enter(Scope.of_council(self.council.pk))

    def theirs(self) -> None:
        """Act for the provider."""
        enter(Scope.of_provider(self.provider.pk))


def world(council, *, amount: str = "10300000", places: int = 1, area_code: str = "E06000034") -> World:
    """Return a council in which a child can be placed."""
    made = World(council)
    made.ours()
    roles = {
        "officer": "placements_officer",
        "manager": "team_manager",
        "director": "director_of_childrens_services",
        "commissioner": "commissioner",
    }
    made.by = {key: accounts.person(role, organisation=council) for key, role in roles.items()}
    made.decision = governance.decision()
    delegated = governance.delegation(of=made.decision)
    award = governance.approval(
        of=delegated, asked_by=made.by["commissioner"], asked_at=NOW, decided_by=made.by["director"]
    )
    made.provider = market.provider()
    made.by["staff"] = accounts.person("provider_staff", organisation=made.provider.organisation)
    made.home = market.home(of=made.provider, places=places, kind="foster_home", area_code=area_code)
    framework = Framework.objects.create(
        reference="F1",
        title="Placements",
        legal_regime="pcr2015",
        decision=made.decision,
        award=award,
        start_on=dt.date(2023, 4, 1),
        end_on=dt.date(2029, 4, 1),
        state="awarded",
    )
    lot = Lot.objects.create(framework=framework, number=1, category="fostering", title="Fostering")
    made.contract = Contract.objects.create(
        lot=lot, provider=made.provider, reference="C1", start_on=framework.start_on, end_on=framework.end_on
    )
    Rate.objects.create(
        contract=made.contract,
        ages=NumericRange(0, 18),
        need_level="standard",
        weekly_fee=Decimal("910.00"),
        start_on=framework.start_on,
    )
    for year in range(2023, 2029):
        Envelope.objects.create(decision=made.decision, financial_year=year, amount=Decimal(amount))
    made.child = a_child()
    return made


def a_child(**fields):
    """Return a child of ten in care."""
    given = {
        "born_on": dt.date(2015, 6, 1),
        "home_postcode": "RM17 6SL",
        "school": "Fenfields School",
        "school_postcode": "RM17 6SL",
    }
    child = children.child(**(given | fields))
    children.episode(of=child)
    return child


def referral(made: World, *, child=None, upto: str = "sent", **fields):
    """Return a referral of *child*, brought as far as *upto*: draft, ready or sent."""
    made.ours()
    given = {
        "categories": ["fostering"],
        "urgency": "planned",
        "needed_on": TODAY,
        "expected_end_on": END,
        "need_level": "standard",
    }
    officer = made.by["officer"]
    row = actions.write_referral(child_id=(child or made.child).pk, **(given | TEXTS | fields), by=officer, now=NOW)
    if upto in ("ready", "sent"):
        actions.ready_referral(referral_id=row.pk, by=officer, now=NOW)
    if upto == "sent":
        due = NOW + dt.timedelta(days=2)
        actions.send_referral(referral_id=row.pk, provider_ids=[made.provider.pk], answer_by=due, by=officer, now=NOW)
    row.refresh_from_db()
    return row


def consult(made: World, offer) -> None:
    """Record what everybody says who has not been heard about an offer."""
    for each in offer.consultations.filter(answered_on=None):
        given = {"consultation_id": each.pk, "answer": "They have nothing against this home.", "on": TODAY}
        actions.record_consultation(**given, by=made.by["officer"], now=NOW)


def offer(made: World, row, *, recommended: bool = True, home=None, fee: str = "910.00"):
    """Return the provider's offer for a referral, recommended unless said otherwise."""
    invitation = row.invitations.get(provider=made.provider)
    made.theirs()
    given = actions.make_offer(
        invitation_id=invitation.pk,
        home_id=(home or made.home).pk,
        weekly_fee=Decimal(fee),
        earliest_on=TODAY,
        how_needs_are_met="Experienced carers.",
        effect_on_residents="",
        by=made.by["staff"],
        now=NOW,
    )
    made.ours()
    if recommended:
        actions.recommend_offer(offer_id=given.pk, recommendation=WHY, by=made.by["officer"], now=NOW)
    given.refresh_from_db()
    return given
