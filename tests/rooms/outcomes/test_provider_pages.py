"""The pages about providers, from both sides: each form does its action, each list asks as much for many as for few."""

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from placewell.contracts.models import Framework
from placewell.outcomes import actions
from placewell.outcomes.models import Concern, Figures, HomeVisit, Improvement, KpiTarget, Measure, Reply, Return
from placewell.outcomes.rules.kpis import definitions
from placewell.outcomes.rules.returns import FIGURES
from placewell.overview import jobs
from placewell.storage.context import Scope, enter
from tests.factories import accounts
from tests.factories import contracts as contract_factory
from tests.factories import market as market_factory
from tests.factories import placements as made_up
from tests.factories.visits import DAY

WORDS = "Medicines were not locked away."


@pytest.fixture
def world(council):
    made = made_up.world(council, places=2)
    made.by["worker"] = accounts.person("worker", organisation=council)
    return made


@pytest.fixture
def today():
    return timezone.localdate()


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def day(name, on) -> dict:
    return {f"{name}_day": on.day, f"{name}_month": on.month, f"{name}_year": on.year}


def post(world, who: str, name: str, *args, **data):
    """Send a form and return the answer; the test acts for the council again afterwards."""
    answer = browser(world.by[who]).post(reverse(f"outcomes:{name}", args=args), data)
    enter(Scope.of_council(world.council.pk))
    assert answer.status_code == 302, answer.context_data["form"].errors if answer.status_code == 422 else answer
    return answer


def shown(world, who: str, name: str, *args) -> str:
    answer = browser(world.by[who]).get(reverse(f"outcomes:{name}", args=args))
    enter(Scope.of_council(world.council.pk))
    assert answer.status_code == 200
    return answer.content.decode()


def concern(world, today, **fields) -> Concern:
    given = {"kind": "allegation", "severity": "serious", "what": WORDS, **day("happened_on", today)}
    post(world, "officer", "raise", world.provider.pk, **(given | fields))
    return Concern.objects.latest("raised_at")


def test_from_a_concern_to_a_notice_that_is_met(world, today):
    made = concern(world, today)
    assert "First an improvement notice" in shown(world, "commissioner", "concern", made.pk)
    post(
        world,
        "commissioner",
        "notice",
        made.pk,
        words=WORDS,
        what_1="Lock them away.",
        **day("due_1", today),
        **day("due_on", today + 9 * DAY),
    )
    enter(Scope.of_council(world.council.pk))
    jobs.send_due(by=world.by["worker"], now=timezone.now())
    (written,) = [each for each in mail.outbox if each.to == [world.by["staff"].email]]
    assert written.subject == "The council has written to you"
    assert WORDS not in written.body
    notice, thing = Measure.objects.get(), Improvement.objects.get()
    assert notice.reference in shown(world, "staff", "own")
    post(world, "staff", "reply", notice.pk, words="We will.")
    post(world, "staff", "say_done", thing.pk, words="They are locked away.")
    assert Reply.objects.get().words == "We will."
    assert "We will." in shown(world, "commissioner", "judge", notice.pk)
    assert "They are locked away." in shown(world, "officer", "see_done", thing.pk)
    post(world, "officer", "see_done", thing.pk, is_done="yes", note="Seen.")
    post(world, "commissioner", "judge", notice.pk, is_met="yes", because="Seen.")
    post(world, "commissioner", "close", made.pk, outcome="Put right.")
    post(world, "commissioner", "reopen", made.pk, reason="It came back.")
    post(world, "commissioner", "weigh", made.pk, severity="low", reason="Once only.")
    post(world, "officer", "note", made.pk, words="Please keep to it.")
    assert "Please keep to it." in shown(world, "staff", "own_measure", Measure.objects.get(kind="note").pk)
    assert [row.state for row in Measure.objects.order_by("proposed_at")] == ["met", "in_force"]


def test_placements_are_stopped_confirmed_and_let_start_again(world, today):
    made = concern(world, today, severity="children_at_risk")
    given = {"words": WORDS, "at_once": "on", **day("due_on", today + 9 * DAY)}
    post(world, "commissioner", "suspend", made.pk, **given)
    row = Measure.objects.get()
    assert "another person must confirm it" in shown(world, "director", "letter", row.pk)
    assert "New placements are stopped" in shown(world, "officer", "provider", world.provider.pk)
    assert "Suspended" in shown(world, "officer", "providers")
    post(world, "director", "decide", row.pk, agree="yes", because="It stands.")
    post(world, "commissioner", "extend", row.pk, reason="More to see.", **day("due_on", today + 20 * DAY))
    post(world, "director", "lift", row.pk, reason="Sound.")
    assert Measure.objects.get().state == "lifted"


