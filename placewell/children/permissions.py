"""Which children a person may see."""

import datetime as dt

from django.db.models import Q

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission


def visible(user: User, *, on: dt.date) -> Q:
    """Return the condition for the children whom *user* may see on the day *on*.

    Staff with `SEE_ALL_CHILDREN` see every record; others those allocated to them or to their team. A
    restricted record is seen by its social worker and by the people named for it, whatever their role.
    """
    if not user.may(Permission.SEE_CHILDREN, on=on):
        return Q(pk__in=[])
    named = Q(accesses__user=user, accesses__ended_at=None)
    own = Q(social_worker=user)
    if user.may(Permission.SEE_ALL_CHILDREN, on=on):
        return own | Q(is_restricted=False) | named
    teams = [post.team_id for post in user.posts_held if post.team_id and post.covers(on)]
    return own | named | Q(is_restricted=False, team__in=teams)
