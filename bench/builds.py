"""Build the made-up council twice and compare every table; count the processor's seconds and the statements of a build.

    python -m bench.builds [--once]

Two builds are equal but for what is drawn anew on purpose, or read from the clock: keys and references that nobody can guess,
passwords, sealed bids and their decoys, the week's unannounced visits (by lot), and when or how long something ran.
"""

import argparse
import difflib
import os
import re
import resource
import sys
import time
from pathlib import Path

DATABASES = ("placewell_build_a", "placewell_build_b")
# Tables that are drawn by lot or sealed with fresh keys: their numbers of rows and their contents differ on purpose.
DRAWN = frozenset(
    ("audit_link", "tenders_keyholder", "tenders_notice", "tenders_opening", "tenders_piece", "tenders_procurement",
     "visits_plan", "visits_plannedvisit")
)  # fmt: skip
# Of the others: what differs on purpose, with what stands in its place.
MASKED = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{32,}\b"), "KEY"),
    (re.compile(r"\b[A-Z]{1,3}-[0-9A-Z]{6}\b|\bP\d{6}-[0-9A-Z]{4}\b"), "REFERENCE"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d{3,}\+00:00"), "NOW"),
    (re.compile(r'("(?:password|draws)": )"[^"]*"|("(?:seconds|bound|objective|unannounced)": )[\d.]+'), r"\1\2IT"),
)


def main() -> None:
    """Run and print; end with 1 when two builds differ."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--once", action="store_true", help="build once, and compare nothing")
    once = words.parse_args().once
    os.environ["PLACEWELL_MODE"] = "demo"
    found = [_built(name) for name in DATABASES[: 1 if once else 2]]
    differ = [line for line in difflib.unified_diff(*found, n=0, lineterm="") if line[:1] in "+-"] if not once else []
    if not once:
        print(f"{len(found[0])} rows compared, {len(differ)} lines differ")
        print("\n".join(line[:300] for line in differ[:40]))
    sys.exit(bool(differ))


def _built(name: str) -> list[str]:
    """Build a council in the database *name*, say what it cost, and return its rows as text, in order; drop the database."""
    os.environ["PLACEWELL_DATABASE"] = name
    if (child := os.fork()) == 0:  # a process of its own: settings are read once
        os._exit(_build())
    if os.waitpid(child, 0)[1]:
        raise SystemExit("The build failed: see above.")
    from placewell.gateways import postgres

    try:
        return sorted(_rows(name))
    finally:
        postgres.drop_database(name)


def _build() -> int:
    from placewell.cli import demo
    from placewell.gateways import postgres

    postgres.urls()
    servers, began = _servers_cpu(), time.perf_counter()
    demo.build(rebuild=True)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        f"{time.perf_counter() - began:.1f} s by the clock, processor: Python {used.ru_utime + used.ru_stime:.1f} s, "
        f"PostgreSQL {_servers_cpu() - servers:.1f} s",
        flush=True,
    )
    return 0


def _servers_cpu() -> float:
    """Return the seconds of the processor that our own PostgreSQL and its ended and living children have used."""
    from placewell.gateways import postgres

    server, ticks = (postgres.Cluster(postgres.home()).data / "postmaster.pid").read_text().split()[0], 0
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                line = (each / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            last = 15 if each.name == server else 13 if line[1] == server else 11
            ticks += sum(int(number) for number in line[11:last])
    return ticks / os.sysconf("SC_CLK_TCK")


def _rows(name: str):
    """Yield every row of the database *name* as text with its table, what differs on purpose masked."""
    import psycopg
    from psycopg import sql

    from placewell.gateways import postgres

    # as the administrator, whom no row security binds
    with psycopg.connect(postgres._with_database(postgres.admin_url(), name)) as link:
        tables = "select tablename from pg_tables where schemaname = 'public' and tablename !~ '^(django|procrastinate|auth_)'"
        for (table,) in link.execute(tables).fetchall():
            if table in DRAWN:
                continue
            for (row,) in link.execute(sql.SQL("select to_jsonb(t)::text from {} t").format(sql.Identifier(table))):
                text = row
                for known, mask in MASKED:
                    text = known.sub(mask, text)
                yield f"{table} {text}"


if __name__ == "__main__":
    main()
