"""Match lines with what is committed, and write what came of it: a step that several actions share."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from placewell.accounts.models import User
from placewell.kernel.periods import day_of

from .. import layouts, matching, models, queries, states

AT_ONCE = 2000


def match_lines(
    lines: Sequence[models.InvoiceLine], *, owner: User | None, now: dt.datetime, are_new: bool = False
) -> None:
    """Match *lines* with what is committed; the commitments are locked, so that no night is charged twice meanwhile.

    What does not agree is *owner*'s to see to; without one whoever sees to the provider's lines, or has fewest.
    """
    on = day_of(now)
    promises = queries.promises(references={line.reference for line in lines if line.reference}, lock=True)
    by_pk = {each.pk: each for known in promises.values() for each in known.promises}
    tolerance, charges, credited = layouts.tolerance(on=on), list[models.Charge](), set[Any]()
    asked = []
    for line in lines:
        answer = _answer(line, promises, tolerance)
        line.expected, line.why, line.told = answer.expected, answer.why, answer.told[:300]
        if answer.why:
            line.state = states.InvoiceLine.QUERIED
            asked.append(line)
            continue
        line.state = states.InvoiceLine.AGREED
        if line.provider_id is None and (first := next(iter(promises[line.reference].promises), None)):
            line.provider_id = first.provider
        for each in answer.charges:
            made = charge(line, each)
            charges.append(made)
            credited.add(each.credits)
            _remember(by_pk.get(each.pk), promises[line.reference], each, line, made)
    _give_owners(asked, owner, now)
    if are_new:
        models.InvoiceLine.objects.bulk_create(lines, batch_size=AT_ONCE)
    else:
        _save(lines)
    models.Charge.objects.filter(pk__in=credited - {None}).update(is_credited=True)
    models.Charge.objects.bulk_create(charges, batch_size=AT_ONCE)


def _give_owners(asked: Sequence[models.InvoiceLine], owner: User | None, now: dt.datetime) -> None:
    """Let somebody see to each of the lines that do not agree, from *now* unless it was theirs already."""
    found: dict[Any, User] = {}
    if owner is None and asked:
        council, providers = asked[0].council_id, [line.provider_id for line in asked]
        found = queries.owners_for(providers, organisation_id=council, on=day_of(now))
    for line in asked:
        own(line, owner or found.get(line.provider_id), now)


def own(line: models.InvoiceLine, owner: User | None, now: dt.datetime) -> None:
    """Let *owner* see to a line from *now*, unless it was theirs already."""
    if line.owned_at is None or line.owner_id != (owner.pk if owner else None):
        line.owner, line.owned_at = owner, now if owner else None


def _save(lines: Sequence[models.InvoiceLine]) -> None:
    """Write what came of *lines*: those of one outcome together where nothing else differs."""
    names = ["expected", "why", "told", "state", "owner", "owned_at", "provider"]
    left = iter(lines)
    while part := list(islice(left, AT_ONCE)):
        models.InvoiceLine.objects.bulk_update(part, names)


def _answer(line: models.InvoiceLine, promises: dict, tolerance: Decimal) -> matching.Answer:
    if line.why == "unreadable":
        return matching.Answer(why="unreadable", told=line.told)
    return matching.match(
        reference=line.reference,
        provider=line.provider_id,
        part=line.part,
        start_on=line.start_on,
        end_on=line.end_on,
        is_end_sure=line.is_end_sure,
        amount=line.amount,
        promises=promises,
        tolerance=tolerance,
    )


def charge(line: models.InvoiceLine, each: matching.Charged) -> models.Charge:
    return models.Charge(
        council_id=line.council_id,
        line=line,
        commitment_id=each.pk,
        start_on=each.start_on,
        end_on=each.end_on,
        amount=each.amount,
        is_credit=line.amount < 0,
        is_credited=each.credits is not None,
    )


def _remember(
    promise: matching.Promise | None,
    known: matching.Known,
    each: matching.Charged,
    line: models.InvoiceLine,
    made: models.Charge,
) -> None:
    """Keep in mind, for the lines that follow, what this one charges or credits."""
    entry = matching.Already(each.start_on, each.end_on, line.invoice.number, each.amount, made.pk, each.pk)
    if (made.is_credit and not made.is_credited) or promise is None:
        known.loose.append(entry)
    elif made.is_credited:
        promise.charged[:] = [c for c in promise.charged if c.pk != each.credits]
    else:
        promise.charged.append(entry)
