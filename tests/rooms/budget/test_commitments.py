"""Envelopes by year, what is committed against them, and what comes free."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from placewell.audit.models import Event
from placewell.budget import actions, models, queries, rules
from placewell.kernel.errors import NotAllowed, Refused
from tests.conftest import NOW, TODAY
from tests.factories import governance, market

WEEK = rules.Line("core", Decimal("700"), dt.date(2026, 4, 6), dt.date(2026, 4, 13))


@pytest.fixture
def given(council, person):
    decision = governance.decision()
    return SimpleNamespace(
        decision=decision,
        provider=market.provider(),
        officer=person("placements_officer"),
        finance=person(governance.FINANCE),
    )


def envelope(given, amount, year=2026):
    return actions.set_envelope(
        decision_id=given.decision.pk, financial_year=year, amount=Decimal(amount), by=given.finance, now=NOW
    )


def commit(given, *lines, **fields):
    return actions.commit(
        **{
            "decision_id": given.decision.pk,
            "provider_id": given.provider.pk,
            "category": "fostering",
            "source": "placements.agreement:1",
            "lines": lines or [WEEK],
            "by": given.officer,
            "now": NOW,
        }
        | fields
    )


def position(year=2026):
    return next(each for each in queries.position(on=TODAY) if each.year == year)


def test_a_commitment_is_charged_to_the_years_of_its_nights(given):
    envelope(given, "1000", 2025)
    envelope(given, "1000", 2026)
    commit(given, rules.Line("core", Decimal("1000"), dt.date(2026, 3, 31), dt.date(2026, 4, 2)))
    assert (position(2025).committed, position(2026).committed) == (Decimal("142.86"), Decimal("142.85"))
    assert position(2026).left == Decimal("857.15")
    assert queries.by_lot(year=2026)["fostering"] == Decimal("142.85")
    assert not queries.envelopes_that_disagree().exists()


def test_only_what_the_decision_is_about_is_committed(given):
    envelope(given, "10000")
    with pytest.raises(Refused, match="allows no spending on family assessment"):
        commit(given, category="family_assessment")


def test_the_last_penny_may_be_spent_and_not_one_more(given):
    envelope(given, "700")
    commit(given)
    penny = rules.Line("core", Decimal("0.07"), WEEK.start_on, WEEK.start_on + dt.timedelta(days=1))
    with pytest.raises(Refused, match=r"envelope for 2026/27 by £0\.01"):
        commit(given, penny)
    assert position().left == 0


def test_the_database_too_holds_the_envelope(given):
    made = envelope(given, "700")
    with pytest.raises(IntegrityError, match="envelope_not_passed"), transaction.atomic():
        models.Envelope.objects.filter(pk=made.pk).update(committed=Decimal("700.01"))


def test_a_statutory_duty_passes_the_envelope_and_says_so(given):
    envelope(given, "600")
    commit(given, statutory_duty="Children Act 1989 s.20")
    overrun = models.Overrun.objects.get()
    assert (overrun.amount, overrun.statutory_duty) == (Decimal("100"), "Children Act 1989 s.20")
    assert (position().allowed_beyond, position().left) == (Decimal("100"), Decimal("0"))


def test_a_demand_approval_passes_the_envelope_and_another_act_does_not(given, council):
    people = governance.offices(council)
    envelope(given, "600")
    asked = {"asked_by": people["commissioner"], "asked_at": NOW, "decided_by": people[governance.DIRECTOR]}
    award = governance.approval(of=governance.delegation(of=given.decision), **asked)
    with pytest.raises(Refused, match="something else"):
        commit(given, approval_id=award.pk)
    demand = governance.approval(of=governance.delegation(of=given.decision, act="approve_demand"), **asked)
    commit(given, approval_id=demand.pk)
    assert models.Overrun.objects.get().approval == demand


def test_a_year_without_an_envelope_is_committed_and_shown(given):
    commit(given)
    assert (position().envelope, position().left, position().committed) == (None, None, Decimal("700"))


def test_ending_early_frees_exactly_what_is_not_used(given):
    envelope(given, "2000", 2025)
    envelope(given, "2000", 2026)
    commit(given, rules.Line("core", Decimal("1000"), dt.date(2026, 3, 31), dt.date(2026, 4, 7)))

    def cut(end_on):
        return actions.cut_short(source="placements.agreement:1", end_on=end_on, by=given.officer, now=NOW)

    assert cut(dt.date(2026, 4, 2)) == Decimal("714.29")
    assert position(2025).committed + position(2026).committed == Decimal("285.71")
    assert cut(dt.date(2026, 4, 2)) == 0
    assert cut(dt.date(2026, 3, 1)) == Decimal("285.71")
    assert not queries.commitments().exists()
    assert not queries.envelopes_that_disagree().exists()
    assert {row.committed for row in models.Envelope.objects.all()} == {Decimal(0)}


def test_an_envelope_stays_inside_the_decision(given):
    with pytest.raises(Refused, match="allows £10,300,000 a year"):
        envelope(given, "10300000.01")
    for year in range(2018, 2024):
        envelope(given, "10300000", year)
    with pytest.raises(Refused, match="set already"):
        envelope(given, "1", 2018)
    with pytest.raises(Refused, match="6 years, and all are set"):
        envelope(given, "1", 2024)


def test_no_envelope_under_a_decision_that_is_not_in_force(given):
    given.decision = governance.decision(state="called_in")
    with pytest.raises(Refused, match="called in"):
        envelope(given, "1")


def test_only_finance_sets_and_only_placements_commits(given):
    given.finance, given.officer = given.officer, given.finance
    with pytest.raises(NotAllowed):
        envelope(given, "1")
    with pytest.raises(NotAllowed):
        commit(given)


def test_an_envelope_set_late_counts_what_was_committed_before_it(given):
    commit(given)
    with pytest.raises(Refused, match="More than that is committed in 2026/27"):
        envelope(given, "699.99")
    assert envelope(given, "700").committed == Decimal("700")
    assert not queries.envelopes_that_disagree().exists()


def test_leave_to_pass_the_envelope_ends_with_what_it_was_given_for(given):
    envelope(given, "600")
    commit(given, statutory_duty="Children Act 1989 s.20")
    actions.cut_short(source="placements.agreement:1", end_on=WEEK.start_on, by=given.officer, now=NOW)
    with pytest.raises(Refused, match="by £100"):
        commit(given)
    assert (position().allowed_beyond, position().committed) == (Decimal(0), Decimal(0))


def test_a_demand_approval_is_used_up_and_serves_its_own_decision_only(given, council):
    people = governance.offices(council)
    envelope(given, "600")
    asked = {"asked_by": people["commissioner"], "asked_at": NOW, "decided_by": people[governance.DIRECTOR]}
    demand = governance.approval(of=governance.delegation(of=given.decision, act="approve_demand"), **asked)
    demand.amount = Decimal("150")
    demand.save()
    foreign = governance.approval(of=governance.delegation(of=governance.decision(), act="approve_demand"), **asked)
    with pytest.raises(Refused, match="under another decision"):
        commit(given, approval_id=foreign.pk)
    commit(given, approval_id=demand.pk)
    with pytest.raises(Refused, match="allows £150 in all, and £100 of it is used"):
        commit(given, approval_id=demand.pk)
    assert position().committed == Decimal("700")


@pytest.mark.parametrize("state", ["draft", "made", "called_in", "set_aside"])
def test_nothing_is_committed_under_a_decision_that_is_not_in_force(given, state):
    given.decision = governance.decision(state=state)
    with pytest.raises(Refused, match="cannot be acted on"):
        commit(given)
    assert not models.Commitment.objects.exists()


def test_what_was_committed_is_freed_even_after_the_decision_is_set_aside(given):
    envelope(given, "700")
    commit(given)
    type(given.decision).objects.filter(pk=given.decision.pk).update(state="set_aside")
    freed = actions.cut_short(source="placements.agreement:1", end_on=WEEK.start_on, by=given.officer, now=NOW)
    assert freed == Decimal("700")


def test_money_leaves_a_trail(given):
    envelope(given, "600")
    commit(given, statutory_duty="Children Act 1989 s.20")
    actions.cut_short(source="placements.agreement:1", end_on=WEEK.start_on, by=given.officer, now=NOW)
    assert [event.what for event in Event.objects.order_by("pk")] == [
        "budget.envelope.set",
        "budget.envelope.passed",
        "budget.commitment.made",
        "budget.commitment.cancelled",
        "budget.commitment.cut_short",
        "budget.agreement.cut_short",
    ]
