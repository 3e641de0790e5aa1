"""A contract while it runs: uplifts, changes, suspension with an end, blocks, documents, challenges, and the ceiling."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, connections
from django.db.models import F

from placewell.budget.rules import Line
from placewell.contracts import actions, queries, rules
from placewell.contracts.actions import call_offs
from placewell.contracts.models import Block, CallOff, CeilingPassed, Contract, Framework, Rate
from placewell.governance.models import ApprovalLimit, Decision
from placewell.kernel.errors import NotAllowed, Refused
from placewell.storage import context
from tests.conftest import NOW, TODAY, empty_tables
from tests.factories import accounts, budget, contracts, governance, market

DAY = dt.timedelta(days=1)
APRIL = dt.date(2026, 4, 1)
AT_ONCE = 8


@pytest.fixture
def people(council):
    return governance.offices(council)


@pytest.fixture
def contract(people):
    made = contracts.contract(people)
    Framework.objects.filter(pk=made.lot.framework_id).update(lifetime_ceiling=Decimal("1000"))
    return made


def call_off(contract, by, number=1, amount=Decimal("400"), **fields):
    """Call off what costs *amount* in one week."""
    lines = fields.pop("lines", [Line("accommodation", amount, TODAY, TODAY + 7 * DAY)])
    given = {"source": f"x:{number}", "reference": f"A-{number}", "lines": lines}
    return actions.call_off(contract_id=contract.pk, by=by, now=NOW, **(given | fields))


def test_the_ceiling_holds_to_the_penny_and_a_duty_that_passes_it_is_seen(contract, person):
    officer = person("placements_officer")
    call_off(contract, officer, 1, Decimal("999.99"))
    with pytest.raises(Refused, match=r"by £0\.01"):
        call_off(contract, officer, 2, Decimal("0.02"))
    call_off(contract, officer, 2, Decimal("0.02"), statutory_duty="A child has nowhere to sleep")
    assert CeilingPassed.objects.get().amount == Decimal("0.01")
    call_off(contract, officer, 1, lines=[Line("accommodation", Decimal("999.99"), TODAY, TODAY)])
    assert Framework.objects.get(pk=contract.lot.framework_id).committed == Decimal("0.02")
    assert queries.ceilings_that_disagree() == []


def test_the_database_too_holds_the_ceiling(contract):
    with pytest.raises(IntegrityError, match="framework_ceiling_not_passed"):
        Framework.objects.filter(pk=contract.lot.framework_id).update(committed=Decimal("1000.01"))


@pytest.fixture
def racing(committed):
    council = accounts.council()
    with context.acting(scope := context.Scope.of_council(council.pk)):
        made = contracts.contract(governance.offices(council))
        Framework.objects.filter(pk=made.lot.framework_id).update(lifetime_ceiling=Decimal("1000"))
        officer = accounts.person("placements_officer", organisation=council)
    start = threading.Barrier(AT_ONCE)

    def commit(number: int) -> bool:
        start.wait()
        try:
            with context.acting(scope):
                call_off(made, officer, number)
            return True
        except Refused:
            return False
        finally:
            connection.close()

    def run() -> tuple[int, Decimal]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            counted = sum(pool.map(commit, range(AT_ONCE)))
        with context.acting(scope):
            return counted, Framework.objects.get(pk=made.lot.framework_id).committed

    return run


@pytest.mark.slow
def test_racing_commitments_do_not_pass_the_ceiling(racing):
    assert racing() == (2, Decimal("800.00"))


@pytest.mark.slow
def test_with_the_guards_off_the_same_race_passes_it(racing, monkeypatch):
    looked = threading.Barrier(AT_ONCE)

    def count(row, more, **_):
        over = rules.over_lifetime(row.lifetime_ceiling, row.allowed_beyond, row.committed, more)
        looked.wait()
        if over > 0:
            raise Refused("over")
        Framework.objects.filter(pk=row.pk).update(committed=F("committed") + more)

    monkeypatch.setattr(call_offs, "count", count)
    monkeypatch.setattr(call_offs, "locked_framework", lambda pk: Framework.objects.get(pk=pk))
    guard = "framework_ceiling_not_passed"
    with connections["owner"].cursor() as cursor:
        cursor.execute("select pg_get_constraintdef(oid) from pg_constraint where conname = %s", [guard])
        (definition,) = cursor.fetchone()
        cursor.execute(f"alter table contracts_framework drop constraint {guard}")
    try:
        assert racing() == (AT_ONCE, Decimal("3200.00"))
    finally:
        empty_tables()
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"alter table contracts_framework add constraint {guard} {definition}")


def uplift(contract, by, index="3.80", cap="3.00", on=APRIL):
    return actions.propose_uplift(
        framework_id=contract.lot.framework_id,
        index="CPI",
        index_percent=Decimal(index),
        cap_percent=Decimal(cap),
        effective_on=on,
        reason="Yearly",
        by=by,
        now=NOW,
    )


def test_an_uplift_raises_each_price_by_the_lower_of_index_and_cap_from_its_day(contract, people, person):
    contracts.rate(of=contract, weekly_fee=Decimal("800"))
    Framework.objects.filter(pk=contract.lot.framework_id).update(lifetime_ceiling=None)
    running = [Line("accommodation", Decimal("700"), TODAY, APRIL + 70 * DAY)]
    call_off(contract, person("placements_officer"), lines=running)
    asked = uplift(contract, people["commissioner"])
    preview = queries.uplift_preview(asked)
    assert (preview.percent, preview.prices[0].after) == (Decimal("3.00"), Decimal("824.00"))
    assert preview.whole == Decimal("210.00")  # £21 a week for ten weeks from April
    assert Rate.objects.count() == 1
    with pytest.raises(NotAllowed):
        actions.decide_uplift(uplift_id=asked.pk, agree=True, because="Yes", by=people["commissioner"], now=NOW)
    actions.decide_uplift(uplift_id=asked.pk, agree=True, because="Yes", by=people[governance.DIRECTOR], now=NOW)
    fees = {
        on: queries.price(contract_id=contract.pk, age=12, need_level="standard", on=on) for on in (APRIL - DAY, APRIL)
    }
    assert fees == {APRIL - DAY: Decimal("800.00"), APRIL: Decimal("824.00")}
    with pytest.raises(Refused, match="set in order"):
        uplift(contract, people["commissioner"])


@pytest.mark.parametrize(("index", "cap"), [("-0.10", "3.00"), ("2.00", "0.00")])
def test_no_price_rises_when_the_lower_is_nought_or_less(contract, people, index, cap):
    with pytest.raises(Refused, match="no price rises"):
        uplift(contract, people["commissioner"], index, cap)


def test_whoever_asks_does_not_decide(contract, people, council):
    both = accounts.person("commissioner", organisation=council)
    accounts.Post.objects.create(user=both, role=governance.DIRECTOR, start_on=accounts.LONG_AGO)
    asked = uplift(contract, both)
    with pytest.raises(Refused, match="another person"):
        actions.decide_uplift(uplift_id=asked.pk, agree=True, because="", by=both, now=NOW)


def test_nights_after_the_framework_count_only_when_it_is_extended(contract, people, person):
    framework = Framework.objects.get(pk=contract.lot.framework_id)
    end = framework.end_on
    lines = [Line("accommodation", Decimal("70"), end - 10 * DAY, end + 20 * DAY)]
    call_off(contract, person("placements_officer"), lines=lines)
    assert Framework.objects.get(pk=framework.pk).committed == Decimal("100.00")
    Framework.objects.filter(pk=framework.pk).update(extension_months=1)
    Decision.objects.filter(pk=framework.decision_id).update(years=7)
    agree(change(contract, people["commissioner"], "extension", end + 15 * DAY), people)
    assert Framework.objects.get(pk=framework.pk).committed == Decimal("250.00")
    assert queries.ceilings_that_disagree() == []


def change(contract, by, kind, on, **fields):
    given = {"words": "Changed", "ground": "Clause 1", "effective_on": on, "by": by, "now": NOW}
    return actions.propose_change(framework_id=contract.lot.framework_id, kind=kind, **(given | fields))


def agree(asked, people):
    return actions.decide_change(change_id=asked.pk, agree=True, because="Yes", by=people[governance.DIRECTOR], now=NOW)


def test_an_extension_stays_inside_its_terms_and_the_years_of_its_decision(contract, people):
    framework = contract.lot.framework
    with pytest.raises(Refused, match="no extension"):
        change(contract, people["commissioner"], "extension", framework.end_on + DAY)
    Framework.objects.filter(pk=framework.pk).update(extension_months=12)
    asked = change(contract, people["commissioner"], "extension", dt.date(2031, 4, 1))
    with pytest.raises(Refused, match="allows 6 years"):
        agree(asked, people)
    Decision.objects.filter(pk=framework.decision_id).update(years=7)
    agree(asked, people)
    contract.refresh_from_db()
    framework.refresh_from_db()
    assert (framework.end_on, contract.end_on, framework.extension_months) == (dt.date(2031, 4, 1),) * 2 + (0,)


def test_an_exit_and_a_tier_hold_once_they_are_agreed(contract, people):
    by, on = people["commissioner"], TODAY + 90 * DAY
    leaving = change(contract, by, "exit", on, contract_id=contract.pk)
    tier = change(contract, by, "tier", TODAY, contract_id=contract.pk, tier=2, rank=7)
    assert Contract.objects.get(pk=contract.pk).end_on == contracts.END
    for asked in (leaving, tier):
        agree(asked, people)
    found = queries.contract(contract_id=contract.pk)
    assert (found.end_on, found.tier, found.rank) == (on, 2, 7)
    assert "does not run" in queries.why_not_covering(found, on=on)


def test_a_suspension_with_an_end_ends_by_itself(contract, people):
    by, until = people["commissioner"], TODAY + 10 * DAY
    actions.suspend_contract(contract_id=contract.pk, reason="Grade", until=until, by=by, now=NOW)
    found = queries.contract(contract_id=contract.pk)
    assert "suspended until" in queries.why_not_covering(found, on=until - DAY)
    assert queries.why_not_covering(found, on=until) == ""
    later = NOW + dt.timedelta(days=11)
    actions.suspend_contract(contract_id=contract.pk, reason="Again", until=None, by=by, now=later)
    assert "suspended" in queries.why_not_covering(queries.contract(contract_id=contract.pk), on=until + 90 * DAY)


def test_a_challenge_that_holds_the_award_holds_it_until_it_is_closed(people, contract):
    by = people["commissioner"]
    made = actions.receive_challenge(
        framework_id=contract.lot.framework_id, reference="CH1", kind="claim", challenger="X", received_on=TODAY,
        grounds="Scores", answer_by=TODAY + DAY, holds_award=True, by=by, now=NOW,
    )  # fmt: skip
    add = {"lot_id": contract.lot_id, "provider_id": market.provider().pk, "reference": "N1", "by": by, "now": NOW}
    days = {"start_on": contracts.START, "end_on": contracts.END}
    with pytest.raises(Refused, match="Challenge CH1"):
        actions.add_contract(**add, **days)
    actions.close_challenge(challenge_id=made.pk, state="rejected", outcome="Unfounded", by=by, now=NOW)
    assert actions.add_contract(**add, **days).supplier


def test_a_block_is_paid_whether_used_or_not_and_never_larger_than_the_home(contract, people, person):
    home = market.home(of=contract.provider, places=2)
    budget.envelope(of=contract.lot.framework.decision, year=2025, amount=Decimal("500"))
    ask = {
        "contract_id": contract.pk, "home_id": home.pk, "weekly_fee": Decimal("70"), "start_on": TODAY,
        "end_on": TODAY + 14 * DAY, "reason": "Short notice", "by": people["commissioner"], "now": NOW,
    }  # fmt: skip
    with pytest.raises(Refused, match="2 places, of which 0"):
        actions.propose_block(places=3, **ask)
    made = actions.propose_block(places=2, **ask)
    with pytest.raises(Refused, match="2 places, of which 2"):
        actions.propose_block(places=1, **ask)
    actions.decide_block(block_id=made.pk, agree=True, because="Cheaper", by=person("team_manager"), now=NOW)
    assert Framework.objects.get(pk=contract.lot.framework_id).committed == Decimal("280.00")
    (use,) = queries.block_use([Block.objects.get()], on=TODAY + 7 * DAY)
    assert (use.nights_paid, use.nights_used, use.unused_cost) == (14, 0, Decimal("140.00"))
    assert queries.ceilings_that_disagree() == []


def test_a_block_over_the_limit_of_an_office_is_for_another_office(contract, people, person):
    home = market.home(of=contract.provider, places=2)
    budget.envelope(of=contract.lot.framework.decision, year=2025, amount=Decimal("500"))
    made = actions.propose_block(
        contract_id=contract.pk, home_id=home.pk, places=1, weekly_fee=Decimal("70"), start_on=TODAY,
        end_on=TODAY + 14 * DAY, reason="Short notice", by=people["commissioner"], now=NOW,
    )  # fmt: skip
    for role, amount in (("team_manager", "139.99"), ("director_of_childrens_services", "140")):
        ApprovalLimit.objects.create(
            role=role,
            kind="whole_cost",
            amount=Decimal(amount),
            start_on=TODAY,
            source="The scheme",
        )
    decide = {"block_id": made.pk, "agree": True, "because": "Cheaper", "now": NOW}
    with pytest.raises(Refused, match=r"£140 for the whole block is over your limit: the .* may decide"):
        actions.decide_block(by=person("team_manager"), **decide)
    ApprovalLimit.objects.filter(role="team_manager").update(amount=Decimal("140"))
    assert actions.decide_block(by=person("team_manager"), **decide).state == "agreed"


def test_nights_in_a_block_are_counted_by_spells_and_never_more_than_its_places():
    def line(fee, start, end, kind="accommodation"):
        return Line(kind, Decimal(fee), TODAY + start * DAY, TODAY + end * DAY)

    def days(spells):
        return [((each.start_on - TODAY).days, (each.end_on - TODAY).days, each.weekly_fee) for each in spells]

    wanted = rules.weekly_by_night([line(700, 0, 20), line(70, 10, 30, "care"), line(7000, 0, 1, "one_off")])
    assert days(wanted) == [(0, 10, 700), (10, 20, 770), (20, 30, 70)]
    held = [(TODAY + 2 * DAY, TODAY + 4 * DAY), (TODAY + 3 * DAY, TODAY + 12 * DAY)]
    block = {"start_on": TODAY + DAY, "end_on": TODAY + 25 * DAY}
    assert days(rules.free_in_block(1, held, wanted, **block)) == [(1, 2, 700), (12, 20, 770), (20, 25, 70)]
    assert days(rules.free_in_block(2, held, wanted, **block)) == [
        (1, 3, 700),
        (4, 10, 700),
        (10, 20, 770),
        (20, 25, 70),
    ]
    taken = rules.Spell(Decimal(700), TODAY + 4 * DAY, TODAY + 15 * DAY)
    assert days(rules.without(wanted, taken)) == [(0, 4, 700), (15, 20, 770), (20, 30, 70)]


PDF = b"%PDF-1.7 certificate"


def test_the_file_of_a_document_is_kept_safely_and_sent_to_those_who_may_see_contracts(
    contract, people, client, person
):
    given = {
        "contract_id": contract.pk, "kind": "public_liability_insurance", "reference": "P1", "issued_on": TODAY - DAY,
        "expires_on": TODAY + 9 * DAY, "by": people["commissioner"], "now": NOW,
    }  # fmt: skip
    for name, data, why in (
        ("a.exe", b"MZ", "only .* files are taken"),
        ("a.pdf", b"", "is empty"),
        ("a.pdf", b"PK\x03\x04", "does not begin like"),
        ("a.pdf", PDF + b"/JavaScript", "can start something"),
        ("a.pdf", PDF + b"x" * 10 * 1024 * 1024, "larger than 10 MB"),
    ):
        with pytest.raises(Refused, match=why):
            actions.file_document(name=name, data=data, **given)
    made = actions.file_document(name="../Insurance 2026.PDF", data=PDF, **given)
    assert (made.name, made.size) == ("Insurance 2026.pdf", len(PDF))
    address = f"/contracts/documents/{made.pk}/file/"
    client.force_login(people["commissioner"])
    answer = client.get(address)
    assert (answer.content, answer["Content-Type"]) == (PDF, "application/octet-stream")
    assert answer["Content-Disposition"] == 'attachment; filename="Insurance 2026.pdf"'
    client.force_login(person("system_administrator"))
    assert client.get(address).status_code == 403
    without = actions.file_document(**given | {"kind": "other"})
    client.force_login(people["commissioner"])
    assert client.get(f"/contracts/documents/{without.pk}/file/").status_code == 404


def test_a_document_is_replaced_by_the_next_and_says_when_it_runs_out(contract, people):
    file = {
        "contract_id": contract.pk,
        "kind": "public_liability_insurance",
        "reference": "P1",
        "by": people["commissioner"],
    }
    actions.file_document(**file, issued_on=TODAY - 300 * DAY, expires_on=TODAY + 9 * DAY, now=NOW)
    assert [each.reference for each in queries.running_out(on=TODAY)] == ["P1"]
    with pytest.raises(Refused, match="run out already"):
        actions.file_document(**file, issued_on=TODAY - 300 * DAY, expires_on=TODAY, now=NOW)
    actions.file_document(**file, issued_on=TODAY, expires_on=TODAY + 365 * DAY, now=NOW)
    assert not queries.running_out(on=TODAY).exists()
    assert queries.documents().count() == 1


def test_anybody_reads_whose_contracts_there_are_and_nobody_what_they_charge(contract):
    contracts.rate(of=contract)
    Contract.objects.filter(pk=contract.pk).update(supplier="Alder Care")
    context.enter(context.PUBLIC_SCOPE)
    assert [each.supplier for each in queries.contract_register()] == ["Alder Care"]
    assert (Rate.objects.count(), CallOff.objects.count()) == (0, 0)
