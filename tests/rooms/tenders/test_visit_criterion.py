"""What visits to a bid's homes cost, as a criterion: published, computed, frozen with the marks, and marked by nobody."""

import dataclasses
import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import DatabaseError, connection, transaction

from placewell.gateways import travel_times
from placewell.kernel.errors import NotAllowed, NotFound, Refused
from placewell.market.queries import grid
from placewell.needs.actions import keep_visiting_rates
from placewell.storage import context
from placewell.tenders import actions, models, ocds, queries, rules, states
from tests.conftest import NOW, TODAY
from tests.factories import accounts, tenders
from tests.rooms.tenders.test_pages import Reader

BASES = (("RM17 6SL", 3), ("SS17 0PP", 1))
MOST, WEIGHT = Decimal(4000), Decimal(20)
NEAR, FAR = "RM17 6SL 3\nRM16 2XX 1", "LS1 4AP 2"
NUMBER = 5
ASKED = tuple(
    dataclasses.replace(each, weight=Decimal(20)) if each.weight == 40 else each for each in tenders.QUESTIONS
)


@pytest.fixture
def rates(council):
    bases = [(*grid(postcode)[:2], children) for postcode, children in BASES]
    by = accounts.person("team_manager", organisation=council)
    return keep_visiting_rates(
        bases=bases, visits_a_year=8.7, min_p=Decimal(55), km_p=Decimal(28), by=by, now=NOW - dt.timedelta(days=1)
    )


def publish(council, **fields):
    made = tenders.plan(council, questions=ASKED, **fields)
    add(made)
    return tenders.publish(tenders.give_keys(made))


def add(tender, **fields):
    given = {"weight": WEIGHT, "most": MOST, "by": tender.by, "now": NOW}
    return actions.add_visit_criterion(procurement_id=tender.procurement.pk, **(given | fields))


@pytest.fixture
def tender(rates, set_clock, council):
    return publish(council)


def bid(tender, homes: str, fee: str = "800.00"):
    by = tenders.bidder()
    code = tenders.begin(tender, by)
    tenders.fill(tender, by, code, fee=fee)
    on = {"procurement_id": tender.procurement.pk, "code": code, "by": by, "now": NOW}
    actions.save_draft(answers={str(NUMBER): homes}, **on)
    actions.submit_bid(**on)
    return by.organisation_id


@pytest.fixture
def bids(tender, set_clock):
    """One bid near, dear; one far, cheap."""
    people = [bid(tender, NEAR, "800.00"), bid(tender, FAR, "700.00")]
    set_clock(tender.procurement.tenders_by_at)
    tenders.open_all(tender)
    found = {each.provider_id: each for each in queries.bids(procurement_id=tender.procurement.pk)}
    return [found[pk] for pk in people]


def by_hand(text: str) -> Fraction:
    """Return a child's cost a year by another reckoning: from the table of travel times alone."""
    table, whole, places = travel_times.Table(TODAY), Fraction(0), 0
    for line in text.splitlines():
        postcode, _, count = line.rpartition(" ")
        there, pence = grid(postcode)[:2], 0.0
        for at, share in BASES:
            for a, b in ((grid(at)[:2], there), (there, grid(at)[:2])):
                minutes, km = (rows[0][0] for rows in table.table([a], [b]))
                pence += 8.7 * share / 4 * (55 * minutes + 28 * km)
        whole, places = whole + int(count) * round(pence / 100), places + int(count)
    return whole / places


