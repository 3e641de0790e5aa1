"""Homes are added and changed by those who may; their places follow; what they say is checked."""

import datetime as dt

import pytest

from placewell.audit.models import Event
from placewell.kernel.errors import BadInput, NotAllowed, NotFound, Refused
from placewell.market import actions, queries, states
from tests.conftest import NOW, TODAY
from tests.factories import accounts, market

THURROCK = "E06000034"


@pytest.fixture
def commissioner(person):
    return person("commissioner")


def add(by, **fields):
    given = {
        "registration_id": fields.pop("registration_id", None) or market.registration().pk,
        "reference": "HOME-A",
        "kind": states.Kind.CHILDRENS_HOME,
        "places": 3,
    }
    return actions.add_home(**(given | fields), by=by, now=NOW)


def test_a_provider_a_registration_and_a_home_are_added(commissioner):
    provider = actions.add_provider(name="Elm Care", by=commissioner, now=NOW)
    registration = actions.add_registration(
        provider_id=provider.pk, urn="SC012345", kind=states.Kind.CHILDRENS_HOME, grade=states.Grade.GOOD,
        inspected_on=dt.date(2025, 6, 1), by=commissioner, now=NOW,
    )  # fmt: skip
    home = add(commissioner, registration_id=registration.pk, postcode="rm17 6sl", age_from=8, age_to=17)
    assert (home.provider_id, home.area_code, home.district) == (provider.pk, THURROCK, "RM17")
    assert home.easting
    assert [place.number for place in home.places.order_by("number")] == [1, 2, 3]
    assert list(queries.homes_to_search(on=TODAY)) == [home]
    assert Event.objects.filter(what__startswith="market.").count() == 3


def test_the_trail_does_not_tell_the_address(commissioner):
    home = add(commissioner, postcode="RM17 6SL")
    actions.change_home(home_id=home.pk, address="1 Made Up Lane", postcode="RM16 2XX", by=commissioner, now=NOW)
    told = str(list(Event.objects.values_list("told", "before", "after")))
    assert "Made Up" not in told
    assert "RM1" not in told


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"age_from": 12, "age_to": 8}, "below the youngest"),
        ({"age_to": 40}, "0 to 25"),
        ({"postcode": "QQ1 1QQ"}, "not a postcode"),
        ({"features": ["jacuzzi"]}, "vocabulary"),
        ({"kind": states.Kind.SUPPORTED_ACCOMMODATION, "age_from": 15}, "under 16"),
        ({"places": 0}, "between 1 and 60"),
    ],
)
def test_what_cannot_be_is_refused(commissioner, fields, message):
    with pytest.raises(Refused, match=message):
        add(commissioner, **fields)


def test_every_fault_is_told_at_once(commissioner):
    with pytest.raises(BadInput) as refused:
        add(commissioner, age_from=12, age_to=8, features=["jacuzzi"], postcode="QQ1 1QQ")
    assert len(refused.value.faults) == 3


def test_places_open_and_close_but_never_under_a_child(commissioner, person):
    home = add(commissioner)
    actions.change_home(home_id=home.pk, places=5, by=commissioner, now=NOW)
    assert queries.place_count(home_id=home.pk, on=TODAY) == 5
    actions.change_home(home_id=home.pk, places=2, by=commissioner, now=NOW)
    assert queries.place_count(home_id=home.pk, on=TODAY) == 2
    actions.change_home(home_id=home.pk, places=4, by=commissioner, now=NOW)
    officer = person("placements_officer")
    for _ in range(4):
        actions.hold_place(home_id=home.pk, start_on=TODAY, end_on=None, source="x", by=officer, now=NOW)
    with pytest.raises(Refused, match="held for somebody"):
        actions.change_home(home_id=home.pk, places=3, by=commissioner, now=NOW)


def test_a_reference_and_a_number_are_there_once(commissioner):
    add(commissioner)
    with pytest.raises(Refused, match="already"):
        add(commissioner)
    registration = market.registration()
    with pytest.raises(Refused, match="already"):
        actions.add_registration(
            provider_id=registration.provider_id, urn=registration.urn, kind="other", by=commissioner, now=NOW
        )


def test_what_cannot_be_offered_is_not_searched(commissioner):
    market.home(is_open=False)
    market.home(under=market.registration(status="suspended"))
    market.home(under=market.registration(registered_on=TODAY + dt.timedelta(days=1)))
    offered = market.home()
    assert list(queries.homes_to_search(on=TODAY)) == [offered]


def test_a_provider_changes_its_own_home_only(council, act_for):
    own, other = market.home(), market.home()
    staff = accounts.person("provider_staff", organisation=own.provider.organisation)
    act_for(own.provider.organisation)
    actions.change_home(home_id=own.pk, age_to=16, by=staff, now=NOW)
    assert list(queries.homes(for_user=staff)) == [own]
    with pytest.raises(NotFound):
        actions.change_home(home_id=other.pk, age_to=16, by=staff, now=NOW)
    with pytest.raises(NotFound):
        add(staff, registration_id=other.registration_id)


@pytest.mark.parametrize("role", ["social_worker", "analyst", "auditor", "reviewing_officer"])
def test_others_change_no_home(person, role):
    with pytest.raises(NotAllowed):
        actions.change_home(home_id=market.home().pk, age_to=16, by=person(role), now=NOW)


def test_every_skill_feature_and_risk_of_a_child_is_a_word_of_homes():
    from placewell.children import queries as children

    words = queries.vocabulary()
    kinds = {"skill": "skills", "feature": "features", "poses": "risks", "vulnerable_to": "risks"}
    for word in children.needs_table().values():
        assert word.tag in words[kinds[word.kind]], word
