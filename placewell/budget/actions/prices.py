"""Price lines beyond the weekly fee: discounts, and rebates for volume."""

import datetime as dt
from decimal import Decimal

from django.db import IntegrityError, transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import Refused
from placewell.kernel.money import ZERO
from placewell.kernel.periods import day_of, financial_year_period

from .. import models, queries, rules, states
from ._pricing import change, opened


@transaction.atomic
def give_discount(
    *,
    source: str,
    kind: str,
    percent: Decimal,
    start_on: dt.date,
    end_on: dt.date,
    reason: str,
    by: User,
    now: dt.datetime,
) -> list[models.Commitment]:
    """Take a discount (for siblings, a long stay or volume) off every weekly price of *source* in [start_on, end_on).

    Nights that have passed are credited.

    Raises:
        NotAllowed; Refused: there is no price in these days, the discount is none, or one of its kind runs already.
    """
    require(by, Permission.COMMIT_MONEY, now=now)
    if kind not in states.DISCOUNTS or not 0 < percent <= 100:
        raise Refused("A discount has a kind, and more than 0 and at most 100 per cent.")
    found = opened(source)
    if any(each.kind == kind and each.start_on < end_on and each.end_on > start_on for each in found.prices):
        raise Refused("A discount of this kind runs on some of these days already.")
    lines = rules.discounted(found.prices, kind=kind, percent=percent, start_on=start_on, end_on=end_on)
    if not lines:
        raise Refused("There is no weekly price on these days.")
    change(found, [*found.prices, *lines], since=start_on, reason=reason, by=by, now=now)
    after = {"kind": kind, "percent": str(percent), "from": str(start_on), "to": str(end_on)}
    record(what="budget.discount.given", subject=found.live[0], by=by, now=now, after=after, reason=reason)
    return found.made


@transaction.atomic
def end_discount(*, source: str, kind: str, end_on: dt.date, reason: str, by: User, now: dt.datetime) -> Decimal:
    """End a discount of one kind on *end_on* (no night from then on has it), and return what that costs more (pounds).

    A day that has passed puts right what was given by mistake: its nights since are charged.

    Raises:
        NotAllowed; Refused: no such discount runs then, or a limit would be passed.
    """
    require(by, Permission.COMMIT_MONEY, now=now)
    found = opened(source)
    if kind not in states.DISCOUNTS or not any(each.kind == kind and each.end_on > end_on for each in found.prices):
        raise Refused("No discount of this kind runs on that day or later.")
    prices = [rules.until_day(each, end_on) if each.kind == kind else each for each in found.prices]
    changed = change(found, prices, since=end_on, reason=reason, by=by, now=now)
    after = {"kind": kind, "end_on": str(end_on)}
    record(what="budget.discount.ended", subject=found.live[0], by=by, now=now, after=after, reason=reason)
    return sum(changed.values(), ZERO)


@transaction.atomic
def set_volume_term(
    *, provider_id, least_nights: int, percent: Decimal, start_on: dt.date, agreement: str, by: User, now: dt.datetime
) -> models.VolumeTerm:
    """Keep what a provider gives back of a year's prices once *least_nights* are bought in it.

    Raises:
        NotAllowed; Refused: it makes no sense, or a term for so many nights from that day is kept already.
    """
    require(by, Permission.SET_ENVELOPE, now=now)
    if least_nights < 1 or not 0 < percent <= 100:
        raise Refused("A threshold is at least one night, and gives back more than 0 and at most 100 per cent.")
    try:
        with transaction.atomic():
            made = models.VolumeTerm.objects.create(
                provider_id=provider_id,
                least_nights=least_nights,
                percent=percent,
                start_on=start_on,
                agreement=agreement,
                recorded_by=by,
            )
    except IntegrityError:
        raise Refused("A rebate for so many nights from that day is kept already.") from None
    after = {"least_nights": least_nights, "percent": str(percent), "from": str(start_on)}
    record(what="budget.volume_term.set", subject=made, by=by, now=now, after=after)
    return made


@transaction.atomic
def take_rebate(*, provider_id, year: int, by: User, now: dt.datetime) -> Decimal:
    """Take off every weekly price of a provider in a financial year the rebate that its nights have earned; return its per
    cent. Nights that have passed are credited.

    Raises:
        NotAllowed; Refused: no threshold is reached, or it was taken already.
    """
    require(by, Permission.COMMIT_MONEY, now=now)
    row = next((each for each in queries.volume(year=year, on=day_of(now)) if each.provider_id == provider_id), None)
    if row is None or not row.percent:
        raise Refused("This provider's nights have reached no threshold in that year.")
    if row.is_taken:
        raise Refused("The rebate of that year was taken already.")
    period = financial_year_period(year)
    if period.end is None:
        raise Refused("That year has no end.")
    reason = f"{row.nights:,} nights in {rules.year_words(year)} reach the threshold of {row.reached:,}."
    for source in row.sources:
        give_discount(
            source=source,
            kind=states.LineKind.DISCOUNT_VOLUME,
            percent=row.percent,
            start_on=period.start,
            end_on=period.end,
            reason=reason,
            by=by,
            now=now,
        )
    term = models.VolumeTerm.objects.filter(provider=provider_id, least_nights=row.reached).latest("start_on")
    after = {"year": year, "nights": row.nights, "percent": str(row.percent)}
    record(what="budget.rebate.taken", subject=term, by=by, now=now, after=after)
    return row.percent
