"""A child's record: opened, allocated, restricted, read."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from placewell.accounts.models import Team, User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import BadInput, Fault, Refused
from placewell.kernel.periods import day_of
from placewell.notifications.actions import tell_followers

from .. import models, queries, states
from ._steps import group_of


class Details(TypedDict, total=False):
    """What else can be said of a child when the record is opened or changed."""

    ethnicity: str
    upn: str
    is_mother: bool | None
    first_child_born_on: dt.date | None
    is_unaccompanied: bool
    unaccompanied_until: dt.date | None
    language: str
    religion: str
    home_postcode: str
    school: str
    school_postcode: str


@transaction.atomic
def register_child(
    *,
    given_name: str,
    family_name: str,
    born_on: dt.date,
    sex: str,
    return_id: str = "",
    sibling_of: UUID | None = None,
    social_worker_id: UUID | None = None,
    team_id: UUID | None = None,
    by: User,
    now: dt.datetime,
    **details: Unpack[Details],
) -> models.Child:
    """Open a child's record. Somebody who sees only their own children is allocated to it.

    Raises:
        Refused: the child was born after today, or the return's identifier is another child's.
    """
    require(by, Permission.EDIT_CHILD, now=now)
    on = day_of(now)
    if born_on > on:
        raise Refused("The date of birth is after today.")
    if return_id and models.Child.objects.filter(return_id=return_id).exists():
        raise Refused(f"{return_id} is another child's identifier in the return.")
    reference = next(queries.new_references())
    if social_worker_id is None and team_id is None and not by.may(Permission.SEE_ALL_CHILDREN, on=on):
        social_worker_id = by.pk
    group = group_of(sibling_of, by=by, on=on) if sibling_of else None
    child = models.Child.objects.create(
        reference=reference,
        return_id=return_id or reference,
        given_name=given_name.strip(),
        family_name=family_name.strip(),
        born_on=born_on,
        sex=states.Sex(sex),
        siblings=group,
        social_worker_id=social_worker_id,
        team_id=team_id,
        **details,
    )
    record(what="children.child.registered", subject=child, by=by, now=now, told=f"The record {reference} was opened")
    return child


@transaction.atomic
def change_child(
    *,
    child_id: UUID,
    given_name: str | None = None,
    family_name: str | None = None,
    by: User,
    now: dt.datetime,
    **details: Unpack[Details],
) -> models.Child:
    """Change what is said of a child. The trail keeps which fields changed, not what they say."""
    require(by, Permission.EDIT_CHILD, now=now)
    child = queries.locked_child(child_id=child_id, for_user=by, on=day_of(now))
    names = {"given_name": given_name, "family_name": family_name}
    wanted = {field: value for field, value in names.items() if value is not None} | details
    changed = sorted(field for field, value in wanted.items() if getattr(child, field) != value)
    for field in changed:
        setattr(child, field, wanted[field])
    child.save(update_fields=changed)
    record(
        what="children.child.changed",
        subject=child,
        by=by,
        now=now,
        after={"fields": changed},
        told=f"The record {child.reference} was changed",
    )
    return child


@transaction.atomic
def allocate_worker(
    *, child_id: UUID, user_id: UUID | None, team_id: UUID | None = None, by: User, now: dt.datetime
) -> models.Child:
    """Allocate a child to a social worker, and to the team of their post unless another is given.

    Raises:
        Refused: that person doesn't work with children at this council today.
    """
    require(by, Permission.EDIT_CHILD, now=now)
    child = queries.locked_child(child_id=child_id, for_user=by, on=day_of(now))
    worker = User.objects.filter(pk=user_id).first() if user_id else None
    works_here = worker is not None and worker.organisation_id == by.organisation_id
    if user_id and not (worker and works_here and worker.may(Permission.EDIT_CHILD, on=day_of(now))):
        raise Refused("That person does not work with children here today.")
    if team_id is None and worker is not None:
        team_id = next((post.team_id for post in worker.posts_held if post.team_id and post.covers(day_of(now))), None)
    elif team_id is not None and not Team.objects.filter(pk=team_id).exists():
        raise Refused("There is no such team.")
    before = str(child.social_worker_id or "")
    child.social_worker, child.team_id = worker, team_id
    child.save(update_fields=["social_worker", "team"])
    record(
        what="children.worker.allocated",
        subject=child,
        by=by,
        now=now,
        before={"social_worker": before},
        after={"social_worker": str(user_id or ""), "team": str(team_id or "")},
        told=f"{child.reference} was allocated",
    )
    tell_followers([child], "children.child.allocated", by=by, now=now)
    return child


@transaction.atomic
def restrict_child(
    *, child_id: UUID, is_restricted: bool, user_ids: Iterable[UUID] = (), reason: str, by: User, now: dt.datetime
) -> models.Child:
    """Restrict a record to its social worker and the people named, or lift that. Whoever restricts stays named.

    Raises:
        Refused: no reason is given, or somebody named is not of this council.
    """
    require(by, Permission.RESTRICT_CHILD, now=now)
    if not reason.strip():
        raise Refused("Say why.")
    child = queries.locked_child(child_id=child_id, for_user=by, on=day_of(now))
    named = {by.pk, *user_ids} if is_restricted else set()
    colleagues = [one for one in User.objects.filter(pk__in=named) if one.organisation_id == by.organisation_id]
    if len(colleagues) != len(named):
        raise Refused("Somebody named does not work at this council.")
    held = {access.user_id: access for access in models.Access.objects.filter(child=child, ended_at=None)}
    for user_id in held.keys() - named:
        held[user_id].ended_at = now
        held[user_id].save(update_fields=["ended_at"])
    for user_id in named - held.keys():
        models.Access.objects.create(child=child, user_id=user_id, reason=reason)
    child.is_restricted = is_restricted
    child.save(update_fields=["is_restricted"])
    record(
        what="children.child.restricted" if is_restricted else "children.child.unrestricted",
        subject=child,
        by=by,
        now=now,
        after={"named": sorted(map(str, named))},
        reason=reason,
        told=f"{child.reference} was {'restricted' if is_restricted else 'opened to the roles that may see it'}",
    )
    return child


@transaction.atomic
def record_care_review(
    *, child_id: UUID, held_on: dt.date, participation: str, by: User, now: dt.datetime
) -> models.CareReview:
    """Record that a child's care was reviewed, and how the child took part (the return's code).

    Raises:
        NotAllowed; NotFound; Refused: the day is to come or recorded already, or the code isn't known.
    """
    require(by, Permission.RECORD_REVIEW, now=now)
    child = queries.locked_child(child_id=child_id, for_user=by, on=day_of(now))
    if held_on > day_of(now):
        raise Refused("That day is still to come.")
    if participation not in queries.codes()["participation"]:
        raise Refused("Choose how the child took part from the list.")
    if models.CareReview.objects.filter(child=child, held_on=held_on).exists():
        raise Refused("That review is recorded already.")
    row = models.CareReview.objects.create(child=child, held_on=held_on, participation=participation)
    record(what="children.review.recorded", subject=row, by=by, now=now, after={"held_on": str(held_on)})
    tell_followers([child], "children.review.recorded", by=by, now=now)
    return row


@transaction.atomic
def set_needs(*, child_id: UUID, needs: Mapping[str, str], by: User, now: dt.datetime) -> models.Child:
    """Make *needs* (code → detail) the needs of a child from today; those no longer named end today.

    Raises:
        BadInput: a code is not in the vocabulary.
    """
    require(by, Permission.EDIT_CHILD, now=now)
    child = queries.locked_child(child_id=child_id, for_user=by, on=day_of(now))
    if unknown := [code for code in needs if code not in queries.vocabulary()]:
        raise BadInput([Fault("needs", f"“{code}” is not in the vocabulary of needs") for code in unknown])
    held = {need.code: need for need in models.Need.objects.filter(child=child, until=None)}
    for code in held.keys() - needs.keys():
        held[code].until = day_of(now)
        held[code].save(update_fields=["until"])
    for code, detail in needs.items():
        if code not in held:
            models.Need.objects.create(child=child, code=code, detail=detail, since=day_of(now))
        elif held[code].detail != detail:
            held[code].detail = detail
            held[code].save(update_fields=["detail"])
    record(
        what="children.needs.set",
        subject=child,
        by=by,
        now=now,
        before={"needs": sorted(held)},
        after={"needs": sorted(needs)},
        told=f"The needs of {child.reference} were set",
    )
    return child


@transaction.atomic
def note_record_seen(*, child_id: UUID, by: User, now: dt.datetime, why: str = "") -> None:
    """Record that somebody read a child's record."""
    require(by, Permission.SEE_CHILDREN, now=now)
    child = queries.child(child_id=child_id, for_user=by, on=day_of(now))
    record(what="children.record.seen", subject=child, by=by, now=now, reason=why, told=f"{child.reference} was read")
