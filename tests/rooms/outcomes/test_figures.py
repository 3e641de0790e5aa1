"""The council's figures: restricted children count and are not listed, small numbers are held back, pages open for whom they should."""

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from placewell.children.models import Child, StatedRow
from placewell.kernel.errors import BadInput, NotAllowed, Refused
from placewell.outcomes import actions, queries
from placewell.outcomes.census import census
from placewell.overview import report
from placewell.placements import queries as placements
from placewell.placements.models import HomeRecord
from tests.factories import accounts, children
from tests.factories import placements as desk
from tests.factories.placements import NOW, TODAY
from tests.rooms.outcomes.conftest import goal, lived, score

DAY = dt.timedelta(days=1)


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def measured(council, code):
    return queries.measure_all(queries.council(of=council), on=TODAY, codes={code})[code]


def moved(times: int, **fields):
    """Return a child who changed carers so often within the year."""
    child = children.child(**fields)
    start = TODAY - 300 * DAY
    for number in range(times + 1):
        last = number == times
        end = None if last else start + 20 * DAY
        ended = {} if last else {"end_on": end, "end_reason": "X1", "change_reason": "CREQB"}
        children.episode(of=child, start_on=start, start_reason="P" if number else "S", urn=f"SC00000{number}", **ended)
        start = end or start
    return child


def test_restricted_children_count_and_are_listed_to_nobody_else(council, person):
    seen, hidden = moved(2), moved(2, is_restricted=True)
    analyst = person("analyst")
    found = measured(council, "placements_3")
    assert (found.hits, found.over) == (2, 2)
    rows, unseen = queries.cases_seen(found, for_user=analyst, on=TODAY)
    assert [row[0].pk for row in rows] == [seen.pk]
    assert unseen == 1
    body = client_of(analyst).get(reverse("outcomes:measure", args=["placements_3"])).content.decode()
    assert seen.reference in body
    assert hidden.reference not in body


def test_unplanned_endings_and_their_reason(council):
    moved(2)
    moved(0)
    found = measured(council, "unplanned")
    assert (found.hits, found.over) == (2, 2)
    assert "Carer asks to end" in found.cases[0].told


@pytest.mark.parametrize(
    ("many", "few", "held_back"),
    [(5, 5, False), (4, 6, True), (6, 4, True), (0, 6, False), (6, 0, False), (0, 3, True)],
)
def test_small_numbers_and_what_tells_them_are_held_back(council, many, few, held_back):
    for _ in range(many):
        moved(2)
    for _ in range(few):
        moved(0)
    found = measured(council, "placements_3")
    assert queries.shown(found, small=False).is_held_back is held_back
    told = queries.shown(found, small=True)
    assert told.counts == f"{many} of {many + few}"


def test_nothing_recorded_is_no_nought(council):
    moved(0)
    told = queries.shown(measured(council, "teeth"), small=True)
    assert (told.figure, told.counts) == ("–", "Nothing recorded")


def test_health_counts_who_was_there_all_year_as_recorded_or_as_the_return_states(council, person):
    manager = person("team_manager")
    whole, late = children.child(), children.child()
    children.episode(of=whole, start_on=TODAY - 500 * DAY)
    children.episode(of=late, start_on=TODAY - 200 * DAY)
    for child in (whole, late):
        fact = actions.RecordedFact("teeth", TODAY - 10 * DAY, "Letter")
        actions.record_fact(child_id=child.pk, fact=fact, by=manager, now=NOW)
        fact = actions.RecordedFact("sdq", TODAY - 10 * DAY, "Form", amount=Decimal(17))
        actions.record_fact(child_id=child.pk, fact=fact, by=manager, now=NOW)
    found = measured(council, "teeth")
    assert [case.child for case in found.cases] == [whole.pk]
    assert found.value == 100
    assert measured(council, "sdq").value == 17


