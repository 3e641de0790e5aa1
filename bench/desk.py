"""Time the desk's pages at a large council: 2,000 children in care, 5,200 homes, 60 children who wait, in a database of its own.

    python -m bench.desk [--times 30] [--children 2000] [--homes 5200]

Milliseconds at the median and the 95th percentile through the whole application (row security, templates) without the
network: by the clock on the wall, and as the processor worked for it in this process and in the database's, which says the
same beside other work. And questions to the database. The council is made up here and dropped afterwards.
"""

import argparse
import datetime as dt
import os
import random
import re
import time
from importlib import import_module
from pathlib import Path

WAITING, PROVIDERS, SEED, TARGET_MS = 60, 300, 7, 300


def main() -> None:
    """Build, time, print, drop."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--times", type=int, default=30)
    words.add_argument("--children", type=int, default=2000)
    words.add_argument("--homes", type=int, default=5200)
    given = words.parse_args()
    os.environ.setdefault("PLACEWELL_MODE", "test")
    from placewell.cli import django_ready

    django_ready.start()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from placewell.gateways import postgres

    name = f"bench_desk_{os.getpid()}"
    postgres.ensure_database(name)
    try:
        for alias in ("default", "owner"):
            settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = name
        call_command("migrate", database="owner", verbosity=0)
        made, rows = _build(given.children, given.homes)
        _analyse()
        _time(made, rows, given.times)
    finally:
        for alias in ("default", "owner"):
            connections[alias].close()
        postgres.drop_database(name)


def _analyse() -> None:
    """Let the database know what it holds, as it would after a night."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("analyze")


