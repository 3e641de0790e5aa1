"""Rows that actions of the desk lock, in one order, so that nobody waits for somebody who waits for them.

The order: referrals by their key, then what was sent of them to providers by its key, then offers by theirs; then agreement
and placement; then what other rooms lock (places, envelopes). The council starts with the referral: what hangs on it (the tiers,
approvals, the acceptance) is changed under its lock and needs no place in the order. A provider, who cannot see the referral,
starts with what was sent to it.
"""

from uuid import UUID

from placewell.kernel.errors import NotFound, Refused
from placewell.storage.models import one

from .. import models, queries, states


def locked_referral(referral_id: UUID) -> models.Referral:
    """Return a referral with its row locked."""
    found = (
        models.Referral.objects.select_for_update(of=("self",)).select_related("child").filter(pk=referral_id).first()
    )
    if found is None:
        raise NotFound("There is no such referral.")
    return found


def locked_offer(offer_id: UUID) -> models.Offer:
    """Return an offer with its row locked; the database hides those of others."""
    found = one(models.Offer.objects.select_for_update(of=("self",)).filter(pk=offer_id))
    if found is None:
        raise NotFound("There is no such offer.")
    return found


def locked_together(*referral_ids: UUID) -> list[models.Referral]:
    """Return referrals with those of brothers and sisters sought together, their rows locked in one order.

    Raises:
        NotFound; Refused: who is sought together was changed at this moment.
    """
    first = list(models.Referral.objects.select_related("sibling_search").filter(pk__in=referral_ids))
    if len(first) < len(set(referral_ids)):
        raise NotFound("There is no such referral.")
    wanted = {each.pk for row in first for each in queries.sought_together(row)} | set(referral_ids)
    rows = models.Referral.objects.filter(pk__in=wanted).select_related("child", "sibling_search").order_by("pk")
    locked = list(rows.select_for_update(of=("self",)))
    if {each.pk for row in locked for each in queries.sought_together(row)} - wanted:
        raise Refused("The brothers and sisters were changed at this moment: try again.")
    return locked


def locked_choice(referral_id: UUID) -> list[models.Referral]:
    """Return a referral with those of brothers and sisters sought together; locked are they, all that was sent of them to
    providers, and every offer, in the one order."""
    group = locked_together(referral_id)
    sent = models.Invitation.objects.filter(referral__in=group).order_by("pk").select_for_update()
    offers = models.Offer.objects.filter(invitation__in=[each.pk for each in sent]).order_by("pk")
    list(offers.select_for_update())
    return group


def locked_offers(offer_id: UUID) -> list[models.Offer]:
    """Return an offer with its home's offers for brothers and sisters sought together, locked in one order.

    Raises:
        Refused: for one of them this home has not been offered.
    """
    first = models.Offer.objects.select_related("invitation__referral__sibling_search").filter(pk=offer_id).first()
    if first is None:
        raise NotFound("There is no such offer.")
    group = locked_choice(first.invitation.referral_id)
    if len(group) == 1:
        return [locked_offer(offer_id)]
    live = [states.Offer.MADE, states.Offer.RECOMMENDED, states.Offer.ACCEPTED]
    offers = models.Offer.objects.filter(invitation__referral__in=group, home=first.home_id, state__in=live)
    found = {offer.invitation.referral_id: offer.pk for offer in offers.select_related("invitation")}
    if missing := [each.child.reference for each in group if each.pk not in found]:
        raise Refused(
            f"This home is not offered for {', '.join(missing)}, and the brothers and sisters are sought together. "
            "Choose a home for all of them, or record why they live apart."
        )
    return [locked_offer(pk) for pk in sorted(found.values())]


def locked_beside(offer_id: UUID) -> list[models.Offer]:
    """Return an offer with whatever its home still offers for brothers and sisters sought together, locked in one order."""
    first = models.Offer.objects.select_related("invitation__referral__sibling_search").filter(pk=offer_id).first()
    if first is None:
        raise NotFound("There is no such offer.")
    group = locked_choice(first.invitation.referral_id)
    live = [states.Offer.MADE, states.Offer.RECOMMENDED]
    beside = models.Offer.objects.filter(invitation__referral__in=group, home=first.home_id, state__in=live)
    keys = {offer_id, *beside.values_list("pk", flat=True)}
    return [locked_offer(pk) for pk in sorted(keys)]


def locked_agreement(agreement_id: UUID) -> models.Agreement:
    """Return an agreement with its row locked; the database hides those of others."""
    found = one(models.Agreement.objects.select_for_update(of=("self",)).filter(pk=agreement_id))
    if found is None:
        raise NotFound("There is no such agreement.")
    return found