def test_the_childs_page_and_its_forms_for_whoever_may(made):
    one = goal(made)
    worker, stranger = (
        client_of(made.worker),
        client_of(accounts.person("social_worker", organisation=made.desk.council)),
    )
    pages = [
        reverse("outcomes:child", args=[made.child.pk]),
        reverse("outcomes:goal", args=[one.pk]),
        reverse("outcomes:amend_goal", args=[one.pk]),
        reverse("outcomes:score", args=[one.pk, "six_months"]),
        reverse("outcomes:agree_goal", args=[made.placement.pk]),
        *(reverse("outcomes:record", args=[made.child.pk, kind]) for kind in ("pep", "attendance", "teeth")),
    ]
    assert [worker.get(page).status_code for page in pages] == [200] * len(pages)
    assert {stranger.get(page).status_code for page in pages} == {404}
    for wrong in (
        reverse("outcomes:score", args=[one.pk, "never"]),
        reverse("outcomes:record", args=[made.child.pk, "x"]),
    ):
        assert worker.get(wrong).status_code == 404
    assert client_of(made.by["staff"]).get(pages[0]).status_code == 403
    day = {"scored_on_0": TODAY.day, "scored_on_1": TODAY.month, "scored_on_2": TODAY.year}
    answer = worker.post(
        pages[3], {"score": "3", "evidence": "The log.", "scored_on_day": TODAY.day} | _day("scored_on", day)
    )
    assert answer.status_code == 302, answer.context["form"].errors
    assert "The log." in worker.get(pages[0]).content.decode()


def _day(name, _):
    return {f"{name}_{part}": getattr(TODAY, part) for part in ("day", "month", "year")}


def test_whoever_sees_no_child_gets_figures_with_small_numbers_held_back(council, person):
    for _ in range(3):
        moved(2)
    body = (
        client_of(person("portfolio_holder")).get(reverse("outcomes:measure", args=["placements_3"])).content.decode()
    )
    assert "Held back: fewer than five" in body
    assert not any(reference in body for reference in Child.objects.values_list("reference", flat=True))
    assert client_of(person("analyst")).get(reverse("outcomes:council_out")).getvalue().decode().count("Held back") >= 1
    assert client_of(person("democratic_services")).get(reverse("outcomes:council")).status_code == 403


def test_the_quarterly_report_is_a_document_without_small_numbers(council, person):
    for _ in range(3):
        moved(2)
    director, _ = person("director_of_childrens_services"), person("worker")
    told = report.quarterly(council=council, reader=director, on=TODAY)
    rows = [row for area in told["areas"] for row in area["rows"]]
    assert next(row for row in rows if row[0] == "Three or more placements in the year")[1:3] == (
        "c",
        "Held back: fewer than five",
    )
    assert ("c", "children in care") in told["stages"][0]["figures"]
    answer = client_of(director).get(reverse("overview:quarterly"))
    assert answer.content.startswith(b"%PDF")
    assert b"pdfuaid" in answer.content or len(answer.content) > 10_000


def test_records_are_handed_down_and_move_the_search_only_from_enough_cases(council):
    made = lived(council, ended=True)
    score(made, _scored(made), stage="end")
    analyst = accounts.person("analyst", organisation=council)
    assert actions.hand_down_records(by=analyst, now=NOW) == 2
    kept = placements.home_records(on=TODAY).of_home(made.desk.home.pk, "foster_home")
    assert (kept.endings_of, kept.stability, kept.endings) == ("all", placements.UNKNOWN, 1)
    assert kept.told == ("Too few placements are known to say how they end there.",)
    with pytest.raises(Refused, match="were kept already"):
        actions.hand_down_records(by=analyst, now=NOW)
    with pytest.raises(NotAllowed):
        actions.hand_down_records(by=made.by["officer"], now=NOW)


