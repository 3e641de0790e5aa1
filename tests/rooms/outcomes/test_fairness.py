"""How groups of children fare: by hand, against published examples, held back where few, kept and never changed."""

import csv
import datetime as dt
import io
import threading
from math import sqrt

import pytest
from django.db import DatabaseError, connection, connections, transaction

from placewell.accounts.permissions import Permission
from placewell.children.models import Child, Need
from placewell.kernel.errors import NotAllowed, Refused
from placewell.outcomes import actions, jobs, models, queries
from placewell.outcomes.queries import fair
from placewell.outcomes.rules import fairness
from placewell.outcomes.rules.fairness import Case, Figure
from placewell.placements import actions as desk_actions
from placewell.placements import queries as placements
from placewell.placements.models import Acceptance, Agreement, FrozenSearch, Offer, Placement
from placewell.storage.context import Scope, acting
from tests.factories import accounts, children, market
from tests.factories import placements as desk
from tests.factories.placements import NOW

ON = dt.date(2026, 2, 28)
AREA = "E06000034"


def cases(hits: int, over: int, *, start: int = 0, stratum=None) -> list[Case]:
    """Return one case for each of *over* children, the first *hits* of them hits."""
    return [Case(start + n, n < hits, 1, stratum) for n in range(over)]


def test_the_difference_of_two_shares_is_newcombes():
    # Newcombe 1998, table II (a): 56 of 70 and 48 of 80, method 10: 0.0524 to 0.3339
    own, others = (fairness.estimate(cases(*pair), is_share=True) for pair in ((56, 70), (48, 80)))
    assert fairness.difference(own, others, is_share=True) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)


def test_the_difference_of_nought_and_nought_still_has_a_width():
    # Newcombe 1998, table II (g): 0 of 10 and 0 of 20: −0.1611 to 0.2775
    own, others = (fairness.estimate(cases(*pair), is_share=True) for pair in ((0, 10), (0, 20)))
    assert fairness.difference(own, others, is_share=True) == pytest.approx((0, -0.1611, 0.2775), abs=1e-4)


def test_a_difference_of_means_is_welchs():
    from scipy.stats import ttest_ind

    ours, theirs = [3.0, 9.0, 4.0, 12.0, 7.0], [1.0, 2.0, 2.5, 8.0, 1.0, 3.0]
    own = fairness.estimate([Case(n, value) for n, value in enumerate(ours)], is_share=False)
    others = fairness.estimate([Case(n, value) for n, value in enumerate(theirs)], is_share=False)
    expected = ttest_ind(ours, theirs, equal_var=False).confidence_interval(0.95)
    found = fairness.difference(own, others, is_share=False)
    assert found[1:] == pytest.approx((expected.low, expected.high))


def test_like_is_compared_with_like():
    # In each stratum both groups fare alike; the group has more of the hard cases. Plainly it looks worse, alike it does not.
    own = [*cases(20, 40, stratum="hard"), *cases(1, 10, start=100, stratum="easy")]
    others = [*cases(10, 20, start=200, stratum="hard"), *cases(8, 80, start=300, stratum="easy")]
    plain = fairness.difference(*(fairness.estimate(rows, is_share=True) for rows in (own, others)), is_share=True)
    like, alike = fairness.adjusted(own, others, is_share=True, fewest=10)
    assert plain[1] > 0
    assert like[0] == pytest.approx(0)
    assert like[1] < 0 < like[2]
    assert alike == 50


def test_the_adjusted_difference_of_one_stratum_is_the_plain_one():
    like, _ = fairness.adjusted(cases(20, 40), cases(30, 50, start=100), is_share=True, fewest=10)
    a, n1, c, n0 = 20, 40, 30, 50
    n = n1 + n0
    gap, weight = a / n1 - c / n0, n1 * n0 / n
    p = (n1**2 * c - n0**2 * a + n1 * n0 * (n0 - n1) / 2) / n**2
    half = 1.959964 * sqrt(gap * p + (a * (n0 - c) + c * (n1 - a)) / (2 * n)) / weight  # Sato 1989
    assert like == pytest.approx((gap, gap - half, gap + half))


