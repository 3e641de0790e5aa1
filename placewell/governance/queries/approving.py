"""Reads of delegations and of the approvals under them."""

import datetime as dt

from django.db.models import QuerySet

from placewell.kernel.errors import NotFound, Refused

from .. import models, states
from .deciding import require_in_force


def require_delegated(*, approval_id, act: str, on: dt.date) -> models.Approval:
    """Return an approval of *act* that stands on the day *on*: approved, its delegation live, its decision in force.

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
    if on < delegation.start_on or (delegation.end_on and on >= delegation.end_on):
        raise Refused("The delegation behind this approval does not hold on that day.")
    require_in_force(decision_id=delegation.decision_id, on=on)
    return approval


def approvals() -> QuerySet[models.Approval]:
    """Return every approval with its delegation and decision, newest first."""
    return (
        models.Approval.objects.select_related("delegation__decision", "asked_by", "decided_by")
        .prefetch_related("responses__by", "delegation__consultees")
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
