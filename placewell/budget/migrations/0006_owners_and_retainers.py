"""Since when somebody sees to an invoice line; retainers as they were recorded, so that they can be ended and undone."""

import uuid

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

import placewell.storage.models
from placewell.storage.row_security import COUNCIL, protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("budget", "0005_limits_of_lots_and_volume"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="invoiceline",
            name="owned_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="Retainer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("source", models.CharField(max_length=100)),
                ("away_from", models.DateField()),
                ("back_on", models.DateField(null=True)),
                ("full_nights", models.PositiveSmallIntegerField()),
                ("percent", models.DecimalField(decimal_places=2, max_digits=5)),
                ("most_nights", models.PositiveSmallIntegerField()),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("reason", models.TextField()),
                ("recorded_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_reason", models.TextField(blank=True)),
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
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["source"], name="retainer_source")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("back_on", None), ("back_on__gt", models.F("away_from")), _connector="OR"),
                        name="retainer_lasts_a_night",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("undone_at", None)),
                        expressions=[
                            ("source", "="),
                            (placewell.storage.models.DateRange("away_from", "back_on"), "&&"),
                        ],
                        name="retainer_one_at_a_time",
                    ),
                ],
            },
        ),
        protect("budget_retainer", council=COUNCIL),
    ]
