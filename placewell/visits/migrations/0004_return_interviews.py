"""The interviews owed to children who were missing, each recorded version kept."""

import uuid

import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

from placewell.storage.row_security import COUNCIL, protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("children", "0004_stated_rows"),
        ("visits", "0003_unannounced_weekly_times"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReturnInterview",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("went_on", models.DateField()),
                ("version", models.PositiveSmallIntegerField(default=1)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("offered", "Offered"),
                            ("held", "Held"),
                            ("declined", "Declined"),
                            ("not_offered", "Not offered"),
                        ],
                        max_length=12,
                    ),
                ),
                ("offered_on", models.DateField(null=True)),
                ("settled_on", models.DateField(null=True)),
                ("held_by", models.CharField(blank=True, max_length=100)),
                ("is_independent", models.BooleanField(default=False)),
                ("note", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="children.child"
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("child", "went_on", "version"), name="returninterview_version_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("offered_on", None),
                                ("outcome", "not_offered"),
                                models.Q(("note", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("outcome", "not_offered"), _negated=True),
                                ("offered_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="returninterview_offered_or_why_not",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("outcome__in", ("held", "declined")), ("settled_on__gte", models.F("offered_on"))
                            ),
                            models.Q(
                                models.Q(("outcome__in", ("held", "declined")), _negated=True), ("settled_on", None)
                            ),
                            _connector="OR",
                        ),
                        name="returninterview_settled_after",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "held"), _negated=True),
                            models.Q(("held_by", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="returninterview_held_by",
                    ),
                ],
            },
        ),
        protect("visits_returninterview", council=COUNCIL),
    ]
