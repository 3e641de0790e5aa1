"""The pages of the budget, as each reader meets them."""

import csv
import datetime as dt
import io
import re
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate

from placewell.budget import models, rules
from placewell.kernel.money import pounds
from placewell.kernel.periods import financial_year, financial_year_period
from tests.factories import budget, governance, market

PAGES = ("position", "commitments")
MAY = {"commissioner", "auditor", "director_of_finance", "placements_officer"}
MAY_NOT = {"social_worker", "reviewing_officer", "democratic_services", "system_administrator"}


@pytest.fixture
def spent(council):
    """A decision with an envelope and one week committed."""
    decision = governance.decision()
    budget.envelope(of=decision)
    budget.commitment(of=decision, provider=market.provider())
    return decision


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", sorted(MAY | MAY_NOT))
def test_a_page_opens_for_those_who_may(client, person, spent, name, role):
    client.force_login(person(role))
    assert client.get(reverse(f"budget:{name}")).status_code == (200 if role in MAY else 403)


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_is_asked_to_sign_in(client, name, council):
    assert client.get(reverse(f"budget:{name}")).headers["Location"].startswith("/account/login/?next=")


def test_the_commitments_of_a_year_and_a_lot_are_shown(client, person, spent):
    client.force_login(person("auditor"))
    address = reverse("budget:commitments")
    assert "£700" in client.get(address, {"year": 2026, "category": "fostering"}).content.decode()
    assert "£700" not in client.get(address, {"year": 2025}).content.decode()
    assert "£700" not in client.get(address, {"category": "residential"}).content.decode()


@pytest.fixture
def until_eighteen(spent):
    """A commitment over three years that ends on a child's eighteenth birthday, far ahead."""
    year = localdate().year
    born_on = dt.date(year - 15, 9, 17)
    made = budget.commitment(
        of=spent, provider=market.provider(), start_on=dt.date(year, 4, 1), end_on=born_on.replace(year=year + 3)
    )
    made.years.all().delete()
    for later, (nights, amount) in enumerate(((365, 36500), (365, 36500), (365, 36500), (169, 16900))):
        given = {"financial_year": year + later, "nights": nights, "amount": amount}
        made.years.create(council_id=made.council_id, **given)
    return made


@pytest.mark.parametrize("format", ["", "csv"])
def test_a_birthday_ahead_is_not_told_to_those_who_see_money_alone(client, person, until_eighteen, format):
    address, end = reverse("budget:commitments"), until_eighteen.end_on
    told = {"": f"{end:%-d %B %Y}", "csv": end.isoformat()}[format]

    def shown(role: str, **asked) -> str:
        client.force_login(person(role))
        return client.get(address, {"format": format, **asked}).getvalue().decode().replace(",", "")

    assert told in shown("placements_officer", year=end.year)
    assert "16900" in shown("placements_officer", year=end.year)
    for role in ("auditor", "director_of_finance", "portfolio_holder", "commissioner"):
        assert "36500" in shown(role, year=end.year - 1)
        for asked in ({}, {"year": end.year - 1}, {"year": end.year}, {"sort": "end_on"}):
            found = shown(role, **asked)
            assert f"{end.year}/{(end.year + 1) % 100}" in found
            assert told not in found
            assert "16900" not in found
            assert str(36500 * 3 + 16900) not in found


def test_a_last_day_that_has_come_is_told(client, person, spent):
    client.force_login(person("auditor"))
    assert "13 April 2026" in client.get(reverse("budget:commitments"), {"year": 2026}).content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_as_often_for_many_rows_as_for_few(client, person, spent, name):
    client.force_login(person("auditor"))
    address = reverse(f"budget:{name}")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    asked()
    few = asked()
    for _ in range(20):
        budget.commitment(of=spent, provider=market.provider())
    assert asked() == few


@pytest.mark.parametrize("name", PAGES)
def test_no_cell_of_the_file_is_a_formula(client, person, spent, name):
    budget.commitment(of=spent, provider=market.provider("=1+1"))
    client.force_login(person("auditor"))
    text = client.get(reverse(f"budget:{name}"), {"format": "csv"}).getvalue().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == (2 if name == "position" else 3)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def offered(client, *names):
    """Return what each page answers."""
    return {name: client.get(reverse(f"budget:{name}")).status_code for name in names}


ALL = (
    "outturn",
    "nights",
    "lots",
    "virements",
    "months",
    "funding",
    "demand",
    "held",
    "invoices",
    "invoice_files",
    "pay_runs",
    "volume",
)


@pytest.mark.parametrize("role", ["director_of_finance", "auditor", "commissioner", "social_worker"])
def test_every_page_of_money_opens_empty_and_full(client, person, council, role):
    client.force_login(person(role))
    wanted = 403 if role == "social_worker" else 200
    assert offered(client, *ALL) == dict.fromkeys(ALL, wanted)
    decision = governance.decision()
    budget.envelope(of=decision)
    budget.commitment(of=decision, provider=market.provider())
    assert offered(client, *ALL) == dict.fromkeys(ALL, wanted)


