"""Three hundred people commit against a nearly full envelope. It is filled exactly; without the guards it is passed."""

import datetime as dt
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import connection, connections
from django.db.models import QuerySet, Sum
from django.db.utils import IntegrityError

from placewell.budget import actions, models, queries, rules
from placewell.budget.actions import _room
from placewell.kernel.errors import Refused
from placewell.storage import context
from tests.conftest import NOW
from tests.factories import accounts, governance, market

# PLACEWELL_RACE=3000 races as many as a large council makes in ten years; every run of the tests races three hundred.
PEOPLE, AT_ONCE, FIT = int(os.environ.get("PLACEWELL_RACE", "300")), 20, 7
FEE = Decimal("700.00")
WEEK = rules.Line("core", FEE, dt.date(2026, 4, 6), dt.date(2026, 4, 13))


@pytest.fixture
def nearly_full(committed):
    """A committed envelope with room for seven weeks, and an officer."""
    council = accounts.council()
    scope = context.Scope.of_council(council.pk)
    with context.acting(scope):
        decision, provider = governance.decision(), market.provider()
        models.Envelope.objects.create(decision=decision, financial_year=2026, amount=FEE * FIT + Decimal("699.99"))
    return decision, provider, accounts.person("placements_officer", organisation=council), scope


def race(nearly_full, people: int = PEOPLE) -> int:
    """Return how many of *people*, three hundred, committed a week."""
    decision, provider, officer, scope = nearly_full
    start = threading.Barrier(AT_ONCE)

    def attempt(number: int) -> bool:
        if number < AT_ONCE:
            start.wait()
        try:
            with context.acting(scope):
                actions.commit(
                    decision_id=decision.pk,
                    provider_id=provider.pk,
                    category="fostering",
                    source=str(number),
                    lines=[WEEK],
                    by=officer,
                    now=NOW,
                )
            return True
        except (Refused, IntegrityError):
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(attempt, range(people)))


def skip_the_lock(monkeypatch, module="commitments"):
    """Read every row without locking it, and dawdle between looking and writing, as a slow machine would."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda found, **_: found)
    look = _room.locked_envelopes

    def slowly(decision_id):
        found = look(decision_id)
        time.sleep(0.05)
        return found

    monkeypatch.setattr(f"placewell.budget.actions.{module}.locked_envelopes", slowly)


@contextmanager
def without_the_constraint():
    """Drop the check, and put it back when the envelope is gone."""
    check = next(each for each in models.Envelope._meta.constraints if each.name == "envelope_not_passed")
    with connections["owner"].schema_editor() as editor:
        editor.remove_constraint(models.Envelope, check)
    try:
        yield
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("truncate budget_envelope cascade")
        with connections["owner"].schema_editor() as editor:
            editor.add_constraint(models.Envelope, check)


def promised(nearly_full) -> Decimal:
    with context.acting(nearly_full[3]):
        assert not queries.envelopes_that_disagree().exists()
        return models.CommitmentYear.objects.aggregate(total=Sum("amount"))["total"]


@pytest.mark.slow
def test_three_hundred_at_once_fill_the_envelope_and_do_not_pass_it(nearly_full):
    assert race(nearly_full) == FIT
    assert promised(nearly_full) == FEE * FIT


@pytest.mark.slow
def test_the_check_alone_holds_the_envelope(nearly_full, monkeypatch):
    skip_the_lock(monkeypatch)
    assert race(nearly_full) == FIT
    assert promised(nearly_full) == FEE * FIT


@pytest.mark.slow
def test_without_lock_and_check_the_envelope_is_passed(nearly_full, monkeypatch):
    skip_the_lock(monkeypatch)
    with without_the_constraint():
        made = race(nearly_full)
        assert made > FIT
        assert promised(nearly_full) == FEE * made > FEE * (FIT + 1)


@pytest.fixture
def nearly_full_lot(nearly_full):
    """The same room in a lot's share of an envelope that has plenty."""
    with context.acting(nearly_full[3]):
        envelope = models.Envelope.objects.get()
        share = {"category": "fostering", "amount": envelope.amount, "cost_centre": "C", "subjective_code": "S"}
        models.LotShare.objects.create(envelope=envelope, **share)
        models.Envelope.objects.update(amount=FEE * 1000)
    return nearly_full


@pytest.mark.slow
def test_many_at_once_fill_a_lots_share_and_do_not_pass_it(nearly_full_lot):
    assert race(nearly_full_lot, 60) == FIT
    assert promised(nearly_full_lot) == FEE * FIT


@pytest.mark.slow
def test_without_the_lock_a_lots_share_is_passed(nearly_full_lot, monkeypatch):
    skip_the_lock(monkeypatch)
    assert race(nearly_full_lot, 60) > FIT


MONDAY, END = dt.date(2026, 4, 6), dt.date(2026, 8, 3)
AWAY = {"away_from": dt.date(2026, 5, 4), "full_nights": 7, "percent": Decimal(50), "most_nights": 28}
PRICE = rules.Line("core", Decimal("70.07"), dt.date(2026, 5, 18), END)
LEFT = [  # in whatever order they come: the price, the discount on it, and the retainer of both
    ("core", "70.00", MONDAY, dt.date(2026, 5, 11)),
    ("discount_siblings", "-7.00", MONDAY, dt.date(2026, 5, 11)),
    ("discount_siblings", "-3.50", dt.date(2026, 5, 11), dt.date(2026, 5, 18)),
    ("retainer", "35.00", dt.date(2026, 5, 11), dt.date(2026, 5, 18)),
    ("discount_siblings", "-3.51", dt.date(2026, 5, 18), dt.date(2026, 6, 1)),
    ("retainer", "35.04", dt.date(2026, 5, 18), dt.date(2026, 6, 1)),
]


def change_at_once(nearly_full) -> list[tuple]:
    """Let three people change the price, give a discount and record a retainer at one moment; return the lines that are left."""
    decision, provider, officer, scope = nearly_full
    start, given = threading.Barrier(3), {"source": "1", "reason": "At once.", "by": officer, "now": NOW}
    with context.acting(scope):
        week = rules.Line("core", Decimal(70), MONDAY, END)
        about = {"decision_id": decision.pk, "provider_id": provider.pk, "category": "fostering", "source": "1"}
        actions.commit(**about, lines=[week], by=officer, now=NOW)
    off = {"kind": "discount_siblings", "percent": Decimal(10), "start_on": MONDAY, "end_on": END}

    def attempt(act, fields) -> None:
        start.wait()
        try:
            with context.acting(scope):
                act(**fields, **given)
        except (Refused, IntegrityError):
            pass
        finally:
            connection.close()

    changes = (actions.reprice, {"start_on": PRICE.start_on, "lines": [PRICE]}), (actions.give_discount, off)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda pair: attempt(*pair), (*changes, (actions.pay_retainer, AWAY))))
    with context.acting(scope):
        live = models.Commitment.objects.filter(state="live").order_by("start_on", "line")
        return [(row.line, f"{row.weekly_fee}", row.start_on, row.end_on) for row in live]


def test_a_price_a_discount_and_a_retainer_at_once_do_not_lose_each_other(nearly_full):
    assert change_at_once(nearly_full) == LEFT
    assert promised(nearly_full) > 0


def test_without_the_lock_they_lose_each_other(nearly_full, monkeypatch):
    skip_the_lock(monkeypatch, "_pricing")
    assert change_at_once(nearly_full) != LEFT
