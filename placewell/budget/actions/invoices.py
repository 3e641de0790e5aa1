"""Take in invoices and schedules, match each line with what is committed, and settle what does not agree."""

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db import IntegrityError, transaction
from procrastinate.contrib.django import app

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.gateways.given_files import GivenFile, digest
from placewell.kernel.errors import Refused
from placewell.market import queries as market

from .. import layouts, models, queries, states
from ._matching import AT_ONCE, match_lines


@transaction.atomic
def receive_file(
    *, file: GivenFile, by: User, now: dt.datetime, provider_id=None, invoice_number: str = ""
) -> models.InvoiceFile:
    """Take in a file of invoices or a schedule, and match each line at once.

    The same file is taken once; a line that was received before, in whatever file, is left out. *provider_id* is whose
    file it is where it does not say; *invoice_number* its number where no column holds one.

    Raises:
        NotAllowed; BadInput: no table in it can be read; Refused: it was received already.
    """
    require(by, Permission.HANDLE_INVOICES, now=now)
    row, lines = _write_file(file, by=by, now=now, provider_id=provider_id, number=invoice_number)
    match_lines(lines, owner=by, now=now, are_new=True)
    counts = queries.file_counts(row)
    record(what="budget.invoice_file.received", subject=row, by=by, now=now, after=counts, told=_told(row, counts))
    return row


@transaction.atomic
def send_file(
    *, file: GivenFile, council_id, by: User, now: dt.datetime, invoice_number: str = ""
) -> models.InvoiceFile:
    """Send the council a file of invoices or a schedule of one's own, as a provider; the council matches it.

    Raises:
        NotAllowed; BadInput; Refused: it was sent already.
    """
    require(by, Permission.SEND_INVOICE, now=now)
    given = {
        "by": by,
        "now": now,
        "provider_id": by.organisation_id,
        "number": invoice_number,
        "council_id": council_id,
    }
    row, lines = _write_file(file, **given)
    models.InvoiceLine.objects.bulk_create(lines, batch_size=AT_ONCE)
    record(what="budget.invoice_file.sent", subject=row, by=by, now=now, after={"lines": _count(row)})
    # kept with the file or not at all, since the queue is in the same database
    app.configure_task("budget.match_sent", allow_unknown=True).defer(council_id=str(row.council_id))
    return row


@transaction.atomic
def match_received(*, by: User, now: dt.datetime) -> int:
    """Match the lines that providers sent and nobody has looked at, and return how many."""
    require(by, Permission.HANDLE_INVOICES, now=now)
    waiting = models.InvoiceLine.objects.filter(state=states.InvoiceLine.RECEIVED).select_related("invoice")
    lines = list(waiting.select_for_update(of=("self",)).order_by("pk"))
    if lines:
        match_lines(lines, owner=None, now=now)
        for row in {each.invoice.file_id: each.invoice.file for each in lines}.values():
            counts = queries.file_counts(row)
            record(
                what="budget.invoice_file.matched", subject=row, by=by, now=now, after=counts, told=_told(row, counts)
            )
    return len(lines)


def _told(row: models.InvoiceFile, counts: dict[str, int]) -> str:
    return f"{row.name} was taken in: " + ", ".join(f"{n:,} {state}" for state, n in sorted(counts.items())) + "."


def _count(row: models.InvoiceFile) -> int:
    return models.InvoiceLine.objects.filter(invoice__file=row).count()


def _write_file(
    file: GivenFile, *, by: User, now: dt.datetime, provider_id, number: str, council_id=None
) -> tuple[models.InvoiceFile, list[models.InvoiceLine]]:
    """Write a file and its invoices; return those of its lines that were not received before, not yet written."""
    tables = layouts.read(file)
    council_id = council_id or by.organisation_id
    columns = [{"read": each.columns, "ignored": each.ignored} for each in tables]
    try:
        with transaction.atomic():
            row = models.InvoiceFile.objects.create(
                council_id=council_id,
                name=file.name[:200],
                digest=digest([file]),
                columns=columns,
                provider_id=provider_id,
                received_by=by,
                received_at=now,
            )
    except IntegrityError:
        raise Refused(f"{file.name} was received already: nothing was taken in again.") from None
    parsed = [line for each in tables for line in each.lines]
    providers = {} if provider_id else _provider_names(by)
    grouped = defaultdict(list)
    for line in parsed:
        owner = provider_id or providers.get(layouts.plain(line.supplier))
        grouped[owner, "" if owner else line.supplier, line.invoice or number or file.name[:60]].append(line)
    return row, _write_lines(row, grouped, now)


def _provider_names(by: User) -> dict[str, Any]:
    """Return every provider by its name, written plainly."""
    return {layouts.plain(name): pk for name, pk in market.providers(for_user=by).values_list("name", "pk")}


def _write_lines(row: models.InvoiceFile, grouped: dict, now: dt.datetime) -> list[models.InvoiceLine]:
    """Write the invoices that are new; return the lines that are new, not yet written."""
    council_id, numbers = row.council_id, {number for *_, number in grouped}
    kept = models.Invoice.objects.filter(council=council_id, number__in=numbers)
    invoices = {(each.provider_id, each.supplier, each.number): each for each in kept}
    new = []
    for (provider_id, supplier, number), lines in grouped.items():
        if (provider_id, supplier, number) not in invoices:
            dated = next((line.dated_on for line in lines if line.dated_on), None)
            made = models.Invoice(
                council_id=council_id,
                provider_id=provider_id,
                supplier=supplier,
                number=number,
                dated_on=dated,
                received_at=now,
                file=row,
            )
            invoices[provider_id, supplier, number] = made
            new.append(made)
    models.Invoice.objects.bulk_create(new, batch_size=AT_ONCE)
    before = models.InvoiceLine.objects.filter(invoice__in=[each.pk for each in invoices.values() if each not in new])
    known = set(before.values_list("invoice", "key"))
    return [
        _line(line, invoices[key], council_id)
        for key, group in grouped.items()
        for line in group
        if (invoices[key].pk, line.key) not in known
    ]


def _line(line: layouts.ParsedLine, invoice: models.Invoice, council_id) -> models.InvoiceLine:
    return models.InvoiceLine(
        council_id=council_id,
        invoice=invoice,
        provider_id=invoice.provider_id,
        key=line.key,
        row=line.row,
        reference=line.reference,
        part=line.part,
        start_on=line.start_on,
        end_on=line.end_on,
        is_end_sure=line.is_end_sure,
        amount=line.amount,
        why="unreadable" if line.fault else "",
        told=line.fault[:300],
    )
