"""What the ranking reads of a child: each field that no rule names is changed, and the order, points and reasons stay."""

import datetime as dt

import pytest

from placewell.accounts.models import Team
from placewell.children.models import Child, Need, SiblingGroup
from placewell.overview import atrs
from placewell.placements import queries
from placewell.placements.models import Referral
from tests.factories import accounts, children, market
from tests.factories import placements as desk
from tests.factories.placements import TODAY

# What a rule or the points read, each with another value that is seen to change what the search shows.
READ = {
    "born_on": dt.date(2009, 6, 1),
    "sex": "M",
    "language": "Polish",
    "religion": "Muslim",
    "home_postcode": "BN1 1AA",
    "school": "",
    "school_postcode": "BN1 1AA",
}
# What none reads: another value, or a function of the council that makes one.
NOT_READ = {
    "ethnicity": ("WBRI", "BAFR", "AIND", "WROM", "REFU"),
    "is_unaccompanied": (True,),
    "unaccompanied_until": (dt.date(2025, 1, 1),),
    "is_mother": (True,),
    "first_child_born_on": (dt.date(2025, 1, 1),),
    "given_name": ("Mohammed", "Emily"),
    "family_name": ("Okafor", "Smith"),
    "upn": ("A123456789012",),
    "stated_in": (2025,),
    "is_restricted": (True,),
    "reference": ("C0001",),
    "return_id": ("R999999",),
    "siblings": (lambda council: SiblingGroup.objects.create(),),
    "social_worker": (lambda council: accounts.person("social_worker", organisation=council),),
    "team": (lambda council: Team.objects.create(name="East"),),
}


@pytest.fixture
def made(council):
    """A child of ten, and six homes that differ in everything that counts."""
    made = desk.world(council, places=3)
    given = {"of": made.provider, "kind": "foster_home", "places": 2}
    market.home(**given, easting=600000, northing=178000, languages=["Polish"])
    market.home(**given, easting=570000, northing=190000, faiths=["Muslim"])
    market.home(**given, accepts="F", easting=565000)
    market.home(**given, age_from=0, age_to=9)
    market.home(**given, age_from=12, age_to=17, skills=["autism"])
    made.referral = desk.referral(made, upto="ready")
    return made


def shown(made):
    """Return all that a search shows: homes in their order with points, reasons and miles, and what refuses the others."""
    row = Referral.objects.select_related("child").get(pk=made.referral.pk)
    found = queries.search(row, for_user=made.by["officer"], on=TODAY)
    lines = [
        (each.home.reference, each.points, each.reasons, each.against, each.miles)
        for each in (*found.best, *found.near)
    ]
    return lines, found.refused


def changed(made, **fields):
    Child.objects.filter(pk=made.child.pk).update(**fields)
    return shown(made)


def test_every_field_of_a_child_is_read_or_not():
    fields = {field.name for field in Child._meta.concrete_fields} - {"id", "council"}
    assert fields == set(READ) | set(NOT_READ)


@pytest.mark.parametrize("field", sorted(NOT_READ))
def test_what_no_rule_names_changes_nothing(made, council, field):
    before = shown(made)
    assert len(before[0]) >= 4
    for value in NOT_READ[field]:
        assert changed(made, **{field: value(council) if callable(value) else value}) == before


def test_a_need_that_the_referral_does_not_name_changes_nothing(made):
    before = shown(made)
    for code in ("autism", "learning_disability", "physical_disability", "complex_health", "unaccompanied"):
        Need.objects.create(child=made.child, code=code, since=TODAY)
    assert shown(made) == before
    children.episode(
        of=made.child, start_on=dt.date(2020, 1, 1), end_on=dt.date(2020, 2, 1), end_reason="E4A", main_need="N2"
    )
    assert shown(made) == before


@pytest.mark.parametrize("field", sorted(set(READ) - {"school_postcode"}))
def test_what_a_rule_names_does_change_it(made, field):
    before = shown(made)
    assert changed(made, **{field: READ[field]}) != before


def test_the_public_record_says_the_same():
    told = {each[0]: each[1] for each in atrs.record("matching").listings[2].rows}
    assert told["Race and ethnicity"] == told["Having come alone seeking asylum"] == "not read"
    assert {told["Age"], told["Sex"]} == {"rule"}
    assert {told["Religion or belief"], told["Language"]} == {"points"}
