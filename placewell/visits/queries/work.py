"""What waits on a person in the visits room, most pressing first."""

import datetime as dt

from django.urls import reverse

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission
from placewell.placements.queries import Work, close_of

from .. import states
from .facts import all_owed
from .visits import actions_open, outings_overdue, to_sign_off

AHEAD_DAYS = 7
MOST = 12


def waiting_for(*, user: User, on: dt.date) -> list[Work]:
    """Return what waits on *user*: visits of one's own children within a week, things to do after visits, sign-offs, who is late back."""
    found: list[Work] = []
    if user.may(Permission.RECORD_VISIT, on=on):
        found += _own(user, on)
        found += [
            Work(
                f"{row.what[:60]} ({row.visit.child.reference})",
                reverse("visits:visit", args=[row.visit_id]),
                f"By {row.due_on:%-d %B}",
                close_of(row.due_on),
                is_late=row.due_on < on,
            )
            for row in actions_open(owner=user)
        ]
    if user.may(Permission.SIGN_OFF_VISIT, on=on):
        waiting = list(to_sign_off(for_user=user, on=on)[: MOST + 1])
        if waiting:
            many = (
                f"{MOST} or more visits" if len(waiting) > MOST else f"{len(waiting)} visit{'s'[: len(waiting) != 1]}"
            )
            found.append(
                Work(
                    f"Sign off {many}",
                    reverse("visits:made") + "?waiting=yes",
                    f"The oldest of {waiting[0].made_on:%-d %B}",
                    close_of(waiting[0].made_on),
                )
            )
    if user.may(Permission.PLAN_VISITS, on=on):
        found += [
            Work(
                f"Ring {row.worker.name}: not back from a visit",
                reverse("visits:out"),
                f"Back by {row.back_by:%-d %B}",
                row.back_by,
                is_late=True,
            )
            for row in outings_overdue()
        ]
    return found


def _own(user: User, on: dt.date) -> list[Work]:
    rows = all_owed(for_user=user, on=on, within_days=AHEAD_DAYS, kind=states.Duty.VISIT, worker=user.pk)
    return [
        Work(
            f"Visit {each.child.name}",
            reverse("visits:record", args=[each.child.pk]),
            f"By {each.due_on:%-d %B}" + (": late" if each.days_left < 0 else ""),
            close_of(each.due_on),
            is_late=each.days_left < 0,
        )
        for each in rows[:MOST]
    ]
