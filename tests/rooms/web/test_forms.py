"""Fields that render themselves and say what is wrong."""

import datetime as dt
from decimal import Decimal

import pytest

from placewell.web import style

GOOD = {
    "name": "Elm House",
    "reason": "Near the school",
    "start_on_day": "27",
    "start_on_month": "3",
    "start_on_year": "2026",
    "weekly_fee": "£4,200.50",
    "category": "fostering",
    "council": "a",
    "urgency": "today",
    "agreed": "no",
    "sure": "on",
}


def form(**changes):
    return style.SampleForm(GOOD | changes)


def test_what_people_write_is_understood():
    filled = form()
    assert filled.is_valid(), filled.errors
    assert filled.cleaned_data["start_on"] == dt.date(2026, 3, 27)
    assert filled.cleaned_data["weekly_fee"] == Decimal("4200.50")
    assert filled.cleaned_data["agreed"] is False


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"start_on_month": ""}, "start_on", "needs a month"),
        ({"start_on_day": "31", "start_on_month": "2"}, "start_on", "no such day"),
        ({"start_on_day": "x"}, "start_on", "no such day"),
        ({"start_on_day": "", "start_on_month": "", "start_on_year": ""}, "start_on", "Enter a date"),
        ({"weekly_fee": "-1"}, "weekly_fee", "Enter 0 or more"),
        ({"weekly_fee": "1.234"}, "weekly_fee", "at most 2 places"),
        ({"agreed": ""}, "agreed", "Choose one"),
        ({"sure": ""}, "sure", "Tick the box"),
        ({"council": "z"}, "council", "Select a valid choice"),
        ({"name": ""}, "name", "Enter an answer"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_in_the_summary(changes, field, reason):
    refused = form(**changes)
    assert reason in " ".join(refused.errors[field])
    page = str(refused)
    assert page.count(reason) == 2
    assert "govuk-error-summary" in page
    assert "govuk-form-group--error" in page


def test_every_field_has_its_label_and_hint():
    page = str(style.SampleForm())
    for name in ("name", "reason", "weekly_fee", "category", "council", "evidence"):
        assert f'for="id_{name}"' in page
    assert 'aria-describedby="id_reason_helptext"' in page
    assert 'data-maxlength="500"' in page
    assert "(optional)" in page


@pytest.mark.django_db
def test_a_refusal_of_the_action_stays_on_the_form(client):
    response = client.post("/style/form/", GOOD | {"name": "Nobody"})
    assert response.status_code == 422
    assert b"Nobody may not be named." in response.content
    assert b"Near the school" in response.content


@pytest.mark.django_db
def test_success_goes_on_with_a_message(client):
    response = client.post("/style/form/", GOOD, follow=True)
    assert response.redirect_chain == [("/style/", 302)]
    assert b"It was saved" in response.content
