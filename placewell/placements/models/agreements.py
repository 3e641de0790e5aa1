"""Agreements, who was told who the child is, and placements with what happens in them."""

import datetime as dt
from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from placewell.governance.states import Category
from placewell.kernel.money import ZERO
from placewell.storage.models import CouncilRecord, DateRange, MoneyField, choices

from .. import states
from .referrals import STAFF, Offer


class Agreement(CouncilRecord):
    """The individual placement agreement: one child, one home, dated prices, under one contract."""

    child = models.ForeignKey("children.Child", on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("market.Provider", on_delete=models.PROTECT, related_name="+")
    home = models.ForeignKey("market.Home", on_delete=models.PROTECT, related_name="+")
    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="agreement", null=True)
    # What allows it: one of the two. Neither is an agreement without cover, which `queries.without_authority` lists.
    exemption = models.ForeignKey("governance.Exemption", on_delete=models.PROTECT, related_name="+", null=True)
    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, related_name="+", null=True)
    reference = models.CharField(max_length=12)
    version = models.PositiveSmallIntegerField(default=1)
    category = models.CharField(max_length=20, choices=choices(Category))
    start_on = models.DateField()
    end_on = models.DateField()
    notice_days = models.PositiveSmallIntegerField(default=28)
    terms = models.JSONField(default=dict)
    drawn_up_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    council_signed_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    council_signed_at = models.DateTimeField(null=True)
    provider_signed_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    provider_signed_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=14, choices=choices(states.Agreement), default=states.Agreement.DRAFT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["council", "reference", "version"], name="agreement_reference_once"),
            models.CheckConstraint(condition=Q(end_on__gte=F("start_on")), name="agreement_ends_after_start"),
            models.CheckConstraint(condition=~Q(drawn_up_by=F("council_signed_by")), name="agreement_two_people"),
            models.CheckConstraint(
                condition=Q(contract=None) | Q(exemption=None), name="agreement_contract_or_exemption"
            ),
        ]

    def weekly_fee(self, *, on: dt.date) -> Decimal:
        """Return the price a week on the day *on*; before the first day the first, after the last the last."""
        day = min(max(on, self.start_on), self.end_on - dt.timedelta(days=1))
        weekly = (line for line in self.price_lines.all() if line.kind != PriceLine.ONE_OFF)
        return sum((line.weekly_fee for line in weekly if line.start_on <= day < line.end_on), ZERO)


