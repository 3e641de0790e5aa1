"""A council in the third year of its contract, whose envelope is nearly full, with a draft agreement that would pass it."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

from placewell.budget import actions as budget
from placewell.budget.models import Envelope
from placewell.budget.rules import Line
from placewell.contracts.models import Contract, Framework, Lot
from placewell.kernel.periods import financial_year, financial_year_period
from placewell.placements.models import Agreement, PriceLine

from . import accounts, children, governance, market

OFFICES = {
    "manager": "team_manager",
    "officer": "placements_officer",
    "worker": "worker",
    "commissioner": "commissioner",
    "finance": governance.FINANCE,
    "holder": governance.HOLDER,
    "director": governance.DIRECTOR,
}


def nearly_full(council, *, on: dt.date) -> SimpleNamespace:
    """Return the council's people, and the agreement that waits for the manager's signature."""
    now = dt.datetime.combine(on, dt.time(8), dt.UTC)
    by = {key: accounts.person(role, organisation=council) for key, role in OFFICES.items()}
    decision = governance.decision()
    governance.delegation(of=decision, act="approve_demand", consultees=(governance.FINANCE, governance.HOLDER))
    award = governance.approval(
        of=governance.delegation(of=decision), asked_by=by["commissioner"], asked_at=now, decided_by=by["director"]
    )
    year = financial_year(on)
    start, end = financial_year_period(year - 2).start, financial_year_period(year + 3).end
    framework = Framework.objects.create(
        reference="F1",
        title="Placements",
        legal_regime="pcr2015",
        decision=decision,
        award=award,
        start_on=start,
        end_on=end,
        state="awarded",
    )
    lot = Lot.objects.create(framework=framework, number=1, category="fostering", title="Fostering")
    provider = market.provider()
    contract = Contract.objects.create(lot=lot, provider=provider, reference="C1", start_on=start, end_on=end)
    for each in range(year - 2, year + 4):
        Envelope.objects.create(decision=decision, financial_year=each, amount=Decimal("400000"))
    for number in range(2):  # one placement from the first year on, another from the second
        budget.commit(
            decision_id=decision.pk,
            provider_id=provider.pk,
            category="fostering",
            source=f"placements.agreement:{number}",
            lines=[Line("care", Decimal("3500"), financial_year_period(year - 2 + number).start, end)],
            by=by["officer"],
            now=now,
        )
    home = market.home(of=provider, places=1, kind="foster_home")
    child = children.child(born_on=on - dt.timedelta(days=3700))
    agreement = Agreement.objects.create(
        child=child,
        provider=provider,
        home=home,
        contract=contract,
        reference="A-KLM234",
        category="fostering",
        start_on=financial_year_period(year).start,
        end_on=financial_year_period(year).end,
        drawn_up_by=by["officer"],
    )
    PriceLine.objects.create(
        agreement=agreement,
        provider=provider,
        kind="accommodation",
        weekly_fee=Decimal("910"),
        start_on=agreement.start_on,
        end_on=agreement.end_on,
    )
    return SimpleNamespace(council=council, by=by, decision=decision, agreement=agreement)
