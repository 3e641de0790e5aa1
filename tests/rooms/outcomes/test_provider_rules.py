"""Rating words, exact uncertainty, like compared with like, the ladder, and the checks of a return: hand-made cases."""

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from scipy import stats

from placewell.kernel.states import dead_ends
from placewell.outcomes.rules import funnel, kpis, ladder, returns
from placewell.outcomes.rules.funnel import Case, Verdict
from placewell.outcomes.rules.kpis import Kpi, Measured, Rating, Target
from placewell.outcomes.rules.ladder import ConcernKind, Kind, Measure, Severity, Taken

ON = dt.date(2026, 3, 2)


def test_intervals_are_those_of_the_tables():
    # 8 of 10, Clopper and Pearson: 44.4 % to 97.5 %; 10 events, Garwood: 4.80 to 18.39
    assert funnel.share_interval(8, 10) == pytest.approx((0.4439, 0.9748), abs=1e-4)
    assert funnel.count_interval(10) == pytest.approx((4.795, 18.391), abs=1e-3)
    assert funnel.share_interval(0, 5)[0] == 0.0
    assert funnel.share_interval(5, 5)[1] == 1.0
    assert funnel.count_interval(0) == pytest.approx((0.0, 3.6889), abs=1e-4)


@pytest.mark.parametrize("bad", [(1, 0), (-1, 3), (4, 3)])
def test_a_share_of_nothing_is_refused(bad):
    with pytest.raises(ValueError, match="share"):
        funnel.share_interval(*bad)


@pytest.mark.parametrize("hoped", [0.3, 1.0, 4.7, 25.0, 300.0])
def test_limits_lie_beside_those_of_an_independent_library(hoped):
    low, high = funnel.count_limits(hoped, level=0.95)
    # interpolated limits lie within one of the whole ones
    assert abs(low - stats.poisson.ppf(0.025, hoped)) <= 1
    assert abs(high - stats.poisson.ppf(0.975, hoped)) <= 1
    wide = funnel.count_limits(hoped, level=0.998)
    assert wide[0] <= low <= hoped <= high <= wide[1]


def test_limits_of_shares_close_in_as_there_are_more_cases():
    widths = [b - a for a, b in (funnel.share_limits(n, 0.8, level=0.95) for n in (10, 40, 160, 640))]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] == pytest.approx(2 * 1.96 * (0.8 * 0.2 / 640) ** 0.5, rel=0.05)


def test_like_is_compared_with_like():
    # A takes the harder children: five times the endings, and exactly what such children have everywhere
    cases = [Case("A", "hard", 40, 20), Case("B", "hard", 10, 5), Case("B", "easy", 100, 10), Case("C", "easy", 50, 5)]
    hoped = funnel.expected(cases)
    assert sum(hoped.values()) == pytest.approx(40)
    assert hoped["A"] == pytest.approx(20, rel=0.05)
    assert hoped["C"] == pytest.approx(5, rel=0.1)
    # without adjustment A would be expected to have 8
    crude = funnel.expected([Case(c.owner, "all", c.weight, c.events) for c in cases])
    assert crude["A"] == pytest.approx(8)


def test_nobody_is_expected_anything_of_nothing():
    assert funnel.expected([]) == {}
    assert funnel.expected([Case("A", "x", 0.0, 0)]) == {"A": 0.0}
    assert funnel.standing(0, 0.0, size=0, more_is_worse=True).verdict == Verdict.TOO_FEW


def test_few_cases_are_never_ranked_however_bad():
    assert funnel.standing(9, 1.2, size=9, more_is_worse=True).verdict == Verdict.TOO_FEW
    assert funnel.standing(9, 0.4, size=40, more_is_worse=True).verdict == Verdict.TOO_FEW


@pytest.mark.parametrize(
    ("observed", "more_is_worse", "verdict"),
    [
        (10, True, Verdict.WITHIN),
        (16, True, Verdict.WITHIN),
        (18, True, Verdict.WORSE),
        (25, True, Verdict.FAR_WORSE),
        (3, True, Verdict.BETTER),
        (18, False, Verdict.BETTER),
        (3, False, Verdict.WORSE),
        (1, False, Verdict.FAR_WORSE),
    ],
)
def test_where_somebody_stands_with_ten_expected(observed, more_is_worse, verdict):
    assert funnel.standing(observed, 10.0, size=50, more_is_worse=more_is_worse).verdict == verdict


