"""Brothers and sisters as one search: together, or apart with the reason."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.children import queries as children
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models, queries, rules, states
from ._locks import locked_referral, locked_together
from ._steps import new_reference
from .referrals import write_referral

# What a first referral hands on: the family's, not the child's own.
HANDED_ON = (
    *("categories", "urgency", "needed_on", "expected_end_on", "need_level"),
    "max_distance_miles",
    "family_time",
)
OPEN = (states.Referral.DRAFT, states.Referral.READY, states.Referral.SENT)


@transaction.atomic
def plan_siblings(
    *, referral_id: UUID, sibling_ids: Sequence[UUID], together: bool, reason: str, by: User, now: dt.datetime
) -> models.SiblingSearch:
    """Seek homes for the referral's child and the brothers and sisters *sibling_ids*, together or apart.

    A brother or sister without an open referral gets a draft with the same dates and kinds of home. Providers who were
    asked already see the change.

    Raises:
        NotAllowed; Refused: somebody is no brother or sister in care, a referral is settled, or no reason is given for
            living apart (Children Act 1989 s.22C(8)(c): together so far as reasonably practicable).
    """
    require(by, Permission.WRITE_REFERRAL, now=now)
    first = models.Referral.objects.select_related("child").filter(pk=referral_id).first()
    if first is None:
        raise NotFound("There is no such referral.")
    known = {each.pk: each for each in children.siblings(child_id=first.child_id, for_user=by, on=day_of(now))}
    asked = [UUID(str(pk)) for pk in dict.fromkeys(sibling_ids)]
    wanted = [known[pk] for pk in asked if pk in known]
    if not wanted or len(wanted) < len(asked):
        raise Refused("Choose brothers or sisters who are in care, at least one.")
    if not together and not rules.enough_reason(reason):
        raise Refused(
            "Say in a sentence why they should live apart: the law asks for together wherever it can be done."
        )
    search = models.SiblingSearch.objects.create(
        reference=new_reference("G"),
        is_together=together,
        apart_reason="" if together else reason,
        decided_by=by,
        decided_at=now,
    )
    live = models.Referral.objects.filter(child__in=wanted, state__in=[*OPEN, states.Referral.MATCHED])
    locked_together(first.pk, *live.values_list("pk", flat=True))
    first = locked_referral(first.pk)
    group = [first, *(_referral_of(child, first, by, now) for child in wanted)]
    for referral in group:
        if referral.state not in OPEN:
            raise Refused(f"The referral of {referral.child.reference} is settled already.")
        referral.sibling_search = search
        referral.save()
    _show_each_other(group, on=day_of(now))
    record(
        what="placements.siblings.planned",
        subject=search,
        by=by,
        now=now,
        after={"together": together, "referrals": [each.reference for each in group]},
        reason=reason,
        told=f"Homes are sought for {len(group)} brothers and sisters, {'together' if together else 'apart'}.",
    )
    return search


def _show_each_other(group: Sequence[models.Referral], *, on: dt.date) -> None:
    """Let providers who were asked already see who is sought together."""
    list(models.Invitation.objects.filter(referral__in=group).order_by("pk").select_for_update())
    for referral in group:
        shown = queries.shown(referral, on=on)
        for invitation in referral.invitations.exclude(state=states.Invitation.CLOSED):
            invitation.shown |= {"group": shown["group"], "siblings": shown["siblings"]}
            invitation.save()


def _referral_of(child, first: models.Referral, by: User, now: dt.datetime) -> models.Referral:
    """Return the child's open referral, locked, or a new draft."""
    found = models.Referral.objects.filter(child=child, state__in=[*OPEN, states.Referral.MATCHED]).first()
    if found is None:
        parts = {name: getattr(first, name) for name in HANDED_ON}
        found = write_referral(child_id=child.pk, **parts, by=by, now=now)
    return locked_referral(found.pk)
