"""Leaving a contract: the gap by month, and each placement until it is settled."""

import datetime as dt
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placewell.contracts import actions, queries, rules
from placewell.contracts.models import CallOff, Contract, Framework
from placewell.governance.models import Approval, Exemption
from placewell.kernel.errors import Refused
from placewell.kernel.money import for_nights
from tests.conftest import NOW, TODAY
from tests.factories import contracts, governance

DAY = dt.timedelta(days=1)
JAN, FEB, MAR = (dt.date(2026, month, 1) for month in (1, 2, 3))
FEE = Decimal("700")


def running(**fields) -> rules.Running:
    return rules.Running(**({"weekly_fee": FEE, "start_on": JAN, "end_on": MAR, "covered_until": FEB} | fields))


def gap(**fields) -> rules.GapMonth:
    return rules.gap_by_month([running(**fields)], [JAN, FEB])[1]


def test_nights_after_the_cover_are_without_it_until_something_is_decided_and_done():
    month = Decimal("2800.00")  # twenty-eight nights at £100
    assert gap() == rules.GapMonth(FEB, Decimal(0), Decimal(0), Decimal(0), month)
    assert gap(what="spot", due_on=FEB, is_done=True).settled == month
    half = gap(what="move", due_on=FEB + 14 * DAY)
    assert (half.gap, half.planned) == (Decimal("1400.00"), Decimal("1400.00"))
    ends = gap(what="end", due_on=FEB + 14 * DAY)
    assert (ends.gap, ends.planned) == (Decimal("1400.00"), Decimal(0))
    assert gap(what="vary", due_on=JAN).planned == month


@given(
    start=st.integers(0, 40),
    length=st.integers(0, 60),
    cover=st.integers(-10, 80),
    due=st.integers(0, 80),
    what=st.sampled_from(["", "move", "vary", "spot"]),
    done=st.booleans(),
)
def test_no_night_is_lost_or_counted_twice(start, length, cover, due, what, done):
    first = JAN + start * DAY
    row = running(
        start_on=first,
        end_on=first + length * DAY,
        covered_until=JAN + cover * DAY,
        what=what,
        due_on=JAN + due * DAY if what else None,
        is_done=done and bool(what),
    )
    months = rules.gap_by_month([row], [dt.date(2026, month, 1) for month in range(1, 6)])
    assert sum(m.covered + m.settled + m.planned + m.gap for m in months) == for_nights(FEE, length)


@pytest.fixture
def people(council):
    return governance.offices(council)


@pytest.fixture
def left(people):
    """Return a placement under an outgoing contract that runs beyond it, and the provider's contract on the new one."""
    new = contracts.contract(people)
    Framework.objects.filter(pk=new.lot.framework_id).update(lifetime_ceiling=Decimal("100000"))
    old = contracts.framework(of=new.lot.framework.decision, is_outgoing=True, state="awarded", end_on=TODAY + 30 * DAY)
    under = Contract.objects.create(
        lot=old.lots.get(), provider=new.provider, reference="OLD1", start_on=old.start_on, end_on=old.end_on
    )
    off = CallOff.objects.create(
        contract=under,
        provider=new.provider,
        source="placements.agreement:1",
        reference="A-1",
        weekly_fee=FEE,
        amount=Decimal("4000"),
        start_on=TODAY - 10 * DAY,
        end_on=TODAY + 80 * DAY,
    )
    Framework.objects.filter(pk=old.pk).update(committed=off.amount)
    return off, new


def plan(off, people, what="spot", **fields):
    given = {
        "due_on": TODAY + 20 * DAY,
        "reason": "Best",
        "call_off_id": off.pk,
        "by": people["commissioner"],
        "now": NOW,
    }
    return actions.plan_leaving(what=what, **(given | fields))


def rows(off):
    framework = queries.framework(framework_id=off.contract.lot.framework_id)
    return queries.leaving(framework=framework, on=TODAY)


def test_a_placement_is_decided_told_and_settled_and_then_nothing_is_without_cover(left, people):
    off, _ = left
    by = {"by": people["commissioner"], "now": NOW}
    assert rows(off)[0].gap == Decimal("5000.00")  # fifty nights
    step = plan(off, people, "vary")
    assert rows(off)[0].gap == 0  # planned from before the cover ends
    with pytest.raises(Refused, match="who was told"):
        actions.finish_leaving(step_id=step.pk, **by)
    actions.tell_of_leaving(step_id=step.pk, told="The provider", on=TODAY, **by)
    actions.finish_leaving(step_id=step.pk, **by)
    assert rows(off)[0].step.done_on == TODAY
    with pytest.raises(Refused, match="settled already"):
        plan(off, people)


def test_what_nothing_covers_is_told_by_the_week_by_the_year_and_in_all(left, people):
    off, _ = left
    CallOff.objects.filter(pk=off.pk).update(end_on=TODAY + 2000 * DAY)
    bare = queries.uncovered(rows(off))
    from_on = TODAY + 30 * DAY
    assert (bare.from_on, bare.count, bare.weekly, bare.until_on) == (from_on, 1, FEE, TODAY + 2000 * DAY)
    assert bare.in_a_year == for_nights(FEE, (bare.year_on - from_on).days)
    assert dt.timedelta(days=330) < bare.year_on - from_on <= dt.timedelta(days=366)
    assert bare.whole == pytest.approx(for_nights(FEE, 1970), abs=1)  # rounded month by month
    framework = queries.framework(framework_id=off.contract.lot.framework_id)
    months = queries.gap(framework=framework, rows=rows(off), on=TODAY)
    # The chart stands where the cover ends, however far ahead that is.
    assert months[0].gap == 0 < months[-1].gap
    plan(off, people, "vary")
    assert queries.uncovered(rows(off)) is None