class PriceLine(CouncilRecord):
    """One part of the weekly price, from one day to another; what is paid once is seven times as much for one night."""

    ONE_OFF = "one_off"
    EXTRAS = "extras"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="price_lines")
    provider = models.ForeignKey("market.Provider", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)  # accommodation, care, education, health, extras, one_off
    weekly_fee = MoneyField()
    start_on = models.DateField()
    end_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(end_on__gte=F("start_on")), name="priceline_ends_after_start"),
            models.CheckConstraint(condition=Q(weekly_fee__gte=0), name="priceline_fee_not_negative"),
            ExclusionConstraint(
                name="priceline_one_price_at_a_time",
                expressions=[
                    ("agreement", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (DateRange("start_on", "end_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]


class Placement(CouncilRecord):
    """A child lives in a home."""

    agreement = models.OneToOneField(Agreement, on_delete=models.PROTECT, related_name="placement")
    child = models.ForeignKey("children.Child", on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("market.Provider", on_delete=models.PROTECT, related_name="+")
    home = models.ForeignKey("market.Home", on_delete=models.PROTECT, related_name="+")
    occupancy = models.OneToOneField("market.Occupancy", on_delete=models.PROTECT, related_name="+")
    start_on = models.DateField()
    end_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=6, blank=True)  # REASON_PLACE_CHANGE, or the reason care ceased
    end_note = models.TextField(blank=True)
    was_planned = models.BooleanField(null=True)
    state = models.CharField(max_length=12, choices=choices(states.Placement), default=states.Placement.PLANNED)
    # Who carries on what the law asks for; whoever holds the referral or drew the agreement up, until somebody takes it over.
    held_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(end_on=None) | Q(end_on__gte=F("start_on")), name="placement_ends_after_start"
            ),
            ExclusionConstraint(
                name="placement_one_home_a_night",
                expressions=[
                    ("child", RangeOperators.EQUAL),
                    (DateRange("start_on", "end_on"), RangeOperators.OVERLAPS),
                ],
                condition=~Q(state="not_started"),
            ),
        ]

    @property
    def holder(self):
        """Who carries on what the law asks of the placement."""
        offer = self.agreement.offer
        return self.held_by or (offer.invitation.referral.holder if offer else self.agreement.drawn_up_by)


class ReleasedDetail(CouncilRecord):
    """What one named person of the provider is told of a child, and nobody else of the provider can read.

    While a home is considered (*offer*) more than the referral shows, without a name; once the council has signed
    (*agreement*) who the child is.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="released", null=True)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="released", null=True)
    child = models.ForeignKey("children.Child", on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("market.Provider", on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=201, blank=True)
    born_on = models.DateField(null=True)
    must_know = models.TextField()  # what carers must know on the first night; before, what helps to consider the home
    released_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "to"], condition=Q(ended_at=None), name="released_once"),
            models.UniqueConstraint(
                fields=["offer", "to"], condition=Q(ended_at=None), name="released_once_while_considered"
            ),
            models.CheckConstraint(
                condition=Q(agreement=None, offer__isnull=False, name="", born_on=None)
                | Q(agreement__isnull=False, offer=None, born_on__isnull=False) & ~Q(name=""),
                name="released_who_only_after_signing",
            ),
        ]


class Disclosure(CouncilRecord):
    """A named person was shown something of a child: what, when, and at which step. Never changed."""

    released = models.ForeignKey(ReleasedDetail, on_delete=models.PROTECT, related_name="reads")

    child = models.ForeignKey("children.Child", on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("market.Provider", on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=20)
    at = models.DateTimeField()


class AgreementChange(CouncilRecord):
    """A longer stay, another price from a day on, an extra or something paid once: asked by one person, signed by another."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="changes")
    provider = models.ForeignKey("market.Provider", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=choices(states.ChangeKind))
    effective_on = models.DateField()  # the first night at the new price, or the day until which the stay is now agreed
    until_on = models.DateField(null=True)  # of an extra
    weekly_fee = MoneyField(null=True)  # of something paid once, all of it
    parts = models.JSONField(default=dict)  # of a price, by what it is for
    reason = models.TextField()
    asked_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=choices(states.Consent), default=states.Consent.REQUESTED)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(asked_by=F("decided_by")), name="change_two_people"),
            models.CheckConstraint(
                condition=Q(kind="price", weekly_fee__gte=0)
                | Q(kind="longer", weekly_fee=None)
                | Q(kind__in=["extra", "once"], weekly_fee__gt=0),
                name="change_has_price",
            ),
            models.CheckConstraint(
                condition=Q(kind="extra", until_on__gt=F("effective_on")) | ~Q(kind="extra") & Q(until_on=None),
                name="change_extra_lasts",
            ),
            models.UniqueConstraint(fields=["agreement"], condition=Q(state="requested"), name="change_one_open"),
        ]


class Absence(CouncilRecord):
    """The child was away; the place is kept."""

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="absences")
    provider = models.ForeignKey("market.Provider", on_delete=models.PROTECT, related_name="+")
    start_on = models.DateField()
    end_on = models.DateField(null=True)
    reason = models.CharField(max_length=10, choices=choices(states.AbsenceReason))
    recorded_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(end_on=None) | Q(end_on__gt=F("start_on")), name="absence_lasts_a_night"
            ),
            ExclusionConstraint(
                name="absence_one_at_a_time",
                expressions=[
                    ("placement", RangeOperators.EQUAL),
                    (DateRange("start_on", "end_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]


class Notice(CouncilRecord):
    """Either side says when the placement will end."""

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="notices")
    provider = models.ForeignKey("market.Provider", on_delete=models.PROTECT, related_name="+")
    is_providers = models.BooleanField()
    leaves_on = models.DateField()
    reason = models.TextField()
    given_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["placement"], condition=Q(withdrawn_at=None), name="notice_one_open"),
        ]
