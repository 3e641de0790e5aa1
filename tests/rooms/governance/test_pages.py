"""The pages of decisions and approvals, and the register that anybody may read."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from placewell.governance.models import Decision, ExemptPart, Report, Resolution
from tests.conftest import NOW
from tests.factories import governance

READERS = {"commissioner", "director_of_finance", "democratic_services", "auditor"}
CLERKS, OFFICES, NOBODYS = {"democratic_services"}, {"director_of_finance"}, {"system_administrator"}
PAGES = {
    "decisions": READERS,
    "approvals": READERS,
    "decision": READERS,
    "approval": READERS,
    "forward_plan": READERS | NOBODYS,
    "scheme": READERS,
    "limits": READERS,
    "delegation": READERS,
    "plan": {"commissioner", "democratic_services"},
    "set_limit": CLERKS,
    "end_delegation": CLERKS,
    "sub_delegate": OFFICES,
    "unrecorded": READERS,
    "record_officer": CLERKS,
    "refer": CLERKS,
    "report": {"commissioner", "democratic_services"},
    "record": CLERKS,
    "publish": CLERKS,
    "call_in": CLERKS,
    "resolve": CLERKS,
    "ask": {"commissioner"},
    "decide": OFFICES,
    "answer": OFFICES,
}


@pytest.fixture
def asked(council):
    """A request under a decision in force."""
    people = governance.offices(council)
    return governance.approval(
        of=governance.delegation(of=governance.decision()), asked_by=people["commissioner"], asked_at=NOW
    )


def address(name, asked):
    args = {
        **{key: [] for key in ["decisions", "forward_plan", "scheme", "limits", "plan", "set_limit", "unrecorded"]},
        **{key: [asked.delegation_id] for key in ["delegation", "end_delegation", "sub_delegate"]},
        "record_officer": [asked.pk],
        "approvals": [],
        "record": [],
        "ask": [asked.delegation_id],
        "approval": [asked.pk],
        "decide": [asked.pk],
        "answer": [asked.pk, governance.HOLDER],
    }
    return reverse(f"governance:{name}", args=args.get(name, [asked.delegation.decision_id]))


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", sorted(READERS | NOBODYS))
def test_a_page_opens_for_those_who_may(client, person, asked, name, role):
    client.force_login(person(role))
    assert client.get(address(name, asked)).status_code == (200 if role in PAGES[name] else 403)


@pytest.mark.parametrize("name", [*sorted(PAGES.keys() - {"forward_plan"}), "notice"])
def test_a_stranger_is_asked_to_sign_in(client, asked, name):
    assert client.get(address(name, asked)).headers["Location"].startswith("/account/login/?next=")


def test_the_notice_is_a_document_for_those_who_may(client, person, asked):
    client.force_login(person("auditor"))
    answer = client.get(address("notice", asked))
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    client.force_login(person("system_administrator"))
    assert client.get(address("notice", asked)).status_code == 403


@pytest.fixture
def register(council):
    """A published decision with an exempt part, and one in each state before and after."""
    shown = governance.decision(number="SHOWN1")
    report = Report.objects.create(
        decision=shown, title="On homes", author="Director", text="Open words", published_on=shown.published_on
    )
    ExemptPart.objects.create(report=report, public_interest="Secret weighing", text="Secret price")
    Resolution.objects.create(decision=shown, number="1.1", text="Award it.")
    governance.decision(number="HIDDEN1", state="made")
    governance.decision(number="HIDDEN2", state="draft")
    governance.decision(number="HIDDEN3", state="set_aside", published_on=None)
    governance.decision(number="SHOWN2", state="called_in")
    return shown


def test_anybody_reads_what_is_published_and_nothing_exempt(client, register):
    pages = [
        reverse("governance:register"),
        reverse("governance:register_json"),
        reverse("governance:registered", args=[register.pk]),
        reverse("governance:forward_plan"),
        reverse("governance:forward_plan_json"),
    ]
    answers = [client.get(page) for page in pages]
    assert [answer.status_code for answer in answers] == [200] * 5
    answers = answers[:3]
    texts = [answer.content.decode() for answer in answers]
    assert "Award it." in texts[1]
    assert "Award it." in texts[2]
    assert all("SHOWN1" in text for text in texts)
    assert not [text for text in texts if "HIDDEN" in text or "Secret" in text]
    numbers = {each["number"] for each in answers[1].json()["decisions"]}
    assert numbers == {"SHOWN1", "SHOWN2"}


@pytest.mark.parametrize("number", ["HIDDEN1", "HIDDEN2", "HIDDEN3"])
def test_what_is_not_published_has_no_public_page_even_for_staff(client, person, register, number):
    hidden = reverse("governance:registered", args=[Decision.objects.get(number=number).pk])
    assert client.get(hidden).status_code == 404
    client.force_login(person("democratic_services"))
    assert client.get(hidden).status_code == 404


@pytest.mark.parametrize("name", ["decisions", "approvals", "register", "register_json"])
def test_a_list_asks_as_often_for_many_rows_as_for_few(client, person, asked, name):
    client.force_login(person("auditor"))

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(f"governance:{name}")).status_code == 200
        return len(queries)

    count()
    few = count()
    for _ in range(20):
        delegation = governance.delegation(of=governance.decision())
        governance.approval(of=delegation, asked_by=asked.asked_by, asked_at=NOW)
    assert count() == few


@pytest.mark.parametrize("name", ["decisions", "approvals", "register"])
def test_no_cell_of_the_file_is_a_formula(client, person, asked, name):
    governance.decision(title="=1+1")
    asked.title = "=1+1"
    asked.save()
    client.force_login(person("auditor"))
    text = client.get(reverse(f"governance:{name}"), {"format": "csv"}).getvalue().decode("utf-8-sig")
    assert "'=1+1" in text
    assert not [cell for row in csv.reader(io.StringIO(text)) for cell in row if cell.startswith(("=", "+", "-", "@"))]