def test_false_alarms_are_as_rare_as_the_level_says():
    # of all counts that chance gives at ten expected, weighed by how likely they are
    alarm = sum(
        stats.poisson.pmf(n, 10)
        for n in range(60)
        if funnel.standing(n, 10.0, size=50, more_is_worse=True).verdict in (Verdict.WORSE, Verdict.FAR_WORSE)
    )
    assert alarm < 0.035


MOSTLY = Target(Decimal(90), Decimal(85), Decimal(70))
HOURS = Target(Decimal(8), Decimal(10), Decimal(16))


@pytest.mark.parametrize(
    ("value", "word"),
    [(95, "met"), (90, "met"), (89.99, "slightly_below"), (85, "slightly_below"), (84, "below"), (70, "below"),
     (69.9, "significantly_below"), (0, "significantly_below")],
)  # fmt: skip
def test_rating_words_where_more_is_better(value, word):
    assert kpis.rate(Measured(Kpi.ANSWERED, value, 50), MOSTLY) == word


@pytest.mark.parametrize(
    ("value", "word"), [(3, "met"), (8, "met"), (9, "slightly_below"), (12, "below"), (17, "significantly_below")]
)
def test_rating_words_where_less_is_better(value, word):
    assert kpis.rate(Measured(Kpi.RESPONSE, value, 50), HOURS) == word


def test_nothing_is_rated_without_a_target_or_on_few_cases():
    assert kpis.rate(Measured(Kpi.ANSWERED, 10.0, 50), None) == Rating.NO_TARGET
    assert kpis.rate(Measured(Kpi.ANSWERED, 10.0, 9), MOSTLY) == Rating.TOO_FEW
    assert kpis.rate(Measured(Kpi.ANSWERED, None, 0), MOSTLY) == Rating.TOO_FEW


def test_a_breach_is_sure_only_when_chance_does_not_explain_it():
    assert not kpis.is_sure(kpis.share(Kpi.ANSWERED, 8, 10), MOSTLY)
    assert kpis.is_sure(kpis.share(Kpi.ANSWERED, 60, 100), MOSTLY)
    assert not kpis.is_sure(Measured(Kpi.ANSWERED, None, 0), MOSTLY)


def test_targets_go_one_way():
    assert kpis.target_fault(Kpi.ANSWERED, MOSTLY) == ""
    assert kpis.target_fault(Kpi.RESPONSE, HOURS) == ""
    assert "at or below" in kpis.target_fault(Kpi.ANSWERED, HOURS)
    assert "at or above" in kpis.target_fault(Kpi.RESPONSE, MOSTLY)


def test_every_measure_is_defined_with_its_source():
    assert list(kpis.definitions()) == list(Kpi)
    assert all(row.definition and row.source for row in kpis.definitions().values())


def test_the_middle_comes_with_its_ranks():
    found = kpis.middle(Kpi.RESPONSE, [1, 2, 3, 4, 5, 6, 7, 8, 9, 100])
    assert (found.value, found.size) == (5.5, 10)
    assert found.low <= 5.5 <= found.high < 100
    assert kpis.middle(Kpi.RESPONSE, []).value is None
    assert kpis.middle(Kpi.RESPONSE, [4.0]).low == kpis.middle(Kpi.RESPONSE, [4.0]).high == 4.0


def taken(*steps):
    return [Taken(Kind(kind), Measure(state)) for kind, state in steps]


