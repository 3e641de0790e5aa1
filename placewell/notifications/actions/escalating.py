"""What stands unread or undone too long is told to a manager."""

import datetime as dt
from collections.abc import Set
from typing import Any

from django.db import transaction
from django.db.models import Q

from placewell.accounts import queries as accounts
from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.periods import day_of

from .. import models, queries, rules
from ._telling import write

AT_ONCE = 1000  # notifications that are read together


@transaction.atomic
def escalate(*, holidays: Set[dt.date], by: User, now: dt.datetime) -> int:
    """Tell the managers of the council's people what stands unread past its kind's period (or undone, where the record
    says so), each thing once; return how much was passed on. The worker calls it each morning.

    A manager who may not see the record is not told of it: the next office above is asked. What nobody above may see is
    looked at again the next morning, and keeps no other from being told.
    """
    require(by, Permission.SEND_NOTIFICATIONS, now=now)
    on = day_of(now)
    known = {code: kind for code, kind in rules.kinds(on=on).items() if kind.escalate}
    rows = models.Notification.objects.filter(kind__in=known, escalated_at=None, to__organisation__kind="council")
    rows = rows.select_for_update(of=("self",), skip_locked=True).select_related("to").order_by("at", "pk")
    people = accounts.colleagues(organisation_id=by.organisation_id)
    count, after = 0, Q()
    while found := list(rows.filter(after)[:AT_ONCE]):
        late = [row for row in found if rules.is_late(known[row.kind], row.at, on=on, holidays=holidays)]
        count += _pass_on(late, people, now)
        after = Q(at__gt=found[-1].at) | Q(at=found[-1].at, pk__gt=found[-1].pk)
    record(what="notifications.late.told", subject=by, by=by, now=now, after={"count": count})
    return count


def _pass_on(late: list[models.Notification], people: list[User], now: dt.datetime) -> int:
    """Tell a manager of each of *late* that still stands; return of how many."""
    stands = _standing(late)
    standing = {row.pk for row in stands}
    done, count = [row.pk for row in late if row.pk not in standing], 0
    for row in stands:
        if manager := _manager(row, people, day_of(now)):
            given = {"path": row.path, "record": row.record, "record_id": row.record_id, "what": row.kind}
            write("escalated", {manager.pk: manager}, now, about_id=row.to_id, **given)
            count += 1
            done.append(row.pk)
    models.Notification.objects.filter(pk__in=done).update(escalated_at=now)
    return count


def _standing(rows: list[models.Notification]) -> list[models.Notification]:
    """Return those of *rows* that still wait: to be acted on, or where nothing more is asked, to be read."""
    ids: dict[str, set[Any]] = {}
    for row in rows:
        ids.setdefault(row.kind, set()).add(row.record_id)
    waits = {kind: queries.undone(kind, found) for kind, found in ids.items()}

    def stands(row: models.Notification) -> bool:
        open_ones = waits[row.kind]
        return row.read_at is None if open_ones is None else row.record_id in open_ones

    return [row for row in rows if stands(row)]


def _manager(row: models.Notification, people: list[User], on: dt.date) -> User | None:
    """Return who is told of what stands with somebody: the nearest office above that may see the record."""
    held = next((each for each in people if each.pk == row.to_id), row.to)
    teams = {post.team_id for post in held.posts_held if post.team_id and post.covers(on)}
    for role in held.roles(on=on):
        for office in rules.above(role.code, on=on):
            able = [each for each in people if each.pk != row.to_id and each.holds(office, on=on)]
            able.sort(key=lambda each: not any(post.team_id in teams for post in each.posts_held))
            for each in able:
                if _sees(each, row, on):
                    return each
    return None


def _sees(person: User, row: models.Notification, on: dt.date) -> bool:
    kind = queries.registered().get(row.record)
    return kind is not None and kind.is_for(person, on) and kind.rows(person, on).filter(pk=row.record_id).exists()
