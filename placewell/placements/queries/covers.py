"""Who works on the desk, and who covers for whom."""

import datetime as dt
from uuid import UUID

from django.db.models import Q, QuerySet

from placewell.accounts import queries as accounts
from placewell.accounts.models import User
from placewell.accounts.permissions import Permission

from .. import models, states
from .desk import placements, referrals


def desk_people(*, for_user: User, on: dt.date) -> list[User]:
    """Return the colleagues of *for_user* who write referrals, by name."""
    return accounts.colleagues_who_may(Permission.WRITE_REFERRAL, organisation_id=for_user.organisation_id, on=on)


def covers(*, on: dt.date) -> QuerySet[models.Cover]:
    """Return who covers for whom on the day *on* or later, first day first."""
    rows = models.Cover.objects.filter(ended_at=None, end_on__gt=on).select_related("away", "covered_by", "set_by")
    return rows.order_by("start_on", "away__name")


def covered_by(*, user: User, on: dt.date) -> dict[UUID, str]:
    """Return the colleagues for whom *user* covers on the day *on*, with their names."""
    return {row.away_id: row.away.name for row in covers(on=on).filter(covered_by=user, start_on__lte=on)}


def holdings(*, holder_id: UUID, for_user: User, on: dt.date) -> dict[str, str]:
    """Return what *holder_id* carries on of the children whom *for_user* may see, whether or not something waits: the key of
    each referral that is open and of each placement that runs or is planned → the child's reference."""
    of_referral = Q(held_by=holder_id) | Q(held_by=None, written_by=holder_id)
    open_ones = referrals(for_user=for_user, on=on).exclude(state__in=[states.Referral.CLOSED, states.Referral.MATCHED])
    found = {f"referral:{row.pk}": row.child.reference for row in open_ones.filter(of_referral)}
    path = "agreement__offer__invitation__referral__"
    inherited = Q(agreement__offer=None, agreement__drawn_up_by=holder_id)
    inherited |= Q(**{f"{path}held_by": holder_id}) | Q(**{f"{path}held_by": None, f"{path}written_by": holder_id})
    running = placements(for_user=for_user, on=on).filter(
        state__in=[states.Placement.PLANNED, states.Placement.STARTED]
    )
    kept = running.filter(Q(held_by=holder_id) | Q(held_by=None) & inherited).prefetch_related(None)
    return found | {f"placement:{row.pk}": row.child.reference for row in kept.select_related("child")}


def may_hand_on(holder: User, needs: Permission, *, user: User, on: dt.date) -> bool:
    """Tell whether *user* may hand on what *holder* holds: they do themselves, cover for them, or manage; anybody of the desk
    may where *holder* can no longer do it."""
    if not user.may(Permission.WRITE_REFERRAL, on=on):
        return False
    if holder.pk == user.pk or user.may(Permission.DECIDE_OFFER, on=on) or holder.pk in covered_by(user=user, on=on):
        return True
    return not (holder.is_active and holder.may(needs, on=on))
