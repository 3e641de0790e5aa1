"""PostgreSQL and the server as processes: started together, killed, stopped."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

from placewell.gateways import postgres

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(
    bool(os.environ.get("DATABASE_URL")), reason="these start the embedded PostgreSQL, and a server was named"
)


@pytest.fixture
def cluster(tmp_path):
    made = postgres.Cluster(tmp_path / "a rather long folder name with spaces" / "var")
    yield made
    made.stop()


def ask(url: str, what: str):
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(what).fetchone()[0]


def test_a_cluster_starts_stops_and_starts_again(cluster):
    assert ask(cluster.start(), "show fsync") == "on"
    cluster.stop()
    assert not cluster.is_running()
    assert ask(cluster.start(), "show data_checksums") == "on"


def test_it_comes_back_after_being_killed(cluster):
    cluster.start()
    pid = int((cluster.data / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.5)
    assert ask(cluster.start(), "select 1") == 1


def test_four_starters_at_once_get_one_server(tmp_path):
    code = (
        "import sys; from pathlib import Path; from placewell.gateways.cluster import Cluster; "
        "print(Cluster(Path(sys.argv[1])).start(), flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "var")]
    starters = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    addresses = {starter.stdout.readline().strip() for starter in starters}
    assert len(addresses) == 1
    assert ask(addresses.pop(), "select 1") == 1
    for starter in starters:
        starter.communicate(timeout=60)
    assert not postgres.Cluster(tmp_path / "var").is_running()


def test_no_password_no_entry(cluster):
    url = cluster.start()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url.replace(cluster.password_file.read_text(), "wrong"))


def started(*words: str, apart: bool = False) -> subprocess.Popen:
    """Start a command of Placewell over this test's database; *apart*, so that it can be killed with all that it starts."""
    from django.conf import settings

    environment = os.environ | {
        "PLACEWELL_MODE": "development",
        "PLACEWELL_DATABASE": settings.DATABASES["default"]["NAME"],
    }
    command = [sys.executable, "-m", "placewell.cli.main", *words]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=apart
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_the_server_answers_and_stops_when_told(django_db_setup, django_db_blocker):
    port = free_port()
    server = started("serve", "--port", str(port), "--workers", "1")
    try:
        deadline, answer = time.monotonic() + 40, ""
        while time.monotonic() < deadline and not answer:
            try:
                answer = urllib.request.urlopen(f"http://127.0.0.1:{port}/ready/", timeout=2).read().decode()
            except OSError:
                time.sleep(0.2)
        assert answer == "ready"
    finally:
        server.send_signal(signal.SIGTERM)
        words = server.communicate(timeout=30)[1]
    assert server.returncode == 0, words


def test_the_worker_knows_the_jobs_of_every_room_and_runs_them(committed):
    """A job that only the asker knows is never done: so each is asked for here by name, and done by the process."""
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.models import ProcrastinateJob as Job

    written = sum(path.read_text().count("@app.task(") for path in (ROOT / "placewell").glob("*/jobs.py"))
    ours = {name: task for name, task in app.tasks.items() if task.func.__module__.startswith("placewell.")}
    assert len(ours) == written > 0
    by_the_clock = [name for name in ours if name.startswith("placewell.")]  # a page asks for the others
    numbers = [app.configure_task(name).defer(timestamp=0) for name in by_the_clock]
    worker = started("worker")
    try:
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline and Job.objects.filter(pk__in=numbers, status__in=("todo", "doing")).exists():
            time.sleep(0.2)
    finally:
        worker.send_signal(signal.SIGTERM)
        words = worker.communicate(timeout=40)[1]
    assert worker.returncode == 0, words
    assert set(Job.objects.filter(pk__in=numbers).values_list("status", flat=True)) == {"succeeded"}, words


FORKED = """
import os, sys, threading
from placewell.cli import django_ready, serve
django_ready.start()
from django.db import connection
connection.cursor().execute("select 1")
connection.close()
if sys.argv[1] == "leave":
    serve.leave_the_pool()
if child := os.fork():
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
all_of_them, answered = threading.Barrier(5, timeout=4), []
def ask():
    with connection.cursor() as cursor:
        cursor.execute("select 1")
        all_of_them.wait()
    answered.append(1)
asking = [threading.Thread(target=ask, daemon=True) for _ in range(5)]
[one.start() for one in asking]
[one.join(1.5) for one in asking]
os._exit(0 if len(answered) == 5 else 3)
"""


@pytest.mark.parametrize(("how", "code"), [("leave", 0), ("keep", 3)])
def test_a_forked_process_fills_a_pool_of_its_own(django_db_setup, how, code):
    """Kept over a fork, the pool has nobody to make connections: several at once, or one after a crash, wait for ever."""
    from django.conf import settings

    database = {"PLACEWELL_MODE": "development", "PLACEWELL_DATABASE": settings.DATABASES["default"]["NAME"]}
    done = subprocess.run(
        [sys.executable, "-c", FORKED, how], cwd=ROOT, env=os.environ | database, capture_output=True, check=False
    )
    assert done.returncode == code, done.stderr


@pytest.mark.parametrize(
    ("environment", "advice"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set"),
        ({"DATABASE_URL": "postgresql://x@127.0.0.1:1/x"}, "SECRET_KEY is not set"),
        ({"DATABASE_URL": "postgresql://x@127.0.0.1:1/x", "SECRET_KEY": "x"}, "ALLOWED_HOSTS is not set"),
        ({"DATABASE_URL": "postgresql://x@127.0.0.1:1/x", "SECRET_KEY": "x", "ALLOWED_HOSTS": "x"}, "does not answer"),
    ],
)
def test_production_refuses_with_advice(environment, advice):
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PLACEWELL", "DATABASE"))}
    done = subprocess.run(
        [sys.executable, "-m", "placewell.cli.main", "serve"],
        cwd=ROOT,
        env=clean | {"PLACEWELL_MODE": "production"} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert advice in done.stderr
    assert "Traceback" not in done.stderr
