"""How a placement ends: notice, the ending, a move, and a child who never arrived."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.children import actions as children_actions
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of
from placewell.market import actions as market_actions
from placewell.storage.models import one

from .. import models, queries, rules, states
from ._locks import locked_agreement, locked_choice
from ._mails import tell_of_agreement, tell_of_child, tell_of_notice
from ._money import free_money
from ._steps import end_released, reopen_invitations
from .stays import start_placement


@transaction.atomic
def end_placement(
    *,
    placement_id: UUID,
    on: dt.date,
    change_reason: str,
    note: str,
    by: User,
    now: dt.datetime,
    leaves_care: str = "",
) -> models.Placement:
    """End a placement on the day *on* (not a night any more): place and money are freed from that day.

    *change_reason* is the return's code for the ending; *leaves_care* the code for why care ceased, when it did.

    Raises:
        NotAllowed, WrongState; Refused: the day is before the start or in the future, or the code is not known.
    """
    require(by, Permission.END_PLACEMENT, now=now)
    placement = one(models.Placement.objects.select_for_update(of=("self",)).filter(pk=placement_id))
    if placement is None:
        raise NotFound("There is no such placement.")
    if on <= placement.start_on or on > day_of(now):
        raise Refused("The last day lies after the first, and not in the future.")
    if change_reason not in rules.CHANGE_REASONS:
        raise Refused("Choose the reason from the list.")
    note = queries.for_provider(note, child_id=placement.child_id)
    placement.end_on, placement.end_reason, placement.end_note = on, change_reason, note
    placement.was_planned = rules.was_planned(change_reason)
    change_state(
        row=placement,
        to=states.Placement.ENDED,
        steps=states.PLACEMENT_STEPS,
        what="placements.placement.ended",
        by=by,
        now=now,
        reason=note,
        after={"on": str(on), "reason": change_reason},
    )
    agreement = locked_agreement(placement.agreement_id)
    if agreement.state == states.Agreement.IN_FORCE:
        change_state(
            row=agreement,
            to=states.Agreement.ENDED,
            steps=states.AGREEMENT_STEPS,
            what="placements.agreement.ended",
            by=by,
            now=now,
        )
    end_released(agreement, by=by, now=now)
    market_actions.release_place(occupancy_id=placement.occupancy_id, on=on, by=by, now=now)
    free_money(agreement, end_on=on, by=by, now=now, reason=change_reason)
    if leaves_care:
        children_actions.end_episode(child_id=placement.child_id, end_on=on, end_reason=leaves_care, by=by, now=now)
    tell_of_child(placement, "placements.placement.ended", by=by, now=now)
    return placement


@transaction.atomic
def move_placement(
    *, agreement_id: UUID, on: dt.date, change_reason: str, note: str, by: User, now: dt.datetime
) -> models.Placement:
    """Move a child on the day *on* from the home where the child lives to that of a signed agreement, in one step.

    *change_reason* is the return's code for why the first placement ended.

    Raises:
        NotAllowed; Refused: the child lives nowhere now, or as for an ending and a start.
    """
    require(by, Permission.END_PLACEMENT, now=now)
    agreement = locked_agreement(agreement_id)
    present = models.Placement.objects.filter(child=agreement.child_id, state=states.Placement.STARTED).first()
    if present is None:
        raise Refused("This child lives in no home now: record the start.")
    given: dict[str, Any] = {"on": on, "by": by, "now": now}
    end_placement(placement_id=present.pk, change_reason=change_reason, note=note, **given)
    placement = start_placement(agreement_id=agreement_id, **given)
    record(what="placements.placement.moved", subject=placement, by=by, now=now, after={"from": str(present.pk)})
    return placement


@transaction.atomic
def give_notice(*, placement_id: UUID, leaves_on: dt.date, reason: str, by: User, now: dt.datetime) -> models.Notice:
    """Say, for either side, when a placement will end. The provider's notice is at least as long as the agreement says.

    Raises:
        NotAllowed; NotFound; Refused: it has ended, notice was given already, or the notice is too short.
    """
    require(by, Permission.SIGN_AGREEMENT, now=now)
    placement = models.Placement.objects.select_related("agreement").filter(pk=placement_id).first()
    is_providers = by.scope.kind == "provider"
    if placement is None or (is_providers and placement.provider_id != by.organisation_id):
        raise NotFound("There is no such placement.")
    if placement.state != states.Placement.STARTED:
        raise Refused("This placement has ended.")
    days = placement.agreement.notice_days
    if leaves_on < day_of(now) + dt.timedelta(days=days if is_providers else 0):
        raise Refused(f"The agreement asks for {days} days of notice." if is_providers else "That day has passed.")
    try:
        with transaction.atomic():
            notice = models.Notice.objects.create(
                council_id=placement.council_id,
                placement=placement,
                provider_id=placement.provider_id,
                is_providers=is_providers,
                leaves_on=leaves_on,
                reason=reason if is_providers else queries.for_provider(reason, child_id=placement.child_id),
                given_by=by,
                given_at=now,
            )
    except IntegrityError:
        raise Refused("Notice was given already.") from None
    after = {"leaves_on": str(leaves_on), "by_provider": is_providers}
    record(what="placements.notice.given", subject=notice, by=by, now=now, after=after)
    tell_of_agreement(placement.agreement_id, "placements.notice.given", by=by, now=now)
    tell_of_notice(placement, by_provider=is_providers, now=now)
    return notice


@transaction.atomic
def withdraw_notice(*, placement_id: UUID, reason: str, by: User, now: dt.datetime) -> models.Notice:
    """Take notice back: the placement goes on. Only the side that gave it does, while the child lives there.

    Raises:
        NotAllowed; NotFound: that side gave none; Refused: the placement has ended, or no reason is given.
    """
    require(by, Permission.SIGN_AGREEMENT, now=now)
    is_providers = by.scope.kind == "provider"
    open_ones = models.Notice.objects.select_for_update(of=("self",)).select_related("placement__agreement")
    notice = open_ones.filter(placement=placement_id, withdrawn_at=None, is_providers=is_providers).first()
    if notice is None or (is_providers and notice.provider_id != by.organisation_id):
        raise NotFound("There is no notice of yours.")
    placement = notice.placement
    if placement.state != states.Placement.STARTED:
        raise Refused("This placement has ended.")
    if not rules.enough_reason(reason):
        raise Refused("Say in a sentence why the placement goes on.")
    notice.withdrawn_at = now
    notice.save()
    said = reason if is_providers else queries.for_provider(reason, child_id=placement.child_id)
    record(what="placements.notice.withdrawn", subject=notice, by=by, now=now, reason=said)
    tell_of_agreement(placement.agreement_id, "placements.notice.withdrawn", by=by, now=now)
    tell_of_notice(placement, by_provider=is_providers, now=now)
    return notice


@transaction.atomic
def record_not_arrived(*, agreement_id: UUID, reason: str, by: User, now: dt.datetime) -> models.Agreement:
    """Record that the child never moved in: place and money are free, and everybody who was asked is asked again.

    Raises:
        NotAllowed, WrongState; Refused: the child did move in, or the agreement came with its placement.
    """
    require(by, Permission.START_PLACEMENT, now=now)
    sent = models.Invitation.objects.filter(offers__agreement=agreement_id).values_list("referral", flat=True).first()
    group = locked_choice(sent) if sent else []
    agreement = locked_agreement(agreement_id)
    if hasattr(agreement, "placement") or agreement.offer is None:
        raise Refused("The child moved in: end the placement instead.")
    referral = next(each for each in group if each.pk == sent)
    reason = queries.for_provider(reason, child_id=agreement.child_id)
    given: dict[str, Any] = {"by": by, "now": now, "reason": reason}
    what = "placements.agreement.cancelled"
    change_state(row=agreement, to=states.Agreement.CANCELLED, steps=states.AGREEMENT_STEPS, what=what, **given)
    free_money(agreement, end_on=agreement.start_on, **given)
    end_released(agreement, by=by, now=now)
    _seek_again(referral, agreement.offer, by=by, now=now, reason=reason)
    return agreement


@transaction.atomic
def undo_choice(*, offer_id: UUID, reason: str, by: User, now: dt.datetime) -> list[models.Offer]:
    """Take a choice back before an agreement is drawn up, for the home fell through; for brothers and sisters who are sought
    together for all. The places are free, and everybody who was asked is asked again. Return the offers that lapsed.

    Raises:
        NotAllowed; NotFound; Refused: the offer was not accepted, an agreement was drawn up, or no reason is given.
    """
    require(by, Permission.MAKE_AGREEMENT, now=now)
    sent = models.Invitation.objects.filter(offers=offer_id).values_list("referral", flat=True).first()
    if sent is None:
        raise NotFound("There is no such offer.")
    group = {each.pk: each for each in locked_choice(sent)}
    if not rules.enough_reason(reason):
        raise Refused("Say in a sentence why the home fell through.")
    chosen = models.Offer.objects.filter(invitation__referral__in=group, state=states.Offer.ACCEPTED)
    offers = list(chosen.select_related("invitation", "acceptance").order_by("pk"))
    if offer_id not in {each.pk for each in offers}:
        raise Refused("This offer is not the one that was chosen.")
    if models.Agreement.objects.filter(offer__in=offers).exists():
        raise Refused("An agreement was drawn up: record on its page that it does not come about.")
    for offer in offers:
        referral = group[offer.invitation.referral_id]
        said = queries.for_provider(reason, child_id=referral.child_id)
        _seek_again(referral, offer, by=by, now=now, reason=said)
        record(what="placements.choice.taken_back", subject=offer, by=by, now=now, reason=said)
    return offers


def _seek_again(referral: models.Referral, offer: models.Offer, *, by: User, now: dt.datetime, reason: str) -> None:
    """Undo the choice of an offer: its place is free, it has lapsed, and everybody who was asked is asked again."""
    given: dict[str, Any] = {"by": by, "now": now, "reason": reason}
    acceptance = offer.acceptance
    held, start_on = UUID(acceptance.facts["occupancy"]), dt.date.fromisoformat(acceptance.facts["start_on"])
    market_actions.release_place(occupancy_id=held, on=start_on, by=by, now=now)
    what = "placements.offer.lapsed"
    change_state(row=offer, to=states.Offer.LAPSED, steps=states.OFFER_STEPS, what=what, **given)
    record(what="placements.choice.undone", subject=referral, by=by, now=now, before=acceptance.facts, reason=reason)
    acceptance.delete()
    what = "placements.referral.reopened"
    change_state(row=referral, to=states.Referral.SENT, steps=states.REFERRAL_STEPS, what=what, **given)
    reopen_invitations(referral, by=by, now=now)
