"""Reconcile every year of a council with its nights, to the penny, by a reckoning of its own: `placewell demo` first.

It reads the tables by plain SQL and knows nothing of the package's rules: each night's pence is what the rounded running
total of its price line grows by (weekly fee / 7 × nights, half a penny away from nought). It then compares, for each decision
and year: the nights, the rows kept by year, the envelope's kept sum, and the charges of each agreed invoice line.
Run: `.venv/bin/python -m bench.reconcile`. It ends with 1 when a penny differs.
"""

import datetime as dt
import os
import sys
import time
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

LIVE = "select c.id, c.decision_id, c.weekly_fee, c.start_on, c.end_on from budget_commitment c where c.state = 'live'"
YEARS = (
    "select c.decision_id, y.financial_year, sum(y.amount) from budget_commitmentyear y "
    "join budget_commitment c on c.id = y.commitment_id where c.state = 'live' group by 1, 2"
)
ENVELOPES = "select decision_id, financial_year, committed from budget_envelope"
LINES = (
    "select l.id, l.amount, sum(h.amount) from budget_invoiceline l join budget_charge h on h.line_id = l.id and h.is_live "
    "where l.state in ('agreed', 'in_pay_run', 'paid') group by 1, 2 having l.amount <> sum(h.amount)"
)


def pence(fee: Decimal, nights: int) -> int:
    """Return what *nights* cost in whole pence."""
    exact = Fraction(fee) * 100 * nights / 7
    whole = int(abs(exact) + Fraction(1, 2))
    return -whole if exact < 0 else whole


def year_of(day: dt.date) -> int:
    """Return the financial year of *day*."""
    return day.year - (day < dt.date(day.year, 4, 1))


def nights_by_year(rows) -> dict[tuple, int]:
    """Return pence by (decision, year), night by night."""
    found: dict[tuple, int] = defaultdict(int)
    for _, decision, fee, start_on, end_on in rows:
        before, day = 0, start_on
        for night in range(1, (end_on - start_on).days + 1):
            total = pence(fee, night)
            found[decision, year_of(day)] += total - before
            day, before = day + dt.timedelta(days=1), total
    return {key: value for key, value in found.items() if value}


def differences(ask) -> tuple[list[str], int, int]:
    """Return what differs, in words, the number of commitments and the number of nights; *ask* runs a query."""
    rows = ask(LIVE)
    nights = nights_by_year(rows)
    kept = {(decision, year): int(amount * 100) for decision, year, amount in ask(YEARS) if amount}
    wrong = [
        f"{year}: nights {nights.get((decision, year), 0)}p, kept by year {kept.get((decision, year), 0)}p"
        for decision, year in sorted(set(nights) | set(kept), key=str)
        if nights.get((decision, year), 0) != kept.get((decision, year), 0)
    ]
    for decision, year, committed in ask(ENVELOPES):
        if int(committed * 100) != nights.get((decision, year), 0):
            wrong.append(f"{year}: envelope {committed}, nights {nights.get((decision, year), 0)}p")
    wrong += [f"line {line}: {amount} against {charged}" for line, amount, charged in ask(LINES)]
    return wrong, len(rows), sum((end - start).days for *_, start, end in rows)


def main() -> int:
    """Reconcile the database that the settings name, the demo council's where they name none."""
    if not {"PLACEWELL_MODE", "PLACEWELL_DATABASE", "DATABASE_URL"} & set(os.environ):
        os.environ |= {"PLACEWELL_MODE": "demo", "PLACEWELL_DATABASE": "placewell_demo"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "placewell.config.settings")
    import django

    django.setup()
    from django.db import connections

    from placewell.accounts.queries import councils
    from placewell.storage.context import Scope, acting

    def ask(sql: str) -> list[tuple]:
        with connections["default"].cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    found, started = 0, time.process_time()
    for council in councils():
        with acting(Scope.of_council(council.pk)):
            wrong, count, nights = differences(ask)
        print(f"{council.name}: {count:,} commitments, {nights:,} nights, {len(wrong)} differences")
        for each in wrong:
            print(f"  {each}")
        found += len(wrong)
    print(f"{time.process_time() - started:.1f} s of CPU")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
