"""Decisions as they were taken, beside their terms in a form that the other rooms can obey."""

from django.db import models
from django.db.models import F, Q

from placewell.storage.models import CouncilRecord, MoneyField, choices

from .. import states


class Decision(CouncilRecord):
    """A decision in its own words, with the five parts of its record."""

    number = models.CharField(max_length=30)
    body = models.CharField(max_length=100)
    taken_on = models.DateField()
    item = models.CharField(max_length=30, blank=True)
    title = models.CharField(max_length=200)
    text = models.TextField()
    reasons = models.TextField()
    alternatives = models.TextField()
    conflicts = models.TextField(blank=True)
    dispensations = models.TextField(blank=True)
    exempt_text = models.TextField(blank=True)
    is_key = models.BooleanField(default=False)
    is_subject_to_call_in = models.BooleanField(default=True)
    call_in_by = models.TextField(blank=True)
    call_in_working_days = models.PositiveSmallIntegerField(default=5)
    published_on = models.DateField(null=True)
    state = models.CharField(max_length=12, choices=choices(states.Decision), default=states.Decision.DRAFT)
    # The terms in figures; the text above is what was decided.
    annual_amount = MoneyField(null=True)
    years = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["council", "number"], name="decision_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "made", "set_aside"]) | Q(published_on__isnull=False),
                name="decision_published_has_date",
            ),
            models.CheckConstraint(
                condition=Q(published_on=None) | Q(published_on__gte=F("taken_on")),
                name="decision_published_after_taken",
            ),
            models.CheckConstraint(
                condition=Q(annual_amount=None) | Q(annual_amount__gt=0), name="decision_amount_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Resolution(CouncilRecord):
    """One numbered resolution of a decision."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="resolutions")
    number = models.CharField(max_length=10)
    text = models.TextField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["decision", "number"], name="resolution_number_once")]


class LotTerm(CouncilRecord):
    """A group of placements that the decision allows to be bought."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="lots")
    number = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=20, choices=choices(states.Category))
    title = models.CharField(max_length=100)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["decision", "category"], name="lotterm_category_once")]


class ExemptionTest(CouncilRecord):
    """One of the tests that must all hold before a placement is bought without competition."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="exemption_tests")
    letter = models.CharField(max_length=1)
    text = models.TextField()

    class Meta:
        ordering = ["letter"]
        constraints = [models.UniqueConstraint(fields=["decision", "letter"], name="exemptiontest_letter_once")]


class CallIn(CouncilRecord):
    """Scrutiny asked for a decision to be looked at again."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="call_ins")
    received_at = models.DateTimeField()
    called_by = models.TextField()
    grounds = models.TextField()
    outcome = models.TextField(blank=True)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision"], condition=Q(resolved_at=None), name="callin_one_open"),
        ]
