"""The made-up council, small, as each of its personas finds it: every link leads somewhere, every page is one for all.

A walk follows each link of each page. The addresses that differ only in which row they show are one kind of page, of
which a few are opened; every kind is then looked at in the browser by the first persona who can reach it.
"""

import html
import re
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from placewell.accounts.models import User
from placewell.demo import build, people, population
from tests.conftest import empty_tables

from .browser import assert_accessible, assert_fits_narrow, watched
from .conftest import serving

EXAMPLES = 3
# A page asks a constant number of questions; a list that asked one for each of its rows would ask more than this.
QUESTIONS = 45
KEYS = [persona.key for persona in people.PERSONAS]
LINK = re.compile(r"""<a\b[^>]*\bhref=["']([^"'#]+)""")
ROW = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/)")
NOT_FOLLOWED = ("/static/", "/account/logout/", "/account/try/")


@dataclass
class Walk:
    """What one persona met."""

    kinds: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    asks_much: list[str] = field(default_factory=list)
    opened: Counter = field(default_factory=Counter)


def kind_of(path: str) -> str:
    """Return *path* with rows and what follows the question mark left out."""
    return ROW.sub("_", urlsplit(path).path)


def signed_in(key: str) -> Client:
    """Return the browser's stand-in of a persona."""
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(email=f"{key}@demo.example"))
    return client


def walk(key: str) -> Walk:
    """Follow every link that the persona *key* is shown."""
    client, met, seen, ahead = signed_in(key), Walk(), {"/"}, [("/", "the address")]
    while ahead:
        path, shown_on = ahead.pop(0)
        kind = kind_of(path)
        if met.opened[kind] >= EXAMPLES:
            continue
        met.opened[kind] += 1
        connection.queries_log.clear()  # it keeps a few thousand, and warns when it is full
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(path)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if answer.status_code >= 400:
            met.broken.append(f"{answer.status_code} {path} from {shown_on}")
        if len(asked) > QUESTIONS:
            met.asks_much.append(f"{len(asked)} questions: {path}")
        if answer.status_code in (301, 302):
            body = f'<a href="{answer.headers["Location"]}">'.encode()
        elif answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
            continue
        else:
            met.kinds.setdefault(kind, path)
        for link in LINK.findall(body.decode()):
            target = urljoin(path, html.unescape(link))
            if target.startswith("/") and not target.startswith(NOT_FOLLOWED) and target not in seen:
                seen.add(target)
                ahead.append((target, path))
    return met


@pytest.fixture(scope="module")
def small_council(django_db_setup, django_db_blocker):
    """The demo council with a sixth of its children, built through the actions; walks made of it are kept."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr(population, "ENTRIES_A_DAY", population.ENTRIES_A_DAY / 6)
        try:
            build.build()
            yield {}
        finally:
            for alias in ("default", "owner"):
                connections[alias].close()
            empty_tables()
            connections["owner"].close()


@pytest.fixture
def walked(small_council):
    """Call with a persona's key to get the walk."""

    def of(key: str) -> Walk:
        if key not in small_council:
            small_council[key] = walk(key)
        return small_council[key]

    return of


@pytest.mark.parametrize("key", KEYS)
def test_every_link_leads_somewhere(key, walked):
    met = walked(key)
    assert len(met.kinds) > 3
    assert not met.broken
    assert not met.asks_much


@pytest.mark.browser
@pytest.mark.parametrize("key", KEYS)
def test_every_kind_of_page_is_one_for_all(key, walked, browser, small_council):
    """Axe finds nothing, nothing is cut off at 320 pixels, and the browser complains of nothing."""
    before = {kind for other in KEYS[: KEYS.index(key)] for kind in walked(other).kinds}
    mine = {kind: path for kind, path in walked(key).kinds.items() if kind not in before}
    faults = []
    with serving() as address:
        context = browser.new_context(base_url=address, locale="en-GB")
        cookie = signed_in(key).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
        page = context.new_page()
        complaints = watched(page)
        for path in mine.values():
            page.goto(path)
            for look in (assert_accessible, assert_fits_narrow):
                try:
                    look(page)
                except AssertionError as fault:
                    faults.append(str(fault))
        context.close()
    assert not faults, "\n\n".join(faults)
    assert not complaints