def test_the_outturn_leads_from_a_figure_to_its_nights_and_to_files(client, person, spent):
    client.force_login(person("director_of_finance"))
    page = reverse("budget:outturn")
    body = client.get(page, {"year": 2026}).content.decode()
    assert f"{reverse('budget:nights')}?year=2026&amp;month=2026-04-01" in body
    assert "£700" in client.get(reverse("budget:nights"), {"year": 2026, "month": "2026-04-01"}).content.decode()
    assert "£700" not in client.get(reverse("budget:nights"), {"year": 2026, "month": "2026-05-01"}).content.decode()
    table = b"".join(client.get(page, {"year": 2026, "table": "lots", "format": "csv"}).streaming_content).decode(
        "utf-8-sig"
    )
    rows = list(csv.reader(io.StringIO(table)))
    assert rows[0][:3] == ["By lot", "Budget", "Committed"]
    assert rows[1][:3] == ["Fostering", "", "700.00"]
    assert client.get(page, {"year": "soon"}).status_code == 200


def test_the_report_is_an_accessible_document(client, person, spent):
    client.force_login(person("director_of_finance"))
    answer = client.get(reverse("budget:outturn_report"), {"year": 2026})
    assert answer.content.startswith(b"%PDF")
    assert b"pdfuaid" in answer.content


def test_the_nights_behind_a_figure_do_not_tell_a_birthday(client, person, spent):
    on, provider = localdate(), market.provider()
    pk = uuid.uuid4()

    def shown(days: int) -> list[str]:
        """Return what the pages say of a stay that ends *days* ahead, in the financial year or not."""
        models.CommitmentYear.objects.all().delete()
        models.Commitment.objects.all().delete()
        budget.commitment(
            of=spent,
            provider=provider,
            start_on=on - dt.timedelta(days=40),
            end_on=on + dt.timedelta(days=days),
            source=f"placements.agreement:{pk}",
        )
        return [
            client.get(reverse(f"budget:{name}", args=args), asked).getvalue().decode()
            for name, args, asked in (
                ("nights", [], {"format": "csv", "year": financial_year(on)}),
                ("outturn", [], {"table": "providers", "format": "csv", "year": financial_year(on)}),
                ("outturn", [], {"table": "funders", "format": "csv", "year": financial_year(on)}),
            )
        ]

    def without_total(pages):
        return [[line for line in page.splitlines() if "Whole of" not in line] for page in pages]

    ahead = (financial_year_period(financial_year(on)).end - on).days
    client.force_login(person("director_of_finance"))
    assert without_total(shown(1)) == without_total(shown(min(17, ahead)))
    client.force_login(person("placements_officer"))
    if ahead > 17:
        assert without_total(shown(1)) != without_total(shown(17))


def test_sums_of_a_small_lot_do_not_tell_a_last_day_and_those_of_many_are_near(client, person, spent):
    """Two stays that differ by a week in how long they last read alike to whoever sees money alone, in every table."""
    on, provider = localdate(), market.provider()
    year = financial_year(on)
    models.Envelope.objects.update(financial_year=year)
    end = financial_year_period(year).end
    budget.lot_share(of=models.Envelope.objects.get(), category="residential")

    def shown(nights: int) -> list[str]:
        models.CommitmentYear.objects.all().delete()
        models.Commitment.objects.all().delete()
        start_on = end - dt.timedelta(days=30)
        given = {"category": "residential", "start_on": start_on, "end_on": start_on + dt.timedelta(days=nights)}
        made = budget.commitment(of=spent, provider=provider, weekly_fee=Decimal(4900), **given)
        made.years.update(financial_year=year + 1 if start_on < on else year, nights=nights, amount=nights * 700)
        pages = [("position", {}), ("position", {"format": "csv"}), ("lots", {}), ("demand", {})]
        pages += [
            ("outturn", {"year": year}),
            *(("outturn", {"year": year, "table": t, "format": "csv"}) for t in TABLES),
        ]
        return [amounts(client.get(reverse(f"budget:{name}"), asked).getvalue().decode()) for name, asked in pages]

    client.force_login(person("director_of_finance"))
    assert shown(9) == shown(16)
    client.force_login(person("placements_officer"))
    assert shown(9) != shown(16)


TABLES = ("months", "lots")


def amounts(page: str) -> list[str]:
    """Return the amounts of pounds that a page or a file tells."""
    return re.findall(r"£[\d,.]+|(?<=,)-?[\d.]+(?=,|\s)", page)


@pytest.mark.parametrize(
    ("amount", "agreements", "told"),
    [(123_456, 10, 120_000), (123_456, 9, 100_000), (24_999, 1, 0), (123_456, 0, 123_456), (-26_000, 3, -50_000)],
)
def test_what_is_told_of_nights_to_come(amount, agreements, told):
    assert rules.coarse(Decimal(amount), agreements=agreements) == told


def test_the_money_of_an_agreement_does_not_tell_a_birthday(client, person, spent):
    on, pk = localdate(), uuid.uuid4()
    made = budget.commitment(
        of=spent,
        provider=market.provider(),
        weekly_fee=Decimal("723"),
        start_on=on - dt.timedelta(days=70),
        end_on=on + dt.timedelta(days=7),
        source=f"placements.agreement:{pk}",
    )
    whole, gone = (pounds(made.weekly_fee * weeks) for weeks in (11, 10))
    made.years.update(amount=made.weekly_fee * 11)
    address = reverse("budget:agreement", args=[pk])
    client.force_login(person("director_of_finance"))
    assert whole not in (body := client.get(address).content.decode())
    assert gone in body