def test_whoever_may_not_stop_placements_at_once_is_not_offered_it(world, today):
    made = concern(world, today, severity="children_at_risk")
    assert "at_once" in shown(world, "commissioner", "suspend", made.pk)
    assert "at_once" not in shown(world, "officer", "suspend", made.pk)
    # and who sends it all the same only proposes
    given = {"words": WORDS, "at_once": "on", **day("due_on", today + 9 * DAY)}
    post(world, "officer", "suspend", made.pk, **given)
    assert Measure.objects.get().state == "proposed"
    post(world, "officer", "withdraw", Measure.objects.get().pk, reason="Too soon.")


def test_another_tier_and_the_end_of_a_contract_are_proposed_and_decided(world, today):
    made = concern(world, today)
    notice = actions.warn(
        concern_id=made.pk,
        words=WORDS,
        due_on=today + DAY,
        improvements=[("x", today)],
        by=world.by["commissioner"],
        now=timezone.now(),
    )
    post(world, "commissioner", "judge", notice.pk, is_met="no", because="Nothing was done.")
    step = {"contract_id": world.contract.pk, "ground": "Clause 14.", "words": WORDS}
    step |= day("effective_on", today + 30 * DAY)
    post(world, "commissioner", "tier", made.pk, tier="3", **step)
    tier = Measure.objects.get(kind="tier_change")
    post(world, "staff", "reply", tier.pk, words="It is unjust.")
    post(world, "director", "decide", tier.pk, agree="yes", because="As the terms say.")
    world.contract.refresh_from_db()
    assert world.contract.tier == 3
    post(world, "commissioner", "terminate", made.pk, **step)
    assert Measure.objects.get(kind="termination").state == "proposed"


def test_homes_are_visited_and_returns_asked_for_sent_and_answered(world, today):
    given = {"is_unannounced": "yes", "found": "Calm.", "what_1": "Mend the gate.", "owner_1": world.by["officer"].pk}
    given |= day("made_on", today) | day("due_1", today)
    post(world, "officer", "record_home_visit", world.home.pk, **given)
    assert "Mend the gate." in shown(world, "officer", "home_visit", HomeVisit.objects.get().pk)
    quarter = shown(world, "commissioner", "ask_returns").split('option value="')[1][:10]
    post(world, "commissioner", "ask_returns", quarter=quarter, **day("due_on", today))
    row = Return.objects.get()
    figures = dict.fromkeys(FIGURES, 0) | {"staff": 4, "qualified": 9}
    answer = browser(world.by["staff"]).post(reverse("outcomes:send_return", args=[row.pk]), figures)
    assert answer.status_code == 422
    assert "More staff are qualified" in answer.content.decode()
    post(world, "staff", "send_return", row.pk, **(figures | {"qualified": 4, "explained": "As it is."}))
    assert "As it is." in shown(world, "officer", "return", row.pk)
    post(world, "officer", "answer_return", row.pk, accept="no", answer="Look again.")
    assert "Look again." in shown(world, "staff", "send_return", row.pk)
    assert world.provider.name in shown(world, "officer", "returns")


def test_a_target_is_published_and_an_event_reported(world, today):
    given = {"kpi": "offers_kept", "target": "95", "slightly": "90", "below": "80", "reason": "Schedule 4."}
    given |= {"framework_id": world.contract.lot.framework_id, **day("from_on", today)}
    post(world, "commissioner", "set_target", **given)
    assert KpiTarget.objects.get().target == 95
    assert "Schedule 4." in shown(world, "officer", "targets")
    event = {"council_id": world.council.pk, "home_id": world.home.pk, "what": "The police came."}
    post(world, "staff", "event", **event, **day("happened_on", today))
    assert Concern.objects.get().is_reported
    assert "Decide what follows" in shown(world, "officer", "waiting")


def test_a_form_that_is_half_filled_says_what_is_missing_and_loses_nothing(world, today):
    made = concern(world, today)
    data = {"words": WORDS, "what_1": "Lock them away.", "what_2": "And keep records.", **day("due_1", today)}
    answer = browser(world.by["commissioner"]).post(reverse("outcomes:notice", args=[made.pk]), data)
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "Say by when." in body
    assert "And keep records." in body


