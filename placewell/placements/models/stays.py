"""What the law asks for during a stay, and the papers that it is done with."""

from django.db import models
from django.db.models import Q

from placewell.storage.models import CouncilRecord, choices

from .. import states
from .agreements import Placement
from .referrals import STAFF


class StayDocument(CouncilRecord):
    """What a duty was done with: the placement plan, a letter, the record of a meeting; each version stays as written."""

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=20, choices=choices(states.Duty))
    version = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    lede = models.TextField()
    facts = models.JSONField()  # pairs of words and values, as they stood
    sent_to = models.JSONField(default=list)  # who was written to, in words
    sent_how = models.CharField(max_length=12, choices=choices(states.Delivery), blank=True)
    left_out = models.TextField(blank=True)  # why somebody whom the law names was not written to
    written_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["placement", "kind", "version"], name="staydocument_version_once"),
        ]

    @property
    def standing(self) -> list[tuple[str, str]]:
        """Where it stands: pairs of a state and words, from whatever carers said and whoever a letter went to."""
        if self.kind == states.Duty.PLACEMENT_PLAN:
            said = list(self.answers.all())
            signed = [("signed", f"by {each.signed_as}") for each in said if each.kind == states.PlanAnswer.SIGNED]
            comments = len(said) - len(signed)
            commented = [("answered", f"{comments} comment{'' if comments == 1 else 's'}")] if comments else []
            return [*(signed or [("waiting", "for the carers’ signature")]), *commented]
        if not self.sent_to:
            return []
        gone = sum(each.what == states.LetterStep.SENT for each in self.steps.all())
        return [("sent" if gone == len(self.sent_to) else "waiting", f"to {gone} of {len(self.sent_to)}")]


class PlanAnswer(CouncilRecord):
    """What those who care for the child say of one version of the placement plan, up to the one signature. Never changed."""

    document = models.ForeignKey(StayDocument, on_delete=models.PROTECT, related_name="answers")
    provider = models.ForeignKey("market.Provider", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=choices(states.PlanAnswer))
    words = models.TextField(blank=True)
    signed_as = models.CharField(max_length=120, blank=True)  # who agrees to it: the carer's name, and what they are
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document"], condition=Q(kind="signed"), name="plan_signed_once"),
            models.CheckConstraint(condition=~Q(kind="signed", signed_as=""), name="plan_signed_by_somebody"),
            models.CheckConstraint(condition=~Q(kind="comment", words=""), name="plan_comment_says_something"),
        ]


class LetterStep(CouncilRecord):
    """One recipient's copy of a letter was opened to be printed, or was sent. Never changed."""

    document = models.ForeignKey(StayDocument, on_delete=models.PROTECT, related_name="steps")
    to = models.TextField()  # as the letter names who is written to
    what = models.CharField(max_length=8, choices=choices(states.LetterStep))
    how = models.CharField(max_length=12, choices=choices(states.Delivery), blank=True)
    on = models.DateField()
    note = models.TextField(blank=True)
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "to"], condition=Q(what="sent"), name="letter_sent_once"),
            models.CheckConstraint(condition=~Q(what="sent", how=""), name="letter_sent_somehow"),
        ]


class DutyDone(CouncilRecord):
    """A step that the law asks for by a day, done."""

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="duties")
    kind = models.CharField(max_length=20, choices=choices(states.Duty))
    done_on = models.DateField()
    note = models.TextField(blank=True)
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["placement", "kind"], name="duty_once")]
