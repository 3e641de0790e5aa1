"""Referrals, what providers see of them, and offers."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from placewell.governance.states import Category
from placewell.kernel.money import ZERO
from placewell.storage.models import CouncilRecord, MoneyField, choices

from .. import states
from .written import Written

STAFF = "accounts.User"


class SiblingSearch(CouncilRecord):
    """Brothers and sisters who need homes at one time: sought together, or apart with the reason."""

    reference = models.CharField(max_length=12, unique=True)  # random: providers see it
    is_together = models.BooleanField()
    apart_reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_together=True) | ~Q(apart_reason=""), name="siblings_apart_with_reason"
            ),
        ]


class Referral(Written):
    """A child needs a home: what kind, where, when, and what matters. Only the council sees it."""

    child = models.ForeignKey("children.Child", on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=12)
    sibling_search = models.ForeignKey(SiblingSearch, on_delete=models.PROTECT, related_name="referrals", null=True)
    # For each statutory consideration: what it means for this child.
    considerations = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=choices(states.Referral), default=states.Referral.DRAFT)
    written_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)  # when it was closed without a placement
    # Who carries it on; whoever wrote it, until somebody takes it over.
    held_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["council", "reference"], name="referral_reference_once"),
            models.CheckConstraint(
                condition=Q(sdq_score=None) | Q(sdq_score__lte=states.SDQ_MOST), name="referral_sdq_at_most_40"
            ),
            models.UniqueConstraint(
                fields=["child"], condition=~Q(state__in=["matched", "closed"]), name="referral_one_open"
            ),
            models.CheckConstraint(condition=Q(expected_end_on__gt=F("needed_on")), name="referral_ends_after_start"),
        ]

    @property
    def holder(self):
        """Who carries the referral on."""
        return self.held_by or self.written_by


class FrozenSearch(CouncilRecord):
    """What the search showed when homes were asked: the homes, their order, the reasons, and what each rule refused.

    For the council alone, and never changed: an exemption rests on it.
    """

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="frozen_searches")
    asked = models.PositiveSmallIntegerField()  # how many providers were asked with it
    facts = models.JSONField()
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Invitation(CouncilRecord):
    """A referral as one provider sees it: made from allowed fields and released by a person."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="invitations")
    provider = models.ForeignKey("market.Provider", on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=12)  # random for each provider, so that two cannot compare
    shown = models.JSONField()  # the anonymised referral, frozen as released
    sent_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    decline_reason = models.CharField(max_length=24, choices=choices(states.DeclineReason), blank=True)
    decline_note = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=choices(states.Invitation), default=states.Invitation.SENT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "provider"], name="invitation_once"),
            models.UniqueConstraint(fields=["reference"], name="invitation_reference_once"),
        ]


class Message(CouncilRecord):
    """Words between the council and one provider about a referral: a question, an answer, a change."""

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="messages")
    provider = models.ForeignKey("market.Provider", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=choices(states.Message))
    words = models.TextField()
    answers = models.ForeignKey("self", on_delete=models.PROTECT, related_name="answered", null=True)
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class EmergencyApproval(CouncilRecord):
    """An emergency was searched for at once; a manager approves afterwards, by a day."""

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="emergency")
    asked_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    decided_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    is_approved = models.BooleanField(null=True)
    reasons = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(asked_by=F("decided_by")), name="emergency_two_people"),
        ]


