"""What was killed comes back, and what started it takes the rest along."""

import ast
import fcntl
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

from placewell.config.environment import kept_secret  # noqa: F401 - imported as the settings do
from placewell.gateways import cluster as clusters
from placewell.gateways import postgres
from placewell.gateways.kept_files import kept_once
from tests import databases
from tests.setup.test_processes import ROOT, ask, cluster, free_port  # noqa: F401 - a fixture

embedded = pytest.mark.skipif(
    bool(os.environ.get("DATABASE_URL")), reason="these start the embedded PostgreSQL, and a server was named"
)


def test_a_secret_is_whole_and_one_for_all(tmp_path):
    path, read, start = tmp_path / "secret", [], threading.Barrier(16)

    def reader(number: int) -> None:
        start.wait()
        read.append(kept_once(path, lambda: f"{number:02d}" * 1000))

    threads = [threading.Thread(target=reader, args=[number]) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(read)) == 1
    assert len(read[0]) == 2000
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


@embedded
def test_a_killed_cluster_comes_back_on_its_port(cluster):  # noqa: F811
    before = cluster.start()
    os.kill(cluster._pid(), signal.SIGKILL)
    time.sleep(0.5)
    assert not cluster.is_running()
    assert cluster.start() == before


@embedded
def test_a_number_that_is_somebody_elses_now_is_not_the_cluster(cluster):  # noqa: F811
    cluster.start()
    lock = cluster.data / "postmaster.pid"
    kept = lock.read_text()
    cluster.stop()
    lock.write_text(re.sub(r"^\d+", str(os.getpid()), kept))
    if cluster.user:
        os.chown(lock, cluster.user.pw_uid, cluster.user.pw_gid)
    assert not cluster.is_running()
    assert ask(cluster.start(), "select 1") == 1


@embedded
def test_a_making_that_was_cut_off_is_made_again(cluster):  # noqa: F811
    making = cluster.data.with_suffix(".making")
    making.mkdir()
    (making / "PG_VERSION").write_text("18\n")
    assert ask(cluster.start(), "select 1") == 1
    assert not making.exists()


@embedded
def test_the_last_to_leave_stops_it(cluster):  # noqa: F811
    code = (
        "import sys; from pathlib import Path; from placewell.gateways.cluster import Cluster; "
        "Cluster(Path(sys.argv[1])).start(); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(cluster.folder)]
    cluster.start()
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) as other:
        other.communicate(b"", timeout=60)
    assert cluster.is_running()  # this process uses it still
    cluster.leave()
    assert not cluster.is_running()


@pytest.fixture
def administrator(cluster):  # noqa: F811
    """The address of somebody who may create roles and databases, and is no superuser; it names no database yet."""
    url = cluster.start()
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("create role chief login createrole createdb password 'chief'")
        # Extensions that PostgreSQL does not trust to others were added by whoever runs the server.
        for extension in postgres.EXTENSIONS:
            server.execute(f"create extension if not exists {extension}")
    return re.sub(r"//[^@]+@(.*)/postgres", r"//chief:chief@\1/a_new_one", url)


