"""The evaluation on its pages: assessors, hearings, scores, the lock, the ranking."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from placewell.storage import context
from placewell.tenders import models
from tests.conftest import TODAY
from tests.factories import accounts, tenders
from tests.rooms.tenders.test_pages import Reader, on

STAGE = "opened"  # of the tender that the module keeps


def test_bids_are_judged_on_the_pages_alone(tender, bids):
    pk, council = tender.procurement.pk, context.Scope.of_council(tender.council.pk)
    runs = Reader(tender.by)
    people = [Reader(accounts.person("team_manager", organisation=tender.council)) for _ in range(2)]
    for reader in people:
        assert reader.client.get(reverse("tenders:opened", args=[bids[0].pk])).status_code == 403
        runs.does("appoint_assessor", pk, person=str(reader.user.pk))
        assert reader.client.get(reverse("tenders:opened", args=[bids[0].pk])).status_code == 422
        assert reader.client.get(reverse("tenders:scoring", args=[pk])).status_code == 422
    people[0].does("declare", pk, has_interest="no")
    people[1].does("declare", pk, has_interest="yes", interest="My aunt works there")
    context.enter(council)
    assessor = models.Assessor.objects.exclude(interest="").get()
    runs.does("clear", assessor.pk, verdict="yes", reason="She left in 2020")
    runs.does("raise_exclusion", bids[1].pk, ground="poor_performance", facts="Late", **on("occurred_on", TODAY))
    context.enter(council)
    fault = models.Exclusion.objects.get()
    runs.does("hear_exclusion", fault.pk, heard="New managers")
    runs.does("decide_exclusion", fault.pk, verdict="no", reason="It will not recur")
    context.enter(council)
    questions = list(tender.procurement.questions.all())
    for bid in bids:
        for question in questions:
            if question.part == "condition":
                runs.does("condition", bid.pk, question.pk, verdict="yes", reason="Seen")
                continue
            for reader in people:
                assert "Well." in reader.reads("score", bid.pk, question.pk)
                reader.does("score", bid.pk, question.pk, mark="3", reason=f"Told by {reader.user.name}")
                assert "Told by" in reader.reads("score", bid.pk, question.pk)
            settle = runs.reads("moderate", bid.pk, question.pk)
            assert all(f"Told by {reader.user.name}" in settle for reader in people)
            runs.does("moderate", bid.pk, question.pk, mark="3", reason="Agreed")
    assert "£8" not in runs.reads("evaluation", pk)
    runs.does("lock", pk)
    shown = runs.reads("evaluation", pk)
    assert "£700.00" in shown
    assert "leads by 3.00 points" in shown
    context.enter(council)
    lot = models.Lot.objects.get()
    runs.does("ask_price", bids[1].pk, lot=str(lot.pk), asked="How?")
    context.enter(council)
    low = models.LowPrice.objects.get()
    runs.does("hear_price", low.pk, heard="Volunteers")
    runs.does("decide_price", low.pk, verdict="no", reason="No")
    assert "abnormally low" in runs.reads("evaluation", pk)


@pytest.mark.parametrize("role", ["auditor", "commissioner", "social_worker", "provider_staff"])
def test_who_opens_the_evaluation(client, tender, bids, role):
    organisation = bids[0].provider.organisation if role == "provider_staff" else tender.council
    client.force_login(accounts.person(role, organisation=organisation))
    may = role in ("auditor", "commissioner")
    for name in ("evaluation",):
        assert client.get(reverse(f"tenders:{name}", args=[tender.procurement.pk])).status_code == (200 if may else 403)
    assert client.get(reverse("tenders:opened", args=[bids[0].pk])).status_code == (200 if may else 403)


def test_the_evaluation_asks_as_often_for_many_bids_as_for_few(client, set_clock, council):
    asked = []
    for count in (1, 4):
        tender = tenders.published(council)
        bids = tenders.opened(tender, set_clock, fees=("800.00",) * count)
        tenders.judge(tender, bids, marks=(5,) * count)
        client.force_login(tender.by)
        page = reverse("tenders:evaluation", args=[tender.procurement.pk])
        with CaptureQueriesContext(connection) as found:
            assert client.get(page).status_code == 200
        asked.append(len(found))
        set_clock(tender.procurement.tenders_by_at - dt.timedelta(hours=2))
        context.enter(context.Scope.of_council(council.pk))
    assert asked[0] == asked[1] <= 45
