"""Procurements with their method, and what was published."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from placewell.contracts.states import NeedLevel
from placewell.governance.states import Category
from placewell.storage.models import CouncilRecord, MoneyField, choices

from .. import states

PROVIDER = "market.Provider"
REGIMES = [("pcr2015", "Public Contracts Regulations 2015"), ("pa2023", "Procurement Act 2023")]


class Procurement(CouncilRecord):
    """A purchase from its plan to its award. The method's columns are locked by the database once it is published."""

    reference = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    description = models.TextField()
    legal_regime = models.CharField(max_length=20, choices=REGIMES)
    procedure = models.CharField(max_length=20, choices=choices(states.Procedure))
    ground = models.CharField(max_length=24, choices=choices(states.Ground), blank=True)
    ground_reasons = models.TextField(blank=True)
    decision = models.ForeignKey("governance.Decision", on_delete=models.PROTECT, related_name="+")
    # A mini-competition is held under a framework; a re-opening follows an earlier round.
    framework = models.ForeignKey("contracts.Framework", on_delete=models.PROTECT, related_name="+", null=True)
    reopens = models.ForeignKey("self", on_delete=models.PROTECT, related_name="rounds", null=True)
    # The framework's round that a re-opening fills: whoever wins joins in it.
    round = models.OneToOneField("contracts.ReopeningRound", on_delete=models.PROTECT, related_name="+", null=True)
    reopens_every_months = models.PositiveSmallIntegerField(null=True)
    ocid = models.CharField(max_length=60, blank=True)  # as the central platform issued it; never made here
    planned_value = MoneyField()
    planned_notice_on = models.DateField(null=True)
    # Why no engagement notice went out although the market was asked (Procurement Act 2023 s.17).
    no_engagement_notice = models.TextField(blank=True)
    # Whom a direct award is meant for, as its transparency notice says.
    proposed = models.ForeignKey(PROVIDER, on_delete=models.PROTECT, related_name="+", null=True)
    start_on = models.DateField()
    end_on = models.DateField()
    questions_by_at = models.DateTimeField(null=True)
    tenders_by_at = models.DateTimeField(null=True)
    # The method.
    formula = models.CharField(max_length=20, choices=choices(states.Formula), default=states.Formula.ABSOLUTE_CEILING)
    weight_quality = models.DecimalField(max_digits=5, decimal_places=2, default=70)
    weight_price = models.DecimalField(max_digits=5, decimal_places=2, default=30)
    quality_min = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    lots_per_bidder = models.PositiveSmallIntegerField(null=True)
    tie_order = ArrayField(models.CharField(max_length=20, choices=choices(states.Tie)), default=list)
    standstill_days = models.PositiveSmallIntegerField(null=True)
    # From here scores stand, and prices may be read.
    quality_locked_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, choices=choices(states.Procurement), default=states.Procurement.PLANNED)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["council", "reference"], name="procurement_reference_once"),
            models.CheckConstraint(condition=Q(end_on__gt=F("start_on")), name="procurement_ends_after_start"),
            models.CheckConstraint(
                condition=Q(questions_by_at=None) | Q(questions_by_at__lte=F("tenders_by_at")),
                name="procurement_questions_before_tenders",
            ),
            models.CheckConstraint(
                condition=~Q(procedure="direct_award") | (~Q(ground="") & ~Q(ground_reasons="")),
                name="procurement_direct_award_has_ground",
            ),
            models.UniqueConstraint(fields=["ocid"], condition=~Q(ocid=""), name="procurement_ocid_once"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def live_lots(self) -> "models.QuerySet[Lot]":
        """The lots that no amendment withdrew."""
        return self.lots.filter(is_withdrawn=False)


class Lot(CouncilRecord):
    """A lot as it is advertised."""

    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="lots")
    number = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=20, choices=choices(Category))
    title = models.CharField(max_length=100)
    ceiling = MoneyField(null=True)
    value = MoneyField(null=True)  # expected over the whole term, with VAT
    is_withdrawn = models.BooleanField(default=False)  # by an amendment, after the notice

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["procurement", "number"], name="tenderlot_number_once")]

    def __str__(self) -> str:
        return f"Lot {self.number}: {self.title}"


class PriceLine(CouncilRecord):
    """A price that each bid for a lot gives, and its share in the price that is compared."""

    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="lines")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField()
    age_from = models.PositiveSmallIntegerField()
    age_to = models.PositiveSmallIntegerField()  # inclusive
    need_level = models.CharField(max_length=12, choices=choices(NeedLevel))
    share = models.DecimalField(max_digits=6, decimal_places=2, default=1)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["lot", "number"], name="priceline_number_once_in_lot"),
            models.CheckConstraint(condition=Q(share__gt=0), name="tenderpriceline_share_positive"),
            models.CheckConstraint(condition=Q(age_to__gte=F("age_from")), name="tenderpriceline_ages_in_order"),
        ]


