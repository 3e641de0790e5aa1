"""The commissioner's road, page by page: a decision in force, the envelope, a framework, its award, providers, prices."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from placewell.accounts.models import Organisation
from placewell.budget.models import Envelope
from placewell.contracts.models import Contract, Framework
from placewell.governance.models import Approval, Decision
from placewell.market.models import Registration
from tests.factories import accounts, children, governance, market

ERRORS = re.compile(r'error-message[^>]*>(?:<span[^>]*>[^<]*</span>)?([^<]*)|error-summary__list">(.*?)</ul>', re.S)


def on(name: str, day: dt.date) -> dict:
    """Return a date as its three boxes."""
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


class Reader:
    """Somebody signed in, who follows links and fills in forms."""

    def __init__(self, role: str, council) -> None:
        self.client = Client()
        self.client.force_login(accounts.person(role, organisation=council))

    def does(self, name: str, /, *args, seen_on: str, **fields) -> str:
        """Fill in a form that the page *seen_on* leads to; return the page that follows."""
        address = reverse(name, args=args)
        assert address in self.client.get(seen_on).content.decode(), f"no way from {seen_on} to {address}"
        assert self.client.get(address).status_code == 200
        answer = self.client.post(address, fields)
        assert answer.status_code == 302, ERRORS.findall(answer.content.decode())
        return answer.headers["Location"]


@pytest.fixture
def people(council):
    roles = {
        "commissioner": "commissioner",
        "finance": "director_of_finance",
        "director": "director_of_childrens_services",
        "holder": "portfolio_holder",
        "democratic": "democratic_services",
        "worker": "team_manager",
    }
    return {key: Reader(role, council) for key, role in roles.items()}


@pytest.fixture
def decision(council):
    made = governance.decision()
    governance.delegation(of=made)
    return made


def test_from_the_decision_to_a_price(people, decision):
    commissioner = people["commissioner"]
    page = reverse("governance:decision", args=[decision.pk])
    start, end = dt.date(2024, 4, 1), dt.date(2030, 4, 1)

    people["finance"].does(
        "budget:set_envelope", decision.pk, seen_on=page, financial_year=2026, amount="10,300,000.00"
    )
    assert Envelope.objects.get().amount == 10_300_000

    framework_page = commissioner.does(
        "contracts:set_up",
        decision.pk,
        seen_on=page,
        reference="PS/1",
        title="External placements",
        legal_regime="pcr2015",
        lots=["fostering"],
        lifetime_ceiling="61800000",
        **on("start_on", start),
        **on("end_on", end),
    )
    framework = Framework.objects.get()

    delegation = decision.delegations.get()
    commissioner.does(
        "governance:ask", delegation.pk, seen_on=page, title="Award", amount="61800000", evidence="Scored as published."
    )
    approval = Approval.objects.get()
    asked = reverse("governance:approval", args=[approval.pk])
    people["holder"].does(
        "governance:answer", approval.pk, governance.HOLDER, seen_on=asked, agrees="yes", views="Near homes."
    )
    people["director"].does("governance:decide", approval.pk, seen_on=asked, approve="yes", reasons="Fair and near.")
    commissioner.does("contracts:award", framework.pk, seen_on=framework_page, approval=str(approval.pk))
    framework.refresh_from_db()
    assert framework.state == "awarded"

    provider_page = commissioner.does(
        "market:add_provider", seen_on=reverse("market:providers"), name="Estuary Fostering Ltd", sector="Private"
    )
    provider = Organisation.objects.get(name="Estuary Fostering Ltd")
    commissioner.does(
        "market:add_registration",
        provider.pk,
        seen_on=provider_page,
        urn="SC412345",
        kind="fostering_agency",
        grade="good",
        **on("inspected_on", dt.date(2025, 5, 1)),
    )
    assert Registration.objects.get().provider_id == provider.pk

    contract_page = commissioner.does(
        "contracts:add_contract",
        framework.pk,
        framework.lots.get().pk,
        seen_on=framework_page,
        provider=str(provider.pk),
        reference="C1-01",
        tier=1,
        **on("start_on", start),
        **on("end_on", end),
    )
    contract = Contract.objects.get()
    commissioner.does(
        "contracts:set_rate",
        contract.pk,
        seen_on=contract_page,
        age_from=0,
        age_to=17,
        need_level="standard",
        weekly_fee="912.50",
        **on("start_on", start),
    )
    assert "£912.50" in commissioner.client.get(contract_page).content.decode()

    commissioner.does("contracts:end", contract.pk, seen_on=contract_page, reason="The provider closed.")
    commissioner.does("contracts:end_framework", framework.pk, seen_on=framework_page, reason="Replaced.")
    contract.refresh_from_db()
    framework.refresh_from_db()
    assert (contract.state, framework.state) == ("ended", "ended")


def test_an_award_that_nobody_approved_is_not_offered(people, decision, council):
    framework = Framework.objects.create(
        reference="F",
        title="F",
        legal_regime="pcr2015",
        decision=decision,
        start_on=dt.date(2024, 4, 1),
        end_on=dt.date(2030, 4, 1),
    )
    page = people["commissioner"].client.get(reverse("contracts:award", args=[framework.pk])).content.decode()
    assert "No award has been approved" in page
    forged = {"approval": "00000000-0000-0000-0000-000000000000"}
    answer = people["commissioner"].client.post(reverse("contracts:award", args=[framework.pk]), forged)
    assert answer.status_code == 422


def test_the_contract_that_the_council_leaves_is_recorded(people):
    people["commissioner"].does(
        "contracts:set_up_outgoing",
        seen_on=reverse("contracts:list"),
        reference="REGION",
        title="The regional contract",
        legal_regime="pcr2015",
        lots=["fostering", "residential"],
        **on("start_on", dt.date(2014, 4, 1)),
        **on("end_on", dt.date(2018, 12, 31)),
    )
    made = Framework.objects.get()
    assert made.is_outgoing
    assert made.lots.count() == 2


def test_dates_out_of_order_are_refused_where_they_are(people, decision):
    address = reverse("contracts:set_up", args=[decision.pk])
    day = dt.date(2024, 4, 1)
    fields = {"reference": "X", "title": "X", "legal_regime": "pcr2015", "lots": ["fostering"]}
    answer = people["commissioner"].client.post(address, fields | on("start_on", day) | on("end_on", day))
    assert answer.status_code == 422
    assert "This is not after the first day." in answer.content.decode()


def test_democratic_services_set_a_decision_aside(people, decision):
    page = reverse("governance:decision", args=[decision.pk])
    people["democratic"].does("governance:set_aside", decision.pk, seen_on=page, reason="A later decision replaces it.")
    assert Decision.objects.get(pk=decision.pk).state == "set_aside"
    assert "Not in force" in people["democratic"].client.get(page).content.decode()


def test_whoever_asked_takes_a_request_back(people, decision):
    delegation = decision.delegations.get()
    page = reverse("governance:decision", args=[decision.pk])
    people["commissioner"].does("governance:ask", delegation.pk, seen_on=page, title="Award", evidence="None yet.")
    approval = Approval.objects.get()
    asked = reverse("governance:approval", args=[approval.pk])
    address = reverse("governance:withdraw", args=[approval.pk])
    assert address not in people["director"].client.get(asked).content.decode()
    people["commissioner"].does("governance:withdraw", approval.pk, seen_on=asked, reason="Asked too early.")
    approval.refresh_from_db()
    assert approval.state == "withdrawn"


def test_a_team_manager_records_that_a_child_comes_moves_and_leaves(people, council):
    worker = people["worker"]
    child = children.child(born_on=dt.date(2015, 6, 1))
    page = reverse("children:child", args=[child.pk])
    today = timezone.localdate()
    care = {"legal_status": "C2", "main_need": "N1", "placement_type": "U6", "placement_provider": "PR1"}
    home = {"placement_postcode": "RM17 6SL", "home_postcode": "RM17 6SL"}
    worker.does(
        "children:start_episode",
        child.pk,
        seen_on=page,
        start_reason="S",
        **care,
        **home,
        **on("start_on", today - dt.timedelta(days=60)),
    )
    worker.does(
        "children:move_episode",
        child.pk,
        seen_on=page,
        start_reason="P",
        change_reason="CARPL",
        placement_type="U4",
        placement_provider="PR1",
        placement_postcode="RM17 6SL",
        **on("on", today - dt.timedelta(days=20)),
    )
    early = reverse("children:end_episode", args=[child.pk])
    answer = worker.client.post(early, {"end_reason": "E4A"} | on("end_on", today - dt.timedelta(days=90)))
    assert answer.status_code == 422
    assert "ends after it starts" in answer.content.decode()
    worker.does("children:end_episode", child.pk, seen_on=page, end_reason="E4A", **on("end_on", today))
    assert [episode.end_on for episode in child.episodes.order_by("start_on")] == [today - dt.timedelta(days=20), today]


def test_a_provider_that_is_known_has_its_homes(people, council):
    home = market.home()
    page = people["commissioner"].client.get(reverse("market:provider", args=[home.provider_id])).content.decode()
    assert home.reference in page
