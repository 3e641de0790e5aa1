"""Children, their episodes of care as the statutory return knows them, and their needs."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from placewell.storage.models import CouncilRecord, DateRange, choices

from . import states


class SiblingGroup(CouncilRecord):
    """Brothers and sisters who are in care together."""

    name = models.CharField(max_length=100, blank=True)


class Child(CouncilRecord):
    """A child whom the council looks after, or looked after."""

    reference = models.CharField(max_length=12)  # the pseudonym that people and pages use
    return_id = models.CharField(max_length=20)  # CHILD in the statutory return
    given_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100, blank=True)
    born_on = models.DateField()
    sex = models.CharField(max_length=1, choices=choices(states.Sex))
    ethnicity = models.CharField(max_length=4, blank=True)
    upn = models.CharField(max_length=13, blank=True)
    is_mother = models.BooleanField(null=True)
    first_child_born_on = models.DateField(null=True)
    is_unaccompanied = models.BooleanField(default=False)
    unaccompanied_until = models.DateField(null=True)
    language = models.CharField(max_length=40, blank=True)
    religion = models.CharField(max_length=40, blank=True)
    home_postcode = models.CharField(max_length=8, blank=True)
    school = models.CharField(max_length=200, blank=True)
    school_postcode = models.CharField(max_length=8, blank=True)
    siblings = models.ForeignKey(SiblingGroup, on_delete=models.PROTECT, related_name="children", null=True)
    social_worker = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", null=True)
    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, related_name="+", null=True)
    is_restricted = models.BooleanField(default=False)
    stated_in = models.PositiveSmallIntegerField(null=True)  # the collection year of the return that last said so

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["council", "reference"], name="child_reference_once"),
            models.UniqueConstraint(fields=["council", "return_id"], name="child_return_id_once"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def name(self) -> str:
        """The child's name, or the reference when the return gave none."""
        return f"{self.given_name} {self.family_name}".strip() or self.reference


class Access(CouncilRecord):
    """A person named to see a restricted record."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="accesses")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child", "user"], condition=Q(ended_at=None), name="access_once"),
        ]


class Episode(CouncilRecord):
    """One row of the return: a legal status and a placement, from one day to another."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="episodes")
    start_on = models.DateField()  # DECOM
    start_reason = models.CharField(max_length=1)  # RNE
    legal_status = models.CharField(max_length=3)  # LS
    main_need = models.CharField(max_length=2)  # CIN
    placement_type = models.CharField(max_length=3)  # PLACE
    placement_provider = models.CharField(max_length=3, blank=True)  # PLACE_PROVIDER
    end_on = models.DateField(null=True)  # DEC
    end_reason = models.CharField(max_length=4, blank=True)  # REC
    change_reason = models.CharField(max_length=6, blank=True)  # REASON_PLACE_CHANGE
    home_postcode = models.CharField(max_length=8, blank=True)  # HOME_POST
    placement_postcode = models.CharField(max_length=8, blank=True)  # PL_POST
    urn = models.CharField(max_length=8, blank=True)  # URN
    stated_in = models.PositiveSmallIntegerField(null=True)  # the collection year of the return that last said so

    class Meta:
        ordering = ["start_on"]
        constraints = [
            models.UniqueConstraint(fields=["child", "start_on"], name="episode_start_once"),
            models.CheckConstraint(condition=Q(end_on=None) | Q(end_on__gt=F("start_on")), name="episode_lasts_a_day"),
            models.CheckConstraint(
                condition=Q(end_on=None, end_reason="") | (Q(end_on__isnull=False) & ~Q(end_reason="")),
                name="episode_end_and_reason_together",
            ),
            ExclusionConstraint(
                name="episode_one_at_a_time",
                expressions=[
                    ("child", RangeOperators.EQUAL),
                    (DateRange("start_on", "end_on"), RangeOperators.OVERLAPS),
                ],
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]


class CareReview(CouncilRecord):
    """A review of the child's care, and how the child took part."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="care_reviews")
    held_on = models.DateField()
    participation = models.CharField(max_length=3)  # REVIEW_CODE

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "held_on"], name="carereview_day_once")]


class MissingEpisode(CouncilRecord):
    """The child was missing, or away without leave."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="missing_episodes")
    kind = models.CharField(max_length=1)  # MISSING: M or A
    start_on = models.DateField()
    end_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "start_on"], name="missingepisode_start_once")]


class StatedRow(CouncilRecord):
    """A row of a table of the return that has no record of its own here, kept as it was stated."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="stated_rows")
    table = models.CharField(max_length=30)
    key = models.CharField(max_length=10, blank=True)  # the collection year, or the day by which the row is known
    cells = models.JSONField()
    stated_in = models.PositiveSmallIntegerField(null=True)  # the collection year of the return that last said so

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "table", "key"], name="statedrow_once")]


class Need(CouncilRecord):
    """One need or risk of a child, in the shared vocabulary of `tables/needs.toml`."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="needs")
    code = models.CharField(max_length=40)
    detail = models.TextField(blank=True)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "code"], condition=Q(until=None), name="need_once")]


class ReturnImport(CouncilRecord):
    """One set of files of a return that was brought in."""

    digest = models.CharField(max_length=64)
    collection_year = models.PositiveSmallIntegerField(null=True)
    file_names = models.TextField()
    counts = models.JSONField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["council", "digest"], name="returnimport_once")]


class QuarantinedRow(CouncilRecord):
    """A row of a return that was set aside, and the rule that it broke."""

    source = models.ForeignKey(ReturnImport, on_delete=models.PROTECT, related_name="quarantined")
    file = models.CharField(max_length=100)
    row = models.PositiveIntegerField()
    child = models.CharField(max_length=20, blank=True)
    field = models.CharField(max_length=40, blank=True)
    rule = models.CharField(max_length=20)
    why = models.TextField()
