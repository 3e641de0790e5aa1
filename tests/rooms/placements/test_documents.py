"""The placement plan, the letters and the record of a disruption meeting: written from what is kept, version by version."""

import datetime as dt

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client

from placewell.audit.models import Event
from placewell.kernel.errors import NotAllowed, NotFound, Refused
from placewell.placements import actions, forms, queries
from placewell.placements.models import DutyDone, StayDocument
from placewell.placements.states import Duty
from tests.factories import accounts
from tests.factories import placements as desk
from tests.factories.placements import NOW, TODAY, WHY
from tests.rooms.placements.test_stays import signed

LATER = NOW + dt.timedelta(days=9)
PLAN = {"day_to_day_care": "Supper at six, bed at nine.", "health": "Dr Patel; consent with mum."}


@pytest.fixture
def made(council):
    found = desk.world(council)
    given = {"agreement_id": signed(found).pk, "on": TODAY, "by": found.by["officer"], "now": NOW}
    found.placement = actions.start_placement(**given)
    return found


def write(made, kind="placement_plan", **fields):
    given = {"placement_id": made.placement.pk, "kind": kind, "parts": PLAN, "by": made.by["officer"], "now": NOW}
    return actions.write_document(**(given | fields))


def test_a_plan_is_written_with_the_facts_and_the_duty_is_done(made):
    row = write(made)
    facts = dict(row.facts)
    assert made.child.name in facts["Child"]
    assert facts["Day to day care"] == "Supper at six, bed at nine."
    assert DutyDone.objects.get().kind == Duty.PLACEMENT_PLAN
    assert [each.kind for _, each in queries.duties_open(for_user=made.by["officer"], on=TODAY)] == [Duty.NOTIFICATIONS]


def test_each_version_stays_as_it_was_written(made):
    write(made)
    second = write(made, parts={"day_to_day_care": "Supper at seven."}, now=LATER)
    assert second.version == 2
    first = StayDocument.objects.get(version=1)
    assert dict(first.facts)["Day to day care"] == "Supper at six, bed at nine."
    for attack in (lambda: StayDocument.objects.update(lede="x"), StayDocument.objects.all().delete):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            attack()


def test_a_letter_says_to_whom_and_why_this_home(made):
    with pytest.raises(Refused, match="Choose who"):
        write(made, "notifications")
    given = {"parts": {"what_happens_next": "Ring us."}, "left_out": "The others were told on the telephone first."}
    row = write(made, "notifications", to=["parents"], **given)
    assert row.title == "Notification of a placement"
    assert row.sent_to[0].startswith("Parents")
    assert dict(row.facts)["Why this home"] == WHY


def test_an_ending_asks_for_its_letter_and_an_unplanned_one_for_a_meeting(made):
    with pytest.raises(Refused, match="does not ask"):
        write(made, "disruption_meeting")
    ended = {"on": LATER.date(), "change_reason": "CREQB", "note": WHY, "by": made.by["officer"], "now": LATER}
    actions.end_placement(placement_id=made.placement.pk, **ended)
    given = {"parts": {"what_happens_next": "Ring us."}, "left_out": "The others were told on the telephone first."}
    row = write(made, "termination_notice", to=["parents"], **given, now=LATER)
    assert "not planned" in dict(row.facts)["Ended on"]
    assert write(made, "disruption_meeting", parts={"who_came": "All of us."}, now=LATER).version == 1


def test_every_duty_has_its_form():
    assert set(forms.DOCUMENTS) == set(Duty)


def test_the_pages_write_it_and_show_it_as_an_accessible_document(made):
    client = Client()
    client.force_login(made.by["officer"])
    address = f"/placements/{made.placement.pk}/write/placement_plan/"
    assert made.child.name in client.get(address).content.decode()
    fields = {name: f"About {name}." for name in forms.DOCUMENTS[Duty.PLACEMENT_PLAN].base_fields}
    assert client.post(address, fields).status_code == 302
    page = client.get(f"/placements/{made.placement.pk}/").content.decode()
    assert "Placement plan, version 1 (PDF)" in page
    row = StayDocument.objects.get()
    response = client.get(f"/placements/documents/{row.pk}/document.pdf")
    assert response.content.startswith(b"%PDF")
    assert b"pdfuaid" in response.content
    assert Event.objects.filter(what="placements.document.read").count() == 1


def test_nobody_else_writes_or_reads_it(made):
    row = write(made)
    with pytest.raises(NotAllowed):
        write(made, by=accounts.person("auditor", organisation=made.council))
    stranger = accounts.person("social_worker", organisation=made.council)
    with pytest.raises(NotFound):
        actions.read_document(document_id=row.pk, by=stranger, now=NOW)
    made.theirs()
    assert not StayDocument.objects.exists()
