"""What providers answered, offered and kept, and how placements with them ended: counted, and never shown child by child."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.db.models import Min, Q

from placewell.children import queries as children
from placewell.kernel.periods import age_on
from placewell.market import queries as market

from .. import models, rules, states

NO_RISKS: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())


@dataclass(frozen=True)
class Answer:
    """A referral as it was sent to one provider, and what came of it.

    *had_place* tells whether the provider's own calendar showed a place free in a home of the kind, on the night that the
    child needed one; it is known only where the provider said that it had none.
    """

    provider_id: UUID
    sent_at: dt.datetime
    answer_by: dt.datetime
    offered_at: dt.datetime | None
    decline_reason: str
    had_place: bool | None

    @property
    def is_answered(self) -> bool:
        """Tell whether the provider answered, with an offer or a reason."""
        return self.offered_at is not None or bool(self.decline_reason)


def answers_of_providers(
    *, start_on: dt.date, end_on: dt.date, provider_ids: Sequence[UUID] | None = None
) -> list[Answer]:
    """Return the referrals that were sent on the days [start_on, end_on), as each provider answered them."""
    rows = models.Invitation.objects.filter(sent_at__date__gte=start_on, sent_at__date__lt=end_on)
    if provider_ids is not None:
        rows = rows.filter(provider__in=provider_ids)
    found = list(
        rows.annotate(offered_at=Min("offers__made_at")).values_list(
            "provider_id", "sent_at", "answer_by", "offered_at", "decline_reason",
            "referral__needed_on", "referral__categories",
        )
    )  # fmt: skip
    none = states.DeclineReason.NO_VACANCY
    had = _had_place({(row[0], row[5], kind) for row in found if row[4] == none for kind in row[6]})
    return [
        Answer(*row[:5], any((row[0], row[5], kind) in had for kind in row[6]) if row[4] == none else None)
        for row in found
    ]


def _had_place(asked: set[tuple[UUID, dt.date, str]]) -> set[tuple[UUID, dt.date, str]]:
    """Return those of (provider, night, category) for which a place was free by the calendar."""
    homes: dict[tuple[UUID, str], list[UUID]] = {}
    owners = {provider_id for provider_id, _, _ in asked}
    for row in market.homes_to_search(on=max((night for _, night, _ in asked), default=dt.date.min)).filter(
        provider__in=owners
    ):
        if category := rules.CATEGORY_OF.get(row.kind):
            homes.setdefault((row.provider_id, category), []).append(row.pk)
    every = {home for ids in homes.values() for home in ids}
    free = market.free_on_nights(home_ids=every, nights={night for _, night, _ in asked})
    return {
        (owner, night, kind)
        for owner, night, kind in asked
        if any(free[night][home] for home in homes.get((owner, kind), ()))
    }


def offers_of_providers(*, start_on: dt.date, end_on: dt.date) -> list[tuple[UUID, str]]:
    """Return (provider, state) of each offer made on the days [start_on, end_on)."""
    rows = models.Offer.objects.filter(made_at__date__gte=start_on, made_at__date__lt=end_on)
    return list(rows.values_list("provider_id", "state"))


class Lived(NamedTuple):
    """A placement as counting needs it: whose, what kind, at which age and with how many risks the child came, how it ended."""

    placement_id: UUID
    provider_id: UUID
    home_id: UUID
    category: str
    start_on: dt.date
    end_on: dt.date | None
    age: int
    risks: int
    was_planned: bool | None
    end_reason: str


def lived_with_providers(*, start_on: dt.date, end_on: dt.date) -> list[Lived]:
    """Return the placements that began, ran on any night of [start_on, end_on), or ended on one of its days."""
    rows = models.Placement.objects.filter(
        Q(end_on=None) | Q(end_on__gte=start_on),
        start_on__lt=end_on,
        state__in=[states.Placement.STARTED, states.Placement.ENDED],
    )
    fields = ("pk", "provider_id", "home_id", "agreement__category", "start_on", "end_on", "was_planned", "end_reason")
    found = list(rows.values_list(*fields, "child_id", "child__born_on"))
    known = children.risks(child_ids={row[8] for row in found})
    return [
        Lived(pk, owner, home, kind, start, end, age_on(born_on, start), len(known.get(child, NO_RISKS)[0]), plan, why)
        for pk, owner, home, kind, start, end, plan, why, child, born_on in found
    ]


def episodes_missing(*, start_on: dt.date, end_on: dt.date) -> list[UUID]:
    """Return the provider of each time that a child went missing from a home on the days [start_on, end_on)."""
    rows = models.Absence.objects.filter(
        reason=states.AbsenceReason.MISSING, start_on__gte=start_on, start_on__lt=end_on
    )
    return list(rows.values_list("provider_id", flat=True))


def nights_with_provider(
    *, provider_id: UUID, council_id: UUID, start_on: dt.date, end_on: dt.date
) -> tuple[int, set[str]]:
    """Return how many nights a council's children stayed with a provider in [start_on, end_on), and in which kinds of home."""
    rows = models.Placement.objects.filter(
        Q(end_on=None) | Q(end_on__gt=start_on),
        provider=provider_id,
        council=council_id,
        start_on__lt=end_on,
        state__in=[states.Placement.STARTED, states.Placement.ENDED],
    ).values_list("start_on", "end_on", "home__kind")
    nights = sum((min(end or end_on, end_on) - max(start, start_on)).days for start, end, _ in rows)
    return nights, {kind for _, _, kind in rows}
