"""What is asked of providers under their contracts, what they return, and what is found when somebody visits their homes."""

from django.db import models
from django.db.models import F, Q

from placewell.storage.models import CouncilRecord, choices

from ..rules import kpis, returns

STAFF = "accounts.User"
PROVIDER = "market.Provider"


class KpiTarget(CouncilRecord):
    """What is to be reached on one measure under a framework, from a day on. Published; never overwritten."""

    framework = models.ForeignKey("contracts.Framework", on_delete=models.PROTECT, related_name="+")
    kpi = models.CharField(max_length=24, choices=choices(kpis.Kpi))
    target = models.DecimalField(max_digits=7, decimal_places=2)
    slightly = models.DecimalField(max_digits=7, decimal_places=2)  # down to here it is slightly below
    below = models.DecimalField(max_digits=7, decimal_places=2)  # down to here below; beyond, significantly
    from_on = models.DateField()
    reason = models.TextField()
    set_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["framework", "kpi", "from_on"], name="kpitarget_day_once"),
            models.CheckConstraint(
                condition=Q(target__gte=F("slightly"), slightly__gte=F("below"))
                | Q(target__lte=F("slightly"), slightly__lte=F("below")),
                name="kpitarget_goes_one_way",
            ),
        ]


class HomeVisit(CouncilRecord):
    """Somebody of the council looked at a home: what was found. Not a visit to a child."""

    provider = models.ForeignKey(PROVIDER, on_delete=models.PROTECT, related_name="+")
    home = models.ForeignKey("market.Home", on_delete=models.PROTECT, related_name="+")
    made_on = models.DateField()
    is_unannounced = models.BooleanField()
    found = models.TextField()
    good = models.TextField(blank=True)
    visited_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["provider", "made_on"], name="homevisit_provider_day")]


class Return(CouncilRecord):
    """What a provider says of one quarter: asked for by the council, sent by the provider, accepted or sent back."""

    provider = models.ForeignKey(PROVIDER, on_delete=models.PROTECT, related_name="+")
    quarter = models.DateField()  # its first day
    due_on = models.DateField()
    figures = models.JSONField(default=dict)
    explained = models.TextField(blank=True)
    remarks = models.JSONField(default=list)  # what the checks found when it was sent
    first_sent_on = models.DateField(null=True)
    sent_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    sent_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)  # why it was sent back, or what was noted
    answered_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    state = models.CharField(max_length=10, choices=choices(returns.Return), default=returns.Return.ASKED)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["council", "provider", "quarter"], name="return_quarter_once"),
            models.CheckConstraint(
                condition=Q(state="asked") | Q(sent_by__isnull=False, first_sent_on__isnull=False),
                name="return_sent_by_somebody",
            ),
        ]


class Figures(CouncilRecord):
    """One provider's own figures as the council has them on a day, shared with the provider. Never changed."""

    provider = models.ForeignKey(PROVIDER, on_delete=models.PROTECT, related_name="+")
    as_of = models.DateField()
    lines = models.JSONField()  # each measure with its value, uncertainty, cases, target, rating word and definition
    counted = models.JSONField()  # what is counted and never rated
    shared_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    shared_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["council", "provider", "as_of"], name="figures_day_once")]


class FiguresReply(CouncilRecord):
    """What a provider has to say to its figures. Never changed."""

    provider = models.ForeignKey(PROVIDER, on_delete=models.PROTECT, related_name="+")
    figures = models.ForeignKey(Figures, on_delete=models.PROTECT, related_name="replies")
    words = models.TextField()
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
