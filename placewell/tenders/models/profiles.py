"""What a provider registers once for every tender: who it is, who stands behind it, and its papers."""

from django.db import models
from django.db.models import F, Q

from placewell.storage.models import MoneyField, Record, choices

from .. import states
from .sealed import PROVIDER


class Profile(Record):
    """Who a provider is, in its own words. Its own people write it; councils read it."""

    provider = models.OneToOneField(PROVIDER, on_delete=models.PROTECT, related_name="+")
    legal_name = models.CharField(max_length=200)
    legal_form = models.CharField(max_length=20, choices=choices(states.LegalForm))
    company_number = models.CharField(max_length=10, blank=True)
    charity_number = models.CharField(max_length=12, blank=True)
    vat_number = models.CharField(max_length=14, blank=True)
    unique_number = models.CharField(max_length=20, blank=True)  # PPON, as the central platform issued it
    address = models.TextField()
    website = models.CharField(max_length=200, blank=True)
    contact_email = models.EmailField()
    is_small = models.BooleanField()  # fewer than 250 staff, and turnover under £44m or balance sheet under £38m
    is_voluntary = models.BooleanField()  # voluntary, community or social enterprise
    saved_at = models.DateTimeField()


class Connected(Record):
    """A person or company connected with a provider (Procurement Act 2023 s.26 and Sch 6 para 45)."""

    provider = models.ForeignKey(PROVIDER, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    link = models.CharField(max_length=20, choices=choices(states.Link))
    company_number = models.CharField(max_length=10, blank=True)
    since_on = models.DateField(null=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["provider", "name", "link"], name="connected_once")]


class Paper(Record):
    """Insurance, a registration by its URN, a policy: what it says, until when, and the file."""

    provider = models.ForeignKey(PROVIDER, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)  # of tables/papers.toml
    number = models.CharField(max_length=40, blank=True)  # the policy's number, or the URN
    cover = MoneyField(null=True)
    from_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    name = models.CharField(max_length=200, blank=True)
    body = models.BinaryField(null=True)
    size = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    added_at = models.DateTimeField()
    set_aside_at = models.DateTimeField(null=True)  # a newer one stands in its place, or it was taken out

    class Meta:
        ordering = ["kind", "expires_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(from_on=None) | Q(expires_on__gt=F("from_on")),
                name="paper_expires_after_start",
            ),
            models.CheckConstraint(condition=Q(cover=None) | Q(cover__gt=0), name="paper_cover_positive"),
        ]
