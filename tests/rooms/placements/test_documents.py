"""The placement plan, the letters and the record of a disruption meeting: written from what is kept, version by version."""

import datetime as dt

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client
from django.utils.timezone import localdate

from placewell.audit.models import Event
from placewell.kernel.errors import NotAllowed, NotFound, Refused
from placewell.notifications.models import Notification
from placewell.placements import actions, forms, queries
from placewell.placements.models import Disclosure, DutyDone, LetterStep, PlanAnswer, StayDocument
from placewell.placements.states import Duty
from placewell.storage.context import enter
from tests.factories import accounts, market
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
    assert "Placement plan, version 1" in page
    assert "for the carers’ signature" in page
    row = StayDocument.objects.get()
    page = client.get(f"/placements/documents/{row.pk}/").content.decode()
    assert "Placement plan, version 1 (PDF)" in page
    assert "Nobody of the provider can read it yet" in page
    response = client.get(f"/placements/documents/{row.pk}/document.pdf")
    assert response.content.startswith(b"%PDF")
    assert b"pdfuaid" in response.content
    assert Event.objects.filter(what="placements.document.read").count() == 2


def test_nobody_else_writes_or_reads_it(made):
    row = write(made)
    with pytest.raises(NotAllowed):
        write(made, by=accounts.person("auditor", organisation=made.council))
    stranger = accounts.person("social_worker", organisation=made.council)
    with pytest.raises(NotFound):
        actions.read_document(document_id=row.pk, by=stranger, now=NOW)
    made.theirs()
    assert not StayDocument.objects.exists()


def letter(made, **fields):
    to = [each.code for each in queries.told_of(made.placement, Duty.NOTIFICATIONS, on=TODAY)]
    return write(made, "notifications", parts={"what_happens_next": "Ring us."}, to=to, how="post", **fields)


def sent(made, row, to, **fields):
    given = {"document_id": row.pk, "to": to, "how": "post", "on": TODAY, "by": made.by["officer"], "now": NOW}
    return actions.record_sent(**(given | fields))


def duties(made) -> list[str]:
    return [each.kind for _, each in queries.duties_open(for_user=made.by["officer"], on=TODAY)]


def test_a_letter_is_done_when_it_has_gone_to_everybody_and_to_each_once(made):
    row = letter(made)
    assert Duty.NOTIFICATIONS in duties(made)
    first, *others = row.sent_to
    sent(made, row, [first], note="Recorded delivery AB123")
    assert Duty.NOTIFICATIONS in duties(made)
    with pytest.raises(Refused, match="recorded already"):
        sent(made, row, [first, others[0]])
    sent(made, row, others, how="secure_email")
    assert Duty.NOTIFICATIONS not in duties(made)
    steps = queries.recipients(row)
    assert [each.sent.how for each in steps] == ["post"] + ["secure_email"] * len(others)


@pytest.mark.parametrize("wrong", [{"to": []}, {"to": ["My aunt"]}, {"on": TODAY + dt.timedelta(days=1)}])
def test_a_letter_goes_to_those_it_is_written_to_and_not_tomorrow(made, wrong):
    row = letter(made)
    with pytest.raises(Refused):
        sent(made, row, **({"to": row.sent_to[:1]} | wrong))
    assert not LetterStep.objects.exists()


def test_each_recipient_has_a_copy_that_names_nobody_else_and_its_printing_is_recorded(made):
    row = letter(made)
    client = Client()
    client.force_login(made.by["officer"])
    page = client.get(f"/placements/documents/{row.pk}/").content.decode()
    assert page.count("Copy to print or send") == len(row.sent_to)
    response = client.get(f"/placements/documents/{row.pk}/copies/2.pdf")
    assert response.content.startswith(b"%PDF")
    assert LetterStep.objects.get().to == row.sent_to[1]
    assert "Opened" in client.get(f"/placements/documents/{row.pk}/").content.decode()
    assert client.get(f"/placements/documents/{row.pk}/copies/99.pdf").status_code == 404
    day = localdate()
    given = {"to": row.sent_to, "how": "post", "on_day": day.day, "on_month": day.month, "on_year": day.year}
    assert client.get(f"/placements/documents/{row.pk}/sent/").status_code == 200
    assert client.post(f"/placements/documents/{row.pk}/sent/", given).status_code == 302
    assert queries.documents_of(made.placement)[0].standing == [
        ("sent", f"to {len(row.sent_to)} of {len(row.sent_to)}")
    ]


def told(made):
    given = {"agreement_id": made.placement.agreement_id, "to": [made.by["staff"].pk], "must_know": "Carries a pen."}
    actions.disclose_child(**given, by=made.by["officer"], now=NOW)


