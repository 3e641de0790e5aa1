"""Exemptions: three tests with evidence, the law's own gate, other people's comments, the register and what is published."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from placewell.governance import actions, models, queries, rules, states
from placewell.kernel.errors import BadInput, NotAllowed, Refused
from tests.conftest import NOW, TODAY
from tests.factories import governance

TESTS = {
    "a": "The placement cannot be made on the contract.",
    "b": "The placement is needed to meet a statutory duty.",
    "c": "Following the contract procedure rules would prevent that duty being met.",
}
ANSWERS = {
    "a": ("Eleven providers were asked and all declined.", ""),
    "b": ("He has nowhere to sleep from Friday.", "Children Act 1989 s.22C"),
    "c": ("A competition takes thirty days.", "Contract procedure rule 9"),
}
LOG = {"asked": [{"provider": "Elm Care", "answer": "declined", "reason": "no_place"}], "tiers": []}
CHOICE = {
    "views": "She wants to stay with Sue.",
    "preference_or_only_supplier": "Preference.",
    "best_interests": "School.",
}


@pytest.fixture
def given(council, person):
    decision = governance.decision()
    for letter, text in TESTS.items():
        models.ExemptionTest.objects.create(decision=decision, letter=letter, text=text)
    made = SimpleNamespace(decision=decision, by=governance.offices(council), legal=person("democratic_services"))
    made.delegation = governance.delegation(of=decision, act="exempt", consultees=())
    made.officer, made.supplier = person("placements_officer"), uuid4()
    return made


def draft(given, *, log=LOG, is_retrospective=False, **fields):
    wanted = {
        "source": "placements.referral:1",
        "category": "residential",
        "supplier": "Oak House Ltd",
        "supplier_id": given.supplier,
        "weekly_fee": Decimal("6000"),
        "start_on": TODAY,
        "review_on": TODAY + dt.timedelta(days=84),
        "end_on": None,
        "return_plan": "Search again on the contract each month.",
        "reason": states.Lacking.NO_PLACE,
        "ground": states.Ground.USER_CHOICE,
        "ground_reasons": CHOICE,
        "child_reference": "C-KIM123",
        "answers": ANSWERS,
        "needs": ["enhanced"],
    }
    return actions.draft_exemption(
        delegation_id=given.delegation.pk,
        wanted=actions.Wanted(**wanted | fields),
        search_log=log,
        is_retrospective=is_retrospective,
        by=given.officer,
        now=NOW,
    )


def comment(given, row, *, confirms=True):
    fields = {"exemption_id": row.pk, "now": NOW}
    actions.comment_on_exemption(kind="finance", comment="In budget.", by=given.by[governance.FINANCE], **fields)
    actions.comment_on_exemption(kind="legal", comment="Met.", confirms=confirms, by=given.legal, **fields)


def ask(given, row):
    return actions.ask_exemption(exemption_id=row.pk, by=given.by["commissioner"], now=NOW)


def decide(given, row, approve=True):
    row.refresh_from_db()
    actions.decide_approval(
        approval_id=row.approval_id, approve=approve, reasons="He needs it.", by=given.by[governance.DIRECTOR], now=NOW
    )
    return queries.exemption(exemption_id=row.pk)


def test_an_exemption_goes_from_draft_to_register(given):
    row = draft(given)
    assert (row.value, row.is_above, row.regime, row.notices) == (Decimal("72000.00"), True, "pa2023", [])
    assert "not been asked for" in queries.allows(row, on=TODAY)
    with pytest.raises(Refused, match="Finance and legal comment first"):
        ask(given, row)
    comment(given, row)
    ask(given, row)
    assert "requested" in queries.allows(queries.exemption(exemption_id=row.pk), on=TODAY)
    row = decide(given, row)
    assert queries.allows(row, on=TODAY) == ""
    wanted = {"source": row.source, "supplier_id": given.supplier, "on": TODAY}
    assert queries.exemption_for(category="residential", **wanted) == row
    assert queries.exemption_for(category="fostering", **wanted) is None
    assert row.search_log == LOG
    assert "Asked on the contract: 1." in row.approval.evidence
    rows = queries.exemptions_asked()
    assert queries.trends(rows, by="reason", on=TODAY) == [queries.Trend("no_place", 0, 1, Decimal("72000.00"))]
    assert queries.spot_demand(rows, on=TODAY, categories=["fostering"]) == []
    (spot,) = queries.spot_demand(rows, on=TODAY, categories=["residential"])
    assert (spot.count, spot.weekly_fee, spot.needs) == (1, Decimal(6000), [("enhanced", 1)])


def asked(days_ago, reason, value, **fields):
    given = {"supplier": "Elm Care", "category": "residential", "need": ("enhanced",), "is_approved": True}
    given |= {
        "on": TODAY - dt.timedelta(days=days_ago),
        "reason": reason,
        "value": Decimal(value),
        "weekly_fee": Decimal(7),
    }
    return queries.Asked(**given | fields)


def test_trends_set_a_year_beside_the_year_before(given, client):
    rows = [asked(0, "no_place", 10), asked(364, "no_place", 5), asked(365, "no_place", 1), asked(800, "alone", 1)]
    rows.append(asked(30, "alone", 2, need=("enhanced", "solo"), is_approved=False))
    one = queries.Trend("no_place", 1, 2, Decimal(15))
    assert queries.trends(rows, by="reason", on=TODAY) == [one, queries.Trend("alone", 0, 1, Decimal(2))]
    assert one.change == 1
    needs = {each.key: (each.before, each.lately) for each in queries.trends(rows, by="need", on=TODAY)}
    assert needs == {"enhanced": (1, 3), "solo": (0, 1)}
    days, by_reason = queries.quarters(rows, on=TODAY)
    assert (days[0], days[-1]) == (dt.date(2024, 4, 1), dt.date(2026, 1, 1))  # today is 2 March 2026
    assert by_reason == {"no_place": [0, 0, 0, 2, 0, 0, 0, 1], "alone": [0, 0, 0, 0, 0, 0, 0, 1]}
    (spot,) = queries.spot_demand(rows, on=TODAY)  # what was not approved was not bought
    assert (spot.count, spot.value) == (2, Decimal(15))
    client.force_login(given.by["commissioner"])
    page = reverse("governance:lacking")
    assert "No exemption was asked for yet" in client.get(page).content.decode()
    row = draft(given)
    comment(given, row)
    ask(given, row)
    assert "Need of the child" in client.get(page).content.decode()
    told = b"".join(client.get(page, {"table": "need", "format": "csv"}).streaming_content).decode()
    assert "Enhanced,0,1,1,72000.00" in told


def test_everything_that_is_missing_is_said_at_once(given):
    with pytest.raises(BadInput) as refused:
        draft(given, log={}, answers={"a": (" ", ""), "b": ("Yes.", "")}, ground_reasons={}, review_on=TODAY)
    assert {fault.where for fault in refused.value.faults} == {
        "test_a",
        "test_c",
        "duty",
        "rule",
        "ground",
        "review_on",
    }


def test_a_duration_that_nobody_knows_is_above_the_threshold(given):
    with pytest.raises(BadInput, match="cannot be estimated"):
        draft(given, ground=states.Ground.BELOW_THRESHOLD)
    known = draft(given, ground=states.Ground.BELOW_THRESHOLD, end_on=TODAY + dt.timedelta(days=84))
    assert (known.is_above, known.notices) == (False, [])


@pytest.mark.parametrize(
    ("ground", "value", "known", "on", "regime", "above", "notices"),
    [
        ("user_choice", "700000", True, "2026-03-02", "pa2023", True, 0),
        ("urgency", "700000", True, "2026-03-02", "pa2023", True, 3),
        ("switch", "663540", True, "2026-03-02", "pa2023", True, 3),
        ("below_threshold", "663539.99", True, "2026-03-02", "pa2023", False, 0),
        ("other_direct", "1", False, "2026-03-02", "pa2023", True, 3),
        ("other_direct", "700000", True, "2025-02-23", "pcr2015", True, 1),
        ("other_direct", "700000", True, "2025-02-24", "pa2023", True, 3),
    ],
)
def test_the_gate_of_the_law(ground, value, known, on, regime, above, notices):
    gate = rules.procurement_gate(
        ground=states.Ground(ground),
        value=Decimal(value),
        is_duration_known=known,
        threshold=queries.threshold(on=dt.date.fromisoformat(on)),
        on=dt.date.fromisoformat(on),
    )
    assert (gate.regime, gate.is_above, len(gate.notices)) == (regime, above, notices)


def test_above_the_threshold_legal_confirms_first(given):
    row = draft(given)
    comment(given, row, confirms=False)
    with pytest.raises(Refused, match="legal confirms first"):
        ask(given, row)


def test_the_comments_are_other_peoples(given, council):
    row = draft(given)
    with pytest.raises(NotAllowed):
        actions.comment_on_exemption(exemption_id=row.pk, kind="finance", comment="x", by=given.officer, now=NOW)
    with pytest.raises(Refused, match="do not hold the office"):
        actions.comment_on_exemption(exemption_id=row.pk, kind="finance", comment="x", by=given.legal, now=NOW)
    with pytest.raises(IntegrityError, match="exemption_other_people_comment"), transaction.atomic():
        models.Exemption.objects.filter(pk=row.pk).update(finance_by=given.officer)


def test_an_emergency_is_bought_first_and_decided_by_a_clock(given):
    with pytest.raises(BadInput, match="bought already"):
        draft(given, log={}, is_retrospective=True, start_on=TODAY + dt.timedelta(days=1))
    row = draft(given, log={}, is_retrospective=True)
    ask(given, row)
    row = queries.exemption(exemption_id=row.pk)
    assert queries.allows(row, on=row.due_on) == ""
    assert "was to be decided by" in queries.allows(row, on=row.due_on + dt.timedelta(days=1))
    assert "refused" in queries.allows(decide(given, row, approve=False), on=TODAY)


def test_one_supplier_has_one_exemption_for_one_need(given):
    row = draft(given)
    with pytest.raises(Refused, match="already"):
        draft(given)
    actions.end_exemption(exemption_id=row.pk, on=TODAY, reason="Back on the contract.", by=given.officer, now=NOW)
    draft(given)
    assert "ended on" in queries.allows(queries.exemption(exemption_id=row.pk), on=TODAY)


def test_the_published_summary_says_nothing_that_a_person_wrote(given, client):
    row = draft(given)
    with pytest.raises(Refused, match="was approved"):
        actions.publish_exemption(exemption_id=row.pk, by=given.legal, now=NOW)
    comment(given, row)
    ask(given, row)
    decide(given, row)
    text = actions.publish_exemption(exemption_id=row.pk, by=given.legal, now=NOW).text
    assert "up to £100,000" in text
    told = [row.child_reference, row.supplier, "72,000", "6,000", "Friday", f"{TODAY:%B}", *CHOICE.values()]
    assert not [word for word in told if word in text]
