"""What several actions share."""

import datetime as dt
from uuid import UUID

from placewell.accounts.models import User

from .. import models, queries


def group_of(sibling_id: UUID, *, by: User, on: dt.date) -> models.SiblingGroup:
    """Return the group of brothers and sisters of a child, making it when there is none."""
    sibling = queries.locked_child(child_id=sibling_id, for_user=by, on=on)
    if sibling.siblings is not None:
        return sibling.siblings
    group = models.SiblingGroup.objects.create(name=sibling.family_name)
    sibling.siblings = group
    sibling.save(update_fields=["siblings"])
    return group
