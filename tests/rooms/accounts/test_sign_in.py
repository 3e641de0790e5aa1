"""Who gets in, and how: a second factor where it is required, and no demo people outside the demo."""

import pytest
from django.test import Client

from tests.factories import accounts


@pytest.fixture
def signed_in(council):
    client = Client()
    client.force_login(accounts.person("director_of_finance", organisation=council))
    return client


def test_a_second_factor_comes_before_any_page_of_a_room(signed_in, settings):
    settings.MFA_REQUIRED = True
    response = signed_in.get("/budget/")
    assert (response.status_code, response.url) == (302, "/account/2fa/totp/activate/")


def test_the_register_is_open_all_the_same(signed_in, settings):
    settings.MFA_REQUIRED = True
    assert signed_in.get("/governance/register/").status_code == 200


def test_where_it_is_not_required_the_page_opens(signed_in, settings):
    settings.MFA_REQUIRED = False
    assert signed_in.get("/budget/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_there_are_no_one_click_people_outside_the_demo(method):
    assert getattr(Client(), method)("/account/try/").status_code == 404


@pytest.mark.django_db
def test_production_wins_over_a_demo_setting(settings):
    settings.DEMO_PERSONAS, settings.PRODUCTION = True, True
    assert Client().get("/account/try/").status_code == 404


def test_the_demo_signs_nobody_else_in(council, settings):
    settings.DEMO_PERSONAS = True
    person = accounts.person("director_of_finance", organisation=council)
    assert Client().post("/account/try/", {"email": person.email}).status_code == 404


@pytest.mark.django_db
def test_nobody_signs_up():
    assert (
        Client().post("/account/signup/", {"email": "a@example.org", "password1": "long enough 12"}).status_code == 200
    )
    from placewell.accounts.models import User

    assert not User.objects.filter(email="a@example.org").exists()
