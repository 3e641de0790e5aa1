"""Decisions with their delegations, and approvals under them."""

import datetime as dt
import itertools
from decimal import Decimal
from uuid import uuid4

from placewell.governance import rules, states
from placewell.governance.models import Approval, Consultee, Decision, Delegation, Exemption, LotTerm

from . import accounts

_count = itertools.count(1)
TAKEN_ON = dt.date(2018, 2, 7)
FINANCE, HOLDER, DIRECTOR = "director_of_finance", "portfolio_holder", "director_of_childrens_services"


def terms(**fields) -> rules.DecisionTerms:
    """Return the terms of a decision that lets the director award in conjunction with the portfolio holder."""
    given = {
        "number": f"D{next(_count)}",
        "body": "Cabinet",
        "taken_on": TAKEN_ON,
        "title": "Placements",
        "text": "Agreed.",
        "reasons": "Sufficiency.",
        "alternatives": "None would do.",
        "annual_amount": Decimal("10300000"),
        "years": 6,
        "resolutions": (("1.1", "Award."),),
        "lots": ((states.Category.FOSTERING, "Fostering"),),
        "delegations": (
            rules.DelegationTerms(
                act=states.Act.AWARD, role=DIRECTOR, consultees=(rules.ConsulteeTerms(HOLDER),), resolution="1.1"
            ),
        ),
    }
    return rules.DecisionTerms(**(given | fields))


def decision(*, state: str = states.Decision.PUBLISHED, **fields) -> Decision:
    """Return a decision, published the day it was taken and long in force unless *state* says otherwise."""
    early = state in (states.Decision.DRAFT, states.Decision.MADE)
    given = {
        "number": f"D{next(_count)}",
        "body": "Cabinet",
        "taken_on": TAKEN_ON,
        "title": "Placements",
        "text": "Agreed.",
        "reasons": "Sufficiency.",
        "alternatives": "None would do.",
        "published_on": None if early else TAKEN_ON,
        "state": state,
        "annual_amount": Decimal("10300000"),
        "years": 6,
    }
    made = Decision.objects.create(**(given | fields))
    LotTerm.objects.create(decision=made, number=1, category=states.Category.FOSTERING, title="Fostering")
    return made


def delegation(*, of: Decision, consultees: tuple[str, ...] = (HOLDER,), **fields) -> Delegation:
    """Return leave for the director to award, in conjunction with *consultees*."""
    given = {"act": states.Act.AWARD, "role": DIRECTOR, "start_on": of.taken_on}
    made = Delegation.objects.create(decision=of, **(given | fields))
    for role in consultees:
        Consultee.objects.create(delegation=made, role=role, manner=states.Manner.IN_CONJUNCTION)
    return made


def approval(*, of: Delegation, asked_by, asked_at: dt.datetime, decided_by=None) -> Approval:
    """Return a request under *of*; approved when *decided_by* is given."""
    state = states.Approval.APPROVED if decided_by else states.Approval.REQUESTED
    return Approval.objects.create(
        delegation=of,
        title="Award",
        evidence="The evaluation.",
        asked_by=asked_by,
        asked_at=asked_at,
        state=state,
        decided_by=decided_by,
        decided_at=asked_at if decided_by else None,
    )


def exemption(*, under: Approval, **fields) -> Exemption:
    """Return an exemption for fostering that *under* allows, or asks for."""
    number, on = next(_count), under.asked_at.date()
    given = {
        "delegation": under.delegation,
        "approval": under,
        "reference": f"E-{number}",
        "source": f"placements.referral:{number}",
        "category": states.Category.FOSTERING,
        "supplier": "Oak House Ltd",
        "supplier_id": uuid4(),
        "weekly_fee": Decimal(1200),
        "start_on": on,
        "value": Decimal(14_400),
        "reason": states.Lacking.SIBLINGS,
        "needs": ["standard"],
        "search_log": {},
        "regime": "pa2023",
        "threshold": Decimal(663_540),
        "is_above": False,
        "ground": states.Ground.USER_CHOICE,
        "review_on": on + dt.timedelta(days=84),
        "return_plan": "Search again each month.",
        "drafted_by": under.asked_by,
        "drafted_at": under.asked_at,
    }
    return Exemption.objects.create(**(given | fields))


def offices(organisation) -> dict:
    """Return one person for each office, and a commissioner who asks."""
    return {
        role: accounts.person(role, organisation=organisation) for role in (FINANCE, HOLDER, DIRECTOR, "commissioner")
    }
