"""Whose limit covers which whole cost: dated rows of the council's scheme of delegation; and purchases split to stay under."""

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from importlib.resources import files

from placewell.accounts.models import User
from placewell.accounts.roles import title_of
from placewell.governance import queries as governance
from placewell.kernel.errors import Refused
from placewell.kernel.money import ZERO, for_nights, pounds

from .. import models, rules, states


@cache
def _table() -> dict:
    return tomllib.loads((files("placewell.placements") / "tables" / "limits.toml").read_text())


def limits(*, on: dt.date) -> dict[str, Decimal | None]:
    """Return the limit of each office on the day *on*: pounds of estimated whole cost, None for no limit.

    Until the council has set limits of its own in its scheme, the first settings hold.
    """
    if known := governance.limits(kind="whole_cost", on=on):
        return known
    rows = sorted((row for row in _table()["limits"] if row["valid_from"] <= on), key=lambda row: row["valid_from"])
    return {row["role"]: Decimal(row["whole_cost"]) if "whole_cost" in row else None for row in rows}


def offer_cost(offer: models.Offer, row: models.Referral) -> Decimal:
    """Return what a stay costs from the first day that the home offers to the end that is expected."""
    nights = (row.expected_end_on - max(offer.earliest_on, row.needed_on)).days
    return for_nights(offer.weekly_fee, max(0, nights)) + offer.one_off_fee


def agreement_cost(agreement: models.Agreement) -> Decimal:
    """Return what an agreement costs from its first night to its last, by its price lines as they stand."""
    lines = agreement.price_lines.all()
    return sum((for_nights(each.weekly_fee, (each.end_on - each.start_on).days) for each in lines), ZERO)


def change_cost(change: models.AgreementChange) -> Decimal:
    """Return what a changed agreement would cost from its first night to its last."""
    agreement, on = change.agreement, change.effective_on
    match states.ChangeKind(change.kind), change.weekly_fee:
        case states.ChangeKind.LONGER, _:
            longer = for_nights(agreement.weekly_fee(on=agreement.end_on), max(0, (on - agreement.end_on).days))
            return agreement_cost(agreement) + longer
        case states.ChangeKind.ONCE, fee:
            return agreement_cost(agreement) + (fee or ZERO)
        case states.ChangeKind.EXTRA, fee:
            return agreement_cost(agreement) + for_nights(fee or ZERO, ((change.until_on or on) - on).days)
    passing = (models.PriceLine.ONE_OFF, models.PriceLine.EXTRAS)
    before = [
        (each.weekly_fee, each.start_on, each.end_on if each.kind in passing else min(each.end_on, on))
        for each in agreement.price_lines.all()
    ]
    kept = sum((for_nights(fee, (end - start).days) for fee, start, end in before if start < end), ZERO)
    return kept + for_nights(change.weekly_fee or ZERO, max(0, (agreement.end_on - on).days))


def change_weekly(change: models.AgreementChange) -> Decimal | None:
    """Return what a week costs at most after a change, extras and all; None where no week becomes dearer."""
    agreement, on = change.agreement, change.effective_on
    extras = models.PriceLine.EXTRAS
    lines = [(each.kind, each.weekly_fee) for each in agreement.price_lines.all() if each.start_on <= on < each.end_on]
    if change.kind == states.ChangeKind.PRICE:
        return (change.weekly_fee or ZERO) + sum((fee for kind, fee in lines if kind == extras), ZERO)
    return agreement.weekly_fee(on=on) + (change.weekly_fee or ZERO) if change.kind == states.ChangeKind.EXTRA else None


def weekly_limits(*, on: dt.date) -> dict[str, Decimal | None]:
    """Return the limit of a weekly fee of each office on the day *on*, where the council has set any."""
    return governance.limits(kind="weekly_fee", on=on)


def able(cost: Decimal, weekly_fee: Decimal | None, *, on: dt.date) -> list[str]:
    """Return the offices whose limits cover the whole *cost* and the *weekly_fee*."""
    found = [role for role, limit in limits(on=on).items() if limit is None or cost <= limit]
    if weekly_fee is None or not (weekly := weekly_limits(on=on)):
        return found
    fits = {role for role, limit in weekly.items() if limit is None or weekly_fee <= limit}
    return [role for role in found if role in fits]


def covers(cost: Decimal, *, user: User, on: dt.date, known: Mapping[str, Decimal | None] | None = None) -> bool:
    """Tell whether the limit of an office that *user* holds covers *cost*; *known* are the limits of the day, when read."""
    return governance.covers(cost, known=limits(on=on) if known is None else known, user=user, on=on)


def bought_before(*, child_id, provider_id, on: dt.date, but=None) -> list[models.Agreement]:
    """Return the other agreements for the same child with the same provider that start so near *on* that they may be one
    purchase, split."""
    days = max((row for row in _table()["splitting"] if row["valid_from"] <= on), key=lambda row: row["valid_from"])[
        "days"
    ]
    near = models.Agreement.objects.filter(
        child=child_id,
        provider=provider_id,
        start_on__gte=on - dt.timedelta(days=days),
        start_on__lte=on + dt.timedelta(days=days),
    )
    return list(near.exclude(pk=but).exclude(state=states.Agreement.CANCELLED).prefetch_related("price_lines"))


def require_limit(
    cost: Decimal,
    *,
    user: User,
    on: dt.date,
    before: Sequence[models.Agreement] = (),
    weekly_fee: Decimal | None = None,
) -> None:
    """Refuse when no limit of *user*'s covers the *weekly_fee*, where the council has set such limits, or the whole *cost*,
    alone or with what was bought *before*; say whose does."""
    if weekly_fee is not None:
        governance.require_weekly_limit(weekly_fee, user=user, on=on)
    together = cost + sum((agreement_cost(each) for each in before), ZERO)
    if covers(together, user=user, on=on):
        return
    offices = able(together, weekly_fee, on=on)
    who = rules.sentence([f"the {title_of(role)}" for role in offices]) or "nobody"
    if covers(cost, user=user, on=on):
        names = rules.sentence([each.reference for each in before])
        raise Refused(
            f"With {names} for the same child and provider this comes to {pounds(together)}: one purchase in parts is over "
            f"your limit as one. {who[0].upper()}{who[1:]} may decide."
        )
    raise Refused(f"{pounds(cost)} for the whole stay is over your limit: {who} may decide.")
