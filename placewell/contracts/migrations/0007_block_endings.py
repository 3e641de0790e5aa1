"""Blocks of places end early: their notice, and who asked for and decided an earlier end."""

import uuid

import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

import placewell.contracts.states
from placewell.storage.row_security import COUNCIL, PROVIDER, protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("contracts", "0006_block_places_files_and_exemptions"),
        ("market", "0003_register_closures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="block",
            name="notice_days",
            field=models.PositiveSmallIntegerField(default=28),
        ),
        migrations.CreateModel(
            name="BlockEnding",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_because", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("agreed", "Agreed"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default=placewell.contracts.states.Asked["PROPOSED"],
                        max_length=10,
                    ),
                ),
                ("end_on", models.DateField()),
                ("reason", models.TextField()),
                ("waiver", models.TextField(blank=True)),
                ("ended_before", models.DateField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "block",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="endings", to="contracts.block"
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
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="market.provider"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("asked_by", models.F("decided_by")), _negated=True),
                        name="blockending_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="blockending_has_reason"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")), fields=("block",), name="blockending_one_open"
                    ),
                ],
            },
        ),
        protect("contracts_blockending", council=COUNCIL, read_only={"provider": PROVIDER}),
    ]
