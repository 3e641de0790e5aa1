"""Time the import of 16,000 payment lines in twelve layouts against a council's commitments; say why each did not agree.

Run: `.venv/bin/python -m bench.payments [lines]`. It works in a database of its own, which it drops. One line in
twenty is made wrong (another price, nights that are not agreed, no reference, twice, a word for an amount).
"""

import csv
import datetime as dt
import io
import os
import sys
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

os.environ.setdefault("PLACEWELL_MODE", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "placewell.config.settings")
NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
START, END = dt.date(2024, 4, 1), dt.date(2026, 4, 6)
HEADINGS = (
    ("Placement ref", "Supplier", "Invoice no", "From", "Last night", "Amount"),
    ("Agreement reference", "Provider", "Invoice", "Start date", "Last night", "Net"),
    ("IPA ref", "Vendor name", "Document no", "Period from", "Last night", "Line total"),
    ("PO number", "Supplier name", "Transaction number", "Service from", "Last night", "Net amount"),
    ("Your ref", "Payee", "Voucher", "Date from", "Last night", "Value"),
    ("Order no", "Creditor", "Inv no", "From date", "To inclusive", "Charge"),
    ("Reference", "Company", "Schedule no", "First night", "To incl", "Total"),
    ("Service agreement", "Beneficiary name", "Doc no", "Charge from", "Last day charged", "Cost"),
    ("Package ID", "Provider name", "Invoice reference", "Service start date", "End date inclusive", "Amount (GBP)"),
    ("Purchase order number", "Vendor", "Invoice number", "Period start", "Last night", "Line amount"),
    ("Client reference", "Supplier", "Transaction ID", "W/C", "Last night", "Amount due"),
    ("Ref", "Provider", "Inv ref", "Week commencing", "Last night", "Net value"),
)


def files(references: list[tuple[str, str]], lines: int) -> list[tuple[str, bytes]]:
    """Return twelve files that hold *lines* lines together; *references* are (agreement, supplier)."""
    found, number = [], 0
    for place, headings in enumerate(HEADINGS):
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow([f"Estuary Council: payments, layout {place + 1}"])
        writer.writerow(headings)
        for _ in range(lines // len(HEADINGS) + (place < lines % len(HEADINGS))):
            reference, supplier = references[number % len(references)]
            week = START + dt.timedelta(days=7 * (number // len(references)))
            row = [
                reference,
                supplier,
                f"L{place}-{number // 400}",
                f"{week:%d/%m/%Y}",
                f"{week + dt.timedelta(days=6):%d/%m/%Y}",
                "910.00",
            ]
            if number % 20 == 0:
                row = wrong(row, number // 20)
            writer.writerow(row)
            number += 1
        found.append((f"layout-{place + 1}.csv", text.getvalue().encode()))
    return found


def wrong(row: list[str], number: int) -> list[str]:
    """Return *row* with one thing wrong."""
    changed = list(row)
    place, value = ((5, "999.99"), (3, "01/04/2031"), (0, ""), (5, "as agreed"), (0, "A-WRNG22"))[number % 5]
    changed[place] = value
    if place == 3:
        changed[4] = "07/04/2031"
    return changed


def main() -> None:
    """Make the council, take the files in, and print what came of the lines."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from placewell.gateways import postgres
    from placewell.storage.context import Scope, acting

    lines, name = int(sys.argv[1]) if len(sys.argv) > 1 else 16_000, f"bench_payments_{os.getpid()}"
    postgres.ensure_database(name)
    for alias in ("default", "owner"):
        connections[alias].close()
        settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = name
    try:
        call_command("migrate", database="owner", verbosity=0)
        from tests.factories import accounts

        council = accounts.council()
        with acting(Scope.of_council(council.pk)):
            run(council, lines)
    finally:
        for alias in ("default", "owner"):
            connections[alias].close()
        postgres.drop_database(name)


def spent_by_the_database() -> float:
    """Return the seconds of CPU that this connection's server process has used; 0 where the system does not tell."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        told = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not told.exists():
        return 0.0
    user, system = told.read_text().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def run(council, lines: int) -> None:
    """Take in *lines* lines and print the time and the outcome."""
    from placewell.budget import actions, models
    from placewell.gateways.given_files import GivenFile
    from tests.factories import accounts, governance, market

    officer, decision = accounts.person("placements_officer", organisation=council), governance.decision()
    letters, references, rows = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", [], []
    providers = [market.provider() for _ in range(60)]
    for number in range(320):
        provider = providers[number % len(providers)]
        reference = "A-" + "".join(letters[number // 32**power % 32] for power in range(6))
        given = {"decision": decision, "provider": provider, "category": "fostering", "source": f"bench:{number}"}
        terms = {"reference": reference, "line": "care", "weekly_fee": Decimal("910"), "start_on": START, "end_on": END}
        rows.append(models.Commitment(council_id=council.pk, **given, **terms))
        references.append((reference, provider.name))
    models.Commitment.objects.bulk_create(rows)
    made = [GivenFile(name, data) for name, data in files(references, lines)]
    cpu, wall, theirs = time.process_time(), time.perf_counter(), spent_by_the_database()
    for file in made:
        actions.receive_file(file=file, by=officer, now=NOW)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    theirs = spent_by_the_database() - theirs
    kept = models.InvoiceLine.objects.all()
    print(
        f"{kept.count():,} lines in {len(made)} layouts: {wall:.1f} s, {cpu:.1f} s of CPU here, {theirs:.1f} in PostgreSQL"
    )
    print("  ", dict(Counter(kept.values_list("state", flat=True))))
    for why, count in Counter(kept.exclude(why="").values_list("why", flat=True)).most_common():
        print(f"   {why}: {count:,}, for example “{kept.filter(why=why).first().told}”")
    print("   unexplained:", kept.filter(state="queried", told="").count())


if __name__ == "__main__":
    main()
