"""Who sees to the invoice lines that do not agree: nobody's line lies about."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, Sum

from placewell.accounts import queries as accounts
from placewell.accounts.models import User
from placewell.accounts.permissions import Permission
from placewell.kernel.periods import day_of

from .. import models, states

OPEN = (states.InvoiceLine.QUERIED, states.InvoiceLine.HELD)
# A valid invoice is paid within thirty days, and one that is not settled without undue delay counts as valid: Public Contracts
# Regulations 2015 reg 113, Procurement Act 2023 s.68.
SETTLE_DAYS = 30


@dataclass(frozen=True)
class Waits:
    """The lines of one provider that wait on one person, or on nobody."""

    provider_id: Any
    provider: str
    lines: int
    amount: Decimal
    owner_id: Any
    owner: str
    since: dt.datetime | None
    settle_by: dt.date


def handlers(*, organisation_id, on: dt.date) -> list[User]:
    """Return who of a council may see to invoice lines on the day *on*, by name."""
    return accounts.colleagues_who_may(Permission.HANDLE_INVOICES, organisation_id=organisation_id, on=on)


def owners_for(providers: Iterable[Any], *, organisation_id, on: dt.date) -> dict[Any, User]:
    """Return who sees to the lines of each of *providers*: whoever sees to others of it already, else whoever has fewest
    open lines; nothing where nobody may."""
    people = handlers(organisation_id=organisation_id, on=on)
    if not people:
        return {}
    open_lines = models.InvoiceLine.objects.filter(state__in=OPEN, owner__in=people)
    counted = open_lines.order_by().values_list("owner", "provider").annotate(count=Count("pk"), since=Min("owned_at"))
    load: dict[Any, int] = {each.pk: 0 for each in people}
    theirs: dict[Any, Any] = {}
    for owner, provider, count, _ in counted.order_by("since"):
        load[owner] += count
        theirs.setdefault(provider, owner)
    by_pk = {each.pk: each for each in people}
    found = {}
    for provider in dict.fromkeys(providers):
        owner = theirs.get(provider) or min(people, key=lambda each: load[each.pk]).pk
        load[owner] += 1
        found[provider] = by_pk[owner]
    return found


def lines_waiting(*, user: User, others: Collection[Any] = (), on: dt.date) -> list[Waits]:
    """Return what waits on *user*, or on *others* for whom they cover, of the lines that do not agree, by provider; with what
    nobody sees to who still may. Empty for whoever may not see to lines."""
    if not user.may(Permission.HANDLE_INVOICES, on=on):
        return []
    able = {each.pk for each in handlers(organisation_id=user.organisation_id, on=on)}
    rows = models.InvoiceLine.objects.filter(state__in=OPEN).order_by().values_list(
        "provider", "provider__name", "invoice__supplier", "owner", "owner__name"
    )  # fmt: skip
    rows = rows.annotate(Count("pk"), Sum("amount"), Min("owned_at"), Min("invoice__received_at"))
    return [
        Waits(
            provider_id=provider,
            provider=name or supplier or "a provider not named",
            lines=count,
            amount=amount,
            owner_id=owner,
            owner=owner_name or "",
            since=since,
            settle_by=day_of(received) + dt.timedelta(days=SETTLE_DAYS),
        )
        for provider, name, supplier, owner, owner_name, count, amount, since, received in rows
        if owner in (user.pk, *others) or owner not in able
    ]
