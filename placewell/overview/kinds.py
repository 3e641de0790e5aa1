"""The kinds of record that people find, follow and are told of: who sees which rows, and how each is shown."""

import datetime as dt
from collections.abc import Callable, Collection
from uuid import UUID

from django.db.models import Q, QuerySet

from placewell.accounts import queries as accounts
from placewell.accounts.models import User
from placewell.accounts.permissions import Permission as P
from placewell.children import queries as children
from placewell.contracts import queries as contracts
from placewell.governance import queries as governance
from placewell.market import queries as market
from placewell.notifications import queries as notifications
from placewell.notifications.queries import Kind
from placewell.outcomes import queries as outcomes
from placewell.placements import queries as placements
from placewell.tenders import queries as tenders


def _with(rows: QuerySet, words: str, *fields: str) -> QuerySet:
    """Return the rows in which one of *fields* holds *words*."""
    asked = Q()
    for name in fields:
        asked |= Q(**{f"{name}__icontains": words})
    return rows.filter(asked)


def _letters(user: User, _on: dt.date) -> QuerySet:
    is_council = user.scope.kind == "council"
    return outcomes.measures() if is_council else outcomes.measures(provider_id=user.organisation_id)


CHILD = Kind(
    "children.child",
    "Children",
    "children:child",
    (P.SEE_CHILDREN,),
    lambda user, on: children.children(for_user=user, on=on),
    lambda row: row.name,
    lambda row: f"{row.reference}, {row.social_worker or 'nobody allocated'}",
    lambda words, user, on: children.filtered(children.children(for_user=user, on=on), on=on, words=words),
    can_be_followed=True,
)
REFERRAL = Kind(
    "placements.referral",
    "Referrals",
    "placements:referral",
    (P.SEE_PLACEMENTS,),
    lambda user, on: placements.referrals(for_user=user, on=on),
    lambda row: f"Referral {row.reference}",
    lambda row: f"{row.child.reference}, {row.get_state_display().lower()}",
    lambda words, user, on: _with(placements.referrals(for_user=user, on=on), words, "reference", "child__reference"),
)
AGREEMENT = Kind(
    "placements.agreement",
    "Agreements",
    "placements:agreement",
    (P.SIGN_AGREEMENT,),
    lambda user, on: placements.agreements(for_user=user, on=on),
    lambda row: f"Agreement {row.reference}",
    lambda row: f"{row.provider.name}, {row.home.reference}, {row.get_state_display().lower()}",
    lambda words, user, on: _with(
        placements.agreements(for_user=user, on=on), words, "reference", "home__reference", "provider__name"
    ),
)
HOME = Kind(
    "market.home",
    "Homes",
    "market:home",
    (P.SEE_MARKET,),
    lambda user, on: market.homes(for_user=user),
    lambda row: row.reference,
    lambda row: f"{row.get_kind_display()}, {row.provider.name}, {row.district}",
    lambda words, user, on: market.filtered(
        market.homes(for_user=user), words=words, by_name=market.sees_addresses(user, on=on)
    ),
    can_be_followed=True,
)
PROVIDER = Kind(
    "market.provider",
    "Providers",
    "market:provider",
    (P.SEE_MARKET,),
    lambda user, on: market.providers(for_user=user),
    lambda row: row.name,
    lambda row: row.sector,
    lambda words, user, on: market.providers(for_user=user, words=words),
    can_be_followed=True,
)
DECISION = Kind(
    "governance.decision",
    "Decisions",
    "governance:decision",
    (P.SEE_DECISIONS,),
    lambda user, on: governance.decisions(),
    lambda row: f"{row.number} {row.title}",
    lambda row: f"{row.get_state_display()}, {row.taken_on:%-d %B %Y}",
    lambda words, user, on: _with(governance.decisions(), words, "number", "title"),
    can_be_followed=True,
)
TENDER = Kind(
    "tenders.procurement",
    "Tenders",
    "tenders:tender",
    (P.SEE_TENDERS,),
    lambda user, on: tenders.procurements(),
    lambda row: f"{row.reference} {row.title}",
    lambda row: row.get_state_display(),
    lambda words, user, on: _with(tenders.procurements(), words, "reference", "title"),
    can_be_followed=True,
)
SENT_TO_US = Kind(
    "placements.invitation",
    "Referrals sent to us",
    "placements:invitation",
    (P.MAKE_OFFER,),
    lambda user, on: placements.invitations(for_user=user),
    lambda row: f"Referral {row.reference}",
    lambda row: row.get_state_display(),
    lambda words, user, on: _with(placements.invitations(for_user=user), words, "reference"),
)
OPEN_TO_US = Kind(
    "tenders.procurement",
    "Tenders",
    "tenders:ours",
    (P.BID,),
    lambda user, on: tenders.open_to_us(),
    lambda row: f"{row.reference} {row.title}",
    lambda row: row.get_state_display(),
    lambda words, user, on: _with(tenders.open_to_us(), words, "reference", "title"),
)
TO_FIND = (CHILD, REFERRAL, SENT_TO_US, AGREEMENT, HOME, PROVIDER, DECISION, TENDER, OPEN_TO_US)
TOLD_ONLY = (
    Kind(
        "accounts.user",
        "Work",
        "people:person",
        (P.BE_TOLD,),
        lambda user, on: accounts.actors().filter(pk=user.pk),
        lambda row: "Your work list",
    ),
    Kind(
        "outcomes.measure",
        "Letters",
        "outcomes:letter",
        (P.SEE_OUTCOMES, P.ANSWER_COUNCIL),
        _letters,
        lambda row: f"{row.get_kind_display()} {row.reference}",
        lambda row: row.provider.name,
    ),
    Kind(
        "outcomes.concern",
        "Concerns",
        "outcomes:concern",
        (P.SEE_OUTCOMES,),
        lambda user, on: outcomes.concerns(),
        lambda row: f"Concern {row.reference}",
        lambda row: row.provider.name,
    ),
    Kind(
        "governance.approval",
        "Approvals",
        "governance:approval",
        (P.SEE_DECISIONS,),
        lambda user, on: governance.approvals(),
        lambda row: row.title,
        lambda row: row.get_state_display(),
    ),
    Kind(
        "contracts.change",
        "Changes of contracts",
        "contracts:change",
        (P.SEE_CONTRACTS,),
        lambda user, on: contracts.changes(),
        lambda row: row.framework.title,
        lambda row: row.get_state_display(),
    ),
    Kind(
        "market.gradealert",
        "Grades",
        "market:answer",
        (P.ANSWER_ALERT,),
        lambda user, on: market.alerts(open_only=False),
        lambda row: row.registration.provider.name,
        lambda row: row.registration.urn,
    ),
)


def _open(rows: Callable[[], QuerySet], key: str = "pk") -> Callable[[Collection[UUID]], set[UUID]]:
    """Return how to tell which records still wait: those that *rows* holds, by *key*."""
    return lambda ids: set(rows().filter(**{f"{key}__in": ids}).order_by().values_list(key, flat=True))


def register() -> None:
    """Make every kind known, and say of what asks for an act how to tell that it still waits for one."""
    for kind in (*TO_FIND, *TOLD_ONLY):
        sides = {TENDER: ["council"], OPEN_TO_US: ["provider"]}.get(kind, [])
        notifications.register(kind, *sides)
    notifications.register_undone("question", placements.with_open_questions)
    notifications.register_undone("offer", placements.with_open_offers)
    notifications.register_undone("measure", outcomes.waiting_for_second)
    notifications.register_undone("grade", _open(lambda: market.alerts(open_only=True)))
    notifications.register_undone("change", _open(lambda: contracts.changes().filter(state="proposed")))
    notifications.register_undone("approval", _open(lambda: governance.approvals().filter(state="requested")))