def test_it_is_added_with_todays_rates_once_and_by_whoever_runs_the_tender(council, set_clock):
    tender = tenders.plan(council, questions=ASKED)
    with pytest.raises(Refused, match="is not known"):
        add(tender)
    by = accounts.person("team_manager", organisation=council)
    east, north, _ = grid("RM17 6SL")
    terms = {"visits_a_year": 8.7, "min_p": Decimal(55), "km_p": Decimal(28), "by": by, "now": NOW}
    keep_visiting_rates(bases=[(east, north, 199), (0, 0, 1)], **terms)
    for fields, words in (({"most": Decimal(0)}, "above £0"), ({"weight": Decimal(0)}, "weight above 0")):
        with pytest.raises(Refused, match=words):
            add(tender, **fields)
    with pytest.raises(NotAllowed):
        add(tender, by=accounts.person("auditor", organisation=council))
    made = add(tender)
    assert made.number == NUMBER
    # Whole per cent of the children, never how many; half a per cent is nought.
    assert [list(base) for base in made.visits["bases"]] == [[east, north, 100]]
    with pytest.raises(Refused, match="a criterion already"):
        add(tender, lot=1)
    bare = rules.Asked(0, states.Part.QUALITY, "Homes", kind=states.Answer.HOMES, weight=Decimal(1))
    with pytest.raises(Refused, match="criterion of its own"):
        actions.add_question(procurement_id=tender.procurement.pk, asked=bare, by=tender.by, now=NOW)
    with pytest.raises(DatabaseError, match="homes_are_computed"), transaction.atomic():
        models.Question.objects.filter(pk=made.pk).update(visits=None)


def test_it_is_published_whole_and_only_its_weight_is_amended(tender):
    notice = tender.procurement.notices.get()
    shown = next(each for each in notice.method["questions"] if each["number"] == NUMBER)
    assert (shown["visits"]["most"], shown["visits"]["as_of"]) == ("4000", str(TODAY - dt.timedelta(days=1)))
    assert all("visits" not in each for each in notice.method["questions"] if each["number"] != NUMBER)
    criteria = notice.release["tender"]["lots"][0]["awardCriteria"]["criteria"]
    told = next(each for each in criteria if each["name"].startswith(f"{NUMBER}."))
    assert "£4,000 a year or more earns nothing" in told["description"]
    assert not ocds.faults({"ocid": "not-issued", **notice.release})
    question = tender.procurement.questions.get(number=NUMBER)
    with pytest.raises(DatabaseError, match="method is published"), transaction.atomic():
        models.Question.objects.filter(pk=question.pk).update(visits=question.visits | {"most": "1"})
    given = {"guidance": question.guidance, "most_words": None, "pass_mark": None, "weight": WEIGHT}
    on = {"question_id": question.pk, "reason": "Why", "by": tender.by, "now": NOW}
    with pytest.raises(Refused, match="only its weight"):
        actions.amend_question(text="Another", **given, **on)


def test_a_bid_names_homes_that_are_known(tender):
    by = tenders.bidder()
    code = tenders.begin(tender, by)
    tenders.fill(tender, by, code)
    on = {"procurement_id": tender.procurement.pk, "code": code, "by": by, "now": NOW}
    for said, words in (
        ("", "is not answered"),
        ("By the river", "“By the river” is not a postcode and a number"),
        ("RM17 6SL 0", "is not a postcode and a number"),
        ("ZZ99 9ZZ 4", "ZZ99 9ZZ is not a postcode that the national directory knows"),
        ("RM17 6SL 1\n" * 301, "at most 300"),
    ):
        actions.save_draft(answers={str(NUMBER): said}, **on)
        with pytest.raises(Refused, match=words):
            actions.submit_bid(**on)
    actions.save_draft(answers={str(NUMBER): "rm176sl, 4"}, **on)
    assert actions.submit_bid(**on).is_accepted


