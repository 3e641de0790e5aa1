"""Roles: what each may do, on one page. A role is stored by its code; renaming the class changes nothing."""

from dataclasses import dataclass

from .permissions import Permission as P


@dataclass(frozen=True)
class Role:
    """One role: its stable code, what people call it, and its permissions."""

    code: str
    title: str
    may: frozenset[P]
    of_provider: bool = False
    # A council office that decisions and delegations name; an office is held by one person at a time.
    is_office: bool = False


_TOLD = frozenset({P.BE_TOLD, P.FOLLOW_RECORD})
_SEE = _TOLD | {P.SEE_DECISIONS, P.SEE_CONTRACTS, P.SEE_MARKET}
_NEED = frozenset({P.SEE_NEED, P.RUN_FORECAST, P.CHOOSE_CAPACITY, P.WRITE_STATEMENT})
_SEE_ALL = _SEE | {P.SEE_CHILDREN, P.SEE_ALL_CHILDREN, P.SEE_PLACEMENTS, P.SEE_BUDGET, P.SEE_OUTCOMES}

PLACEMENTS_OFFICER = Role(
    "placements_officer",
    "Placements officer",
    _SEE_ALL
    | {
        P.RAISE_CONCERN,
        P.MANAGE_PERFORMANCE,
        P.SEE_TENDERS,
        P.ASSESS_BIDS,
        P.WRITE_REFERRAL,
        P.SEND_REFERRAL,
        P.RECOMMEND_OFFER,
        P.MAKE_AGREEMENT,
        P.START_PLACEMENT,
        P.END_PLACEMENT,
        P.COMMIT_MONEY,
        P.HANDLE_INVOICES,
        P.ASK_EXEMPTION,
        P.TAKE_OVER_PLACEMENT,
        P.EDIT_HOME,
        P.RECORD_VOID,
        P.HOLD_PLACE,
        P.ANSWER_ALERT,
        P.RECORD_EPISODE,
    },
)
SOCIAL_WORKER = Role(
    "social_worker",
    "Social worker",
    _SEE
    | {
        P.SEE_CHILDREN,
        P.EDIT_CHILD,
        P.RECORD_EPISODE,
        P.SEE_PLACEMENTS,
        P.WRITE_REFERRAL,
        P.SEE_VISITS,
        P.RECORD_VISIT,
        P.RECORD_REVIEW,
        P.SEE_OUTCOMES,
        P.RAISE_CONCERN,
        P.AGREE_GOAL,
        P.SCORE_GOAL,
        P.RECORD_OUTCOME,
    },
)
TEAM_MANAGER = Role(
    "team_manager",
    "Team manager",
    _SEE_ALL
    | {
        P.RAISE_CONCERN,
        P.SEE_TENDERS,
        P.ASSESS_BIDS,
        P.EDIT_CHILD,
        P.RESTRICT_CHILD,
        P.WRITE_REFERRAL,
        P.DECIDE_OFFER,
        P.APPROVE_OUT_OF_AREA,
        P.COMMIT_MONEY,
        P.SIGN_AGREEMENT,
        P.END_PLACEMENT,
        P.HOLD_PLACE,
        P.ANSWER_ALERT,
        P.RECORD_EPISODE,
        P.SEE_VISITS,
        P.RECORD_VISIT,
        P.RECORD_REVIEW,
        P.PLAN_VISITS,
        P.SIGN_OFF_VISIT,
        P.SEE_TRAVEL,
        P.SET_VISIT_STANDARD,
        P.AGREE_GOAL,
        P.SCORE_GOAL,
        P.RECORD_OUTCOME,
    },
)
COMMISSIONER = Role(
    "commissioner",
    "Commissioner",
    _SEE
    | _NEED
    | {
        P.RAISE_CONCERN,
        P.MANAGE_PERFORMANCE,
        P.SUSPEND_PLACEMENTS,
        P.SEE_TENDERS,
        P.RUN_TENDER,
        P.ASSESS_BIDS,
        P.MANAGE_CONTRACTS,
        P.PUBLISH_NEED,
        P.ASK_APPROVAL,
        P.ASK_EXEMPTION,
        P.PLAN_DECISION,
        P.READ_EXEMPT,
        P.SEE_BUDGET,
        P.HANDLE_INVOICES,
        P.IMPORT_REGISTER,
        P.EDIT_HOME,
        P.RECORD_VOID,
        P.ANSWER_ALERT,
        P.SEE_TRAVEL,
        P.SEE_OUTCOMES,
    },
)
ANALYST = Role(
    "analyst",
    "Analyst",
    _SEE_ALL
    | _NEED
    | {P.IMPORT_RETURN, P.EXPORT_RETURN, P.SEE_VISITS, P.SEE_TRAVEL}
    | {P.RECORD_OUTCOME, P.HAND_DOWN_OUTCOMES, P.SEE_FAIRNESS, P.KEEP_FAIRNESS, P.EXPORT_ANALYSIS},
)
PROVIDER_STAFF = Role(
    "provider_staff",
    "Provider staff",
    frozenset(
        {
            P.BE_TOLD,
            P.FOLLOW_RECORD,
            P.BID,
            P.SEND_INVOICE,
            P.SEE_MARKET,
            P.EDIT_HOME,
            P.RECORD_VOID,
            P.MAKE_OFFER,
            P.SIGN_AGREEMENT,
            P.ANSWER_COUNCIL,
        }
    ),  # of the market, its own rows
    of_provider=True,
)
# Kept apart from anyone who controls resources: no approval, no agreement, no money (SI 2010/959 reg 46).
REVIEWING_OFFICER = Role(
    "reviewing_officer",
    "Independent reviewing officer",
    _SEE
    | {
        P.SEE_CHILDREN,
        P.SEE_ALL_CHILDREN,
        P.SEE_PLACEMENTS,
        P.ANSWER_CONSULTATION,
        P.SEE_VISITS,
        P.RECORD_REVIEW,
        P.SEE_OUTCOMES,
        P.SEE_FAIRNESS,
        P.RAISE_CONCERN,
        P.SCORE_GOAL,
    },
)
DIRECTOR_OF_CHILDRENS_SERVICES = Role(
    "director_of_childrens_services",
    "Corporate Director of Children's Services",
    _SEE_ALL
    | {
        P.RAISE_CONCERN,
        P.SUSPEND_PLACEMENTS,
        P.SEE_TENDERS,
        P.SEE_NEED,
        P.PUBLISH_NEED,
        P.AGREE_AS_OFFICE,
        P.READ_EXEMPT,
        P.DECIDE_VARIATION,
        P.APPROVE_OUT_OF_AREA,
        P.APPROVE_AT_DISTANCE,
        P.DECIDE_OFFER,
        P.COMMIT_MONEY,
        P.HOLD_PLACE,
        P.RESTRICT_CHILD,
        P.SEE_TRAIL,
        P.SEE_VISITS,
        P.SEE_TRAVEL,
        P.SET_VISIT_STANDARD,
        P.SEE_FAIRNESS,
    },
    is_office=True,
)
DIRECTOR_OF_FINANCE = Role(
    "director_of_finance",
    "Director of Finance",
    _SEE
    | {
        P.SEE_TENDERS,
        P.SEE_NEED,
        P.HOLD_OPENING_KEY,
        P.SEE_BUDGET,
        P.SEE_OUTCOMES,
        P.SET_ENVELOPE,
        P.RELEASE_PAYMENT,
        P.COMMENT_ON_EXEMPTION,
        P.AGREE_AS_OFFICE,
        P.READ_EXEMPT,
        P.DECIDE_VARIATION,
    },
    is_office=True,
)
PORTFOLIO_HOLDER = Role(
    "portfolio_holder",
    "Portfolio Holder for Children's and Adult Social Care",
    _SEE | {P.SEE_TENDERS, P.SEE_NEED, P.SEE_BUDGET, P.AGREE_AS_OFFICE, P.READ_EXEMPT, P.SEE_OUTCOMES, P.SEE_FAIRNESS},
    is_office=True,
)
DEMOCRATIC_SERVICES = Role(
    "democratic_services",
    "Democratic services",
    _TOLD
    | frozenset(
        {
            P.SEE_TENDERS,
            P.HOLD_OPENING_KEY,
            P.SEE_DECISIONS,
            P.SEE_CONTRACTS,
            P.PLAN_DECISION,
            P.READ_EXEMPT,
            P.KEEP_SCHEME,
            P.RECORD_DECISION,
            P.PUBLISH_DECISION,
            P.CALL_IN_DECISION,
            P.RESOLVE_CALL_IN,
            P.COMMENT_ON_EXEMPTION,
        }
    ),
)
AUDITOR = Role(
    "auditor",
    "Auditor",
    _SEE
    | {P.SEE_TENDERS, P.HOLD_OPENING_KEY, P.SEE_BUDGET, P.SEE_TRAIL, P.READ_EXEMPT, P.SEE_OUTCOMES}
    | {P.SEE_FAIRNESS},
)
SYSTEM_ADMINISTRATOR = Role("system_administrator", "System administrator", frozenset({P.MANAGE_ACCOUNTS, P.BE_TOLD}))
# Not people: the council's own worker (clocks and alerts) and outside systems with a token.
WORKER = Role(
    "worker",
    "Placewell",
    frozenset(P)
    - {
        P.HOLD_OPENING_KEY,
        P.PUBLISH_NEED,
        P.BID,
        P.SEND_INVOICE,
        P.RELEASE_PAYMENT,
        P.ASSESS_BIDS,
        P.SIGN_OFF_VISIT,
        P.SCORE_GOAL,
        P.SUSPEND_PLACEMENTS,
        P.ANSWER_COUNCIL,
        P.ANSWER_CONSULTATION,
        P.AGREE_AS_OFFICE,
        P.DECIDE_VARIATION,
        P.DECIDE_OFFER,
        P.APPROVE_AT_DISTANCE,
        P.APPROVE_OUT_OF_AREA,
    },
)
CONNECTED_SYSTEM = Role(
    "connected_system",
    "Connected system",
    frozenset({P.READ_BY_MACHINE, P.SEE_CHILDREN, P.SEE_ALL_CHILDREN, P.SEE_MARKET, P.SEE_PLACEMENTS, P.SEE_BUDGET}),
)

ROLES = {
    role.code: role
    for role in (
        PLACEMENTS_OFFICER,
        SOCIAL_WORKER,
        TEAM_MANAGER,
        COMMISSIONER,
        ANALYST,
        PROVIDER_STAFF,
        REVIEWING_OFFICER,
        DIRECTOR_OF_CHILDRENS_SERVICES,
        DIRECTOR_OF_FINANCE,
        PORTFOLIO_HOLDER,
        DEMOCRATIC_SERVICES,
        AUDITOR,
        SYSTEM_ADMINISTRATOR,
        WORKER,
        CONNECTED_SYSTEM,
    )
}
OFFICES = {code: role for code, role in ROLES.items() if role.is_office}


def title_of(code: str) -> str:
    """Return what people call the role *code*."""
    return ROLES[code].title if code in ROLES else code.replace("_", " ")
