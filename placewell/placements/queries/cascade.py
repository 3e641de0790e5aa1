"""The tiers: who is asked next, how long they have, and the log of who was asked, answered and why."""

import datetime as dt
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import localtime

from placewell.governance.queries import holidays
from placewell.kernel.periods import day_of
from placewell.kernel.working_days import add_working_hours

from .. import models, states
from .desk import providers_to_ask

# What holds where the council set nothing: hours, and whether they are working hours.
USUAL = {
    states.Urgency.EMERGENCY: (2, False),
    states.Urgency.URGENT: (8, True),
    states.Urgency.PLANNED: (24, True),
}


def clocks(*, on: dt.date) -> QuerySet[models.TierClock]:
    """Return every setting, the newest of each kind first; those after *on* hold from their day."""
    return models.TierClock.objects.select_related("set_by").order_by("category", "urgency", "tier", "-start_on")


def due_at(row: models.Referral, *, tier: int, now: dt.datetime) -> dt.datetime:
    """Return until when *tier* has to answer, asked at *now*: the shortest clock of the kinds of home sought."""
    return min(_due_at(category, row.urgency, tier, now) for category in row.categories)


def _due_at(category: str, urgency: str, tier: int, now: dt.datetime) -> dt.datetime:
    found = models.TierClock.objects.filter(category=category, urgency=urgency, tier=tier, start_on__lte=day_of(now))
    setting = found.order_by("-start_on").first()
    hours, working = (setting.hours, setting.is_working_hours) if setting else USUAL[states.Urgency(urgency)]
    return add_working_hours(localtime(now), hours, holidays()) if working else now + dt.timedelta(hours=hours)


def next_tier(row: models.Referral, *, on: dt.date) -> tuple[int, list[UUID]]:
    """Return the first tier with providers who have not been asked, and who they are; (0, []) when nobody is left."""
    left = providers_to_ask(row, on=on)
    if not left:
        return 0, []
    tier = min(contract.tier for contract in left)
    return tier, list(dict.fromkeys(contract.provider_id for contract in left if contract.tier == tier))


def everybody_declined(row: models.Referral) -> bool:
    """Tell whether everybody who was asked has declined."""
    asked = row.invitations.exclude(state=states.Invitation.CLOSED)
    return asked.exists() and not asked.exclude(state=states.Invitation.DECLINED).exists()


def has_offers(row: models.Referral) -> bool:
    """Tell whether an offer lies on the table."""
    live = [states.Offer.MADE, states.Offer.RECOMMENDED, states.Offer.ACCEPTED]
    return models.Offer.objects.filter(invitation__referral=row, state__in=live).exists()


def cascade_log(row: models.Referral) -> list[models.TierStep]:
    """Return what the clock and people did with a referral's tiers, oldest first."""
    found = models.TierStep.objects.filter(cascade__referral=row).select_related("by")
    return list(found.order_by("number"))


def evidence(row: models.Referral) -> dict[str, list[dict]]:
    """Return who was asked, what they answered and why, and each step of the tiers: what an exemption rests on."""
    asked = row.invitations.select_related("provider").prefetch_related("offers").order_by("sent_at", "provider__name")
    return {
        "asked": [
            {
                "provider": each.provider.name,
                "asked_at": each.sent_at.isoformat(),
                "answer_by": each.answer_by.isoformat(),
                "answer": each.state,
                "reason": each.decline_reason,
                "note": each.decline_note,
                "offers": [{"weekly_fee": str(o.weekly_fee), "state": o.state} for o in each.offers.all()],
            }
            for each in asked
        ],
        "tiers": [
            {"at": each.at.isoformat(), "what": each.what, "tier": each.tier, "by": each.by.name, "reason": each.reason}
            for each in cascade_log(row)
        ],
    }
