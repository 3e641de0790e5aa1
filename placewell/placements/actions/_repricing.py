"""What a signed change of an agreement does to its price lines, and through them to the money: steps that actions share."""

import datetime as dt
from decimal import Decimal

from django.db import IntegrityError, transaction

from placewell.accounts.models import User
from placewell.audit.actions import record
from placewell.budget.actions import reprice
from placewell.budget.rules import Line
from placewell.kernel.errors import Refused
from placewell.market import actions as market_actions

from .. import models, states
from ._money import commit_lines, count_called_off, in_block

PASSING = (
    models.PriceLine.ONE_OFF,
    models.PriceLine.EXTRAS,
)  # paid for days of their own, whatever the weekly price is


def apply_change(change: models.AgreementChange, *, by: User, now: dt.datetime, duty: str) -> None:
    """Let the agreement, its place and its money follow a change that was signed; *duty* cannot wait for approval."""
    agreement = change.agreement
    match states.ChangeKind(change.kind):
        case states.ChangeKind.LONGER:
            _longer(agreement, change.effective_on, by, now, duty)
        case states.ChangeKind.PRICE:
            parts = change.parts or {"accommodation": change.weekly_fee}
            _new_price(agreement, {kind: Decimal(fee) for kind, fee in parts.items()}, change, by, now, duty)
        case states.ChangeKind.EXTRA:
            _add(
                agreement,
                models.PriceLine.EXTRAS,
                change.weekly_fee,
                change.effective_on,
                change.until_on or agreement.end_on,
            )
            charge_anew(agreement, change.effective_on, change.reason, by=by, now=now, duty=duty)
        case states.ChangeKind.ONCE:
            night = change.effective_on, change.effective_on + dt.timedelta(days=1)
            line = _add(agreement, models.PriceLine.ONE_OFF, (change.weekly_fee or 0) * 7, *night)
            commit_lines(agreement, [line], by=by, now=now, statutory_duty=duty)
    agreement.version += 1
    agreement.save()


def begin_on(agreement: models.Agreement, on: dt.date, *, by: User, now: dt.datetime) -> None:
    """Let an agreement begin on the day on which the child came, earlier or later than was agreed: its weekly prices too, and
    through them the money. A child who is there is paid for, even where that passes a limit: it is recorded as such."""
    agreed = agreement.start_on
    if on == agreed:
        return
    contract = agreement.contract
    if contract is not None and not contract.start_on <= on < contract.end_on:
        first = f"{contract.start_on:%-d %B %Y} until {contract.end_on:%-d %B %Y}"
        raise Refused(f"Contract {contract.reference} runs from {first}: the day lies outside it.")
    first_prices = agreement.price_lines.filter(start_on=agreed).exclude(kind=models.PriceLine.ONE_OFF)
    first_prices.update(start_on=on)
    agreement.start_on, agreement.version = on, agreement.version + 1
    agreement.save()
    why = f"The child moved in on {on:%-d %B %Y}, not on {agreed:%-d %B %Y}."
    charge_anew(agreement, min(on, agreed), why, by=by, now=now, duty=why)
    before, after, what = {"start_on": str(agreed)}, {"start_on": str(on)}, "placements.agreement.begun_another_day"
    record(what=what, subject=agreement, by=by, now=now, before=before, after=after)


def _longer(agreement: models.Agreement, end_on: dt.date, by: User, now: dt.datetime, duty: str) -> None:
    """Keep the place and pay each present price until the new day."""
    market_actions.extend_stay(occupancy_id=agreement.placement.occupancy_id, end_on=end_on, by=by, now=now)
    last = agreement.price_lines.filter(end_on=agreement.end_on).exclude(kind__in=PASSING)
    lines = [(line, line.end_on) for line in last.order_by("pk")]
    agreement.end_on = end_on
    last.update(end_on=end_on)
    for line, was in lines:  # what it costs until then is committed already
        line.start_on, line.end_on = was, end_on
    commit_lines(agreement, [line for line, _ in lines], by=by, now=now, statutory_duty=duty)


def _new_price(
    agreement: models.Agreement,
    parts: dict[str, Decimal],
    change: models.AgreementChange,
    by: User,
    now: dt.datetime,
    duty: str,
) -> None:
    """End the present weekly prices and begin the new ones."""
    on, weekly = change.effective_on, agreement.price_lines.exclude(kind__in=PASSING)
    weekly.filter(start_on__gte=on).delete()
    weekly.filter(end_on__gt=on).update(end_on=on)
    for kind, fee in parts.items():
        if fee or kind == "accommodation":
            _add(agreement, kind, fee, on, agreement.end_on)
    charge_anew(agreement, on, change.reason, by=by, now=now, duty=duty)


def charge_anew(
    agreement: models.Agreement, on: dt.date, reason: str, *, by: User, now: dt.datetime, duty: str = ""
) -> None:
    """Let what is committed follow the agreement's weekly prices from the day *on*, as they now are: discounts and retainers
    that run go with them, and what the past costs more or less is an exact charge or credit."""
    rest = agreement.price_lines.filter(end_on__gt=on).exclude(kind=models.PriceLine.ONE_OFF).order_by("start_on", "pk")
    lines = [Line(line.kind, line.weekly_fee, max(line.start_on, on), line.end_on) for line in rest]
    reprice(
        source=f"placements.agreement:{agreement.pk}",
        start_on=on,
        lines=lines + in_block(agreement, lines, by=by, now=now),
        reason=reason,
        statutory_duty=duty,
        by=by,
        now=now,
    )
    count_called_off(agreement, agreement.end_on, by=by, now=now, statutory_duty=duty)


def _add(agreement: models.Agreement, kind: str, fee, start_on: dt.date, end_on: dt.date) -> models.PriceLine:
    try:
        with transaction.atomic():
            return models.PriceLine.objects.create(
                agreement=agreement,
                provider_id=agreement.provider_id,
                kind=kind,
                weekly_fee=fee,
                start_on=start_on,
                end_on=end_on,
            )
    except IntegrityError:
        what = "extra" if kind == models.PriceLine.EXTRAS else "price"
        raise Refused(f"Another {what} is agreed on some of these days already: choose other days.") from None