def as_carer(made, key="staff"):
    enter(made.by[key].scope)
    return {"by": made.by[key], "now": NOW}


def test_the_carers_read_comment_on_and_sign_the_plan_once_and_the_council_sees_it(made):
    told(made)
    row = write(made)
    carer = as_carer(made)
    assert actions.read_plan(document_id=row.pk, **carer).pk == row.pk
    actions.comment_on_plan(document_id=row.pk, words="Bed at eight on school nights.", **carer)
    made.ours()
    second = write(made, parts={"day_to_day_care": "Bed at eight on school nights."}, now=LATER)
    carer = as_carer(made)
    with pytest.raises(Refused, match="newer version"):
        actions.sign_plan(document_id=row.pk, signed_as="J. Ward, foster carer", **carer)
    with pytest.raises(Refused, match="who agrees"):
        actions.sign_plan(document_id=second.pk, signed_as=" ", **carer)
    actions.sign_plan(document_id=second.pk, signed_as="J. Ward, foster carer", **carer)
    with pytest.raises(Refused, match="signed already"):
        actions.sign_plan(document_id=second.pk, signed_as="J. Ward, foster carer", **carer)
    made.ours()
    assert Disclosure.objects.get().stage == "plan"
    assert queries.documents_of(made.placement)[0].standing == [("signed", "by J. Ward, foster carer")]
    client = Client()
    client.force_login(made.by["officer"])
    page = client.get(f"/placements/documents/{row.pk}/").content.decode()
    assert "Bed at eight on school nights." in page
    assert {each.kind for each in Notification.objects.filter(to=made.by["officer"])} >= {"plan_reply"}


def test_the_plans_pages_lead_the_carer_from_the_agreement_to_the_signature(made):
    told(made)
    row = write(made)
    client = Client()
    client.force_login(made.by["staff"])
    agreement = client.get(f"/placements/agreements/{made.placement.agreement_id}/").content.decode()
    assert f"/placements/plans/{row.pk}/" in agreement
    assert made.child.name in client.get(f"/placements/plans/{row.pk}/").content.decode()
    given = {"words": "Bed at eight."}
    assert client.post(f"/placements/plans/{row.pk}/comment/", given).status_code == 302
    assert client.post(f"/placements/plans/{row.pk}/sign/", {"signed_as": "J. Ward, carer"}).status_code == 302
    assert "Agreed by J. Ward, carer" in client.get(f"/placements/plans/{row.pk}/").content.decode()
    assert client.get(f"/placements/plans/{row.pk}/plan.pdf").content.startswith(b"%PDF")


def test_the_plan_is_for_those_who_were_told_and_nobody_else_finds_a_row(made):
    """A colleague, another provider, and the named person once the stay has ended: no plan, no answer of anybody's."""
    told(made)
    row, note = write(made), letter(made)
    made.by["colleague"] = accounts.person("provider_staff", organisation=made.provider.organisation)
    made.by["stranger"] = accounts.person("provider_staff", organisation=market.provider("Other").organisation)
    actions.comment_on_plan(document_id=row.pk, words="Bed at eight.", **as_carer(made))
    assert list(StayDocument.objects.values_list("pk", flat=True)) == [row.pk]
    with pytest.raises(NotFound):
        actions.read_plan(document_id=note.pk, **as_carer(made))
    for key in ("colleague", "stranger"):
        carer = as_carer(made, key)
        assert (StayDocument.objects.count(), PlanAnswer.objects.count()) == (0, 0)
        for act in (actions.read_plan, lambda **given: actions.sign_plan(signed_as="Me", **given)):
            with pytest.raises(NotFound):
                act(document_id=row.pk, **carer)
    made.ours()
    ended = {"on": LATER.date(), "change_reason": "CARPL", "note": WHY, "by": made.by["officer"], "now": LATER}
    actions.end_placement(placement_id=made.placement.pk, **ended)
    as_carer(made)
    assert (StayDocument.objects.count(), PlanAnswer.objects.count()) == (0, 0)


def test_a_signature_on_paper_is_recorded_with_who_and_where(made):
    row = write(made)
    given = {"document_id": row.pk, "by": made.by["officer"], "now": NOW}
    with pytest.raises(Refused, match="who signed"):
        actions.record_plan_signed(signed_as="J. Ward", words="", **given)
    actions.record_plan_signed(signed_as="J. Ward, foster carer", words="On 2 March; in the file.", **given)
    assert PlanAnswer.objects.get().kind == "signed"
    for attack in (PlanAnswer.objects.all().delete, lambda: PlanAnswer.objects.update(words="x")):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            attack()
