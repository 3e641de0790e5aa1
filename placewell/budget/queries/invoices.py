"""Reads of what providers charge: files, lines, what each was matched with, and pay runs."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, QuerySet, Sum

from placewell.kernel.errors import NotFound
from placewell.kernel.money import ZERO
from placewell.kernel.periods import financial_year

from .. import matching, models, states
from .months import line_of
from .owners import OPEN


def promises(*, references: Iterable[str], lock: bool = False) -> dict[str, matching.Known]:
    """Return what is promised by the agreement's reference, with what is charged already; *lock* holds the commitments."""
    rows = models.Commitment.objects.filter(reference__in=list(references)).order_by("pk")
    rows = rows.select_for_update() if lock else rows
    found: dict[str, matching.Known] = {}
    by_pk: dict[Any, tuple[models.Commitment, matching.Promise]] = {}
    for row in rows:
        each = matching.Promise(row.pk, row.provider_id, line_of(row))
        by_pk[row.pk] = row, each
        known = found.setdefault(row.reference, matching.Known())
        if row.state == states.Commitment.LIVE:
            known.promises.append(each)
    live = models.Charge.objects.filter(commitment__in=list(by_pk), is_live=True, is_credited=False)
    names = ("pk", "commitment", "start_on", "end_on", "amount", "is_credit", "line__invoice__number")
    for pk, commitment, start_on, end_on, amount, is_credit, number in live.values_list(*names):
        row, promise = by_pk[commitment]
        entry = matching.Already(start_on, end_on, number, amount, pk, commitment)
        if not is_credit and end_on <= row.end_on:
            promise.charged.append(entry)
            continue
        _cut(found[row.reference], promise, entry, end_on if is_credit else row.end_on, is_credit)
    return found


def _cut(known: matching.Known, promise: matching.Promise, entry: matching.Already, kept: dt.date, loose: bool) -> None:
    """Put a credit, and a charge's nights after the day *kept* up to which its commitment still runs, with what is loose."""
    if loose:
        known.loose.append(entry)
        return
    kept = max(kept, entry.start_on)
    for start_on, end_on, where in ((entry.start_on, kept, promise.charged), (kept, entry.end_on, known.loose)):
        if start_on < end_on:
            amount = entry.within(start_on, end_on)
            where.append(replace(entry, start_on=start_on, end_on=end_on, amount=amount))


def files() -> QuerySet[models.InvoiceFile]:
    """Return the files that were received, newest first, with how many lines each brought."""
    found = models.InvoiceFile.objects.select_related("received_by", "provider")
    return found.annotate(line_count=Count("invoices__lines")).order_by("-received_at", "pk")


def file(*, file_id) -> models.InvoiceFile:
    """Return one file; raise NotFound when there is none in this scope."""
    if found := files().filter(pk=file_id).first():
        return found
    raise NotFound("There is no such file.")


def file_counts(row: models.InvoiceFile) -> dict[str, int]:
    """Return how many lines of a file are in each state."""
    lines = models.InvoiceLine.objects.filter(invoice__file=row).order_by()
    return dict(lines.values_list("state").annotate(Count("pk")))


def invoice_lines(
    *,
    state: str = "",
    why: str = "",
    file_id=None,
    reference: str = "",
    owner=None,
    provider=None,
) -> QuerySet[models.InvoiceLine]:
    """Return lines, the newest invoice's first; those of the *state* "open" are queried or held."""
    found = models.InvoiceLine.objects.select_related("invoice", "provider", "owner", "pay_run")
    of_state = {"state__in": OPEN} if state == "open" else {"state": state}
    wanted = of_state | {"why": why, "invoice__file": file_id, "reference": reference}
    wanted |= {"owner": owner, "provider": provider}
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    return found.order_by("-invoice__received_at", "invoice__number", "row")


def invoice_line(*, line_id) -> models.InvoiceLine:
    """Return one line; raise NotFound when there is none in this scope."""
    if found := invoice_lines().filter(pk=line_id).first():
        return found
    raise NotFound("There is no such line.")


def charges_of(line: models.InvoiceLine) -> QuerySet[models.Charge]:
    """Return the nights that a line charges, and of which commitments."""
    return models.Charge.objects.filter(line=line, is_live=True).select_related("commitment").order_by("start_on")


def pay_runs() -> QuerySet[models.PayRun]:
    """Return every pay run, newest first."""
    found = models.PayRun.objects.select_related("drawn_up_by", "released_by")
    return found.annotate(line_count=Count("lines")).order_by("-drawn_up_at", "pk")


def pay_run(*, pay_run_id) -> models.PayRun:
    """Return one pay run; raise NotFound when there is none in this scope."""
    if found := pay_runs().filter(pk=pay_run_id).first():
        return found
    raise NotFound("There is no such pay run.")


def pay_file(run: models.PayRun) -> list[list[Any]]:
    """Return the rows of a pay run's file: supplier, invoice, date, cost centre, subjective code, reference, pounds.

    A charge is booked under the codes of its lot in the year of its first night.
    """
    codes = {
        (share.envelope.decision_id, share.envelope.financial_year, share.category): share
        for share in models.LotShare.objects.select_related("envelope")
    }
    charges = models.Charge.objects.filter(line__pay_run=run, is_live=True).select_related(
        "line__invoice", "line__provider", "commitment"
    )
    sums: dict[tuple, Decimal] = {}
    for each in charges:
        row, invoice = each.commitment, each.line.invoice
        share = codes.get((row.decision_id, financial_year(each.start_on), row.category))
        booked = (share.cost_centre, share.subjective_code) if share else ("", "")
        supplier = each.line.provider.name if each.line.provider else invoice.supplier
        key = (supplier, invoice.number, invoice.dated_on or "", *booked, row.reference)
        sums[key] = sums.get(key, ZERO) + each.amount
    return [[run.reference, *key, amount] for key, amount in sorted(sums.items(), key=lambda pair: str(pair[0]))]


def lines_that_disagree() -> QuerySet[models.InvoiceLine]:
    """Return the agreed and paid lines whose charges do not sum to what they say: none, ever."""
    settled = [states.InvoiceLine.AGREED, states.InvoiceLine.IN_PAY_RUN, states.InvoiceLine.PAID]
    lines = models.InvoiceLine.objects.filter(state__in=settled, charges__is_live=True)
    return lines.annotate(charged=Sum("charges__amount")).exclude(charged=F("amount")).select_related("invoice")


def line_counts() -> dict[str, int]:
    """Return how many lines are in each state."""
    return dict(models.InvoiceLine.objects.order_by().values_list("state").annotate(Count("pk")))


def agreed_total() -> tuple[int, Decimal]:
    """Return how many lines are agreed and in no pay run, and what they come to."""
    agreed = models.InvoiceLine.objects.filter(state=states.InvoiceLine.AGREED, provider__isnull=False)
    found = agreed.aggregate(count=Count("pk"), sum=Sum("amount"))
    return found["count"], found["sum"] or ZERO