def exempted(off, people, **fields) -> Exemption:
    """Return an exemption of the register for the placement's provider, approved unless said otherwise."""
    of = off.contract.lot.framework.decision
    delegation = governance.delegation(of=of, act="exempt", consultees=())
    approval = governance.approval(
        of=delegation, asked_by=people["commissioner"], asked_at=NOW, decided_by=people[governance.DIRECTOR]
    )
    given = {
        "delegation": delegation, "approval": approval, "reference": f"E-{Exemption.objects.count()}", "source": f"x:{of.pk}",
        "category": "fostering", "supplier": "Elm", "supplier_id": off.provider_id, "weekly_fee": FEE, "start_on": TODAY,
        "value": FEE, "reason": "no_place", "search_log": {}, "regime": "pa2023", "threshold": FEE, "is_above": False,
        "ground": "below_threshold", "review_on": TODAY + 90 * DAY, "return_plan": "x", "drafted_by": people["commissioner"],
        "drafted_at": NOW,
    }  # fmt: skip
    return Exemption.objects.create(**given | fields)


def test_one_that_stays_as_spot_rests_on_an_exemption_of_the_register_that_stands(left, people, person):
    off, _ = left
    by, signs = {"by": people["commissioner"], "now": NOW}, {"by": person("team_manager"), "now": NOW}
    stay = {"source": off.source, **signs}
    with pytest.raises(Refused, match="No stay as a spot purchase"):
        actions.leave_for_exemption(**stay)
    other = exempted(off, people, supplier_id=people["commissioner"].pk)
    for wrong, why in (
        (other, "another provider"),
        (exempted(off, people, category="residential", source="x:2"), "another kind"),
        (exempted(off, people, ended_on=TODAY, source="x:3"), "ended on"),
    ):
        with pytest.raises(Refused, match=why):
            plan(off, people, exemption_id=wrong.pk)
        wrong.delete()
    step = plan(off, people)
    with pytest.raises(Refused, match="from the register"):
        actions.leave_for_exemption(**stay)
    mine = exempted(off, people)
    assert [each.pk for each in queries.may_exempt(off)] == [mine.pk]
    step = plan(off, people, exemption_id=mine.pk)
    with pytest.raises(Refused, match="who was told"):
        actions.leave_for_exemption(**stay)
    actions.tell_of_leaving(step_id=step.pk, told="The provider", on=TODAY, **by)
    with pytest.raises(Refused, match="put onto the exemption"):
        actions.finish_leaving(step_id=step.pk, **by)
    Approval.objects.filter(pk=mine.approval_id).update(state="requested")
    with pytest.raises(Refused, match="does not allow it: exemption E-0 is requested"):
        actions.leave_for_exemption(**stay)
    Approval.objects.filter(pk=mine.approval_id).update(state="approved")
    assert [each.pk for each in queries.moves_to_make()] == [step.pk]
    assert actions.leave_for_exemption(**stay).done_on == TODAY
    assert Framework.objects.get(pk=off.contract.lot.framework_id).committed == Decimal("1000.00")  # ten nights
    assert rows(off)[0].gap == 0
    assert queries.ceilings_that_disagree() == []


def test_two_placements_do_not_share_one_exemption(left, people):
    off, _ = left
    again = CallOff.objects.get(pk=off.pk)
    again.pk, again.source = None, "placements.agreement:2"
    again._state.adding = True
    again.id = uuid4()
    again.save()
    mine = exempted(off, people)
    plan(off, people, exemption_id=mine.pk)
    assert queries.may_exempt(again) == []
    with pytest.raises(Refused, match="each needs its own"):
        plan(again, people, exemption_id=mine.pk)


def test_one_that_is_to_end_settles_only_when_it_has_an_end(left, people):
    off, _ = left
    by = {"by": people["commissioner"], "now": NOW}
    step = plan(off, people, "end")
    actions.tell_of_leaving(step_id=step.pk, told="All", on=TODAY, **by)
    with pytest.raises(Refused, match="still runs until"):
        actions.finish_leaving(step_id=step.pk, **by)


def test_a_move_carries_what_is_left_of_the_cost_to_the_other_ceiling(left, people, person):
    off, new = left
    plan(off, people, "move", to_contract_id=new.pk)
    actions.move_call_off(source=off.source, to_contract_id=new.pk, on=TODAY, by=person("team_manager"), now=NOW)
    old, now = (Framework.objects.get(pk=each.lot.framework_id) for each in (off.contract, new))
    assert (old.committed, now.committed) == (Decimal("1000.00"), Decimal("8000.00"))  # ten nights, eighty nights
    assert rows(off)[0].step.done_on == TODAY
    assert rows(off)[0].gap == 0
    assert queries.ceilings_that_disagree() == []


def test_a_move_goes_nowhere_else(left, people, person):
    off, new = left
    other = contracts.contract(people)
    wrong = ((None, "to which contract"), (off.contract, "framework that is left"), (other, "another provider"))
    for target, why in wrong:
        with pytest.raises(Refused, match=why):
            plan(off, people, "move", to_contract_id=target and target.pk)
    Framework.objects.filter(pk=new.lot.framework_id).update(lifetime_ceiling=Decimal("7999"))
    with pytest.raises(Refused, match="pass the ceiling"):
        actions.move_call_off(source=off.source, to_contract_id=new.pk, on=TODAY, by=person("team_manager"), now=NOW)


@pytest.mark.parametrize("due_on", [TODAY - DAY, TODAY + 81 * DAY])
def test_the_day_lies_between_today_and_the_last(left, people, due_on):
    with pytest.raises(Refused, match="between today"):
        plan(left[0], people, due_on=due_on)
