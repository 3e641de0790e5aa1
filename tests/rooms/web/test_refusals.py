"""Errors and refusals as pages, headers of private pages, and whether the site is up."""

import pytest
from django.db import DatabaseError

from placewell.web import health

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/refused/", 422, "The home is full."),
        ("/not-allowed/", 403, "Your role does not allow this."),
        ("/not-found/", 404, "No such home."),
        ("/missing/", 404, "We could not find that page"),
        ("/nowhere/", 404, "We could not find that page"),
    ],
)
def test_a_refusal_is_a_page_with_its_reason(client, path, status, words):
    response = client.get(path)
    assert response.status_code == status
    assert words in response.content.decode()
    assert b"govuk-skip-link" in response.content


def test_a_fault_of_ours_tells_nothing_of_itself(client):
    client.raise_request_exception = False
    response = client.get("/broken/")
    assert response.status_code == 500
    assert b"Something went wrong" in response.content
    assert b"a secret" not in response.content


def test_a_database_that_is_away_or_full_is_told_as_such(client):
    client.raise_request_exception = False
    response = client.get("/away/")
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert b"What was saved is not lost" in response.content
    assert b"a secret" not in response.content


def test_a_form_from_elsewhere_is_refused_kindly(client):
    from django.test import Client

    response = Client(enforce_csrf_checks=True).post("/style/form/", {})
    assert response.status_code == 403
    assert b"open too long" in response.content


def test_pages_are_kept_nowhere_and_load_nothing_from_elsewhere(client):
    response = client.get("/style/")
    assert response["Cache-Control"] == "no-store"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    body = response.content.decode()
    assert " style=" not in body
    assert "<style" not in body
    assert "onclick" not in body
    assert "https://" not in body


def test_the_site_is_up_and_ready(client):
    assert client.get("/health/").content == b"ok"
    assert client.get("/ready/").status_code == 200


def test_the_site_is_not_ready_when_migrations_wait(client, monkeypatch):
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_: ["one"])
    assert client.get("/ready/").status_code == 503
    assert client.get("/health/").status_code == 200


def test_the_site_is_not_ready_without_its_database(client, monkeypatch):
    def fail(*_args, **_options):
        raise DatabaseError("gone")

    monkeypatch.setattr(health, "MigrationExecutor", fail)
    assert client.get("/ready/").status_code == 503
