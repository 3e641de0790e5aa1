"""Decisions as they were taken, beside their terms in a form that the other rooms can obey."""

from django.db import models
from django.db.models import F, Q

from placewell.storage.models import CouncilRecord, MoneyField, choices

from . import states

STAFF = "accounts.User"


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


class Delegation(CouncilRecord):
    """Who may do what under a decision, up to how much, and until when."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="delegations")
    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="delegations", null=True)
    act = models.CharField(max_length=20, choices=choices(states.Act))
    role = models.CharField(max_length=60)
    ceiling = MoneyField(null=True)
    conditions = models.TextField(blank=True)
    start_on = models.DateField()
    end_on = models.DateField(null=True)
    may_sub_delegate = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(end_on=None) | Q(end_on__gt=F("start_on")), name="delegation_ends_after_start"
            ),
        ]


class Consultee(CouncilRecord):
    """Another office that takes part in an act under a delegation."""

    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="consultees")
    role = models.CharField(max_length=60)
    manner = models.CharField(max_length=20, choices=choices(states.Manner))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delegation", "role"], name="consultee_role_once")]


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


class Approval(CouncilRecord):
    """A request to act under a delegation, and what the offices said. An award is an approval of the act *award*."""

    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="approvals")
    title = models.CharField(max_length=200)
    amount = MoneyField(null=True)
    evidence = models.TextField()
    asked_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=choices(states.Approval), default=states.Approval.REQUESTED)
    decided_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    reasons = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(asked_by=F("decided_by")), name="approval_two_people"),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "withdrawn"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="approval_decided_has_person",
            ),
        ]


class Response(CouncilRecord):
    """What one consulted office said of an approval."""

    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="responses")
    role = models.CharField(max_length=60)
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    agrees = models.BooleanField()
    views = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["approval", "role"], name="response_role_once")]
