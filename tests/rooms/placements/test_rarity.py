"""Where too few children are like this one, a provider is shown less, and the officer why."""

import datetime as dt

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from placewell.audit.models import Event
from placewell.children.models import Need
from placewell.kernel.periods import age_on
from placewell.placements import anonymise, queries, rarity
from placewell.placements.models import Invitation
from placewell.placements.queries.shown import AGES
from placewell.placements.rarity import Grain, Known, alike, coarsen
from tests.factories import placements as desk
from tests.factories.placements import TODAY

ON = dt.date(2026, 3, 2)


def known(age=10, sex="F", district="RM17", culture=(), needs=()):
    return Known(dt.date(2026 - age, 1, 1), sex, district, frozenset(culture), frozenset(needs))


def test_with_five_alike_everything_is_shown():
    found = coarsen(known(), [known()] * 4, on=ON)
    assert (found.grain, found.changes, found.alike) == (Grain(), (), 5)


def test_with_four_alike_less_is_shown():
    found = coarsen(known(), [known()] * 3 + [known(district="RM16")], on=ON)
    assert (found.grain, found.alike_at_first, found.alike) == (Grain(area="town"), 4, 5)


def test_only_what_has_to_go_goes():
    others = [known(needs=["autism"], culture=["english"])] * 9
    found = coarsen(known(needs=["autism", "unaccompanied"], culture=["english"]), others, on=ON)
    assert found.grain == Grain(without=frozenset({"unaccompanied"}))
    assert found.changes == ("the least common needs are told later",)


def test_the_only_child_of_a_faith_is_not_told_by_it():
    found = coarsen(known(culture=["zoroastrian"]), [known(culture=["christian"])] * 9, on=ON)
    assert found.grain == Grain(culture=False)


def test_no_band_reaches_over_the_sixteenth_birthday():
    for bands in (rarity.BANDS, rarity.WIDE_BANDS):
        assert {each for low, high in bands for each in range(low, high + 1)} == set(range(18))
        assert not any(low < 16 <= high for low, high in bands)


def test_a_council_with_hardly_any_children_says_so():
    found = coarsen(known(needs=["autism"]), [known(sex="M")] * 9, on=ON)
    assert found.alike == 1
    assert found.grain.area == "council"


def test_a_stay_until_eighteen_tells_no_month_of_birth(council):
    made = desk.world(council)
    eighteenth = dt.date(made.child.born_on.year + 18, made.child.born_on.month, made.child.born_on.day)
    shown = queries.shown(desk.referral(made, upto="draft", expected_end_on=eighteenth), on=TODAY)
    assert (shown["until_18"], shown["expected_months"]) == (True, None)
    assert queries.stay_sought(shown)[1] >= eighteenth


@pytest.mark.parametrize(("months", "told"), [(1, 1), (11, 11), (13, 12), (19, 18), (32, 30), (34, 36)])
def test_how_long_is_told_in_halves_of_a_year_past_the_first(months, told):
    assert anonymise._months(ON, ON + dt.timedelta(days=round(months * 30.4))) == told


def test_an_age_in_words_or_by_the_school_year_is_hidden_with_the_age(council):
    made = desk.world(council)
    row = desk.referral(made, upto="draft")
    age = age_on(made.child.born_on, row.needed_on)
    words = f"Year {age - 5}, soon Y{age - 4}; a {AGES[age]}-year-old, aged {age}, {age}yo. Room 5 on floor 2."
    row.education = words
    row.save()
    view = queries.view(row, on=TODAY)
    assert view.coarser.grain.bands, "the only child in care: the age is banded"
    told = view.shown["education"]
    assert not {
        part for part in (f"Year {age - 5}", f"Y{age - 4}", AGES[age], f"aged {age}", f"{age}yo") if part in told
    }
    assert "Room 5 on floor 2." in told


CHILDREN = st.builds(
    known,
    st.integers(0, 17),
    st.sampled_from("FM"),
    st.sampled_from(["RM17", "RM16", "SS17"]),
    st.sets(st.sampled_from(["english", "polish"])),
    st.sets(st.sampled_from(["autism", "attachment", "mental_health"])),
)


@given(CHILDREN, st.lists(CHILDREN, max_size=40))
def test_what_is_shown_fits_five_or_nothing_finer_is_shown_than_must_be(child, others):
    found = coarsen(child, others, on=ON)
    assert found.alike == alike(child, others, found.grain, on=ON)
    coarsest = Grain(rarity.WIDE_BANDS, "council", culture=False, without=child.needs)
    assert found.alike >= min(rarity.FEWEST, alike(child, others, coarsest, on=ON))
    assert found.alike >= found.alike_at_first


@pytest.fixture
def made(council):
    found = desk.world(council)
    found.child = desk.a_child(born_on=dt.date(2015, 6, 1), sex="F", home_postcode="RM17 6SL", religion="Zoroastrian")
    return found


def crowd(count, **fields):
    return [
        desk.a_child(**({"born_on": dt.date(2015, 6, 1), "sex": "F", "home_postcode": "RM17 5AA"} | fields))
        for _ in range(count)
    ]


def test_a_rare_child_is_released_coarser_and_the_officer_reads_why(made):
    crowd(5, born_on=dt.date(2013, 6, 1))
    row = desk.referral(made, upto="ready", identity="Zoroastrian, aged 10, a 10-year-old from RM17.")
    client = Client()
    client.force_login(made.by["officer"])
    page = client.get(f"/placements/referrals/{row.pk}/release/").content.decode()
    assert "Less is shown, so that nobody can tell who the child is" in page
    assert "An age band in place of the age" in page

    view = queries.view(row, on=TODAY)
    assert view.shown["age"] == "10 to 12"
    assert "Zoroastrian" not in str(view.shown)
    assert "10-year-old" not in str(view.shown)
    assert "aged 10" not in str(view.shown)


def test_without_the_check_the_rare_child_could_be_known(made, monkeypatch):
    """The control: the same child, the same words, and one is enough."""
    monkeypatch.setattr(rarity, "FEWEST", 1)
    row = desk.referral(made, upto="ready", identity="Zoroastrian, aged 10, a 10-year-old from RM17.")
    shown = queries.view(row, on=TODAY).shown
    assert (shown["age"], shown["area"]) == (10, "RM17")
    assert "Zoroastrian" in shown["identity"]
    assert "10-year-old" in shown["identity"]


def test_a_child_like_many_others_is_shown_as_before(made):
    made.child.religion = ""
    made.child.save()
    crowd(4)
    row = desk.referral(made, upto="ready")
    view = queries.view(row, on=TODAY)
    assert (view.shown["age"], view.shown["area"], view.coarser.changes) == (10, "RM17", ())
    client = Client()
    client.force_login(made.by["officer"])
    assert "Less is shown" not in client.get(f"/placements/referrals/{row.pk}/release/").content.decode()


def test_children_who_left_care_do_not_hide_anybody(made):
    for each in crowd(9):
        each.episodes.update(end_on=dt.date(2026, 1, 1), end_reason="E4A")
    assert queries.view(desk.referral(made, upto="ready"), on=TODAY).coarser.alike == 2  # the world has one more


def test_a_rare_need_is_told_later_and_the_trail_says_so(made):
    for each in crowd(6):
        Need.objects.create(child=each, code="autism", since=TODAY)
    row = desk.referral(made, needs=["autism", "unaccompanied"])
    shown = Invitation.objects.get().shown
    assert shown["needs"] == ["Autism"]
    assert shown["is_more_told_later"]
    event = Event.objects.get(what="placements.referral.made_coarser")
    assert event.subject.endswith(str(row.pk))