def test_hostile_words_are_shown_as_words(world, today):
    made = concern(world, today, what="<script>alert(1)</script>")
    assert "<script>alert(1)" not in shown(world, "officer", "concern", made.pk)


def test_the_record_is_handed_out_as_a_file(world):
    address = reverse("outcomes:provider_record", args=[world.provider.pk]) + "?format=csv"
    answer = browser(world.by["commissioner"]).get(address)
    text = b"".join(answer.streaming_content).decode()
    assert "Unplanned endings against expected" in text
    assert "Uncertainty" in text.splitlines()[0]


def test_who_may_not_look_is_refused(world, council):
    worker = accounts.person("democratic_services", organisation=council)
    assert browser(worker).get(reverse("outcomes:providers")).status_code == 403
    assert browser(world.by["staff"]).get(reverse("outcomes:providers")).status_code == 403
    assert browser(world.by["officer"]).get(reverse("outcomes:own")).status_code == 403


def test_many_providers_ask_what_few_ask(world, today):
    client = browser(world.by["commissioner"])

    def asked(name: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse(f"outcomes:{name}") + "?size=100").status_code == 200
        enter(Scope.of_council(world.council.pk))
        return len(found)

    def add(number: int) -> None:
        provider = market_factory.provider(f"Ash {number}")
        home = market_factory.home(of=provider)
        contract_factory.Contract.objects.create(
            lot=world.contract.lot,
            provider=provider,
            reference=f"X{number}",
            start_on=world.contract.start_on,
            end_on=world.contract.end_on,
        )
        given = {"kind": "complaint", "severity": "low", "happened_on": today, "what": WORDS}
        actions.raise_concern(provider_id=provider.pk, **given, by=world.by["officer"], now=timezone.now())
        given = {"made_on": today, "is_unannounced": False, "found": "Calm.", "improvements": [("x", today, None)]}
        actions.record_home_visit(home_id=home.pk, **given, by=world.by["officer"], now=timezone.now())

    add(0)
    names = ("providers", "waiting", "concerns", "home_visits")
    few = {name: asked(name) for name in names}
    for number in range(1, 8):
        add(number)
    assert {name: asked(name) for name in names} == few


def test_a_provider_reads_its_own_figures_replies_and_nobody_elses(world, today):
    post(world, "commissioner", "share_figures", world.provider.pk)
    (row,) = Figures.objects.all()
    again = browser(world.by["commissioner"]).post(reverse("outcomes:share_figures", args=[world.provider.pk]))
    assert again.status_code == 422
    enter(Scope.of_council(world.council.pk))
    assert f"own/figures/{row.pk}" in shown(world, "staff", "own")
    page = shown(world, "staff", "own_figures", row.pk)
    assert all(definition.title in page for definition in definitions().values())
    post(world, "staff", "reply_to_figures", row.pk, words="Two of these were cancelled by you.")
    assert "cancelled by you" in shown(world, "staff", "own_figures", row.pk)
    assert "cancelled by you" in shown(world, "commissioner", "provider", world.provider.pk)
    stranger = accounts.person("provider_staff", organisation=market_factory.provider("Oak Care").organisation)
    for name in ("own_figures", "reply_to_figures"):
        assert browser(stranger).get(reverse(f"outcomes:{name}", args=[row.pk])).status_code == 404
    enter(stranger.scope)
    assert not Figures.objects.exists()
    enter(Scope.of_council(world.council.pk))
    with pytest.raises(DatabaseError), transaction.atomic():
        Figures.objects.update(lines=[])


def test_the_worker_shares_each_month_with_those_under_contract_once(world):
    now = timezone.now()
    assert actions.share_figures(by=world.by["worker"], now=now) == 1
    assert actions.share_figures(by=world.by["worker"], now=now) == 0


def test_the_list_can_be_narrowed_to_one_contract_for_its_renewal(world, client):
    client.force_login(world.by["commissioner"])
    framework = world.contract.lot.framework
    page = client.get(reverse("contracts:framework", args=[framework.pk])).content.decode()
    address = reverse("outcomes:providers") + f"?framework={framework.pk}"
    assert address in page
    assert world.provider.name in client.get(address).content.decode()
    other = Framework.objects.create(
        reference="F9", title="Other", legal_regime="pcr2015", decision=world.decision, start_on=framework.start_on,
        end_on=framework.end_on,
    )  # fmt: skip
    page = client.get(reverse("outcomes:providers") + f"?framework={other.pk}").content.decode()
    assert "that these filters find" in page