class Mark(CouncilRecord):
    """A mark of the scale, and what earns it."""

    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="marks")
    mark = models.PositiveSmallIntegerField()
    meaning = models.TextField()

    class Meta:
        ordering = ["mark"]
        constraints = [models.UniqueConstraint(fields=["procurement", "mark"], name="tendermark_once")]


class Question(CouncilRecord):
    """A condition of participation, or a question that earns marks."""

    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="questions")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="questions", null=True)
    number = models.PositiveSmallIntegerField()
    part = models.CharField(max_length=10, choices=choices(states.Part))
    kind = models.CharField(max_length=8, choices=choices(states.Answer), default=states.Answer.TEXT)
    text = models.TextField()
    guidance = models.TextField(blank=True)
    most_words = models.PositiveIntegerField(null=True)
    weight = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    pass_mark = models.PositiveSmallIntegerField(null=True)
    is_required = models.BooleanField(default=True)
    visits = models.JSONField(null=True)  # the terms of `rules.VisitTerms`, of a criterion that is computed

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="homes", part="quality", pass_mark=None, visits__isnull=False)
                | ~Q(kind="homes") & Q(visits__isnull=True),
                name="tenderquestion_homes_are_computed",
            ),
            models.UniqueConstraint(fields=["procurement", "number"], name="tenderquestion_number_once"),
            models.CheckConstraint(
                condition=Q(part="quality", weight__gt=0) | Q(part="condition", weight=0),
                name="tenderquestion_weight_of_quality",
            ),
        ]


class Step(CouncilRecord):
    """A step of the published timetable."""

    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="steps")
    on = models.DateField()
    title = models.CharField(max_length=100)

    class Meta:
        ordering = ["on", "title"]
        constraints = [models.UniqueConstraint(fields=["procurement", "title"], name="tenderstep_once")]


class Engagement(CouncilRecord):
    """The market was asked: when, how, and what it said."""

    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="engagements")
    held_on = models.DateField()
    how = models.CharField(max_length=200)
    learned = models.TextField()

    class Meta:
        ordering = ["held_on"]


class Pipeline(CouncilRecord):
    """What the council means to buy in a financial year and the months after, published once a year; a notice tells of each purchase."""

    year = models.PositiveSmallIntegerField()  # in which the financial year begins
    text = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["-year"]
        constraints = [models.UniqueConstraint(fields=["council", "year"], name="pipeline_once_a_year")]

    def __str__(self) -> str:
        return f"Pipeline {self.year} to {self.year + 1}"


class Notice(CouncilRecord):
    """What was published, whole, as it stood that day. Never changed."""

    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="notices")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=14, choices=choices(states.Notice))
    published_at = models.DateTimeField()
    text = models.TextField()
    method = models.JSONField()
    release = models.JSONField(default=dict)  # the OCDS release, but for its OCID, which the platform issues
    digest = models.CharField(max_length=64)
    pipeline = models.ForeignKey(Pipeline, on_delete=models.PROTECT, related_name="notices", null=True)
    made_in = models.BigIntegerField(default=0)  # the database's number of the transaction; it sets it itself

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["procurement", "number"], name="tendernotice_number_once")]


class Sending(CouncilRecord):
    """A notice was sent to the central platform, and what it calls it there."""

    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, related_name="sending")
    reference = models.CharField(max_length=60)
    sent_at = models.DateTimeField()


class Document(CouncilRecord):
    """A file that every bidder may read."""

    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="documents")
    name = models.CharField(max_length=200)
    body = models.BinaryField()
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["added_at"]


class Clarification(CouncilRecord):
    """A question of a bidder and the answer to all. Who asked is kept nowhere."""

    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="clarifications")
    question = models.TextField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)


class Interest(CouncilRecord):
    """A provider follows a procurement; it is shown what was published since it last looked. The council sees none."""

    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="interests")
    provider = models.ForeignKey(PROVIDER, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["procurement", "provider"], name="interest_once")]


class Invitee(CouncilRecord):
    """A provider that a mini-competition is open to."""

    procurement = models.ForeignKey(Procurement, on_delete=models.PROTECT, related_name="invitees")
    provider = models.ForeignKey(PROVIDER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["procurement", "provider"], name="invitee_once")]