def test_who_has_nobody_alike_is_left_out_and_a_sparse_share_is_not_adjusted():
    own = [*cases(6, 12, stratum=1), *cases(0, 30, start=50, stratum="alone")]
    found = fairness.adjusted(own, cases(6, 12, start=200, stratum=1), is_share=True, fewest=10)
    assert found[0] is not None
    assert found[1] == 12
    assert fairness.adjusted(cases(0, 20), cases(9, 20, start=90), is_share=True, fewest=10) == (None, 20)


def test_a_child_with_many_cases_speaks_once():
    once = fairness.estimate(cases(10, 20), is_share=True)
    fivefold = fairness.estimate([one for one in cases(10, 20) for _ in range(5)], is_share=True)
    assert fivefold.over == 100
    assert (fivefold.low, fivefold.high) == pytest.approx((once.low, once.high), abs=0.01)


def test_the_mean_of_one_child_has_no_interval():
    assert fairness.estimate([Case(1, 5)], is_share=False).high is None


def row(group: str, hits: float, over: float) -> Figure:
    return Figure("far", "ethnicity", group, int(over), hits, over, hits / over, 0, 1, (0.1, 0, 0.2))


@pytest.mark.parametrize(
    ("rows", "hidden", "alone"),
    [
        ([row("White", 30, 60), row("Black", 10, 20)], set(), set()),
        # a group of three would follow from the whole and the other two: the smaller of them goes too
        ([row("White", 30, 60), row("Black", 10, 20), row("Mixed", 1, 3)], {"Mixed", "Black"}, set()),
        # of two groups the one tells the other
        ([row("Girls", 30, 60), row("Boys", 2, 40)], {"Girls", "Boys"}, set()),
        # nought is no secret; three hidden ones are together large enough
        ([row("White", 30, 60), row("Black", 0, 20)], set(), set()),
        ([row("White", 30, 60), row("Black", 4, 9), row("Mixed", 3, 8)], {"Black", "Mixed"}, set()),
    ],
)
def test_what_would_tell_of_a_few_is_held_back(rows, hidden, alone):
    assert fairness.held_back(rows, is_share=True) == (hidden, alone)


def test_nothing_shown_lets_a_small_count_be_reckoned():
    import random

    rng = random.Random(5)
    for _ in range(400):
        rows = []
        for n in range(rng.randint(1, 6)):
            over = rng.choice((1, 2, 3, 4, 5, 9, 20, 60))
            rows.append(row(str(n), rng.randint(0, over), over))
        hidden, alone = fairness.held_back(rows, is_share=True)
        shown = [one for one in rows if one.group not in hidden]
        assert not any(fairness.is_small([one], is_share=True) for one in shown)
        out = [one for one in rows if one.group in hidden]
        assert not shown or not out or (len(out) > 1 and not fairness.is_small(out, is_share=True))
        for one in shown:
            others = [each for each in rows if each is not one]
            assert one.group in alone or not fairness.is_small(others, is_share=True)


def begin(made, row, *, on: dt.date) -> None:
    """Let a referral's offer be accepted and the child arrive on a day."""
    offer = desk.offer(made, row)
    about = {"child": row.child, "provider": made.provider, "home": made.home, "start_on": on}
    Offer.objects.filter(pk=offer.pk).update(decided_by=made.by["manager"], decided_at=NOW, state="accepted")
    Acceptance.objects.create(referral=row, offer=offer)
    agreement = Agreement.objects.create(
        **about,
        offer=offer,
        reference=row.reference,
        category="fostering",
        end_on=desk.END,
        drawn_up_by=made.by["officer"],
    )
    occupancy = market.occupancy(in_home=made.home, start_on=on)
    Placement.objects.create(**about, agreement=agreement, occupancy=occupancy, state="started")


