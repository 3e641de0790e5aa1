"""Invoices and schedules: a dozen ways to head the columns, each line agreed or explained, and nothing paid twice."""

import datetime as dt
import io
from decimal import Decimal
from types import SimpleNamespace

import pytest
import xlsxwriter
from django.db import IntegrityError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from placewell.budget import actions, layouts, models, queries, rules
from placewell.gateways.given_files import GivenFile
from placewell.kernel.errors import BadInput, NotAllowed, NotFound, Refused
from tests.conftest import NOW
from tests.factories import accounts, governance, market

REFERENCE = "A-TEST23"
FIRST, LAST = dt.date(2026, 1, 5), dt.date(2026, 6, 1)
# The same four weeks (5 January, 28 nights, £2,800), as a dozen providers and finance systems write them.
LAYOUTS = {
    "agency": "Agreement ref,Invoice No,From,Last night,Amount\nA-TEST23,INV1,05/01/2026,01/02/2026,2800.00",
    "half open": "IPA Ref,Invoice,Start Date,End Date,Nights,Net\nA-TEST23,INV1,05/01/2026,02/02/2026,28,2800",
    "inclusive end": 'Your reference,Inv No,Date From,Date To,Net Amount\nA-TEST23,INV1,05/01/26,01/02/26,"£2,800.00"',
    "spend over 500": "Body Name,Supplier Name,Transaction Number,Date,Description,Amount,Period\n"
    "Council,{provider},INV1,02/02/2026,Placement fee A-TEST23,2800.00,05/01/2026 - 01/02/2026",
    "purchase order": "PO Number;Document No;Posting Date;Service from;Service to;Line amount\n"
    "A-TEST23;INV1;2026-02-02;2026-01-05;2026-02-02;2800.00",
    "tabs": "Ref\tSchedule\tWeek Commencing\tWeeks\tTotal\nA-TEST23\tINV1\t05-Jan-2026\t4\t2800.00",
    "title above": "Northern Homes Ltd,,,\nStatement of account,,,\n,,,\nPlacement reference,Invoice ref,Period,Charge\n"
    "A-TEST23,INV1,5 January 2026 to 1 February 2026,2800\nTotal,,,2800",
    "names of children": "YP Name,Placement Ref,Invoice no,Period from,Period to,Days,Amount (GBP)\n"
    "Ava Secretson,A-TEST23,INV1,05.01.2026,01.02.2026,28,2800.00",
    "debit and credit": "Order No,Voucher,From,To,Debit,Credit\nA-TEST23,INV1,20260105,20260202,2800.00,",
    "reference in words": "Invoice Number,Details,Start,No of nights,Value\n"
    "INV1,Fostering fee ref a test23 January,05/01/2026,28,2800.00",
    "pounds in words": "Reference,Doc No,From Date,To Date,Cost\na-test23,INV1,05 Jan 2026,01 Feb 2026,2800.00 DR",
    "repeated headings": "Agreement,Invoice,From,Last night,Amount\nAgreement,Invoice,From,Last night,Amount\n"
    "A-TEST23,INV1,05/01/2026,01/02/2026,2800.00\n,,,,\nGrand total,,,,2800.00",
}


@pytest.fixture
def given(council, person):
    decision, provider = governance.decision(), market.provider()
    made = SimpleNamespace(council=council, decision=decision, provider=provider, other=market.provider())
    made.officer, made.finance = person("placements_officer"), person(governance.FINANCE)
    actions.commit(
        decision_id=decision.pk,
        provider_id=provider.pk,
        category="fostering",
        source="placements.agreement:1",
        reference=REFERENCE,
        lines=[
            rules.Line("accommodation", Decimal("600"), FIRST, LAST),
            rules.Line("care", Decimal("100"), FIRST, LAST),
        ],
        by=made.officer,
        now=NOW,
    )
    return made


def receive(given, text, name="invoice.csv", **fields):
    file = GivenFile(name, text.encode() if isinstance(text, str) else text)
    return actions.receive_file(file=file, **{"by": given.officer, "now": NOW} | fields)


def lines():
    return list(models.InvoiceLine.objects.order_by("invoice__number", "row"))


def one(given, row, **fields):
    """Receive one line under the plainest headings, and return it."""
    receive(given, f"Agreement ref,Invoice No,From,Last night,Amount\n{row}", name=f"{abs(hash(row))}.csv", **fields)
    return models.InvoiceLine.objects.get(invoice__number=row.split(",")[1])


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_line_is_matched_however_its_columns_are_headed(given, name):
    text = LAYOUTS[name].format(provider=given.provider.name)
    receive(given, text)
    (line,) = lines()
    assert (line.state, line.why, line.told) == ("agreed", "", "")
    assert (line.amount, line.expected, line.provider_id) == (2800, 2800, given.provider.pk)
    charges = sorted((c.commitment.line, c.amount, c.start_on, c.end_on) for c in line.charges.all())
    until = FIRST + dt.timedelta(days=28)
    assert charges == [("accommodation", 2400, FIRST, until), ("care", 400, FIRST, until)]
    assert not queries.lines_that_disagree().exists()