class Watch:
    """Milliseconds since it was started: by the clock, and of the processor in this process and in the database's."""

    def __init__(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("select pg_backend_pid()")
            self._database = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")

    def start(self) -> None:
        """Start it."""
        self._began, self._busy = time.perf_counter(), self._worked()

    def read(self) -> tuple[float, float]:
        """Return what it shows: (by the clock, of the processor)."""
        return (time.perf_counter() - self._began) * 1000, self._worked() - self._busy

    def _worked(self) -> float:
        """Return the processor's milliseconds; without the database's where it runs elsewhere."""
        own = time.process_time() * 1000
        return own + int(self._database.read_text().split()[0]) / 1e6 if self._database.exists() else own


def _build(children: int, homes: int):
    """Make the council up; return it with the referrals of the children who wait."""
    from placewell.children.models import Child, Episode, Need
    from placewell.market.models import Home, Occupancy, Place, Provider, Registration
    from placewell.placements.models import Agreement, Placement, PriceLine
    from placewell.storage.context import Scope, acting
    from tests.factories import accounts
    from tests.factories import placements as desk

    draw = random.Random(SEED)
    spots = [("RM17 6SL", 561_500, 178_000), ("SS17 0AA", 568_000, 183_000), ("RM15 4AA", 557_000, 181_000)]
    council = accounts.council()
    with acting(Scope.of_council(council.pk)):
        made = desk.world(council, amount="900000000", places=2)
        others = [accounts.provider_organisation(f"Care {n}") for n in range(PROVIDERS)]
        providers = Provider.objects.bulk_create([Provider(organisation=each, name=each.name) for each in others])
        registrations = [
            Registration(
                provider=draw.choice(providers), urn=f"SC9{n:05}", kind="childrens_home", status="active", grade="good",
                registered_on=dt.date(2018, 4, 1), inspected_on=dt.date(2025, 6, 3), as_at=dt.date(2025, 3, 31),
            )
            for n in range(homes)
        ]  # fmt: skip
        Registration.objects.bulk_create(registrations, batch_size=1000)
        built = []
        for n, under in enumerate(registrations):
            postcode, east, north = draw.choice(spots)
            built.append(
                Home(
                    provider=under.provider, registration=under, reference=f"B{n:05}", kind="foster_home",
                    postcode=postcode, district=postcode.split()[0], area_code="E06000034", age_from=0, age_to=17,
                    easting=east + draw.randrange(-20_000, 20_000), northing=north + draw.randrange(-20_000, 20_000),
                )
            )  # fmt: skip
        Home.objects.bulk_create(built, batch_size=1000)
        places = [Place(home=home, provider=home.provider, number=k) for home in built for k in (1, 2)]
        Place.objects.bulk_create(places, batch_size=1000)
        _contracts(made, providers)
        lived = [
            Child(
                reference=f"D{n:05}", return_id=f"B{n}", given_name="Ada", family_name=f"Made-Up{n}",
                born_on=desk.TODAY - dt.timedelta(days=draw.randrange(400, 6400)), sex=draw.choice("FM"),
                home_postcode=draw.choice(spots)[0], social_worker=made.by["officer"],
            )
            for n in range(children)
        ]  # fmt: skip
        Child.objects.bulk_create(lived, batch_size=1000)
        started = dt.date(2025, 3, 1)
        Episode.objects.bulk_create([
            Episode(
                child=each, start_on=started, start_reason="S", legal_status="C2", main_need="N1", placement_type="U6",
                placement_provider="PR4",
            )
            for each in lived
        ], batch_size=1000)  # fmt: skip
        codes = ("autism", "attachment", "mental_health", "poses_violence", "vulnerable_to_violence")
        Need.objects.bulk_create(
            [Need(child=each, code=code, since=started) for each in lived for code in draw.sample(codes, 2)],
            batch_size=1000,
        )
        stays, agreements, lines, placements = [], [], [], []
        for n, child in enumerate(lived[WAITING:]):
            place = places[n * 2]
            common = {"provider": place.provider, "start_on": started}
            stays.append(Occupancy(place=place, council=council, use="occupied", **common))
            agreements.append(
                Agreement(
                    child=child, home=place.home, contract=made.contract, reference=f"A{n:06}", category="fostering",
                    end_on=dt.date(2027, 3, 1), drawn_up_by=made.by["officer"], state="in_force", **common,
                )
            )  # fmt: skip
            end_on = dt.date(2027, 3, 1)
            lines.append(
                PriceLine(agreement=agreements[-1], kind="accommodation", weekly_fee=900, end_on=end_on, **common)
            )
            kept = {"child": child, "home": place.home, "occupancy": stays[-1], "state": "started"}
            placements.append(Placement(agreement=agreements[-1], **kept, **common))
        for model, made_up in (
            (Occupancy, stays),
            (Agreement, agreements),
            (PriceLine, lines),
            (Placement, placements),
        ):
            model.objects.bulk_create(made_up, batch_size=1000)
    _analyse()  # what follows searches, and would be planned as for an empty council
    rows = []
    for n, child in enumerate(lived[:WAITING]):
        with acting(Scope.of_council(council.pk)):
            row = desk.referral(made, child=child, upto=("draft", "ready", "sent")[n % 3], needs=["autism"])
            if n % 3 == 2 and n % 2:
                desk.offer(made, row)
            rows.append(row)
    return made, rows


def _contracts(made, providers) -> None:
    from decimal import Decimal

    from django.db.backends.postgresql.psycopg_any import NumericRange

    from placewell.contracts.models import Contract, Rate

    dates = {"start_on": made.contract.start_on, "end_on": made.contract.end_on}
    contracts = Contract.objects.bulk_create(
        Contract(lot=made.contract.lot, provider=each, reference=f"K{n}", tier=1 + n % 3, **dates)
        for n, each in enumerate(providers)
    )
    Rate.objects.bulk_create(
        Rate(
            contract=each, ages=NumericRange(0, 18), need_level="standard", weekly_fee=Decimal(850 + n),
            start_on=each.start_on,
        )
        for n, each in enumerate(contracts)
    )  # fmt: skip


def _time(made, rows, times: int) -> None:
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    import_module("placewell.config.wsgi")  # as the server loads and settles everything before its first request
    settings.ALLOWED_HOSTS = ["testserver"]
    sent = next(row for row in rows if row.state == "sent" and row.pk)
    pages = {
        "officer": (
            "/", "/placements/", "/placements/referrals/", f"/placements/referrals/{sent.pk}/",
            f"/placements/referrals/{sent.pk}/search/", f"/placements/referrals/{sent.pk}/release/",
            f"/placements/referrals/{sent.pk}/compare/", "/placements/referrals/suggest/",
        ),
        "manager": ("/",),
        "staff": ("/", "/placements/sent-to-us/"),
    }  # fmt: skip
    print(
        f"{'who':8} {'page':34} {'status':>6} {'questions':>9} {'median ms':>9} {'p95 ms':>7} {'CPU ms':>7} {'p95':>7}"
    )
    for who, paths in pages.items():
        client = Client()
        client.force_login(made.by[who])
        for path in paths:
            client.get(path)
            took, worked, watch = [], [], Watch()
            for _ in range(times):
                watch.start()
                answer = client.get(path)
                clock, processor = watch.read()
                took.append(clock)
                worked.append(processor)
            with CaptureQueriesContext(connection) as asked:
                client.get(path)
            _tell(who, path.replace(str(sent.pk), "…"), answer.status_code, len(asked), took, worked)
    _time_release(made, rows, times)


def _time_release(made, rows, times: int) -> None:
    """Time releasing a referral to forty providers: it searches, freezes what it showed, and writes each mail."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.force_login(made.by["officer"])
    ready = [f"/placements/referrals/{row.pk}/release/" for row in rows if row.state == "ready"][: times + 1]
    took, worked, asked, status, watch = [], [], 0, 0, Watch()
    for path in ready:
        form = client.get(path).content.decode()
        given = {"provider_ids": re.findall(r'name="provider_ids" value="([^"]+)"', form)[:40], "hours": 24}
        if not asked:  # the questions of the first are kept, which takes longer than asking them; the others are timed
            with CaptureQueriesContext(connection) as questions:
                client.post(path, given)
            asked = len(questions)
            continue
        watch.start()
        status = client.post(path, given).status_code
        clock, processor = watch.read()
        took.append(clock)
        worked.append(processor)
    _tell("officer", "POST …/release/ (40 providers)", status, asked, took, worked)


def _tell(who: str, told: str, status: int, asked: int, took: list[float], worked: list[float]) -> None:
    """Print one line of the table."""
    p95, cpu95 = (sorted(each)[max(0, int(len(each) * 0.95) - 1)] for each in (took, worked))
    median, cpu = sorted(took)[len(took) // 2], sorted(worked)[len(worked) // 2]
    slow = "  over 300" if p95 > TARGET_MS else ""
    print(
        f"{who:8} {told:34} {status:6} {asked:9} {median:9.0f} {p95:7.0f} {cpu:7.0f} {cpu95:7.0f}{slow}",
        flush=True,
    )


if __name__ == "__main__":
    main()
