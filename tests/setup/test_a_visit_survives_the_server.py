"""A visit that was written down is recorded once and whole, though the server's process is killed while it is being sent."""

import http.client
import os
import re
import signal
import time
import urllib.parse
import uuid

import pytest
from django.db import connections, transaction
from django.test import Client
from django.utils import timezone

from placewell.storage.context import Scope, acting
from placewell.visits import actions, states
from placewell.visits.models import Request, Visit, VisitAction
from tests.factories import accounts
from tests.factories import visits as made_up

from .test_processes import free_port, pytestmark, started  # noqa: F401 - the mark holds here too

PATIENCE_S = 60


@pytest.fixture
def world(committed):
    council = accounts.council()
    with acting(Scope.of_council(council.pk)):
        made = made_up.world(council, count=1, moved_on=timezone.localdate() - 10 * made_up.DAY)
        given = {"kind": states.Asked.CHILD, "asked_on": timezone.localdate(), "reason": "Asked for it"}
        actions.ask_visit(child_id=made.children[0].pk, **given, by=made.workers[0], now=timezone.now())
    made.scope = Scope.of_council(council.pk)
    return made


class Site:
    """A server's process of its own, and what a phone does with it."""

    def __init__(self, world, port: int) -> None:
        self.links: list[http.client.HTTPConnection] = []
        self.port, self.process = port, started("serve", "--port", str(port), "--workers", "1", apart=True)
        client = Client()
        client.force_login(world.workers[0])
        self.cookie = f"sessionid={client.cookies['sessionid'].value}"
        self.path = f"/visits/children/{world.children[0].pk}/record/"

    def ask(self, method: str, body: str = "", cookie: str = "") -> http.client.HTTPConnection:
        """Send, and do not wait for the answer."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        self.links.append(link)
        link.request(method, self.path, body or None, {"Cookie": f"{self.cookie}; {cookie}"} | kind)
        return link

    def form(self) -> tuple[str, str]:
        """Return the form's token and its cookie, once the server answers."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                answer = self.ask("GET").getresponse()
                page = answer.read().decode()
                assert answer.status == 200, page[:300]
                token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
                return token[1], answer.getheader("Set-Cookie").split(";")[0]
            except OSError:
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(0.2)

    def send(self, key: uuid.UUID, world) -> http.client.HTTPConnection:
        """Send the visit that was written down."""
        token, cookie = self.form()
        today = timezone.localdate()
        fields = {
            "csrfmiddlewaretoken": token,
            "sent_key": key,
            "is_seen": "yes",
            "is_seen_alone": "yes",
            "where": "home",
        }
        fields |= {"is_welfare_safeguarded": "yes", "own_words": "I like the dog.", "action": "Ring the school"}
        fields |= {"action_owner": world.workers[0].pk}
        for name, day in (("made_on", today), ("action_due_on", today + made_up.DAY)):
            fields |= {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}
        return self.ask("POST", urllib.parse.urlencode(fields), cookie)

    def killed(self) -> None:
        """Kill the server with all its processes, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()
        for link in self.links:
            link.close()


def recorded(world) -> tuple[int, int, int]:
    """Return how many visits, things to do and answered requests there are of the visit that was sent."""
    with acting(world.scope):
        own = Visit.objects.filter(own_words="I like the dog.")
        return (
            own.count(),
            VisitAction.objects.filter(visit__in=own).count(),
            Request.objects.filter(met_by__in=own).count(),
        )


def waits_for_a_lock() -> bool:
    with connections["owner"].cursor() as cursor:
        cursor.execute("select count(*) from pg_locks where not granted")
        return cursor.fetchone()[0] > 0


def until(true) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_visit_whose_server_was_killed_mid_request_is_recorded_once_and_whole_when_it_is_sent_again(world):
    key, sites = uuid.uuid4(), []
    try:
        # when the server has written the visit and what is to do, and stands before the request that it answers
        sites.append(Site(world, free_port()))
        with acting(world.scope), transaction.atomic():
            Request.objects.select_for_update().get()
            sites[0].send(key, world)
            until(waits_for_a_lock)
            sites[0].killed()
        # then nothing of it is there
        assert recorded(world) == (0, 0, 0)
        # when it is sent again, and the server is killed after it wrote but before anybody read its answer
        sites.append(Site(world, free_port()))
        sites[1].send(key, world)
        until(lambda: recorded(world)[0] == 1)
        sites[1].killed()
        # then it is whole, and sent once more it is the same visit
        assert recorded(world) == (1, 1, 1)
        sites.append(Site(world, free_port()))
        answer = sites[2].send(key, world).getresponse()
        assert answer.status == 302
        assert recorded(world) == (1, 1, 1)
    finally:
        for site in sites:
            if site.process.poll() is None:
                site.killed()
