"""Time the imports of the published register and of the sample returns, each on an empty council.

    python -m bench.imports [--data ../shared/data]

A file that is not there is left out. Prints seconds of the clock for the preview and for the import.
"""

import argparse
import datetime as dt
import os
import time
from pathlib import Path

RETURNS = ("demand_model_2017_2021", "demand_model_regional_v1", "fake_903.xml")
REGISTERS = (2019, 2025)


def main() -> None:
    """Run and print."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--data", type=Path, default=Path("../shared/data"))
    data = words.parse_args().data
    os.environ |= {"PLACEWELL_MODE": "development", "PLACEWELL_DATABASE": "placewell_bench"}
    from placewell.gateways import postgres

    postgres.drop_database("placewell_bench")
    postgres.urls.cache_clear()
    from placewell.cli import django_ready

    django_ready.start()
    from django.core.management import call_command

    call_command("migrate", database="owner", verbosity=0, interactive=False)
    print(f"{'file':32} {'rows':>8} {'preview s':>10} {'import s':>9}")
    try:
        _returns(data / "ssda903_fake")
        _registers(data / "ofsted_providers")
    finally:
        from django.db import connections

        connections.close_all()
        postgres.drop_database("placewell_bench")


def _person(role: str, number: int):
    """Return somebody with *role* in a council of their own, and act for it."""
    from placewell.accounts import actions
    from placewell.storage.context import Scope, enter

    now = dt.datetime.now(dt.UTC)
    first = actions.found_council(
        name=f"Council {number}",
        area_code=f"E0600{number:04d}",
        administrator_email=f"a{number}@bench.example",
        now=now,
    )
    council = first.organisation
    enter(Scope.of_council(council.pk))
    person = actions.add_person(
        name="A B", email=f"b{number}@bench.example", organisation_id=council.pk, by=first, now=now
    )
    actions.give_post(user_id=person.pk, role=role, start_on=dt.date(2017, 1, 1), by=first, now=now)
    return person, now


def _timed(name: str, rows: int, preview, bring) -> None:
    from django.db import transaction

    took = []
    for work in (preview, bring):
        began = time.monotonic()
        with transaction.atomic():
            work()
        took.append(time.monotonic() - began)
    print(f"{name:32} {rows:8,} {took[0]:10.2f} {took[1]:9.2f}", flush=True)


def _returns(folder: Path) -> None:
    from django.db import transaction

    from placewell.children import actions
    from placewell.gateways import given_files

    for number, name in enumerate(RETURNS):
        if not (folder / name).exists():
            continue
        files = given_files.from_paths([folder / name])
        with transaction.atomic():
            person, now = _person("analyst", number)
            given = {"files": files, "by": person, "now": now}
            _timed(
                name,
                sum(file.data.count(b"\n") for file in files),
                lambda given=given: actions.import_return(**given, dry_run=True),
                lambda given=given: actions.import_return(**given),
            )


def _registers(folder: Path) -> None:
    from django.db import transaction

    from placewell.gateways import given_files
    from placewell.market import actions

    for number, year in enumerate(REGISTERS):
        path = folder / f"provider_at_march_{year}.csv"
        if not path.exists():
            continue
        files = given_files.from_paths([path])
        with transaction.atomic():
            person, now = _person("commissioner", 90 + number)
            given = {"files": files, "as_at": dt.date(year, 3, 31), "by": person, "now": now}
            _timed(
                path.name,
                files[0].data.count(b"\n"),
                lambda given=given: actions.import_register(**given, dry_run=True),
                lambda given=given: actions.import_register(**given),
            )


if __name__ == "__main__":
    main()
