"""The pipeline of the council: once a year, every large purchase that is planned, each with a notice of its own."""

import datetime as dt
from decimal import Decimal

import pytest

from placewell.kernel.errors import NotAllowed, Refused
from placewell.storage import context
from placewell.tenders import actions, models, ocds, queries, rules
from tests.conftest import TODAY
from tests.factories import accounts, tenders

APRIL = dt.datetime(2026, 4, 2, 9, tzinfo=dt.UTC)
LARGE = {"planned_value": Decimal("2000000.01"), "planned_notice_on": dt.date(2026, 9, 1)}


def publish(by, **fields):
    given = {"year": 2026, "text": "What we mean to buy."}
    return actions.publish_pipeline(**given | fields, by=by, now=APRIL)


def test_a_year_runs_from_april_and_is_due_in_eight_weeks_and_looks_eighteen_months_ahead():
    terms = queries.pipeline_terms(year=2026)
    assert (terms.due_on(2026), terms.ends_on(2026)) == (dt.date(2026, 5, 26), dt.date(2027, 10, 1))
    assert queries.pipeline_terms(year=2024) is None
    held = [
        terms.holds(value, on, 2026)
        for value, on in (
            (Decimal(2_000_000), dt.date(2026, 9, 1)),  # not more than
            (Decimal("2000000.01"), dt.date(2026, 4, 1)),
            (Decimal("2000000.01"), dt.date(2026, 3, 31)),
            (Decimal("2000000.01"), dt.date(2027, 9, 30)),
            (Decimal("2000000.01"), dt.date(2027, 10, 1)),
            (Decimal("2000000.01"), None),
        )
    ]
    assert held == [False, True, False, True, False, False]
    assert rules.first_day(2026) == dt.date(2026, 4, 1)


def test_the_pipeline_holds_every_large_plan_once_a_year_and_each_has_a_valid_release(council, client):
    tender, other = (
        tenders.plan(council, **LARGE),
        tenders.plan(council, **LARGE | {"planned_value": Decimal(3_000_000)}),
    )
    tenders.plan(council)  # too small
    tenders.plan(council, **LARGE | {"legal_regime": "pcr2015"})  # of the law before
    tenders.plan(council, **LARGE, procedure="direct_award", ground="user_choice", ground_reasons="One child's.")
    with pytest.raises(Refused, match="once a year for the whole council"):
        actions.announce_plan(procurement_id=tender.procurement.pk, kind="pipeline", text="x", by=tender.by, now=APRIL)
    due = queries.pipeline_due(on=APRIL.date())
    assert (due.year, len(due.procurements), due.due_on) == (2026, 2, dt.date(2026, 5, 26))
    assert any(
        "pipeline of 2026 to 2027" in each.title for each in queries.waiting_for(user=tender.by, on=APRIL.date())
    )
    made = publish(tender.by)
    found = list(queries.pipeline_notices(pipeline_id=made.pk))
    assert {each.procurement_id for each in found} == {tender.procurement.pk, other.procurement.pk}
    for each in found:
        assert ocds.faults({"ocid": "x", **each.release}) == []
        assert each.release["planning"]["documents"][0]["noticeType"] == "UK1"
        assert each.method == {}
    assert queries.pipeline_due(on=APRIL.date()) is None
    with pytest.raises(Refused, match="is out"):
        publish(tender.by)
    with pytest.raises(NotAllowed):
        publish(accounts.person("auditor", organisation=council), year=2027)
    context.enter(context.PUBLIC_SCOPE)
    page = client.get(f"/tenders/notices/pipeline/{made.pk}/")
    assert page.status_code == 200
    assert tender.procurement.reference in page.content.decode()
    assert "1 September 2026" in page.content.decode()
    records = client.get(f"/tenders/notices/pipeline/{made.pk}/ocds.json").json()
    assert ocds.record_faults(records) == []
    assert len(records["records"]) == 2
    assert str(made.pk) in client.get("/tenders/notices/plans/").content.decode()


def test_an_empty_pipeline_or_one_of_another_year_is_refused(council):
    by = tenders.plan(council).by
    with pytest.raises(Refused, match="Nothing that is planned belongs"):
        publish(by)
    for year in (2025, 2028):
        with pytest.raises(Refused, match="this financial year or of the next"):
            publish(by, year=year)
    assert queries.pipeline_due(on=TODAY) is None


def test_nothing_of_a_pipeline_is_published_when_one_notice_cannot_be(council, monkeypatch):
    by = tenders.plan(council, **LARGE).by
    second = tenders.plan(council, **LARGE).procurement
    monkeypatch.setattr(
        actions._steps.ocds, "faults", lambda release: ["wrong"] if release["id"].startswith(second.reference) else []
    )
    with pytest.raises(Refused, match="would not be valid"):
        publish(by)
    assert not models.Pipeline.objects.exists()
    assert not models.Notice.objects.exists()
