"""What became of each search for a home: counted, and never shown child by child."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import localtime

from placewell.kernel.periods import age_on

from .. import models, states

STARTED = (states.Placement.STARTED, states.Placement.ENDED)


@dataclass(frozen=True)
class Searched:
    """One referral as fairness reads it: whose, of which need level and age, when written, asked, taken and begun, or closed.

    *rank* is where the home that was taken stood in the search shown last before it was taken: None when it was not among
    those shown or no search was kept (*was_kept* tells which).
    """

    child: UUID
    need_level: str
    age: int
    written_on: dt.date
    closed_on: dt.date | None
    asked: int
    offers: int
    accepted_on: dt.date | None
    was_kept: bool
    rank: int | None
    first_night_on: dt.date | None


def searches(*, since: dt.date, on: dt.date) -> list[Searched]:
    """Return the referrals that were written, accepted, begun or closed on the days *since* to *on*, restricted ones among them.

    For counting, and for nothing else.
    """
    offer = "acceptance__offer"
    placement = f"{offer}__agreement__placement"
    begun = Q(**{f"{placement}__start_on__gte": since, f"{placement}__start_on__lte": on})
    written = Q(written_at__date__gte=since, written_at__date__lte=on)
    taken = Q(**{f"{offer}__decided_at__date__gte": since, f"{offer}__decided_at__date__lte": on})
    closed = Q(closed_at__date__gte=since, closed_at__date__lte=on)
    columns = (
        "pk", "child", "child__born_on", "need_level", "needed_on", "written_at", "closed_at", f"{offer}__decided_at",
        f"{offer}__home__reference", f"{placement}__start_on", f"{placement}__state",
    )  # fmt: skip
    rows = list(models.Referral.objects.filter(begun | written | taken | closed).order_by("pk").values_list(*columns))
    ids = [row[0] for row in rows]
    invited = models.Invitation.objects.filter(referral__in=ids, sent_at__date__lte=on)
    asked = Counter(invited.values_list("referral", flat=True))
    made = models.Offer.objects.filter(invitation__referral__in=ids, made_at__date__lte=on)
    offers = Counter(made.values_list("invitation__referral", flat=True))
    shown: dict[UUID, list[tuple[dt.datetime, dict[str, int]]]] = {}
    frozen = models.FrozenSearch.objects.filter(referral__in=ids).order_by("at", "pk")
    for pk, at, homes in frozen.values_list("referral", "at", "facts__homes"):
        shown.setdefault(pk, []).append((at, {home["home"]: home["place"] for home in homes or ()}))
    found = []
    for pk, child, born_on, level, needed_on, at, closed_at, decided_at, home, start_on, placed in rows:
        kept = [places for when, places in shown.get(pk, ()) if decided_at is not None and when <= decided_at]
        accepted_on, closed_on = (localtime(each).date() if each else None for each in (decided_at, closed_at))
        found.append(
            Searched(
                child=child,
                need_level=level,
                age=age_on(born_on, needed_on),
                written_on=localtime(at).date(),
                closed_on=closed_on if closed_on and closed_on <= on else None,
                asked=asked[pk],
                offers=offers[pk],
                accepted_on=accepted_on if accepted_on and accepted_on <= on else None,
                was_kept=bool(kept),
                rank=kept[-1].get(home) if kept else None,
                first_night_on=start_on if placed in STARTED and start_on <= on else None,
            )
        )
    return found