@pytest.mark.parametrize(
    ("kind", "before", "concern", "severity", "may"),
    [
        (Kind.NOTE, [], ConcernKind.COMPLAINT, Severity.LOW, True),
        (Kind.NOTICE, [], ConcernKind.COMPLAINT, Severity.LOW, True),
        (Kind.NOTICE, [("improvement_notice", "in_force")], ConcernKind.COMPLAINT, Severity.LOW, False),
        (Kind.SUSPENSION, [], ConcernKind.COMPLAINT, Severity.SERIOUS, False),
        (Kind.SUSPENSION, [], ConcernKind.COMPLAINT, Severity.CHILDREN_AT_RISK, True),
        (Kind.SUSPENSION, [], ConcernKind.REGULATOR_NOTICE, Severity.SERIOUS, True),
        (Kind.SUSPENSION, [("improvement_notice", "in_force")], ConcernKind.GRADE_DROP, Severity.SERIOUS, True),
        (Kind.SUSPENSION, [("improvement_notice", "met")], ConcernKind.GRADE_DROP, Severity.SERIOUS, False),
        (Kind.SUSPENSION, [("suspension", "proposed")], ConcernKind.REGULATOR_NOTICE, Severity.SERIOUS, False),
        (Kind.TIER, [("improvement_notice", "in_force")], ConcernKind.KPI_BREACH, Severity.SERIOUS, False),
        (Kind.TIER, [("improvement_notice", "not_met")], ConcernKind.KPI_BREACH, Severity.SERIOUS, True),
        (Kind.TERMINATION, [("suspension", "in_force")], ConcernKind.KPI_BREACH, Severity.SERIOUS, False),
        (Kind.TERMINATION, [("suspension", "in_force")], ConcernKind.ALLEGATION, Severity.CHILDREN_AT_RISK, True),
        (Kind.TERMINATION, [("improvement_notice", "not_met")], ConcernKind.KPI_BREACH, Severity.SERIOUS, True),
    ],
)
def test_the_ladder(kind, before, concern, severity, may):
    why = ladder.why_not(kind, taken=taken(*before), concern=concern, severity=severity)
    assert (why == "") is may, why


def test_every_state_of_a_measure_has_a_way_out():
    assert dead_ends(ladder.MEASURE_STEPS, ladder.MEASURE_ENDS) == set()
    assert dead_ends(ladder.CONCERN_STEPS, frozenset()) == set()
    assert dead_ends(returns.RETURN_STEPS, frozenset()) == set()


def test_the_provider_is_heard_before_a_proposal_is_decided():
    by = ladder.due("reply", on=ON, holidays=frozenset())
    assert by == dt.date(2026, 3, 9)
    assert "9 March 2026" in ladder.why_not_decided_yet(reply_by=by, has_reply=False, on=by)
    assert ladder.why_not_decided_yet(reply_by=by, has_reply=True, on=ON) == ""
    assert ladder.why_not_decided_yet(reply_by=by, has_reply=False, on=by + dt.timedelta(days=1)) == ""


def test_only_grave_things_stop_placements_at_once():
    for concern, severity in itertools.product(ConcernKind, Severity):
        may = ladder.may_be_immediate(concern=concern, severity=severity)
        assert may == (severity == Severity.CHILDREN_AT_RISK or concern == ConcernKind.REGULATOR_NOTICE)


GOOD = dict.fromkeys(returns.FIGURES, 0) | {"nights": 180, "staff": 8, "qualified": 6, "independent_visits": 3}
OURS = {"our_nights": 181, "our_missing": 0, "our_reports": {"complaints": 0}, "has_homes": True}


def test_a_sound_return_passes():
    assert returns.check(GOOD, **OURS) == []


@pytest.mark.parametrize(
    ("change", "figure", "must"),
    [
        ({"staff": None}, "staff", True),
        ({"leavers": -1}, "leavers", True),
        ({"qualified": 9}, "qualified", True),
        ({"nights": 90}, "nights", False),
        ({"independent_visits": 1}, "independent_visits", False),
        ({"leavers": 5}, "leavers", False),
    ],
)
def test_what_is_odd_in_a_return_is_said(change, figure, must):
    (found,) = returns.check(GOOD | change, **OURS)
    assert (found.figure, found.must) == (figure, must)


def test_what_the_council_knows_is_held_against_a_return():
    ours = OURS | {"our_missing": 2, "our_reports": {"complaints": 1, "allegations": 0}}
    assert [each.figure for each in returns.check(GOOD, **ours)] == ["missing_episodes", "complaints"]


def test_quarters_follow_the_financial_year():
    assert returns.quarter(dt.date(2026, 3, 31)) == dt.date(2026, 1, 1)
    assert returns.quarter(dt.date(2026, 4, 1)) == dt.date(2026, 4, 1)
    assert returns.quarter_end(dt.date(2026, 10, 1)) == dt.date(2027, 1, 1)