def test_a_spreadsheet_is_read_like_any_other(given):
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as workbook:
        sheet, day = workbook.add_worksheet(), workbook.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["Agreement ref", "Invoice No", "From", "Last night", "Amount"])
        sheet.write_row(1, 0, [REFERENCE, "INV1"])
        sheet.write_datetime(1, 2, dt.datetime(2026, 1, 5), day)
        sheet.write_datetime(1, 3, dt.datetime(2026, 2, 1), day)
        sheet.write_number(1, 4, 2800)
    receive(given, book.getvalue(), name="january.xlsx")
    assert [(line.state, line.amount) for line in lines()] == [("agreed", 2800)]


def test_no_childs_name_is_kept(given):
    receive(given, LAYOUTS["names of children"])
    for model in (models.InvoiceFile, models.Invoice, models.InvoiceLine):
        assert "Secretson" not in str(list(model.objects.values()))


@pytest.mark.parametrize(
    ("row", "why", "told"),
    [
        (",INV1,05/01/2026,01/02/2026,2800", "no_reference", "names no agreement"),
        ("A-NNNN22,INV1,05/01/2026,01/02/2026,2800", "unknown", "know no agreement A-NNNN22"),
        ("A-TEST23,INV1,,,2800", "no_dates", "for which nights"),
        ("A-TEST23,INV1,31/02/2026,01/02/2026,2800", "unreadable", "“31/02/2026” is no date"),
        ("A-TEST23,INV1,05/01/2026,01/02/2026,lots", "unreadable", "“lots” is no amount"),
        ("A-TEST23,INV1,01/02/2026,05/01/2026,2800", "unreadable", "before it starts"),
        ("A-TEST23,INV1,05/01/2026,01/02/2026,0.00", "nought", "charges nothing"),
        ("A-TEST23,INV1,05/01/2025,01/02/2025,2800", "outside", "Nothing is agreed"),
        ("A-TEST23,INV1,05/01/2026,01/02/2026,2800.11", "price", "£0.11 more"),
        ("A-TEST23,INV1,05/01/2026,01/02/2026,2100", "price", "£700 less"),
        ("A-TEST23,INV1,29/12/2025,01/02/2026,3500", "nights", "35 nights are charged; 28 of them are agreed"),
        ("A-TEST23,INV1,05/01/2026,01/02/2026,-100", "credit", "Nothing is charged"),
    ],
)
def test_a_line_that_does_not_agree_says_why_and_has_an_owner(given, row, why, told):
    line = one(given, row)
    assert (line.state, line.why, line.owner) == ("queried", why, given.officer)
    assert told in line.told
    assert not line.charges.exists()


def test_another_providers_agreement_is_no_reason_to_pay(given):
    line = one(given, "A-TEST23,INV1,05/01/2026,01/02/2026,2800", provider_id=given.other.pk)
    assert (line.why, line.told) == ("other_provider", "Agreement A-TEST23 is not with this provider.")


def test_a_file_is_received_once_and_a_line_too(given):
    receive(given, LAYOUTS["agency"])
    with pytest.raises(Refused, match="received already"):
        receive(given, LAYOUTS["agency"], name="again.csv")
    receive(given, LAYOUTS["agency"] + "\nA-TEST23,INV1,02/02/2026,08/02/2026,700.00", name="more.csv")
    assert [(line.state, line.amount) for line in lines()] == [("agreed", 2800), ("agreed", 700)]


def test_the_same_nights_on_another_invoice_are_not_paid_again(given):
    receive(given, LAYOUTS["agency"])
    line = one(given, "A-TEST23,INV2,19/01/2026,15/02/2026,2800")
    assert (line.why, line.told) == (
        "twice",
        "Some of the nights 19 Jan 2026 to 15 Feb 2026 are charged on invoice INV1 already.",
    )
    both = "A-TEST23,INV3,02/02/2026,08/02/2026,700"
    receive(given, f"Agreement ref,Invoice No,From,Last night,Amount\n{both}\n{both}", name="both.csv")
    assert [each.why for each in models.InvoiceLine.objects.filter(invoice__number="INV3").order_by("row")] == [
        "",
        "twice",
    ]


def test_the_database_too_charges_no_night_twice(given):
    receive(given, LAYOUTS["agency"])
    first = models.Charge.objects.first()
    again = {name: getattr(first, name) for name in ("line", "commitment", "start_on", "end_on", "amount")}
    with pytest.raises(IntegrityError, match="charge_no_night_twice"), transaction.atomic():
        models.Charge.objects.create(**again)