def _scored(made):
    """Return a goal of an ended placement, as one that was agreed in time."""
    past = actions.PastGoal(made.placement.pk, "stability", _goal(), made.worker.pk)
    actions.take_over_goals(rows=[past], by=made.worker, now=NOW)
    return queries.goals_of(child_id=made.child.pk)[made.placement.pk][0]


def _goal():
    return actions.AgreedGoal("To stay.", "No move.", TODAY - 99 * DAY, "the child", own_words="Stay.")


def test_the_search_tells_a_record_with_its_uncertainty(council):
    made = desk.world(council, places=3)
    told = placements.HomeTold(made.home.pk, "foster_home", "home", 80, 10, 8, "all", 50, 3, 2)
    HomeRecord.objects.create(
        home=made.home, kind="foster_home", as_of=TODAY, endings_of="home", stability=80, endings=10, endings_planned=8,
        goals_of="all", outcome=50, goals=3, goals_reached=2,
    )  # fmt: skip
    assert told.told == ("8 of 10 placements in this home ended as planned: the true share lies between 49% and 94%",)
    row = desk.referral(made, upto="ready")
    best = placements.search(row, for_user=made.by["officer"], on=TODAY).best[0]
    assert ("how often placements there break down", 20) in best.reasons
    body = client_of(made.by["officer"]).get(reverse("placements:search", args=[row.pk])).content.decode()
    assert "8 of 10 placements in this home ended as planned" in body
    assert "2 of 3" not in body


def test_the_regional_census_has_each_child_once_and_nobodys_name(made):
    hidden = children.child(is_restricted=True, family_name="Hushed")
    children.episode(of=hidden)
    written = census(for_user=made.by["officer"], on=TODAY)
    assert len(written.rows) == 1
    row = dict(zip(written.columns, written.rows[0], strict=True))
    assert row["Child identifier"] == made.child.reference
    assert (row["How sourced"], row["Total weekly cost"]) == ("Local contract or framework", Decimal("910.00"))
    assert row["Solo placement"] == "Not required"
    assert "1 restricted records are not in it" in written.notes[0]
    assert made.child.family_name not in str(written.rows)


def test_pages_do_not_ask_more_for_more_children(council, person, django_assert_max_num_queries):
    for _ in range(12):
        moved(2)
    client = client_of(person("analyst"))
    for name, args in (("council", []), ("measure", ["placements_3"]), ("to_score", [])):
        with django_assert_max_num_queries(40):
            client.get(reverse(f"outcomes:{name}", args=args))


def test_on_31_march_the_answers_of_that_years_return_come_first(council):
    child = children.child()
    children.episode(of=child, start_on=dt.date(2023, 1, 2))
    StatedRow.objects.create(child=child, table="oc2", key="2025", cells={"TEETH_CHECK": "1", "SDQ_SCORE": "9"})
    records = queries.loaded(council_area="E06000034")
    found = queries.measure_all(records, on=dt.date(2025, 3, 31))
    assert (found["teeth"].value, found["sdq"].value) == (100, 9)
    assert queries.measure_all(records, on=dt.date(2025, 3, 30))["teeth"].value is None


def test_goals_of_before_come_in_whole_or_not_at_all(made):
    good = actions.PastGoal(made.placement.pk, "stability", _goal(), made.worker.pk)
    early = ("six_months", 3, "Log.", made.placement.start_on + DAY)
    for wrong in (
        dataclasses.replace(good, placement_id=made.child.pk),
        dataclasses.replace(good, scores=(early,)),
        dataclasses.replace(good, scores=(("six_months", 3, "", TODAY),)),
        dataclasses.replace(good, scores=(("six_months", 3, "Log.", TODAY),) * 2),
    ):
        with pytest.raises(BadInput):
            actions.take_over_goals(rows=[good, wrong], by=made.worker, now=NOW)
    assert actions.take_over_goals(rows=[good], by=made.worker, now=NOW) == 1
    assert actions.take_over_goals(rows=[good], by=made.worker, now=NOW) == 0
