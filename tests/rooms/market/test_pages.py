"""The pages of the market, as each reader meets them."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from placewell.market import actions
from placewell.market.models import GradeAlert, Home, Occupancy, Registration
from tests.conftest import NOW
from tests.factories import accounts, market
from tests.rooms.market.test_register import OLD, row

STAFF = {
    "placements_officer",
    "social_worker",
    "team_manager",
    "commissioner",
    "analyst",
    "reviewing_officer",
    "director_of_childrens_services",
    "director_of_finance",
    "portfolio_holder",
    "auditor",
}
ROLES = STAFF | {"democratic_services", "system_administrator"}
PERMITTED = {
    "homes": STAFF,
    "providers": STAFF,
    "registrations": STAFF,
    "vacancies": {"placements_officer", "commissioner"},
    "alerts": {"placements_officer", "team_manager", "commissioner"},
    "imports": {"commissioner"},
    "upload": {"commissioner"},
}
ADDRESS = "1 Made Up Lane"


@pytest.fixture
def sign_in(client, person):
    def sign_in(role, **fields):
        user = person(role, **fields)
        client.force_login(user)
        return user

    return sign_in


@pytest.fixture
def provider_staff(client, council, act_for):
    """Somebody of a provider with a home of two places, signed in; another provider has a home too."""
    own, other = market.home(), market.home(address="2 Other Street", postcode="SS1 1AA")
    client.force_login(accounts.person("provider_staff", organisation=own.provider.organisation))
    return own, other


def page(client, name, *args, **query):
    return client.get(reverse(f"market:{name}", args=args), query)


@pytest.mark.parametrize("name", PERMITTED)
@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_page_opens_for_those_who_may(client, sign_in, name, role):
    sign_in(role)
    assert page(client, name).status_code == (200 if role in PERMITTED[name] else 403)


@pytest.mark.parametrize("name", ["homes", "providers", "registrations", "vacancies", "alerts"])
def test_a_list_asks_a_fixed_number_of_questions(client, sign_in, name, django_assert_max_num_queries):
    sign_in("commissioner")
    for _ in range(12):
        home = market.home()
        GradeAlert.objects.create(registration=home.registration, before="good", after="inadequate", raised_at=NOW)
    with django_assert_max_num_queries(16):
        assert page(client, name).status_code == 200


def test_the_home_page_asks_a_fixed_number_of_questions(client, sign_in, django_assert_max_num_queries):
    sign_in("commissioner")
    home = market.home(places=12)
    for number in range(1, 13):
        market.occupancy(in_home=home, number=number, start_on=dt.date(2020, 1, 1))
    with django_assert_max_num_queries(23):
        assert page(client, "home", home.pk).status_code == 200


@pytest.mark.parametrize(("role", "sees"), [("placements_officer", True), ("director_of_finance", False)])
def test_an_address_is_shown_to_those_who_place_children(client, sign_in, role, sees):
    sign_in(role)
    home = market.home(address=ADDRESS, name="The Elms")
    shown = page(client, "home", home.pk).content.decode()
    assert "RM17" in shown
    assert (ADDRESS in shown) is (home.postcode in shown) is ("The Elms" in shown) is sees


def test_no_list_search_or_file_tells_an_address(client, sign_in):
    sign_in("director_of_finance")
    market.home(address=ADDRESS, postcode="RM17 6SL", name="The Elms")
    for query in ({}, {"format": "csv"}, {"words": "Elms"}):
        answer = page(client, "homes", **query)
        body = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()
        assert ADDRESS not in body
        assert "RM17 6SL" not in body
    assert "There is no such home" in page(client, "homes", words="Elms").content.decode()


def test_homes_are_found_by_what_a_child_needs(client, sign_in):
    sign_in("social_worker")
    young = market.home(age_from=5, age_to=11, skills=["autism"], accepts="F")
    older = market.home(age_from=12, age_to=17)
    full = market.home(places=1, age_from=5, age_to=11)
    market.occupancy(in_home=full, start_on=dt.date(2020, 1, 1))
    for query, found in (
        ({"age": "9"}, {young, full}),
        ({"age": "9", "free": "on"}, {young}),
        ({"feature": "autism"}, {young}),
        ({"accepts": "M"}, {older, full}),
        ({"words": older.reference}, {older}),
        ({"area": "E10000012"}, set()),
    ):
        shown = page(client, "homes", **query).content.decode()
        assert {home for home in (young, older, full) if reverse("market:home", args=[home.pk]) in shown} == found, (
            query
        )


def test_a_home_that_is_another_providers_is_not_there(client, provider_staff):
    own, other = provider_staff
    assert page(client, "home", own.pk).status_code == 200
    assert ADDRESS in page(client, "home", own.pk).content.decode()
    for name in ("home", "change_home", "void"):
        assert page(client, name, other.pk).status_code == 404
    for name in ("homes", "vacancies", "registrations", "providers"):
        shown = page(client, name).content.decode()
        assert other.reference not in shown
        assert other.provider.name not in shown


def test_a_provider_keeps_its_vacancies(client, provider_staff, council, act_for):
    own, _other = provider_staff
    assert own.reference in page(client, "vacancies").content.decode()
    today = timezone.localdate()
    data = {"places": "1", "reason": "repairs", "start_on_day": today.day, "start_on_month": today.month,
            "start_on_year": today.year}  # fmt: skip
    assert client.post(reverse("market:void", args=[own.pk]), data).status_code == 302
    act_for(council)
    void = Occupancy.objects.get()
    assert (void.use, void.place.number, void.end_on) == ("void", 2, None)
    assert "Can be used again" in page(client, "home", own.pk).content.decode()
    data = {"on_day": today.day, "on_month": today.month, "on_year": today.year}
    assert client.post(reverse("market:end_void", args=[own.pk, void.pk]), data).status_code == 302
    act_for(council)
    void.refresh_from_db()
    assert void.released_at is not None


def test_a_commissioner_adds_and_changes_a_home(client, sign_in):
    sign_in("commissioner")
    registration = market.registration()
    assert page(client, "add_home", registration.pk).status_code == 200
    data = {"reference": "HOME-A", "kind": "childrens_home", "places": "3", "accepts": "any", "postcode": "RM17 6SL",
            "features": ["garden"], "languages": "Polish, Urdu"}  # fmt: skip
    assert client.post(reverse("market:add_home", args=[registration.pk]), data).status_code == 302
    home = Home.objects.get()
    assert (home.features, home.languages, home.places.count()) == (["garden"], ["Polish", "Urdu"], 3)
    assert page(client, "change_home", home.pk).status_code == 200
    answer = client.post(reverse("market:change_home", args=[home.pk]), data | {"age_from": "12", "age_to": "8"})
    assert answer.status_code == 422
    assert "below the youngest" in answer.content.decode()


def test_a_registration_tells_its_grades(client, sign_in, person):
    sign_in("social_worker")
    registration = actions.add_registration(
        provider_id=market.provider().pk, urn="SC012345", kind="childrens_home", grade="good",
        inspected_on=dt.date(2025, 6, 1), by=person("commissioner"), now=NOW,
    )  # fmt: skip
    shown = page(client, "registration", registration.pk).content.decode()
    assert "1 June 2025" in shown
    assert "Good" in shown
    assert "SC012345" in page(client, "provider", registration.provider_id).content.decode()


def test_the_register_is_previewed_then_brought_in(client, sign_in, settings, tmp_path):
    settings.HOME = tmp_path
    sign_in("commissioner")
    file = SimpleUploadedFile("register.csv", "\n".join([OLD, row(), row("bad"), ""]).encode())
    data = {"uploads": [file], "as_at_day": "31", "as_at_month": "3", "as_at_year": "2019"}
    assert client.post(reverse("market:upload"), data).url == reverse("market:preview")
    assert not Registration.objects.exists()
    shown = page(client, "preview").content.decode()
    assert "Registrations new" in shown
    assert "is not a registration" in shown
    assert client.post(reverse("market:preview")).url == reverse("market:imports")
    assert Registration.objects.get().urn == "SC012345"
    assert (
        "31 March 2019" in page(client, "imports").content.decode()
        or "2019" in page(client, "imports").content.decode()
    )


def test_an_alert_is_answered_on_its_page(client, sign_in):
    sign_in("team_manager")
    alert = GradeAlert.objects.create(
        registration=market.registration(), before="good", after="inadequate", raised_at=NOW
    )
    assert page(client, "answer", alert.pk).status_code == 200
    assert client.post(reverse("market:answer", args=[alert.pk]), {"note": "Visited"}).status_code == 302
    assert "No grade has fallen" in page(client, "alerts").content.decode()
