"""The server told to stop while people save, and the disk full: whoever was told "saved" finds it again."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.middleware.csrf import _get_new_csrf_string

from placewell.accounts import actions
from placewell.accounts.models import User
from placewell.gateways import postgres
from tests.conftest import NOW
from tests.setup.test_processes import ROOT, free_port, started
from tests.setup.test_recovery import answers, own_database

AT_ONCE, THREADS = 16, 4
MEGABYTES = 320


def office() -> dict[str, str]:
    """Found a council; return the headers of its administrator, who is signed in and may add people."""
    administrator = actions.found_council(
        name="Estuary Council", area_code="E06000034", administrator_email="first@example.org", now=NOW
    )
    session, csrf = SessionStore(), _get_new_csrf_string()
    session[SESSION_KEY] = str(administrator.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = administrator.get_session_auth_hash()
    session.save()
    return {
        "Cookie": f"sessionid={session.session_key}; csrftoken={csrf}",
        "X-CSRFToken": csrf,
        "X-Council": str(administrator.organisation_id),  # nobody reads it but `save`
        "Content-Type": "application/x-www-form-urlencoded",
    }


def save(port: int, headers: dict[str, str], name: str) -> int:
    """Add the person *name* by the page; return the answer's status, or 0 when none came."""
    form = urlencode({"name": name, "email": f"{name}@example.org", "organisation_id": headers["X-Council"]})
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        asked.request("POST", "/account/people/add/", form, headers)
        return asked.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        asked.close()


def saved() -> set[str]:
    return set(User.objects.values_list("name", flat=True))


def waiting(at_least: int) -> None:
    """Wait until so many of the server's requests wait for a lock in this test's database."""
    until = time.monotonic() + 60
    with postgres._connect_as(postgres.admin_url()) as server:
        asked = "select count(*) from pg_stat_activity where datname = %s and wait_event_type = 'Lock'"
        while server.execute(asked, [settings.DATABASES["default"]["NAME"]]).fetchone()[0] < at_least:
            assert time.monotonic() < until, "the requests never reached the database"
            time.sleep(0.05)


def test_requests_under_way_end_when_the_server_is_told_to_stop(committed):
    """Four are held in the middle of saving, more queue behind them; then comes SIGTERM, then they may go on."""
    headers, port = office(), free_port()
    server = started("serve", "--port", str(port), "--workers", "1")
    owner = psycopg.connect(postgres.urls(settings.DATABASES["default"]["NAME"]).owner)
    try:
        assert answers(f"http://127.0.0.1:{port}/ready/", within=60)
        assert save(port, headers, "before") == 302
        owner.execute("lock table accounts_user in share row exclusive mode")
        with ThreadPoolExecutor(AT_ONCE) as people:
            held = [people.submit(save, port, headers, f"held{number}") for number in range(THREADS)]
            waiting(THREADS)
            queued = [people.submit(save, port, headers, f"queued{number}") for number in range(AT_ONCE - THREADS)]
            server.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            owner.rollback()
            told = {f"held{number}": one.result() for number, one in enumerate(held)}
            told |= {f"queued{number}": one.result() for number, one in enumerate(queued)}
        assert [told[f"held{number}"] for number in range(THREADS)] == [302] * THREADS
        assert {name for name, status in told.items() if status == 302} <= saved()
        words = server.communicate(timeout=40)[1]
        assert server.returncode == 0, words
    finally:
        owner.close()
        server.kill()
        server.communicate()


@contextlib.contextmanager
def small_disk(folder: Path):
    """Put *folder* on a disk of its own, small."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("only somebody who may mount can make a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="this fills the disk of an embedded PostgreSQL")
def test_a_full_disk_refuses_loses_nothing_and_heals_by_itself(tmp_path, committed):
    """What was saved before it filled is there after, what came meanwhile was refused, and then it goes on."""
    headers = office()
    (tmp_path / "secret_key").write_text((postgres.home() / "secret_key").read_text())
    with small_disk(postgres.Cluster(tmp_path).folder):
        own = postgres.Cluster(tmp_path)
        address = own_database(tmp_path, settings.DATABASES["default"]["NAME"])
        server, port = own_server(tmp_path)
        try:
            assert answers(f"http://127.0.0.1:{port}/ready/", within=60)
            assert save(port, headers, "before") == 302
            filler = own.folder / "filler"
            take_all(filler)
            told = save_until_refused(port, headers)
            assert 503 in told.values(), "the disk never was full"
            assert set(told.values()) <= {302, 503, 0}
            filler.unlink()
            own.start()  # where PostgreSQL had to stop, whoever runs it starts it again; the server was left alone
            assert answers(f"http://127.0.0.1:{port}/ready/", within=60)
            assert save(port, headers, "after") == 302
            with psycopg.connect(address) as asking:
                kept = {row[0] for row in asking.execute("select name from accounts_user")}
            assert {name for name, status in told.items() if status == 302} | {"before", "after"} <= kept
            assert not kept & {name for name, status in told.items() if status == 503}
        finally:
            server.kill()
            server.communicate()
            own.stop()


def save_until_refused(port: int, headers: dict[str, str], *, most: int = 2000, refusals: int = 5) -> dict[str, int]:
    """Add people until some were refused; return what each was told."""
    told: dict[str, int] = {}
    for number in range(most):
        told[f"during{number}"] = save(port, headers, f"during{number}")
        if sum(status != 302 for status in told.values()) >= refusals:
            break
    return told


def own_server(home: Path) -> tuple[subprocess.Popen, int]:
    """Start the server over the database `own` of the folder *home*."""
    port = free_port()
    environment = os.environ | {
        "PLACEWELL_MODE": "development",
        "PLACEWELL_HOME": str(home),
        "PLACEWELL_DATABASE": "own",
    }
    command = [sys.executable, "-m", "placewell.cli.main", "serve", "--port", str(port), "--workers", "1"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True), port


def take_all(filler: Path) -> None:
    """Write until nothing more fits."""
    with filler.open("wb", buffering=0) as out, contextlib.suppress(OSError):
        while True:
            out.write(bytes(1 << 12))
