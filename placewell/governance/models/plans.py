"""What is to be decided: the notice on the forward plan, and the reports with what is exempt in them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from placewell.storage.models import CouncilRecord, choices

from .. import states
from .decisions import Decision


class PlannedDecision(CouncilRecord):
    """Notice that a decision will be taken (SI 2012/2089 regs 5, 9, 10 and 11)."""

    title = models.CharField(max_length=200)
    matter = models.TextField()
    body = models.CharField(max_length=100)  # who will take it
    is_key = models.BooleanField(default=True)
    due_from = models.DateField()
    due_to = models.DateField()  # the last day of the period; the same day where the day is known
    documents = models.TextField()
    where_to_get = models.TextField()
    route = models.CharField(max_length=20, choices=choices(states.Route), default=states.Route.ORDINARY)
    impracticable_because = models.TextField(blank=True)
    chair = models.CharField(max_length=200, blank=True)  # who was told, or who agreed that it cannot wait
    chair_on = models.DateField(null=True)
    is_private = models.BooleanField(default=False)
    private_because = models.TextField(blank=True)
    private_notice_on = models.DateField(null=True)  # the further notice, with the representations received
    representations = models.TextField(blank=True)
    private_agreed_by = models.CharField(max_length=200, blank=True)
    notified_on = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=choices(states.Planned), default=states.Planned.DRAFT)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(due_to__gte=F("due_from")), name="planned_period_in_order"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(notified_on__isnull=False), name="planned_has_notice"
            ),
            models.CheckConstraint(
                condition=Q(route="ordinary")
                | (Q(chair_on__isnull=False) & ~Q(chair="") & ~Q(impracticable_because="")),
                name="planned_urgent_has_chair",
            ),
            models.CheckConstraint(
                condition=Q(is_private=False) | ~Q(private_because=""), name="planned_private_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Report(CouncilRecord):
    """A report on which a decision is taken: what anybody may read of it."""

    planned = models.ForeignKey(PlannedDecision, on_delete=models.PROTECT, related_name="reports", null=True)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="reports", null=True)
    title = models.CharField(max_length=200)
    author = models.CharField(max_length=200)
    text = models.TextField()
    background_papers = models.TextField(blank=True)
    # Of Schedule 12A, where part of it is not for publication: anybody reads that it is so, and why in law.
    exempt_paragraphs = ArrayField(models.PositiveSmallIntegerField(), default=list)
    published_on = models.DateField(null=True)

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(planned__isnull=False) | Q(decision__isnull=False), name="report_is_on_something"
            ),
        ]


class ExemptPart(CouncilRecord):
    """What of a report is not for publication, and the weighing behind it (LGA 1972 Sch 12A Part 2); never public."""

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="exempt")
    public_interest = models.TextField()
    text = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(public_interest=""), name="exempt_has_why"),
        ]
