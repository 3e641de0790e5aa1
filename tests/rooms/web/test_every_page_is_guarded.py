"""Every page of ours names who may open it: a permission, or everybody."""

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from placewell.accounts.permissions import Permission
from placewell.accounts.roles import ROLES
from placewell.kernel.errors import NotAllowed
from placewell.web import health
from placewell.web.views import DetailPage, Permitted

OPEN = {health.health, health.ready}


def patterns(resolver: URLResolver):
    """Yield every address's pattern."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry)
        else:
            yield entry


def unguarded(found) -> list[str]:
    """Return the pages of ours that name neither a permission nor `public`."""
    told = []
    for pattern in found:
        view = getattr(pattern.callback, "view_class", pattern.callback)
        if not view.__module__.startswith(("placewell.", __name__)) or view in OPEN:
            continue
        if not getattr(view, "public", False) and getattr(view, "permission", None) is None:
            told.append(f"{view.__module__}.{view.__qualname__}")
        elif not getattr(view, "public", False) and not issubclass(view, Permitted):
            told.append(f"{view.__module__}.{view.__qualname__} names a permission that nothing checks")
    return told


class Forgotten(DetailPage):
    """A page whose maker forgot."""


class Unchecked:
    """A page that is not one of the frame's."""

    permission = "see"

    @classmethod
    def as_view(cls):
        def view(_request):
            return None

        view.view_class = cls
        return view


def test_every_page_names_a_permission_or_is_public():
    found = list(patterns(get_resolver("placewell.config.urls")))
    assert len(found) > 20
    assert unguarded(found) == []


@pytest.mark.parametrize("view", [Forgotten, Unchecked])
def test_a_page_that_guards_nothing_is_told(view):
    assert len(unguarded([URLPattern(None, view.as_view())])) == 1


def test_a_page_without_a_permission_opens_to_nobody(person):
    request = RequestFactory().get("/")
    request.user = person("placements_officer")
    with pytest.raises(NotAllowed):
        Forgotten.as_view()(request)


def test_a_stranger_is_asked_to_sign_in_and_a_person_without_the_role_is_refused(client, person):
    address = reverse("people:list")
    assert client.get(address).headers["Location"].startswith("/account/login/?next=")
    client.force_login(person("placements_officer"))
    assert client.get(address).status_code == 403


def test_a_table_asks_as_often_for_many_rows_as_for_few(client, person):
    client.force_login(person(next(code for code, role in ROLES.items() if Permission.MANAGE_ACCOUNTS in role.may)))
    address = reverse("people:list")
    with CaptureQueriesContext(connection) as few:
        assert client.get(address).status_code == 200
    for _ in range(20):
        person("placements_officer")
    with CaptureQueriesContext(connection) as many:
        assert client.get(address).status_code == 200
    assert len(many) == len(few) <= 30
