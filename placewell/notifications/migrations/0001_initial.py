"""What people are told, choose, opened and follow."""

import uuid

import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

from placewell.storage.row_security import COUNCIL, PROVIDER, protect


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_row_security"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Bookmark",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("record", models.CharField(max_length=60)),
                ("record_id", models.UUIDField()),
                ("opened_at", models.DateTimeField(null=True)),
                ("followed_at", models.DateTimeField(null=True)),
                (
                    "council",
                    models.ForeignKey(
                        db_default=django.db.models.functions.comparison.Cast(
                            models.Func(
                                models.Func(
                                    models.Value("placewell.council"), models.Value(True), function="current_setting"
                                ),
                                models.Value(""),
                                function="nullif",
                            ),
                            models.UUIDField(),
                        ),
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("followed_at", None), _negated=True),
                        fields=["record", "record_id"],
                        name="bookmark_followed",
                    ),
                    models.Index(fields=["user", "-opened_at"], name="bookmark_recent"),
                ],
                "constraints": [models.UniqueConstraint(fields=("user", "record", "record_id"), name="bookmark_once")],
            },
        ),
        migrations.CreateModel(
            name="Choice",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=20)),
                (
                    "timing",
                    models.CharField(
                        choices=[("at_once", "At once"), ("daily", "Daily"), ("weekly", "Weekly"), ("never", "Never")],
                        max_length=10,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "kind"), name="choice_once")],
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=20)),
                ("record", models.CharField(max_length=60)),
                ("record_id", models.UUIDField()),
                ("path", models.CharField(max_length=200)),
                ("what", models.CharField(blank=True, max_length=100)),
                ("at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("mail_at", models.DateTimeField(null=True)),
                ("mailed_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("escalated_at", models.DateTimeField(null=True)),
                (
                    "about",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "council",
                    models.ForeignKey(
                        db_default=django.db.models.functions.comparison.Cast(
                            models.Func(
                                models.Func(
                                    models.Value("placewell.council"), models.Value(True), function="current_setting"
                                ),
                                models.Value(""),
                                function="nullif",
                            ),
                            models.UUIDField(),
                        ),
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "to",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["to", "-at"], name="notification_to"),
                    models.Index(condition=models.Q(("read_at", None)), fields=["to"], name="notification_unread"),
                    models.Index(
                        condition=models.Q(("mail_at__isnull", False), ("mailed_at", None)),
                        fields=["mail_at"],
                        name="notification_to_mail",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "escalated"), ("read_at", None)),
                        fields=("to", "about", "path", "what"),
                        name="notification_escalated_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("about", None), models.Q(("to", models.F("about")), _negated=True), _connector="OR"
                        ),
                        name="notification_of_another",
                    ),
                ],
            },
        ),
        # A provider tells the council's people, and the council a provider's: each sees the rows that name it.
        protect("notifications_notification", council=COUNCIL, provider=PROVIDER),
        protect("notifications_bookmark", council=COUNCIL),
    ]