class Offer(CouncilRecord):
    """A home's offer for one referral."""

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="offers")
    provider = models.ForeignKey("market.Provider", on_delete=models.PROTECT, related_name="+")
    home = models.ForeignKey("market.Home", on_delete=models.PROTECT, related_name="+")
    weekly_fee = MoneyField()  # all of it; what is left of it without the parts below is accommodation
    care_fee = MoneyField(default=ZERO)
    education_fee = MoneyField(default=ZERO)
    health_fee = MoneyField(default=ZERO)
    one_off_fee = MoneyField(default=ZERO)  # beside the weekly price: paid once, on the first day
    earliest_on = models.DateField()
    how_needs_are_met = models.TextField()
    effect_on_residents = models.TextField(blank=True)
    made_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    recommended_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    recommendation = models.TextField(blank=True)
    decided_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    reasons = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=choices(states.Offer), default=states.Offer.MADE)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weekly_fee__gte=0), name="offer_fee_not_negative"),
            models.CheckConstraint(
                condition=Q(care_fee__gte=0, education_fee__gte=0, health_fee__gte=0, one_off_fee__gte=0)
                & Q(weekly_fee__gte=F("care_fee") + F("education_fee") + F("health_fee")),
                name="offer_parts_within_fee",
            ),
            models.CheckConstraint(condition=~Q(recommended_by=F("decided_by")), name="offer_two_people"),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None) | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="offer_decided_at_and_by_together",
            ),
            models.UniqueConstraint(
                fields=["invitation"],
                condition=Q(state__in=["made", "recommended", "accepted"]),
                name="offer_one_live_per_invitation",
            ),
        ]

    @property
    def weekly_parts(self) -> dict[str, Decimal]:
        """The weekly price by what it is for; together they are the whole."""
        parts = {"care": self.care_fee, "education": self.education_fee, "health": self.health_fee}
        return {"accommodation": self.weekly_fee - sum(parts.values()), **parts}


class Acceptance(CouncilRecord):
    """The one accepted offer of a referral; the unique key is what a second acceptance runs into."""

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="acceptance")
    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="acceptance")
    # As it stood at the decision, for the council alone: the five considerations, the alternatives, who was asked.
    facts = models.JSONField(default=dict)


class Consent(CouncilRecord):
    """An approval that the law asks for: outside the area, or at a distance."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=12, choices=choices(states.ConsentKind))
    asked_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    # What the approver must be satisfied of, each answered: SI 2010/959 reg 11(3) as amended.
    satisfied = models.JSONField(default=dict)
    complete_by = models.DateField(null=True)  # in an emergency: the day by which the other points must hold too
    decided_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    reasons = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=choices(states.Consent), default=states.Consent.REQUESTED)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "kind"], name="consent_kind_once"),
            models.CheckConstraint(condition=~Q(asked_by=F("decided_by")), name="consent_two_people"),
        ]


class Consultation(CouncilRecord):
    """Somebody is asked what they say of a home before it is chosen, and what they said. Only the council sees it."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="consultations")
    party = models.CharField(max_length=20, choices=choices(states.Party))
    blocks = models.CharField(max_length=10, choices=choices(states.Blocks))
    source = models.CharField(max_length=60)
    due_on = models.DateField()
    asked_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)  # or why they could not be asked
    answered_on = models.DateField(null=True)
    recorded_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "party"], name="consultation_party_once"),
            models.CheckConstraint(
                condition=Q(answered_on=None, answer="", recorded_by=None)
                | (Q(answered_on__isnull=False, recorded_by__isnull=False) & ~Q(answer="")),
                name="consultation_answer_whole",
            ),
        ]


class TierClock(CouncilRecord):
    """How long a tier has to answer, with effect from a day: the council's own setting."""

    category = models.CharField(max_length=20, choices=choices(Category))
    urgency = models.CharField(max_length=10, choices=choices(states.Urgency))
    tier = models.PositiveSmallIntegerField()
    hours = models.PositiveSmallIntegerField()
    is_working_hours = models.BooleanField()
    start_on = models.DateField()
    set_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["council", "category", "urgency", "tier", "start_on"], name="tierclock_once"
            ),
            models.CheckConstraint(condition=Q(hours__gte=1, tier__gte=1), name="tierclock_positive"),
        ]


class Cascade(CouncilRecord):
    """A referral goes from tier to tier by the clock."""

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="cascade")
    tier = models.PositiveSmallIntegerField(default=0)  # the tier asked last; 0 before the first
    due_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=choices(states.Cascade), default=states.Cascade.RUNNING)


class TierStep(CouncilRecord):
    """One line of the log: what the clock or a person did, and why. Never changed."""

    cascade = models.ForeignKey(Cascade, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=10)  # asked, offers, nobody, paused, resumed, extended, jumped, finished
    tier = models.PositiveSmallIntegerField()
    asked = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cascade", "number"], name="tierstep_number_once")]