@embedded
def test_an_administrators_address_makes_the_database_again_and_again(administrator, monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", administrator)
    monkeypatch.delenv("PLACEWELL_DATABASE", raising=False)
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    monkeypatch.setenv("PLACEWELL_HOME", str(tmp_path / "home"))
    for _ in range(2):
        postgres.urls.cache_clear()
        found = postgres.urls()
        assert ask(found.app, "select current_user || current_database()") == "placewell_appa_new_one"
    postgres.urls.cache_clear()


@embedded
def test_many_who_prepare_one_database_at_once_all_succeed(administrator, tmp_path):
    code = "from placewell.gateways import postgres; print(postgres.urls().app)"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE", "PLACEWELL"))} | {
        "DATABASE_URL": administrator,
        "PLACEWELL_HOME": str(tmp_path / "home"),
    }
    many = [
        subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment, stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    assert len({one.communicate(timeout=90)[0] for one in many}) == 1
    assert [one.returncode for one in many] == [0] * 4


@pytest.mark.parametrize("old", [(3, 6, 0), (3, 8, 18), (3, 10, 12)], ids=str)
def test_an_old_python_is_told_what_to_do(old):
    """It must be able to read the file, and reach the sentence before anything that it does not know."""
    setup = ROOT / "tools" / "setup.py"
    ast.parse(setup.read_text(), feature_version=old[:2])
    code = (
        f"import runpy, sys; sys.version_info = {old}; sys.version = '{'.'.join(map(str, old))}'; "
        f"runpy.run_path({str(setup)!r}, run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr
    assert ".".join(map(str, old)) in done.stderr
    assert "Traceback" not in done.stderr
    # Annotations such as `list[Path]` are read when a function is defined: the sentence comes before the first.
    body = ast.parse(setup.read_text()).body
    refusal = next(i for i, each in enumerate(body) if isinstance(each, ast.If) and "version_info" in ast.dump(each))
    assert all(isinstance(each, ast.Import | ast.ImportFrom | ast.Expr) for each in body[:refusal])


def demo_of(home: Path, database: str):
    """Start a demo's server and worker over a database; yield its process and its address, and stop it."""
    port = free_port()
    code = f"import sys; from placewell.cli import demo; sys.exit(demo.serve({port}))"
    environment = os.environ | {
        "PLACEWELL_MODE": "demo",
        "PLACEWELL_DATABASE": database,
        "PLACEWELL_HOME": str(home),
    }
    started = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment)
    yield started, f"http://127.0.0.1:{port}/ready/"
    started.terminate()
    started.wait(timeout=60)


@pytest.fixture
def demo(django_db_setup):
    """A demo over this test's database."""
    from django.conf import settings

    yield from demo_of(postgres.home(), settings.DATABASES["default"]["NAME"])


def own_database(home: Path, source: str = "") -> str:
    """Make a cluster in the folder *home* with the database `own`, a copy of *source* or else migrated and empty.

    Return the address of its owner.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLACEWELL_HOME", str(home))
        postgres.urls.cache_clear()
        address = postgres.urls("own").owner
    postgres.urls.cache_clear()
    databases.carry(postgres.Cluster(home), "own", source)
    return address


@pytest.fixture
def own_demo(tmp_path):
    """A demo with a PostgreSQL of its own, that may be killed; yields its folder too."""
    own_database(tmp_path)
    for made in demo_of(tmp_path, "own"):
        yield tmp_path, *made
    postgres.Cluster(tmp_path).stop()


def answers(url: str, *, within: float) -> bool:
    """Tell whether *url* answers that it is ready, before that many seconds have passed."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            if urllib.request.urlopen(url, timeout=2).status == 200:
                return True
        except OSError:
            time.sleep(0.2)
    return False


def silent(url: str, *, within: float) -> bool:
    """Tell whether nobody listens at *url* before that many seconds have passed."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=2)
        except ConnectionRefusedError:
            return True
        except OSError as error:
            if isinstance(getattr(error, "reason", None), ConnectionRefusedError):
                return True
        time.sleep(0.2)
    return False


def children_of(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")


@needs_proc
@embedded
def test_a_killed_demo_takes_its_server_and_worker_along(demo):
    started, url = demo
    assert answers(url, within=60)
    children = children_of(started.pid)
    started.kill()
    assert silent(url, within=60)
    until = time.monotonic() + 60
    while any(Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children):
        assert time.monotonic() < until, "a process of the demo lives on"
        time.sleep(0.2)


@needs_proc
@embedded
def test_a_demo_brings_its_server_back(demo):
    started, url = demo
    assert answers(url, within=60)
    for pid in children_of(started.pid):
        os.kill(pid, signal.SIGKILL)
    assert silent(url, within=30)
    assert answers(url, within=60)


@needs_proc
@embedded
def test_a_demo_brings_its_postgresql_back(own_demo):
    home, started, url = own_demo
    assert answers(url, within=60)
    os.kill(postgres.Cluster(home)._pid(), signal.SIGKILL)
    assert answers(url, within=60)
    assert started.poll() is None


@embedded
def test_a_server_that_a_killed_starter_left_starting_is_waited_for(cluster):  # noqa: F811
    """A starter may be killed while PostgreSQL starts; the next must not hand out an address that refuses."""
    cluster.start()
    lock = cluster.data / "postmaster.pid"
    ready = lock.read_text()
    lock.write_text(ready.replace("ready   ", "starting"))
    assert cluster.is_running()
    assert not cluster.is_ready()
    threading.Timer(1.5, lambda: lock.write_text(ready)).start()
    assert ask(cluster.start(), "select 1") == 1
    assert cluster.is_ready()


@embedded
def test_a_second_demo_of_a_folder_is_refused_before_it_touches_the_database(tmp_path):
    environment = os.environ | {"PLACEWELL_HOME": str(tmp_path)}
    (tmp_path / "demo.pid").write_text("1")
    with (tmp_path / "demo.pid").open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        for words in (["--rebuild", "--build-only"], ["--port", str(free_port())]):
            done = subprocess.run(
                [sys.executable, "-m", "placewell.cli.main", "demo", *words],
                cwd=ROOT,
                env=environment,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert done.returncode == 2
            assert "runs already" in done.stderr
    assert not (tmp_path / "pgdata").exists()


def test_a_demo_outlives_a_postgresql_that_does_not_start_at_once(monkeypatch, tmp_path):
    from placewell.cli import demo as demos

    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/x")
    monkeypatch.setattr(demos.time, "sleep", lambda _: None)
    kept = demos.Kept(dict(os.environ))

    class Failing:
        tries = 0

        def is_ready(self):
            return self.tries > 2

        is_running = is_ready

        def start(self):
            self.tries += 1
            if self.tries <= 2:
                raise postgres.NoDatabase("no room left")
            return kept.url

        def url(self):
            return kept.url

    failing = Failing()
    assert [kept._has_database(failing) for _ in range(4)] == [False, False, True, True]


def test_unsafe_settings_of_the_database_stop_production(monkeypatch, settings, db):
    from placewell.cli import check, serve
    from placewell.kernel.errors import Refused

    settings.PRODUCTION = True
    monkeypatch.setitem(check.SAFE, "fsync", ("never", "this is a test"))
    with pytest.raises(Refused, match="fsync"):
        serve.refuse_when_unsafe()


def test_the_addresss_query_reaches_the_driver():
    from placewell.config.settings import _database

    assert _database("postgresql://x@y/z?sslmode=require")["OPTIONS"]["sslmode"] == "require"


def test_no_number_has_no_process():
    assert not Path(f"/proc/{clusters.NOBODY.read_text().strip()}").exists()


def test_a_librarys_line_is_written_and_not_its_failure():
    """A pool that reconnects says so in one line, not in a traceback with its arguments."""
    import logging

    formatters = [each.formatter for each in logging.getLogger().handlers]
    formatter = next(each for each in formatters if "structlog" in type(each).__module__)
    record = logging.LogRecord("psycopg.pool", logging.WARNING, "x.py", 1, "error connecting in %r", ("pool-1",), None)
    assert "pool-1" in formatter.format(record)
