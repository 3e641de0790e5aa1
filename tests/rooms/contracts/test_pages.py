"""The pages of frameworks and contracts, as each reader meets them."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import contracts, governance

READERS = {"commissioner", "auditor", "democratic_services", "placements_officer"}
MANAGERS = {"commissioner"}
NOBODYS = {"system_administrator"}
PAGES = {
    "list": READERS,
    "framework": READERS,
    "contract": READERS,
    "set_rate": MANAGERS,
    "suspend": MANAGERS,
    "resume": MANAGERS,
    "propose_change": MANAGERS,
    "propose_block": MANAGERS,
    "file_document": MANAGERS,
    "blocks": READERS,
    "documents": READERS,
    "challenges": READERS,
    "receive_challenge": MANAGERS,
    "leaving": READERS,
    "extend": MANAGERS,
    "propose_uplift": MANAGERS,
    "plan_round": MANAGERS,
}


@pytest.fixture
def contract(council):
    made = contracts.contract(governance.offices(council))
    contracts.rate(of=made)
    return made


def address(name, contract):
    framework = ("framework", "leaving", "extend", "propose_uplift", "plan_round")
    lists = ("list", "blocks", "documents", "challenges", "receive_challenge")
    args = [] if name in lists else [contract.lot.framework_id if name in framework else contract.pk]
    return reverse(f"contracts:{name}", args=args)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", sorted(READERS | NOBODYS))
def test_a_page_opens_for_those_who_may(client, person, contract, name, role):
    client.force_login(person(role))
    assert client.get(address(name, contract)).status_code == (200 if role in PAGES[name] else 403)


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_is_asked_to_sign_in(client, contract, name):
    assert client.get(address(name, contract)).headers["Location"].startswith("/account/login/?next=")


def test_what_is_not_there_is_not_found(client, person, contract):
    client.force_login(person("commissioner"))
    for name in ("framework", "contract", "suspend"):
        assert client.get(reverse(f"contracts:{name}", args=[contract.lot_id])).status_code == 404


def test_a_provider_is_suspended_and_resumed_on_the_page(client, person, contract):
    for name, state in (("suspend", "suspended"), ("resume", "active")):
        client.force_login(person("commissioner"))  # another each time: whoever wanted it does not lift it
        assert client.post(address(name, contract), {"reason": "Grade fell"}).status_code == 302
        contract.refresh_from_db()
        assert contract.state == state


def test_the_lists_ask_as_often_for_many_rows_as_for_few(client, person, contract, council):
    client.force_login(person("commissioner"))
    pages = [address("list", contract), address("framework", contract)]

    def asked() -> list[int]:
        told = []
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            told.append(len(queries))
        return told

    asked()
    few = asked()
    people = governance.offices(council)
    for _ in range(20):
        other = contracts.contract(people)
        other.lot = contract.lot
        other.save()
        contracts.rate(of=other)
    assert asked() == few


def test_no_cell_of_the_file_is_a_formula(client, person, council):
    contracts.framework(title="=1+1", reference="@F")
    client.force_login(person("commissioner"))
    answer = client.get(reverse("contracts:list"), {"format": "csv"})
    text = answer.getvalue().decode("utf-8-sig")
    assert "'=1+1" in text
    assert not [cell for row in csv.reader(io.StringIO(text)) for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_anybody_reads_the_register_of_contracts_and_no_price(client, person, contract):
    contract.supplier = "Alder Care"
    contract.save()
    pages = [client.get(reverse(f"contracts:{name}")) for name in ("register", "register_json")]
    assert [page.status_code for page in pages] == [200, 200]
    texts = [page.content.decode() for page in pages]
    assert all("Alder Care" in text and "800" not in text for text in texts)
    assert client.get(reverse("contracts:register"), {"format": "csv"}).status_code == 200
