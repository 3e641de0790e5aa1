"""What can be permitted: one verb for each thing that a person may do."""

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING

from placewell.kernel.errors import NotAllowed
from placewell.kernel.periods import day_of

if TYPE_CHECKING:
    from .models import User


class Permission(StrEnum):
    """The verbs. Each action asks for exactly one of these first."""

    # governance
    SEE_DECISIONS = "see decisions"
    RECORD_DECISION = "record a decision"
    PLAN_DECISION = "put a decision on the forward plan and write its reports"
    READ_EXEMPT = "read what is exempt from publication"
    KEEP_SCHEME = "keep the scheme of delegation"
    PUBLISH_DECISION = "publish a decision"
    CALL_IN_DECISION = "record a call-in"
    RESOLVE_CALL_IN = "record what became of a call-in"
    ASK_APPROVAL = "ask for approval under a decision"
    AGREE_AS_OFFICE = "agree or decide in the name of an office"
    ASK_EXEMPTION = "draft and ask for exemptions"
    COMMENT_ON_EXEMPTION = "comment on exemptions for finance or legal"
    # contracts
    SEE_CONTRACTS = "see contracts"
    MANAGE_CONTRACTS = "set up and change contracts"
    SUSPEND_PLACEMENTS = "stop new placements with a provider, and let them start again"
    DECIDE_VARIATION = "decide a change of a contract that another person asked for"
    # tenders
    SEE_TENDERS = "see tenders"
    RUN_TENDER = "plan, publish and run a tender"
    HOLD_OPENING_KEY = "keep one half of the key that opens bids"
    BID = "draft and submit bids"
    ASSESS_BIDS = "score bids"
    # needs
    SEE_NEED = "see forecasts and sufficiency"
    RUN_FORECAST = "run a forecast"
    CHOOSE_CAPACITY = "work out which places to buy in advance"
    WRITE_STATEMENT = "write the sufficiency statement"
    PUBLISH_NEED = "publish a forecast or a sufficiency statement"
    # budget
    SEE_BUDGET = "see the budget"
    SET_ENVELOPE = "set the envelope"
    COMMIT_MONEY = "commit money for a placement"
    SEND_INVOICE = "send the council invoices"
    HANDLE_INVOICES = "take in invoices and settle them"
    RELEASE_PAYMENT = "release a pay run"
    # children
    SEE_CHILDREN = "see children"
    SEE_ALL_CHILDREN = "see every child of the council, not only one's own"
    EDIT_CHILD = "change a child's record"
    RECORD_EPISODE = "record where a child lives and under which legal status"
    RECORD_REVIEW = "record that a child's care was reviewed"
    RESTRICT_CHILD = "restrict a child's record to named people"
    IMPORT_RETURN = "import a statutory return"
    EXPORT_RETURN = "write a statutory return"
    # market
    SEE_MARKET = "see providers and homes"
    IMPORT_REGISTER = "import the regulator's register"
    EDIT_HOME = "change a home's details"
    RECORD_VOID = "say which places can't be used, and why"
    HOLD_PLACE = "hold a place in a home for a child"
    ANSWER_ALERT = "say what was done about a grade that fell"
    # placements
    SEE_PLACEMENTS = "see referrals and placements"
    WRITE_REFERRAL = "write a referral"
    SEND_REFERRAL = "release a referral to providers"
    MAKE_OFFER = "answer a referral with an offer"
    RECOMMEND_OFFER = "recommend an offer"
    ANSWER_CONSULTATION = "say, as reviewing officer, what one thinks of a home"
    DECIDE_OFFER = "accept or decline an offer"
    APPROVE_OUT_OF_AREA = "approve a placement outside the area"
    APPROVE_AT_DISTANCE = "approve a placement at a distance"
    MAKE_AGREEMENT = "draw up an individual placement agreement"
    SIGN_AGREEMENT = "sign an individual placement agreement"
    START_PLACEMENT = "record that a placement started"
    END_PLACEMENT = "end a placement"
    TAKE_OVER_PLACEMENT = "record a placement that was made before"
    # visits
    SEE_VISITS = "see what visits are owed and made"
    RECORD_VISIT = "record a visit"
    PLAN_VISITS = "plan a team's visits"
    SIGN_OFF_VISIT = "sign off a visit"
    SET_VISIT_STANDARD = "set how often children are visited, beyond the law"
    SEE_TRAVEL = "see what visiting costs, by home, provider and area"
    # outcomes
    SEE_OUTCOMES = "see outcomes"
    AGREE_GOAL = "write down the goals of a placement"
    SCORE_GOAL = "score the goals of a placement"
    RECORD_OUTCOME = "record facts of a child's health, education and family time"
    HAND_DOWN_OUTCOMES = "hand the records of homes down to the search"
    SEE_FAIRNESS = "see how groups of children fare beside others"
    KEEP_FAIRNESS = "keep a month's figures of how groups of children fare"
    RAISE_CONCERN = "raise a concern about a provider or a home"
    MANAGE_PERFORMANCE = "set targets, ask for returns, visit homes and warn providers"
    ANSWER_COUNCIL = "answer the council's notices, send returns and report events"
    # notifications
    BE_TOLD = "read what one is told and choose what comes by mail"
    FOLLOW_RECORD = "follow records"
    SEND_NOTIFICATIONS = "send what people are told by mail"
    EXPORT_ANALYSIS = "write the analytical export"
    # all
    SEE_TRAIL = "see the trail"
    MANAGE_ACCOUNTS = "manage people and their offices"
    READ_BY_MACHINE = "read through the API"


def require(by: "User", permission: Permission, *, now: dt.datetime) -> None:
    """Refuse unless *by* holds, on the day of *now*, an office that has *permission*.

    Raises:
        NotAllowed: no office held that day allows it.
    """
    if not by.may(permission, on=day_of(now)):
        raise NotAllowed(f"Your role does not allow you to {permission.value}.")
