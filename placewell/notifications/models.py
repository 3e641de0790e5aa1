"""Notifications, what a person wants by mail, and the records that they opened or follow."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from placewell.storage.context import current_council, current_provider
from placewell.storage.models import Record, choices

from . import states

STAFF = settings.AUTH_USER_MODEL
# What a provider's staff may follow, held by the database too: what is told of each stands in `tables/kinds.toml`.
OF_PROVIDERS = (
    "market.home",
    "market.provider",
    "placements.agreement",
    "placements.invitation",
    "tenders.procurement",
)


def _owner(default) -> models.ForeignKey:
    """A council or a provider, filled in by the database from the transaction's context."""
    return models.ForeignKey(
        "accounts.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        db_default=default,
        editable=False,
        null=True,
    )


class Notification(Record):
    """One person is told that something happened to one record. No word of the record stands here."""

    council = _owner(current_council())  # none where a provider's people are told of what one of them did

    to = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    # The provider of whoever is told or tells, where one of them is a provider's.
    provider = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=20)
    record = models.CharField(max_length=60)  # "children.child", as the trail names it
    record_id = models.UUIDField()
    path = models.CharField(max_length=200)
    what = models.CharField(max_length=100, blank=True)  # of what is followed: which event, by its name in the trail
    about = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+", null=True)  # with whom it stands
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mail_at = models.DateTimeField(null=True)  # when it goes out by mail; never where there is none
    mailed_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    escalated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(council__isnull=False) | Q(provider__isnull=False), name="notification_of_a_side"
            ),
            # Told once to each manager of one thing with one colleague, however many workers run.
            models.UniqueConstraint(
                fields=["to", "about", "path", "what"],
                condition=Q(kind="escalated", read_at=None),
                name="notification_escalated_once",
            ),
            models.CheckConstraint(condition=Q(about=None) | ~Q(to=models.F("about")), name="notification_of_another"),
        ]
        indexes = [
            models.Index(fields=["to", "-at"], name="notification_to"),
            models.Index(fields=["to"], condition=Q(read_at=None), name="notification_unread"),
            models.Index(
                fields=["mail_at"], condition=Q(mailed_at=None, mail_at__isnull=False), name="notification_to_mail"
            ),
        ]


class Choice(Record):
    """When a person wants one kind of notification by mail. Like a person, it is of no council."""

    user = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    timing = models.CharField(max_length=10, choices=choices(states.Timing))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="choice_once")]


class Bookmark(Record):
    """A record that one person opened, or follows: of a council's staff, which their colleagues' transactions may read, or
    of a provider's, which none but their own may."""

    council = _owner(current_council())
    provider = _owner(current_provider())
    user = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    record = models.CharField(max_length=60)
    record_id = models.UUIDField()
    opened_at = models.DateTimeField(null=True)
    followed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "record", "record_id"], name="bookmark_once"),
            models.CheckConstraint(
                condition=Q(council=None, provider__isnull=False) | Q(council__isnull=False, provider=None),
                name="bookmark_of_one_side",
            ),
            models.CheckConstraint(
                condition=Q(provider=None) | Q(record__in=OF_PROVIDERS), name="bookmark_of_what_providers_may"
            ),
        ]
        indexes = [
            models.Index(fields=["record", "record_id"], condition=~Q(followed_at=None), name="bookmark_followed"),
            models.Index(fields=["user", "-opened_at"], name="bookmark_recent"),
        ]
