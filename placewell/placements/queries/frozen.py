"""What a search showed, as it stood when homes were asked: plain values, written once and read for as long as it is evidence."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from placewell.accounts.models import User
from placewell.kernel.errors import NotFound

from .. import models
from .desk import referrals
from .search import Found, Result

BRIEF = 10  # homes of each search that an exemption carries with it; the search itself keeps all that were shown


def as_it_stood(result: Result, *, shown: dict, asked: Iterable[str], answer_by: dt.datetime) -> dict:
    """Return *result* as plain values, with the referral as it was released (*shown*) and the names of those asked."""
    return {
        "looked_at": result.looked_at,
        "able": result.able,
        "homes": [_home(each) for each in result.best],
        "near": [_home(each) | {"against": each.against} for each in result.near],
        "refused": [list(pair) for pair in result.refused],
        "shown": shown,
        "asked": sorted(asked),
        "answer_by": answer_by.isoformat(),
    }


def _home(each: Found) -> dict:
    home = each.home
    return {
        "home": home.reference,
        "provider": home.provider.name,
        "district": home.district,
        "grade": home.registration.grade,
        "inspected_on": str(home.registration.inspected_on or ""),
        "miles": None if each.miles is None else round(each.miles, 1),
        "place": each.place,
        "points": each.points,
        "reasons": [list(pair) for pair in each.reasons],
        "weekly_fee": None if each.weekly_fee is None else str(each.weekly_fee),
        "answers": [
            {"consideration": answer.consideration.value, "met": answer.met, "why": answer.why}
            for answer in each.considerations
        ],
    }


def frozen_searches(*, referral_id: UUID) -> QuerySet[models.FrozenSearch]:
    """Return what the searches of a referral showed each time that homes were asked, oldest first."""
    return models.FrozenSearch.objects.filter(referral=referral_id).select_related("by").order_by("at", "pk")


def frozen_search(*, search_id: UUID, for_user: User, on: dt.date) -> models.FrozenSearch:
    """Return one of them; raise NotFound when *for_user* may not see the child."""
    seen = referrals(for_user=for_user, on=on).values("pk")
    found = models.FrozenSearch.objects.filter(pk=search_id, referral__in=seen).select_related("by", "referral__child")
    if row := found.first():
        return row
    raise NotFound("There is no such search.")


def searches_in_brief(*, referral_id: UUID) -> list[dict]:
    """Return each frozen search as an exemption carries it: when, by whom, how many, the first homes and what was refused."""
    return [
        {
            "at": row.at.isoformat(),
            "by": row.by.name,
            "asked": row.facts["asked"],
            "looked_at": row.facts["looked_at"],
            "able": row.facts["able"],
            "homes": [
                {name: each[name] for name in ("home", "provider", "miles", "points", "weekly_fee")}
                for each in row.facts["homes"][:BRIEF]
            ],
            "refused": row.facts["refused"],
        }
        for row in frozen_searches(referral_id=referral_id)
    ]
