"""The tiers: who is asked next, how long they have, and the log of who was asked, answered and why."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import localtime

from placewell.audit import queries as audit
from placewell.contracts import queries as contracts
from placewell.governance.queries import holidays
from placewell.governance.states import Category
from placewell.kernel.periods import day_of
from placewell.kernel.working_days import add_working_hours

from .. import models, states
from .desk import providers_to_ask
from .frozen import searches_in_brief

# What holds where the council set nothing: hours, and whether they are working hours.
USUAL = {
    states.Urgency.EMERGENCY: (2, False),
    states.Urgency.URGENT: (8, True),
    states.Urgency.PLANNED: (24, True),
}


def clocks(*, on: dt.date) -> QuerySet[models.TierClock]:
    """Return every setting, the newest of each kind first; those after *on* hold from their day."""
    return models.TierClock.objects.select_related("set_by").order_by("category", "urgency", "tier", "-start_on")


@dataclass(frozen=True)
class TierNow:
    """A tier of a lot today: how many providers are asked in it, and how long each urgency gives them, in words."""

    category: str
    tier: int
    providers: int
    hours: Sequence[str]


def tiers_now(*, on: dt.date) -> list[TierNow]:
    """Return who is asked first, second and so on in each lot on the day *on*, and how long they have; hours in the order of
    `states.Urgency`."""
    settings: dict[tuple[str, str, int], tuple[int, bool]] = {}
    for each in models.TierClock.objects.filter(start_on__lte=on).order_by("start_on"):
        settings[each.category, each.urgency, each.tier] = (each.hours, each.is_working_hours)
    found = []
    for category in Category:
        asked = Counter(row.tier for row in contracts.by_tier(category=category, on=on))
        for tier in sorted(asked):
            clocks = [settings.get((category, urgency, tier), USUAL[urgency]) for urgency in states.Urgency]
            hours = [f"{number} {'working ' if working else ''}hours" for number, working in clocks]
            found.append(TierNow(category, tier, asked[tier], hours))
    return found


def due_at(row: models.Referral, *, tier: int, now: dt.datetime) -> dt.datetime:
    """Return until when *tier* has to answer, asked at *now*: the shortest clock of the kinds of home sought."""
    return min(_after(now, *_clock(category, row.urgency, tier, now)) for category in row.categories)


def more_time(row: models.Referral, *, tier: int, due_at: dt.datetime, hours: int) -> dt.datetime:
    """Return *due_at* put off by *hours*, counted as the tier's clock counts them: working hours where all of it does."""
    clocks = [_clock(category, row.urgency, tier, due_at) for category in row.categories]
    return _after(due_at, hours, all(working for _, working in clocks))


def _clock(category: str, urgency: str, tier: int, now: dt.datetime) -> tuple[int, bool]:
    """Return how many hours a tier has, and whether they are working hours."""
    found = models.TierClock.objects.filter(category=category, urgency=urgency, tier=tier, start_on__lte=day_of(now))
    setting = found.order_by("-start_on").first()
    return (setting.hours, setting.is_working_hours) if setting else USUAL[states.Urgency(urgency)]


def _after(at: dt.datetime, hours: int, working: bool) -> dt.datetime:
    return add_working_hours(localtime(at), hours, holidays()) if working else at + dt.timedelta(hours=hours)


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
    """Return what an exemption rests on: what the searches showed when homes were asked, who was asked, each thing they
    answered and when, and each step of the tiers. What was once answered stays, though the referral went on or was closed."""
    asked = list(
        row.invitations.select_related("provider").prefetch_related("offers").order_by("sent_at", "provider__name")
    )
    log = _answers(asked)
    return {
        "searches": searches_in_brief(referral_id=row.pk),
        "asked": [
            {
                "provider": each.provider.name,
                "asked_at": each.sent_at.isoformat(),
                "answer_by": each.answer_by.isoformat(),
                "answer": _answer(each, log[each.pk]),
                "reason": each.decline_reason,
                "note": each.decline_note,
                "offers": [{"weekly_fee": str(o.weekly_fee), "state": o.state} for o in each.offers.all()],
                "log": log[each.pk],
            }
            for each in asked
        ],
        "tiers": [
            {"at": each.at.isoformat(), "what": each.what, "tier": each.tier, "by": each.by.name, "reason": each.reason}
            for each in cascade_log(row)
        ],
    }


def _answers(asked: Sequence[models.Invitation]) -> dict[UUID, list[dict]]:
    """Return what became of each invitation and its offers, oldest first, from the changes that nobody can unwrite."""
    of = {row.pk: each.pk for each in asked for row in (each, *each.offers.all())}
    found: dict[UUID, list[dict]] = {each.pk: [] for each in asked}
    for change in audit.history(subjects=[row for each in asked for row in (each, *each.offers.all())]):
        kind, _, key = change.subject.rpartition(":")
        line = {"at": change.at.isoformat(), "what": f"{kind.rpartition('.')[2]} {change.to_state}", "by": change.by}
        found[of[UUID(key)]].append(line | {"reason": change.reason})
    return found


def _answer(each: models.Invitation, log: Sequence[dict]) -> str:
    """Return what a provider answered last: a referral that was closed afterwards does not hide it."""
    if each.state != states.Invitation.CLOSED:
        return each.state
    said = [line["what"].rpartition(" ")[2] for line in log if line["what"].startswith("invitation ")]
    return next((what for what in reversed(said) if what in ("offered", "declined")), "no_answer")