def test_searches_are_counted_from_the_referral_to_the_first_night(council):
    made = desk.world(council, places=2)
    market.home(of=made.provider, kind="foster_home", easting=561400, languages=["Polish"], skills=["autism"])
    row = desk.referral(made)
    waits, closed = (desk.referral(made, child=desk.a_child(), upto="draft") for _ in range(2))
    sooner, later = (desk.referral(made, child=desk.a_child()) for _ in range(2))
    for one, day in ((closed, 5), (sooner, 5), (later, 29)):
        when = {"reason": "She stays.", "now": desk.NOW + dt.timedelta(days=day)}
        desk_actions.close_referral(referral_id=one.pk, by=made.by["officer"], **when)
    begin(made, row, on=desk.TODAY + dt.timedelta(days=10))
    (found,) = (
        each for each in placements.searches(since=desk.TODAY, on=dt.date(2026, 3, 31)) if each.child == row.child_id
    )
    frozen = {each["home"]: each["place"] for each in FrozenSearch.objects.get(referral=row).facts["homes"]}
    assert set(frozen.values()) == {1, 2}
    assert (found.asked, found.offers, found.rank) == (1, 1, frozen[made.home.reference])
    assert (found.accepted_on, found.first_night_on) == (desk.TODAY, desk.TODAY + dt.timedelta(days=10))
    cases = {}
    for code, case in fair._of_searches(dt.date(2026, 3, 31)):
        cases.setdefault(code, []).append((case.child, case.hits, case.stratum))
    like = ("10 to 15", "standard")
    assert cases["waiting_days"] == [(row.child_id, 10, like)]
    assert sorted(hits for _, hits, _ in cases["offers"]) == [0, 0, 1]
    ended = {child: hits for child, hits, _ in cases["no_home"]}  # a draft for which nobody was asked is no search
    assert ended == {row.child_id: False, sooner.child_id: True, later.child_id: True}
    assert cases["rank_taken"] == [(row.child_id, found.rank, like)]
    assert cases["first_homes"] == [(row.child_id, True, like)]
    # closed within 28 days it says nothing of a long wait, closed later it waited long
    long = {child: hits for child, hits, _ in cases["waited_long"]}
    assert long == {row.child_id: False, waits.child_id: True, later.child_id: True}
    assert "no_home" not in {code for code, _ in fair._of_searches(desk.TODAY + dt.timedelta(days=4))}
    # as it stood before the child arrived, the search still waited
    before = {code: case.hits for code, case in fair._of_searches(desk.TODAY + dt.timedelta(days=9))}
    assert "waiting_days" not in before


@pytest.fixture
def lives(council):
    """Forty children in care, half of them Black; those live far more often; and a girl of no known ethnicity."""
    for number in range(40):
        black = number % 2 == 0
        child = children.child(
            ethnicity="BCRB" if black else "WBRI", sex="F" if number < 20 else "M", is_unaccompanied=False
        )
        far = number % (3 if black else 8) == 0
        children.episode(of=child, placement_postcode="BN1 1AA" if far else "RM16 2XX")
    children.episode(of=children.child(ethnicity="NOBT"))
    return council


def keep(council, as_of=ON, role="analyst"):
    return actions.keep_fairness(as_of=as_of, by=accounts.person(role, organisation=council), now=NOW)


def test_what_is_kept_is_what_a_count_by_hand_gives(lives):
    keep(lives)
    kept = queries.read(models.FairnessMonth.objects.get())
    far = {(one.characteristic, one.group): one for one in kept.of("far")}
    assert (far["ethnicity", "Black"].hits, far["ethnicity", "Black"].over) == (7, 20)  # 0, 6, 12, 18, 24, 30, 36
    assert (far["ethnicity", "White"].hits, far["ethnicity", "White"].over) == (0, 20)
    assert far["ethnicity", "Not known"].children == 1
    assert far["ethnicity", "Black"].difference[0] == pytest.approx(7 / 20)
    assert fairness.differs(far["ethnicity", "Black"].difference)
    # one child of unknown ethnicity would follow from the rest: hidden with the next smallest
    assert kept.is_hidden(far["ethnicity", "Not known"])
    assert {one.group for one in kept.of("far") if kept.is_hidden(one) and one.characteristic == "ethnicity"} > {
        "Not known"
    }