def test_the_ranking_holds_the_computed_share_exactly_and_nobody_marks_it(tender, bids):
    near, far = bids
    question = tender.procurement.questions.get(number=NUMBER)
    (user, _) = people = tenders.assessors(tender)
    assert question not in queries.quality_questions(tender.procurement, near)
    with pytest.raises(NotFound):
        actions.score_answer(bid_id=near.pk, question_id=question.pk, mark=5, reason="Near", by=user, now=NOW)
    tenders.judge(tender, bids, marks=(3, 3), people=people)
    (ranking,) = queries.rankings(tender.procurement)
    got = {place.bid.pk: place for place in ranking.places}
    cost = by_hand(NEAR)
    assert 0 < cost < MOST < by_hand(FAR)  # the far one earns nothing, and no less
    quality = Fraction(80 * 3, 5) + 20 * (1 - cost / Fraction(MOST))
    assert got[near.pk].quality == quality
    assert got[far.pk].quality == Fraction(80 * 3, 5)
    assert got[near.pk].score == Fraction(70, 100) * quality + Fraction(30 * 200, 1000)
    assert [place.bid.pk for place in ranking.places] == [near.pk, far.pk]  # the cheaper one lies too far
    told = queries.summaries(tender.procurement, ranking.lot, [str(near.pk)])
    own = {each.bid.pk: each.shown["answers"][-1] for each in told}
    assert own[near.pk]["mark"] == f"{float(100 * (1 - cost / Fraction(MOST))):.2f}%"
    assert own[far.pk]["mark"] == "0.00%"


def test_it_is_frozen_as_quality_is_locked(tender, bids, monkeypatch):
    tenders.judge(tender, bids, marks=(3, 3))
    before = queries.rankings(tender.procurement)[0].places
    monkeypatch.setattr(travel_times.Table, "table", None)  # whoever reckons again now fails
    assert queries.rankings(tender.procurement)[0].places == before
    assert models.Visited.objects.count() == 2
    for sql in ("update tenders_visited set homes = '[]'", "delete from tenders_visited"):
        with pytest.raises(DatabaseError, match="scores stand"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_a_postcode_that_is_not_known_any_more_earns_nothing(tender):
    homes = [rules.HomeCost("RM17 6SL", 1, 0), rules.HomeCost("RM1 1AA", 1, None)]
    assert rules.visit_share(homes, MOST) == Fraction(1, 2)
    assert rules.visit_share([], MOST) == 0


def test_a_round_of_the_list_takes_the_criterion_along(rates, set_clock, council):
    tender = publish(council, procedure="select_list", reopens_every_months=12)
    bid(tender, NEAR)
    set_clock(tender.procurement.tenders_by_at)
    tenders.open_all(tender)
    models.Procurement.objects.filter(pk=tender.procurement.pk).update(state="concluded")
    first = queries.method(tender.procurement)
    made = actions.reopen_list(
        procurement_id=tender.procurement.pk, reference="T-2", start_on=tenders.START, by=tender.by, now=NOW
    )
    assert queries.method(made).questions == first.questions


def test_the_pages_of_the_criterion(rates, set_clock, council):
    tender = tenders.plan(council, questions=ASKED)
    pk, runs = tender.procurement.pk, Reader(tender.by)
    assert "What visits cost, as a criterion" in runs.reads("add_visits", pk)
    runs.does("add_visits", pk, weight="20", most="4,000", lot="")
    assert "£4,000 a year or more earns nothing" in runs.reads("tender", pk)
    tenders.publish(tenders.give_keys(tender))
    assert "75%" in Reader(tender.by).client.get(f"/tenders/notices/{pk}/").content.decode()
    by = tenders.bidder()
    hand = Reader(by)
    code = tenders.begin(tender, by)
    hand.client.cookies[f"bid-{pk.hex}"] = code
    tenders.fill(tender, by, code)
    hand.does("draft_answer", pk, NUMBER, answer=NEAR)
    assert "2 named: visits there cost £" in hand.reads("draft", pk)
    with context.acting(by.scope):
        actions.submit_bid(procurement_id=pk, code=code, by=by, now=NOW)
    set_clock(tender.procurement.tenders_by_at)
    tenders.open_all(tender)
    shown = runs.reads("evaluation", pk)
    assert "Computed from the homes that each bid names" in shown
    (made,) = queries.bids(procurement_id=pk)
    assert "RM16 2XX" in runs.reads("opened", made.pk)
    tenders.judge(tender, [made], marks=(3,))
    assert "Kept as it stood when quality was locked" in runs.reads("evaluation", pk)