def test_a_line_is_accepted_with_a_reason_or_rejected_or_asked_about(given):
    line = one(given, "A-TEST23,INV1,05/01/2026,01/02/2026,2810")
    asked = {"line_id": line.pk, "by": given.officer, "now": NOW}
    with pytest.raises(Refused, match="Say why"):
        actions.accept_line(reason="", **asked)
    actions.accept_line(reason="A day's respite was agreed by telephone.", **asked)
    assert sum(c.amount for c in line.charges.filter(is_live=True)) == 2810
    actions.hold_line(reason="The home has closed.", **asked)
    assert not line.charges.filter(is_live=True).exists()
    actions.match_line_again(**asked)
    line.refresh_from_db()
    assert (line.state, line.why) == ("queried", "price")
    actions.query_line(question="Why £10 more?", owner_id=given.officer.pk, **asked)
    actions.reject_line(reason="Send another invoice.", **asked)
    line.refresh_from_db()
    assert (line.state, line.told) == ("rejected", "Send another invoice.")
    stray = one(given, "A-NNNN22,INV2,05/01/2026,01/02/2026,2800")
    with pytest.raises(Refused, match="no agreed nights"):
        actions.accept_line(line_id=stray.pk, reason="Because.", by=given.officer, now=NOW)


def test_a_credit_note_takes_a_charge_away_and_its_nights_may_be_charged_anew(given):
    receive(given, LAYOUTS["agency"])
    assert one(given, "A-TEST23,CN1,05/01/2026,01/02/2026,-2800.00").state == "agreed"
    assert one(given, "A-TEST23,INV2,05/01/2026,01/02/2026,2800").state == "agreed"
    assert sum(queries.charged_in(start_on=FIRST, end_on=LAST).values()) == 2800
    assert one(given, "A-TEST23,CN2,05/01/2026,01/02/2026,-5").why == "credit"


def test_a_credit_note_brings_an_overcharge_to_what_is_agreed(given):
    receive(given, LAYOUTS["agency"])
    cheaper = [
        rules.Line("accommodation", Decimal("560"), FIRST, LAST),
        rules.Line("care", Decimal("100"), FIRST, LAST),
    ]
    actions.reprice(
        source="placements.agreement:1", start_on=FIRST, lines=cheaper, reason="Sibling.", by=given.officer, now=NOW
    )
    # The commitments were written anew: the credit is for nights that the old ones charged.
    line = one(given, "A-TEST23,CN1,05/01/2026,01/02/2026,-160.00")
    assert line.state == "agreed", line.told
    assert not queries.lines_that_disagree().exists()


def test_a_pay_run_needs_two_people_and_pays_each_line_once(given):
    receive(given, LAYOUTS["agency"])
    run = actions.draw_up_pay_run(by=given.officer, now=NOW)
    assert (run.total, [line.state for line in lines()]) == (2800, ["in_pay_run"])
    with pytest.raises(Refused, match="No line is agreed"):
        actions.draw_up_pay_run(by=given.officer, now=NOW)
    with pytest.raises(NotAllowed):
        actions.release_pay_run(pay_run_id=run.pk, by=given.officer, now=NOW)
    with pytest.raises(IntegrityError, match="payrun_two_people"), transaction.atomic():
        models.PayRun.objects.filter(pk=run.pk).update(released_by=given.officer)
    actions.release_pay_run(pay_run_id=run.pk, by=given.finance, now=NOW)
    assert [line.state for line in lines()] == ["paid"]
    assert [row[-2:] for row in queries.pay_file(run)] == [[REFERENCE, Decimal("2800.00")]]
    with pytest.raises(Refused):
        actions.cancel_pay_run(pay_run_id=run.pk, reason="No.", by=given.officer, now=NOW)


def test_a_cancelled_pay_run_gives_its_lines_back(given):
    receive(given, LAYOUTS["agency"])
    run = actions.draw_up_pay_run(by=given.officer, now=NOW)
    actions.cancel_pay_run(pay_run_id=run.pk, reason="Wrong week.", by=given.officer, now=NOW)
    assert [(line.state, line.pay_run) for line in lines()] == [("agreed", None)]


def test_a_provider_sends_its_own_and_the_council_matches_it(given, act_for):
    staff = accounts.person("provider_staff", organisation=given.provider.organisation)
    act_for(given.provider.organisation)
    file = GivenFile("ours.csv", LAYOUTS["agency"].encode())
    actions.send_file(file=file, council_id=given.council.pk, by=staff, now=NOW)
    assert [line.state for line in lines()] == ["received"]
    waiting = ProcrastinateJob.objects.filter(task_name="budget.match_sent")
    assert [job.args for job in waiting] == [{"council_id": str(given.council.pk)}]
    act_for(given.council)
    worker = accounts.person("worker", organisation=given.council)
    assert actions.match_received(by=worker, now=NOW) == 1
    assert actions.match_received(by=worker, now=NOW) == 0
    assert [line.state for line in lines()] == ["agreed"]
    act_for(given.other.organisation)
    assert lines() == []