def test_history_does_not_change_when_a_record_is_corrected(lives):
    keep(lives)
    before = models.FairnessMonth.objects.get().figures
    Child.objects.update(ethnicity="WBRI")
    assert models.FairnessMonth.objects.get().figures == before
    assert queries.as_kept(queries.fairness_on(of=lives, on=ON)) != before
    with pytest.raises(Refused, match="kept already"):
        keep(lives)
    for change in ("update outcomes_fairnessmonth set figures = '[]'", "delete from outcomes_fairnessmonth"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


@pytest.mark.parametrize("as_of", [dt.date(2026, 2, 27), dt.date(2026, 3, 31), dt.date(2026, 3, 2)])
def test_only_a_month_that_has_ended_is_kept(lives, as_of):
    with pytest.raises(Refused, match="once it has ended"):
        keep(lives, as_of)


def test_a_disability_that_was_put_right_in_the_record_still_counts_and_one_to_come_does_not(council):
    pks = []
    for since, until in ((ON - dt.timedelta(days=9), ON), (ON + dt.timedelta(days=1), None)):
        child = children.child()
        children.episode(of=child)
        Need.objects.create(child=child, code="autism", since=since, until=until)
        pks.append(child.pk)
    from placewell.children.queries import protected

    found = queries.groups_of("disability", {one.child: one for one in protected(on=ON)})
    assert [found[pk] for pk in pks] == ["Yes", "No"]


def test_the_job_keeps_the_month_that_ended_for_each_council_and_once(council, monkeypatch):
    accounts.person("worker", organisation=council)
    monkeypatch.setattr(jobs.timezone, "now", lambda: NOW)
    for _ in range(2):
        jobs.keep_fairness.func(timestamp=0)
    with acting(Scope.of_council(council.pk)):
        assert [each.as_of for each in models.FairnessMonth.objects.all()] == [ON]


def keep_at_once(council, monkeypatch) -> list[str]:
    """Let four people keep one month at once, each having seen that nobody has; return what each was told."""
    with acting(Scope.of_council(council.pk)):
        by = accounts.person("analyst", organisation=council)
    seen, said, reckon = threading.Barrier(4), [], actions.fairness.queries.fairness_on

    def reckon_together(**given):
        seen.wait(10)
        return reckon(**given)

    monkeypatch.setattr(actions.fairness.queries, "fairness_on", reckon_together)

    def run():
        try:
            with acting(Scope.of_council(council.pk)):
                actions.keep_fairness(as_of=ON, by=by, now=NOW)
            said.append("kept")
        except Refused as refusal:
            said.append(str(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    [one.start() for one in threads]
    [one.join(20) for one in threads]
    return said


def test_two_at_one_moment_keep_it_once(committed, monkeypatch):
    said = keep_at_once(accounts.council(), monkeypatch)
    assert (len(said), said.count("kept")) == (4, 1)


def test_with_the_guard_off_the_same_month_is_kept_four_times(committed, monkeypatch):
    table, guard = "outcomes_fairnessmonth", "fairnessmonth_once"
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"alter table {table} drop constraint {guard}")
    try:
        assert keep_at_once(accounts.council(), monkeypatch) == ["kept"] * 4
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"alter table {table} disable trigger user, no force row level security")
            cursor.execute(f"delete from {table}")
            cursor.execute(f"alter table {table} enable trigger user, force row level security")
            cursor.execute(f"alter table {table} add constraint {guard} unique (council_id, as_of)")


def test_the_page_shows_differences_and_holds_few_back(lives, client):
    keep(lives)
    client.force_login(accounts.person("portfolio_holder", organisation=lives))
    page = client.get("/outcomes/fairness/").content.decode()
    assert "Ethnicity: Black" in page
    assert "does not say why" in page
    page = client.get("/outcomes/fairness/far/").content.decode()
    assert "+35 (" in page
    assert "<svg" in page
    said = b"".join(client.get("/outcomes/fairness/figures.csv").streaming_content).decode("utf-8-sig")
    told = {(each["measure"], each["group"]): each for each in csv.DictReader(io.StringIO(said))}
    assert told["More than 20 miles from home", "Not known"]["children"] == "c"
    assert float(told["More than 20 miles from home", "Black"]["difference"]) == pytest.approx(0.35)


def test_before_the_first_month_the_page_says_so(council, client):
    client.force_login(accounts.person("auditor", organisation=council))
    assert "No month has been kept yet" in client.get("/outcomes/fairness/").content.decode()
    assert client.get("/outcomes/fairness/far/").status_code == 200
    assert client.get("/outcomes/fairness/none/").status_code == 404
    assert client.get("/outcomes/fairness/?month=2020-01-31").status_code == 404


def test_who_does_not_answer_for_equality_sees_none(council, client):
    client.force_login(accounts.person("social_worker", organisation=council))
    assert client.get("/outcomes/fairness/").status_code == 403
    with pytest.raises(NotAllowed, match=Permission.KEEP_FAIRNESS.value):
        keep(council, role="portfolio_holder")
