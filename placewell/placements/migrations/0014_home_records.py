"""The record of each home as the review of outcomes hands it down."""

import uuid

import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

from placewell.storage.row_security import COUNCIL, append_only, protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("market", "0003_register_closures"),
        ("placements", "0013_desk_evidence_plans_and_letters"),
    ]

    operations = [
        migrations.CreateModel(
            name="HomeRecord",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=30)),
                ("as_of", models.DateField()),
                ("endings_of", models.CharField(max_length=10)),
                ("stability", models.PositiveSmallIntegerField()),
                ("endings", models.PositiveIntegerField()),
                ("endings_planned", models.PositiveIntegerField()),
                ("goals_of", models.CharField(max_length=10)),
                ("outcome", models.PositiveSmallIntegerField()),
                ("goals", models.PositiveIntegerField()),
                ("goals_reached", models.PositiveIntegerField()),
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
                    "home",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="market.home"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("council", "home", "kind", "as_of"), name="homerecord_day_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__lte", 100), ("stability__lte", 100)),
                        name="homerecord_in_a_hundred",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("endings_planned__lte", models.F("endings")), ("goals_reached__lte", models.F("goals"))
                        ),
                        name="homerecord_counts_agree",
                    ),
                ],
            },
        ),
        protect("placements_homerecord", council=COUNCIL),
        append_only("placements_homerecord"),
    ]
