"""A request under lock: a step that several actions share."""

from placewell.kernel.errors import NotFound, Refused

from .. import models, states


def open_approval(approval_id) -> models.Approval:
    """Return a request that nobody has decided, locked; refuse one that was."""
    locked = models.Approval.objects.select_for_update(of=("self",)).select_related("delegation")
    approval = locked.filter(pk=approval_id).first()
    if approval is None:
        raise NotFound("There is no such approval.")
    if approval.state != states.Approval.REQUESTED:
        raise Refused(f"This was {approval.state} already.")
    return approval
