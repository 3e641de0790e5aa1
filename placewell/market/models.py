"""Providers, registrations, homes, places, and who holds each place for which nights."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q

from placewell.storage.models import CouncilRecord, DateRange, Record, choices

from . import states


class Provider(models.Model):
    """An owner of homes or agencies. It is the same row as its organisation, by which its staff are scoped."""

    organisation = models.OneToOneField(
        "accounts.Organisation", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    name = models.CharField(max_length=200)
    register_id = models.CharField(max_length=40, blank=True)  # the regulator's reference of the owner
    company_number = models.CharField(max_length=10, blank=True)
    sector = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["register_id"], condition=~Q(register_id=""), name="provider_register_id_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Registration(Record):
    """One row of the regulator's register, by its unique reference number."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="registrations")
    urn = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=200, blank=True)  # the register redacts most homes' names
    kind = models.CharField(max_length=24, choices=choices(states.Kind))
    status = models.CharField(max_length=10, choices=choices(states.Registration))
    registered_on = models.DateField(null=True)
    authority_name = models.CharField(max_length=100, blank=True)
    region = models.CharField(max_length=60, blank=True)
    places = models.PositiveSmallIntegerField(null=True)
    grade = models.CharField(max_length=24, choices=choices(states.Grade), default=states.Grade.NOT_YET_INSPECTED)
    inspected_on = models.DateField(null=True)
    as_at = models.DateField()  # the date of the file that last said so
    closed_on = models.DateField(null=True)  # the date of the file that first lacked it


class Inspection(Record):
    """A judgement of the regulator, kept when the next one comes."""

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="inspections")
    inspected_on = models.DateField()
    grade = models.CharField(max_length=24, choices=choices(states.Grade))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["registration", "inspected_on"], name="inspection_day_once")]


class GradeAlert(CouncilRecord):
    """A grade fell: somebody at each council must look at the children placed there."""

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="alerts")
    before = models.CharField(max_length=24, choices=choices(states.Grade))
    after = models.CharField(max_length=24, choices=choices(states.Grade))
    raised_at = models.DateTimeField()
    seen_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", null=True)
    seen_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)


class Home(Record):
    """A place to live: a children's home, a carers' household, a supported unit. Its address is sensitive."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="homes")
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="homes")
    reference = models.CharField(max_length=12, unique=True)  # what people call it where its name must not be said
    name = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=24, choices=choices(states.Kind))
    address = models.TextField(blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    district = models.CharField(max_length=100, blank=True)  # what is shown of the address before a placement
    area_code = models.CharField(max_length=9, blank=True)  # the local authority the home stands in
    easting = models.IntegerField(null=True)
    northing = models.IntegerField(null=True)
    age_from = models.PositiveSmallIntegerField(null=True)
    age_to = models.PositiveSmallIntegerField(null=True)  # inclusive
    accepts = models.CharField(max_length=3, choices=choices(states.Accepts), default=states.Accepts.ANY)
    features = ArrayField(models.CharField(max_length=40), default=list)
    excludes = ArrayField(models.CharField(max_length=40), default=list)  # risks that the home will not take
    skills = ArrayField(models.CharField(max_length=40), default=list)
    languages = ArrayField(models.CharField(max_length=40), default=list)
    faiths = ArrayField(models.CharField(max_length=40), default=list)
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(age_from=None) | Q(age_to=None) | Q(age_to__gte=F("age_from")), name="home_ages_in_order"
            ),
            models.CheckConstraint(
                condition=Q(easting=None, northing=None) | Q(easting__isnull=False, northing__isnull=False),
                name="home_grid_pair",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.reference


class Place(Record):
    """One space in a home; a free one is a vacancy."""

    home = models.ForeignKey(Home, on_delete=models.PROTECT, related_name="places")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["home", "number"], name="place_number_once")]


class Occupancy(Record):
    """Who holds a place for which nights, [start_on, end_on). No place is promised twice for one night."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="occupancies")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    # The council whose child holds the place; none for a void.
    council = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+", null=True)
    use = models.CharField(max_length=10, choices=choices(states.Use))
    start_on = models.DateField()
    end_on = models.DateField(null=True)
    reason = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)
    source = models.CharField(max_length=100, blank=True)  # `placements.agreement:<id>`, as the trail names it
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(end_on=None) | Q(end_on__gte=F("start_on")), name="occupancy_ends_after_start"
            ),
            ExclusionConstraint(
                name="occupancy_place_once_a_night",
                expressions=[
                    ("place", RangeOperators.EQUAL),
                    (DateRange("start_on", "end_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(released_at=None),
            ),
        ]


class RegisterImport(CouncilRecord):
    """One file of the regulator's register that was brought in."""

    digest = models.CharField(max_length=64)
    as_at = models.DateField()
    file_name = models.CharField(max_length=200)
    counts = models.JSONField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["council", "digest"], name="registerimport_once")]