WRONG = "A-TEST23,INV9,05/01/2026,01/02/2026,2900.00"


def test_what_a_provider_sends_and_does_not_agree_is_somebodys_from_the_start(given, act_for, person):
    """The same person for all of a provider's lines, and of those who may the one with fewest."""
    busy, where = person("commissioner"), {"organisation_id": given.council.pk, "on": NOW.date()}
    one(given, f"{WRONG}\n{WRONG.replace('INV9', 'INV8')}", by=busy, provider_id=given.provider.pk)
    first = queries.owners_for([given.other.pk], **where)
    assert first == {given.other.pk: given.officer}
    again = queries.owners_for([given.provider.pk], **where)
    assert again == {given.provider.pk: busy}
    models.InvoiceLine.objects.update(owner=None, owned_at=None, state="received")
    actions.match_received(by=given.officer, now=NOW)
    assert {(line.owner in (busy, given.officer), line.owned_at) for line in lines()} == {(True, NOW)}


def test_a_line_is_handed_to_a_named_colleague_who_sees_to_it_from_then_on(given, person):
    line, colleague, third = one(given, WRONG), person("placements_officer"), person("commissioner")
    later = NOW + dt.timedelta(days=2)
    terms = {"line_ids": [line.pk], "to_id": colleague.pk, "reason": "On leave until May.", "now": later}
    with pytest.raises(Refused, match="take it over yourself"):
        actions.hand_over_lines(**terms, by=third)
    with pytest.raises(NotFound):
        actions.hand_over_lines(**terms | {"to_id": given.finance.pk}, by=given.officer)
    with pytest.raises(Refused, match="sentence"):
        actions.hand_over_lines(**terms | {"reason": "ill"}, by=given.officer)
    with pytest.raises(NotAllowed):
        actions.hand_over_lines(**terms, by=given.finance)
    actions.hand_over_lines(**terms, by=given.officer)
    line.refresh_from_db()
    assert (line.owner, line.owned_at) == (colleague, later)
    with pytest.raises(Refused, match="already"):
        actions.hand_over_lines(**terms, by=colleague)
    assert [each.lines for each in queries.lines_waiting(user=colleague, on=NOW.date())] == [1]
    assert queries.lines_waiting(user=given.officer, on=NOW.date()) == []
    assert len(queries.lines_waiting(user=given.officer, others=[colleague.pk], on=NOW.date())) == 1
    actions.hand_over_lines(**terms | {"to_id": third.pk}, by=third)  # taken over
    third.is_active = False
    third.save()
    (lost,) = queries.lines_waiting(user=given.officer, on=NOW.date())  # whoever had it has left: everybody's
    assert (lost.owner, lost.settle_by) == (third.name, NOW.date() + dt.timedelta(days=30))
    actions.hand_over_lines(**terms, by=given.officer)
    actions.reject_line(line_id=line.pk, reason="Charged twice.", by=colleague, now=later)
    with pytest.raises(Refused, match="rejected already"):
        actions.hand_over_lines(**terms | {"to_id": given.officer.pk}, by=colleague)


def test_a_closed_month_knows_what_was_charged_and_accrues_the_rest(given):
    receive(given, LAYOUTS["agency"])
    closed = actions.close_month(month=dt.date(2026, 2, 1), by=given.finance, now=NOW)
    sums = {
        name: sum(getattr(each, name) for each in closed.figures.all()) for name in ("committed", "actual", "accrual")
    }
    assert sums == {"committed": 2800, "actual": Decimal("100.00"), "accrual": Decimal("2700.00")}


@pytest.mark.parametrize("text", ["", "Name,Age\nAva,9", "Amount\n5", "x" * 50, "\x00\x01\x02"])
def test_what_is_no_invoice_is_refused_with_a_reason(given, text):
    with pytest.raises(BadInput):
        receive(given, text)
    assert not models.InvoiceFile.objects.exists()


@pytest.mark.parametrize(
    ("text", "pounds"),
    [
        ("£1,234.50", "1234.50"),
        ("(12.00)", "-12"),
        ("12.00-", "-12"),
        ("12.00 CR", "-12"),
        ("−7", "-7"),
        ("1 000", "1000"),
    ],
)
def test_amounts_are_read_as_people_write_them(text, pounds):
    assert layouts._pounds(text) == Decimal(pounds)
