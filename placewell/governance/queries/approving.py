"""Reads of delegations and of the approvals under them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db.models import QuerySet

from placewell.accounts.models import User
from placewell.accounts.roles import title_of
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.money import pounds

from .. import models, states
from .deciding import require_in_force


def locked_delegation(*, delegation_id) -> models.Delegation:
    """Return a delegation, its row locked until the transaction ends; raise NotFound when there is none in this scope."""
    found = models.Delegation.objects.select_for_update(of=("self",)).filter(pk=delegation_id).first()
    if found is None:
        raise NotFound("There is no such delegation.")
    return found


def _holds(delegation: models.Delegation, on: dt.date) -> bool:
    """Tell whether a delegation, and each that it was passed on from, holds on the day *on*."""
    above: models.Delegation | None = delegation
    while above is not None:
        if on < above.start_on or (above.end_on and on >= above.end_on):
            return False
        above = above.parent
    return True


def require_live(delegation: models.Delegation, *, on: dt.date) -> None:
    """Refuse a delegation whose decision is not in force on the day *on*, or that does not hold then (or one above it)."""
    require_in_force(decision_id=delegation.decision_id, on=on)
    if not _holds(delegation, on):
        raise Refused("This delegation does not hold today.")


def require_delegated(*, approval_id, act: str, on: dt.date, categories: Iterable[str] = ()) -> models.Approval:
    """Return an approval of *act* that stands on the day *on*: approved, its delegation live and of all *categories*, its
    decision in force; and, of a key decision of its own, its record in force too.

    Raises:
        NotFound: no such approval.
        Refused: it does not stand, and why.
    """
    approval = models.Approval.objects.select_related("delegation").filter(pk=approval_id).first()
    if approval is None:
        raise NotFound("There is no such approval.")
    delegation = approval.delegation
    if delegation.act != act:
        raise Refused(f"This approval is for something else: {delegation.act.replace('_', ' ')}.")
    if approval.state != states.Approval.APPROVED:
        raise Refused(f"The approval “{approval.title}” is {approval.state}, not approved.")
    if not _holds(delegation, on):
        raise Refused("The delegation behind this approval does not hold on that day.")
    if delegation.categories and (strange := sorted(set(categories) - set(delegation.categories))):
        raise Refused(f"The delegation behind this approval does not cover {', '.join(strange).replace('_', ' ')}.")
    require_in_force(decision_id=delegation.decision_id, on=on)
    _require_record(approval, on)
    return approval


def _require_record(approval: models.Approval, on: dt.date) -> None:
    """Refuse a key decision that is not recorded, published and past its call-in, and any that was set aside."""
    record = models.Decision.objects.filter(approval=approval).first()
    if record is None:
        if approval.is_key:
            raise Refused("This is a key decision: it must be recorded and published before anything is done under it.")
        return
    if approval.is_key or record.state in (states.Decision.SET_ASIDE, *states.IN_CALL_IN):
        require_in_force(decision_id=record.pk, on=on)


def approvals() -> QuerySet[models.Approval]:
    """Return every approval with its delegation and decision, newest first."""
    return (
        models.Approval.objects.select_related("delegation__decision", "asked_by", "decided_by")
        .prefetch_related("responses__by", "delegation__consultees", "questions__asked_by", "questions__answered_by")
        .order_by("-asked_at")
    )


def approved(*, decision_id, act: str) -> QuerySet[models.Approval]:
    """Return the approvals of *act* that the offices of a decision gave."""
    return approvals().filter(delegation__decision=decision_id, delegation__act=act, state=states.Approval.APPROVED)


def approval(*, approval_id) -> models.Approval:
    """Return one approval; raise NotFound when there is none in this scope."""
    if found := approvals().filter(pk=approval_id).first():
        return found
    raise NotFound("There is no such approval.")


def waiting_for(*, user, on: dt.date) -> list[models.Approval]:
    """Return the approvals that wait for an office that *user* holds on the day *on*."""
    roles = {role.code for role in user.roles(on=on) if role.is_office}
    if not roles:
        return []
    waiting = []
    for each in approvals().filter(state=states.Approval.REQUESTED).exclude(asked_by=user):
        answered = {response.role for response in each.responses.all()}
        consulted = {consultee.role for consultee in each.delegation.consultees.all()}
        if (roles & consulted) - answered or (each.delegation.role in roles and consulted <= answered):
            waiting.append(each)
    return waiting


def delegations(*, act: str, on: dt.date) -> QuerySet[models.Delegation]:
    """Return the delegations of *act* that hold on the day *on*."""
    live = models.Delegation.objects.select_related("decision").filter(act=act, start_on__lte=on)
    return live.exclude(end_on__lte=on).order_by("decision__number")


def scheme(*, on: dt.date) -> QuerySet[models.Delegation]:
    """Return every delegation that holds on the day *on* or will, with its decision, resolution and offices."""
    live = models.Delegation.objects.select_related("decision", "resolution", "parent").prefetch_related("consultees")
    return live.exclude(end_on__lte=on).exclude(decision__state=states.Decision.SET_ASIDE).order_by("act", "role")


def delegation(*, delegation_id) -> models.Delegation:
    """Return one delegation; raise NotFound when there is none in this scope."""
    found = models.Delegation.objects.select_related("decision", "resolution", "parent")
    if row := found.prefetch_related("consultees", "parts__consultees").filter(pk=delegation_id).first():
        return row
    raise NotFound("There is no such delegation.")


def limits(*, kind: str, on: dt.date) -> dict[str, Decimal | None]:
    """Return the limit of each office of one *kind* on the day *on*: pounds, None for no limit; none set is empty."""
    return all_limits(on=on).get(kind, {})


def all_limits(*, on: dt.date) -> dict[str, dict[str, Decimal | None]]:
    """Return the limits of each kind that is set on the day *on*, in one question."""
    live = models.ApprovalLimit.objects.filter(start_on__lte=on).exclude(end_on__lte=on)
    found: dict[str, dict[str, Decimal | None]] = {}
    for kind, role, amount in live.order_by("kind", "role").values_list("kind", "role", "amount"):
        found.setdefault(kind, {})[role] = amount
    return found


def covers(amount: Decimal, *, known: Mapping[str, Decimal | None], user: User, on: dt.date) -> bool:
    """Tell whether the limit of an office that *user* holds, of the *known* ones of one kind, covers *amount*."""
    held = [known[role.code] for role in user.roles(on=on) if role.code in known]
    return any(limit is None or amount <= limit for limit in held)


def require_limit(cost: Decimal, *, user: User, on: dt.date, what: str) -> None:
    """Refuse when the council has set limits of whole cost and none of an office that *user* holds covers *cost* of *what*."""
    _require(states.Limit.WHOLE_COST, cost, f"for {what}", user, on)


def require_weekly_limit(weekly_fee: Decimal, *, user: User, on: dt.date) -> None:
    """Refuse when the council has set limits of weekly fees and none of an office that *user* holds covers *weekly_fee*.

    They hold beside the limits of whole cost: a dear week is another office's, however short the stay.
    """
    _require(states.Limit.WEEKLY_FEE, weekly_fee, "a week", user, on)


def _require(kind: states.Limit, amount: Decimal, what: str, user: User, on: dt.date) -> None:
    known = limits(kind=kind, on=on)
    if not known or covers(amount, known=known, user=user, on=on):
        return
    able = [title_of(role) for role, limit in known.items() if limit is None or amount <= limit]
    who = f"the {' or the '.join(able)} may decide" if able else "nobody may decide it alone"
    raise Refused(f"{pounds(amount)} {what} is over your limit: {who}.")


def limit_rows() -> QuerySet[models.ApprovalLimit]:
    """Return every limit that was ever set, by kind and office, newest first."""
    return models.ApprovalLimit.objects.order_by("kind", "role", "-start_on")


def unrecorded() -> QuerySet[models.Approval]:
    """Return what offices approved and nobody has recorded as an officer's decision yet, oldest first."""
    return approvals().filter(state=states.Approval.APPROVED, decision=None).order_by("decided_at")


def unanswered() -> QuerySet[models.Question]:
    """Return the questions of offices that nobody has answered, of requests that wait."""
    waiting = models.Question.objects.filter(answered_at=None, approval__state=states.Approval.REQUESTED)
    return waiting.select_related("approval", "asked_by").order_by("asked_at")
