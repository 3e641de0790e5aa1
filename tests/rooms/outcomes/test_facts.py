"""Facts of health, school and family: as their kind asks, with who recorded them, put right by a new version."""

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest

from placewell.children.models import MissingEpisode
from placewell.kernel.errors import BadInput, NotAllowed, NotFound, Refused
from placewell.outcomes import actions, queries
from placewell.outcomes.models import Fact
from placewell.visits import actions as visits
from placewell.visits.states import Interview
from tests.factories import accounts
from tests.factories.placements import NOW, TODAY

DAY = dt.timedelta(days=1)
TERM = actions.RecordedFact(
    "attendance", TODAY - 80 * DAY, "The register", last_on=TODAY - DAY, amount=Decimal(110), out_of=Decimal(120)
)


def test_a_fact_is_recorded_amended_and_withdrawn_and_every_version_stays(made):
    given = {"child_id": made.child.pk, "by": made.worker, "now": NOW}
    first = actions.record_fact(fact=TERM, **given)
    with pytest.raises(Refused, match="Wendy Worker recorded this for that day"):
        actions.record_fact(fact=TERM, **given)
    right = dataclasses.replace(TERM, amount=Decimal(100))
    second = actions.amend_fact(fact_id=first.pk, fact=right, reason="Misread.", by=made.worker, now=NOW)
    assert queries.facts_of(child_id=made.child.pk)["attendance"][0].amount == 100
    with pytest.raises(Refused, match="already"):
        actions.amend_fact(fact_id=first.pk, fact=right, reason="Late.", by=made.worker, now=NOW)
    actions.amend_fact(fact_id=second.pk, fact=None, reason="Another child's.", by=made.worker, now=NOW)
    assert queries.facts_of(child_id=made.child.pk) == {}
    assert actions.record_fact(fact=TERM, **given).version == 4
    assert Fact.objects.count() == 4


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"kind": "weather"}, "kind"),
        ({"source": " "}, "source"),
        ({"last_on": None}, "last_on"),
        ({"last_on": TODAY + DAY}, "last_on"),
        ({"last_on": TODAY - 90 * DAY}, "last_on"),
        ({"amount": None}, "amount"),
        ({"amount": Decimal(-1)}, "amount"),
        ({"amount": Decimal(121)}, "amount"),
        ({"out_of": None}, "out_of"),
        ({"out_of": Decimal(0)}, "out_of"),
        ({"kind": "sdq", "amount": Decimal(41)}, "amount"),
        ({"kind": "sdq", "amount": Decimal("7.5")}, "amount"),
        ({"kind": "pep"}, "answer"),
        ({"kind": "pep", "answer": "splendid"}, "answer"),
        ({"kind": "teeth", "on": TODAY + DAY, "last_on": None}, "on"),
    ],
)
def test_a_fact_says_what_its_kind_asks(made, changes, where):
    with pytest.raises(BadInput) as refused:
        actions.record_fact(child_id=made.child.pk, fact=dataclasses.replace(TERM, **changes), by=made.worker, now=NOW)
    assert where in {fault.where for fault in refused.value.faults}
    assert Fact.objects.count() == 0


def test_who_may_not_record(made):
    reviewing = accounts.person("reviewing_officer", organisation=made.desk.council)
    stranger = accounts.person("social_worker", organisation=made.desk.council)
    for who, why in ((reviewing, NotAllowed), (stranger, NotFound)):
        with pytest.raises(why):
            actions.record_fact(child_id=made.child.pk, fact=TERM, by=who, now=NOW)


def test_rows_of_another_system_come_in_once_and_whole_or_not_at_all(made):
    rows = [(made.child.pk, TERM), (made.child.pk, actions.RecordedFact("teeth", TODAY - DAY, "Letter"))]
    given = {"by": made.worker, "now": NOW}
    assert actions.take_over_facts(rows=rows, **given) == 2
    assert actions.take_over_facts(rows=rows, **given) == 0
    with pytest.raises(BadInput):
        actions.take_over_facts(rows=[*rows, (made.child.pk, dataclasses.replace(TERM, source=""))], **given)
    assert Fact.objects.count() == 2


def test_returns_are_counted_by_the_interview_that_was_offered_and_held(made):
    for days_ago, offered_after in ((90, 1), (60, 5), (30, None)):
        went = TODAY - days_ago * DAY
        MissingEpisode.objects.create(child=made.child, kind="M", start_on=went, end_on=went + DAY)
        if offered_after:
            offered = went + (1 + offered_after) * DAY
            held = {"settled_on": offered, "held_by": "Advocate"} if offered_after == 5 else {}
            told = visits.Interview(Interview.HELD if held else Interview.OFFERED, offered_on=offered, **held)
            visits.record_interview(child_id=made.child.pk, went_on=went, told=told, by=made.worker, now=NOW)
    found = queries.measure_all(queries.council(of=made.desk.council), on=TODAY)
    assert (found["interviews"].hits, found["interviews"].over) == (1, 3)  # the second was offered late
    assert (found["interviews_held"].hits, found["interviews_held"].over) == (1, 3)
    assert found["missing"].hits == 1
