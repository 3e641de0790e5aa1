"""What each role may do, whole: the table is the specification, and any difference is seen here."""

import datetime as dt

import pytest

from placewell.accounts.permissions import Permission, require
from placewell.accounts.roles import OFFICES, ROLES
from placewell.kernel.errors import NotAllowed
from tests.conftest import NOW, TODAY
from tests.factories import accounts

# One letter a role, in the order of COLUMNS; a row says who may.
COLUMNS = {
    "P": "placements_officer",
    "W": "social_worker",
    "M": "team_manager",
    "C": "commissioner",
    "A": "analyst",
    "V": "provider_staff",
    "R": "reviewing_officer",
    "D": "director_of_childrens_services",
    "F": "director_of_finance",
    "H": "portfolio_holder",
    "S": "democratic_services",
    "U": "auditor",
    "X": "system_administrator",
    "K": "worker",
    "T": "connected_system",
}
TABLE = {
    "see decisions": "PWMCARDFHSUK",
    "record a decision": "SK",
    "put a decision on the forward plan and write its reports": "CSK",
    "read what is exempt from publication": "CDFHSUK",
    "keep the scheme of delegation": "SK",
    "publish a decision": "SK",
    "record a call-in": "SK",
    "record what became of a call-in": "SK",
    "ask for approval under a decision": "CK",
    "agree or decide in the name of an office": "DFH",
    "draft and ask for exemptions": "PCK",
    "comment on exemptions for finance or legal": "FSK",
    "see contracts": "PWMCARDFHSUK",
    "set up and change contracts": "CK",
    "stop new placements with a provider, and let them start again": "CD",
    "decide a change of a contract that another person asked for": "DF",
    "see tenders": "PMCDFHSUK",
    "plan, publish and run a tender": "CK",
    "keep one half of the key that opens bids": "FSU",
    "draft and submit bids": "V",
    "score bids": "PMC",
    "see forecasts and sufficiency": "CADFHK",
    "run a forecast": "CAK",
    "work out which places to buy in advance": "CAK",
    "write the sufficiency statement": "CAK",
    "publish a forecast or a sufficiency statement": "CD",
    "see the budget": "PMCADFHUKT",
    "commit money for a placement": "PMDK",
    "record a placement that was made before": "PK",
    "set the envelope": "FK",
    "send the council invoices": "V",
    "take in invoices and settle them": "PCK",
    "release a pay run": "F",
    "see children": "PWMARDKT",
    "see every child of the council, not only one's own": "PMARDKT",
    "change a child's record": "WMK",
    "record where a child lives and under which legal status": "PWMK",
    "restrict a child's record to named people": "MDK",
    "import a statutory return": "AK",
    "write a statutory return": "AK",
    "see providers and homes": "PWMCAVRDFHUKT",
    "import the regulator's register": "CK",
    "change a home's details": "PCVK",
    "say which places can't be used, and why": "PCVK",
    "hold a place in a home for a child": "PMDK",
    "say what was done about a grade that fell": "PMCK",
    "see referrals and placements": "PWMARDKT",
    "write a referral": "PWMK",
    "release a referral to providers": "PK",
    "answer a referral with an offer": "VK",
    "recommend an offer": "PK",
    "say, as reviewing officer, what one thinks of a home": "R",
    "accept or decline an offer": "MD",
    "approve a placement outside the area": "MD",
    "approve a placement at a distance": "D",
    "draw up an individual placement agreement": "PK",
    "sign an individual placement agreement": "MVK",
    "record that a placement started": "PK",
    "end a placement": "PMK",
    "record that a child's care was reviewed": "WMRK",
    "see what visits are owed and made": "WMARDK",
    "record a visit": "WMK",
    "plan a team's visits": "MK",
    "sign off a visit": "M",
    "set how often children are visited, beyond the law": "MDK",
    "see what visiting costs, by home, provider and area": "MCADK",
    "see outcomes": "PWMCARDFHUK",
    "write down the goals of a placement": "WMK",
    "score the goals of a placement": "WMR",
    "record facts of a child's health, education and family time": "WMAK",
    "hand the records of homes down to the search": "AK",
    "see how groups of children fare beside others": "ARDHUK",
    "keep a month's figures of how groups of children fare": "AK",
    "raise a concern about a provider or a home": "PWMCRDK",
    "set targets, ask for returns, visit homes and warn providers": "PCK",
    "answer the council's notices, send returns and report events": "V",
    "read what one is told and choose what comes by mail": "PWMCAVRDFHSUXK",
    "follow records": "PWMCAVRDFHSUK",
    "send what people are told by mail": "K",
    "write the analytical export": "AK",
    "see the trail": "DUK",
    "manage people and their offices": "XK",
    "read through the API": "KT",
}


def test_the_table_names_every_role_and_every_permission():
    assert set(COLUMNS.values()) == set(ROLES)
    assert set(TABLE) == {permission.value for permission in Permission}


@pytest.mark.parametrize("permission", list(Permission), ids=str)
def test_who_may(permission):
    may = {letter for letter, code in COLUMNS.items() if permission in ROLES[code].may}
    assert may == set(TABLE[permission.value])


def test_the_reviewing_officer_controls_no_resources():
    controls = {
        Permission.DECIDE_OFFER,
        Permission.AGREE_AS_OFFICE,
        Permission.MAKE_AGREEMENT,
        Permission.SIGN_AGREEMENT,
    }
    controls |= {Permission.APPROVE_AT_DISTANCE, Permission.APPROVE_OUT_OF_AREA, Permission.SET_ENVELOPE}
    assert not controls & ROLES["reviewing_officer"].may


def test_the_system_administrator_sees_no_child():
    assert ROLES["system_administrator"].may == {Permission.MANAGE_ACCOUNTS, Permission.BE_TOLD}


def test_no_role_both_recommends_and_decides():
    people = [role for code, role in ROLES.items() if code != "worker"]
    assert not [role for role in people if {Permission.RECOMMEND_OFFER, Permission.DECIDE_OFFER} <= role.may]


def test_offices_are_those_that_the_decision_names():
    assert set(OFFICES) == {"director_of_childrens_services", "director_of_finance", "portfolio_holder"}


@pytest.mark.parametrize(
    ("start", "end", "may"),
    [
        (TODAY, None, True),
        (TODAY - dt.timedelta(days=9), TODAY, False),  # lapsed: the end is the first day without the post
        (TODAY - dt.timedelta(days=9), TODAY + dt.timedelta(days=1), True),
        (TODAY + dt.timedelta(days=1), None, False),  # not yet begun
    ],
)
def test_a_post_counts_on_its_days_only(council, start, end, may):
    person = accounts.person("director_of_finance", organisation=council, start_on=start, end_on=end)
    assert person.may(Permission.SET_ENVELOPE, on=TODAY) is may
    assert person.holds("director_of_finance", on=TODAY) is may


def test_somebody_who_was_stopped_may_nothing(person):
    stopped = person("director_of_finance")
    stopped.is_active = False
    with pytest.raises(NotAllowed):
        require(stopped, Permission.SEE_BUDGET, now=NOW)


def test_a_refusal_says_what_was_not_allowed(person):
    with pytest.raises(NotAllowed, match="set the envelope"):
        require(person("social_worker"), Permission.SET_ENVELOPE, now=NOW)
