"""Settle the lines that do not agree: match them again, accept, ask about, hold or reject them."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.db import IntegrityError, transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import matching, models, queries, states
from ._matching import charge, match_lines, own

LEAST_WORDS = 3


def _locked_line(line_id) -> models.InvoiceLine:
    found = (
        models.InvoiceLine.objects.select_for_update(of=("self",)).select_related("invoice").filter(pk=line_id).first()
    )
    if found is None:
        raise NotFound("There is no such line.")
    return found


@transaction.atomic
def match_line_again(*, line_id, by: User, now: dt.datetime) -> models.InvoiceLine:
    """Match a line that is asked about once more: the price, the nights or the agreement may have been put right.

    Raises:
        NotAllowed; NotFound; Refused: it is not asked about.
    """
    require(by, Permission.HANDLE_INVOICES, now=now)
    line = _locked_line(line_id)
    if line.state not in (states.InvoiceLine.QUERIED, states.InvoiceLine.HELD):
        raise Refused("Only a line that is asked about or held is matched again.")
    if line.reference == "" or line.why == "unreadable":
        raise Refused("This line cannot be read: ask the provider for another.")
    before = line.state
    match_lines([line], owner=line.owner or by, now=now)
    after = {"state": line.state, "why": line.why}
    record(
        what="budget.invoice_line.matched_again", subject=line, by=by, now=now, before={"state": before}, after=after
    )
    return line


@transaction.atomic
def accept_line(*, line_id, reason: str, by: User, now: dt.datetime) -> models.InvoiceLine:
    """Accept a line although its price differs, with the reason; its nights count as charged, at what the line says.

    Raises:
        NotAllowed, WrongState; NotFound; Refused: no reason, no agreed nights stand behind it, or they are charged already.
    """
    require(by, Permission.HANDLE_INVOICES, now=now)
    line = _locked_line(line_id)
    if not reason.strip():
        raise Refused("Say why this is right although it differs.")
    if line.why not in ("price", "nights") or line.start_on is None or line.end_on is None:
        raise Refused(
            "There are no agreed nights behind this line: it cannot be accepted. Reject it, or match it again."
        )
    promises = queries.promises(references={line.reference}, lock=True)[line.reference]
    parts = matching.nights_of(promises.promises, part=line.part, start_on=line.start_on, end_on=line.end_on)
    change_state(
        row=line,
        to=states.InvoiceLine.AGREED,
        steps=states.LINE_STEPS,
        what="budget.invoice_line.accepted",
        by=by,
        now=now,
        reason=reason,
    )
    try:
        with transaction.atomic():
            charges = [charge(line, each) for each in matching.spread(parts, line.amount)]
            models.Charge.objects.bulk_create(charges)
    except IntegrityError:
        raise Refused("Some of these nights are charged on another invoice already.") from None
    return line


@transaction.atomic
def query_line(*, line_id, question: str, owner_id, by: User, now: dt.datetime) -> models.InvoiceLine:
    """Ask about a line: it waits, with its nights free, and has an owner who sees to it."""
    require(by, Permission.HANDLE_INVOICES, now=now)
    line = _locked_line(line_id)
    line.told = question[:300]
    own(line, _handler(owner_id, by, now), now)
    if line.state == states.InvoiceLine.QUERIED:
        line.save()
        record(what="budget.invoice_line.owner_changed", subject=line, by=by, now=now, reason=question)
        return line
    change_state(
        row=line,
        to=states.InvoiceLine.QUERIED,
        steps=states.LINE_STEPS,
        what="budget.invoice_line.queried",
        by=by,
        now=now,
        reason=question,
    )
    _free_nights([line])
    return line


def _handler(user_id, by: User, now: dt.datetime) -> User:
    """Return the colleague of *by* who may see to invoice lines; raise NotFound for anybody else."""
    people = queries.handlers(organisation_id=by.organisation_id, on=day_of(now))
    if found := next((each for each in people if str(each.pk) == str(user_id)), None):
        return found
    raise NotFound("There is no such colleague who sees to invoices.")


@transaction.atomic
def hand_over_lines(*, line_ids: Collection[Any], to_id, reason: str, by: User, now: dt.datetime) -> User:
    """Hand lines that do not agree to a named colleague (or take them over, where that is *by*), all or none; return them.

    Raises:
        NotAllowed; NotFound: no such line, or no colleague who sees to invoices; Refused: nothing was chosen, no reason, it is
        not theirs to hand on, it is settled, or is the colleague's already.
    """
    require(by, Permission.HANDLE_INVOICES, now=now)
    to = _handler(to_id, by, now)
    if not line_ids:
        raise Refused("Choose what to hand over.")
    if len(reason.split()) < LEAST_WORDS:
        raise Refused("Say in a sentence why it changes hands.")
    able = {each.pk for each in queries.handlers(organisation_id=by.organisation_id, on=day_of(now))}
    for pk in sorted({str(each) for each in line_ids}):
        line = _locked_line(pk)
        name = f"{line.invoice.number}, row {line.row}"
        if line.state not in queries.OPEN:
            raise Refused(f"{name} is {line.state} already: nothing is left to see to.")
        if line.owner_id == to.pk:
            raise Refused(f"{name} is {'yours' if to == by else f'{to.name}’s'} already.")
        if line.owner_id in able and by.pk not in (line.owner_id, to.pk):
            raise Refused(f"Somebody else sees to {name}: take it over yourself, or ask them to hand it on.")
        before = {"owner": str(line.owner_id or "")}
        own(line, to, now)
        line.save()
        after = {"owner": str(to.pk)}
        what = "budget.invoice_line.handed_over"
        record(what=what, subject=line, by=by, now=now, before=before, after=after, reason=reason)
    return to


@transaction.atomic
def hold_line(*, line_id, reason: str, by: User, now: dt.datetime) -> models.InvoiceLine:
    """Hold a line: it is not paid until somebody lets it go on; its nights are free meanwhile."""
    require(by, Permission.HANDLE_INVOICES, now=now)
    line = _locked_line(line_id)
    own(line, line.owner or by, now)
    change_state(
        row=line,
        to=states.InvoiceLine.HELD,
        steps=states.LINE_STEPS,
        what="budget.invoice_line.held",
        by=by,
        now=now,
        reason=reason,
    )
    _free_nights([line])
    return line


@transaction.atomic
def reject_line(*, line_id, reason: str, by: User, now: dt.datetime) -> models.InvoiceLine:
    """Reject a line for good; the provider reads why."""
    require(by, Permission.HANDLE_INVOICES, now=now)
    line = _locked_line(line_id)
    line.told = reason[:300]
    change_state(
        row=line,
        to=states.InvoiceLine.REJECTED,
        steps=states.LINE_STEPS,
        what="budget.invoice_line.rejected",
        by=by,
        now=now,
        reason=reason,
    )
    return line


def _free_nights(lines: Iterable[models.InvoiceLine]) -> None:
    models.Charge.objects.filter(line__in=list(lines), is_live=True).update(is_live=False)
