"""The API: a key each, the same scope, and its own description held by thousands of made-up requests."""

import json

import pytest
import schemathesis
from django.test import Client
from schemathesis.config import SchemathesisConfig

from placewell.accounts import actions
from placewell.config.wsgi import application
from placewell.storage.context import Scope, enter
from tests.conftest import NOW
from tests.factories import accounts
from tests.factories import children as child_rows


@pytest.fixture
def key(council):
    administrator = accounts.person("system_administrator", organisation=council)
    return actions.issue_token(label="Case management", by=administrator, now=NOW)


def read(path: str, key: str = "", **headers):
    if key:
        headers["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return Client().get(f"/api{path}", **headers)


@pytest.mark.parametrize("path", ["/children", "/homes", "/vacancies", "/placements", "/commitments"])
def test_a_list_is_given_to_a_key_and_to_nobody_else(key, path):
    assert read(path, key).status_code == 200
    assert read(path).status_code == 401
    assert read(path, "wrong").status_code == 401


def test_a_child_is_given_without_a_name(council, key):
    child_rows.child(given_name="Zebedee", family_name="Quartermaine")
    body = read("/children", key).content.decode()
    assert "Zebedee" not in body
    assert "Quartermaine" not in body
    assert len(json.loads(body)) == 1


def test_another_councils_children_are_not_given(council, key):
    other = accounts.council("Other Council")
    enter(Scope.of_council(other.pk))
    theirs = child_rows.child()
    assert read("/children", key).json() == []
    assert read(f"/children/{theirs.pk}", key).status_code == 404


def test_a_revoked_key_reads_nothing(council, key):
    enter(Scope.of_council(council.pk))
    administrator = accounts.person("system_administrator", organisation=council)
    from placewell.accounts.models import Token

    actions.revoke_token(token_id=Token.objects.get().pk, by=administrator, now=NOW, reason="replaced")
    assert read("/homes", key).status_code == 401


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "offset=-1", "limit=x"])
def test_a_page_that_makes_no_sense_is_refused(key, query):
    assert read(f"/homes?{query}", key).status_code == 422


def test_the_api_keeps_its_own_description(committed):
    council = accounts.council()
    with __import__("placewell.storage.context", fromlist=["acting"]).acting(Scope.of_council(council.pk)):
        administrator = accounts.person("system_administrator", organisation=council)
        key = actions.issue_token(label="Case management", by=administrator, now=NOW)
        child_rows.child()
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application, config=SchemathesisConfig.from_dict({}))
    failures, seen = [], set()
    for operation in schema.get_all_operations():
        found = operation.ok()
        seen.add(found.path)

        from hypothesis import HealthCheck, Phase, given, settings

        @given(case=found.as_strategy())
        @settings(max_examples=25, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        def attack(case):
            case.call_and_validate(headers={"Authorization": f"Bearer {key}"})

        attack()
    assert len(seen) == 6
    assert failures == []
