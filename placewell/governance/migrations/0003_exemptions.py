"""Exemptions."""

import uuid

import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

import placewell.storage.models
from placewell.storage.row_security import COUNCIL, PUBLIC, protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("governance", "0002_row_security"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Exemption",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("reference", models.CharField(max_length=12)),
                ("source", models.CharField(max_length=100)),
                ("child_reference", models.CharField(blank=True, max_length=20)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("fostering", "Fostering"),
                            ("residential", "Residential"),
                            ("supported", "Supported"),
                            ("family_assessment", "Family assessment"),
                        ],
                        max_length=20,
                    ),
                ),
                ("supplier", models.CharField(max_length=200)),
                ("supplier_id", models.UUIDField()),
                ("weekly_fee", placewell.storage.models.MoneyField(decimal_places=2, max_digits=12)),
                ("start_on", models.DateField()),
                ("end_on", models.DateField(null=True)),
                ("value", placewell.storage.models.MoneyField(decimal_places=2, max_digits=12)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("no_place", "No place"),
                            ("need_not_met", "Need not met"),
                            ("too_far", "Too far"),
                            ("siblings", "Siblings"),
                            ("alone", "Alone"),
                            ("too_soon", "Too soon"),
                            ("known_carer", "Known carer"),
                        ],
                        max_length=20,
                    ),
                ),
                ("needs", models.JSONField(default=list)),
                ("search_log", models.JSONField()),
                ("regime", models.CharField(max_length=10)),
                ("threshold", placewell.storage.models.MoneyField(decimal_places=2, max_digits=12)),
                ("is_above", models.BooleanField()),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("below_threshold", "Below threshold"),
                            ("user_choice", "User choice"),
                            ("urgency", "Urgency"),
                            ("switch", "Switch"),
                            ("other_direct", "Other direct"),
                        ],
                        max_length=20,
                    ),
                ),
                ("notices", models.JSONField(default=list)),
                ("ground_reasons", models.JSONField(default=dict)),
                ("finance_comment", models.TextField(blank=True)),
                ("legal_comment", models.TextField(blank=True)),
                ("legal_confirms", models.BooleanField(null=True)),
                ("budget_code", models.CharField(blank=True, max_length=40)),
                ("is_retrospective", models.BooleanField(default=False)),
                ("due_on", models.DateField(null=True)),
                ("review_on", models.DateField()),
                ("return_plan", models.TextField()),
                ("drafted_at", models.DateTimeField()),
                ("ended_on", models.DateField(null=True)),
                (
                    "approval",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exemption",
                        to="governance.approval",
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
                    "delegation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exemptions",
                        to="governance.delegation",
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "finance_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "legal_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-drafted_at"],
            },
        ),
        migrations.CreateModel(
            name="ExemptionAnswer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("letter", models.CharField(max_length=1)),
                ("test", models.TextField()),
                ("evidence", models.TextField()),
                ("source", models.CharField(blank=True, max_length=200)),
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
                    "exemption",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="governance.exemption"
                    ),
                ),
            ],
            options={
                "ordering": ["letter"],
            },
        ),
        migrations.CreateModel(
            name="ExemptionSummary",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("published_at", models.DateTimeField()),
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
                    "exemption",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="summary", to="governance.exemption"
                    ),
                ),
            ],
            options={
                "ordering": ["-published_at"],
            },
        ),
        migrations.AddConstraint(
            model_name="exemption",
            constraint=models.UniqueConstraint(fields=("council", "reference"), name="exemption_reference_once"),
        ),
        migrations.AddConstraint(
            model_name="exemption",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on", None)), fields=("source", "supplier_id"), name="exemption_one_live"
            ),
        ),
        migrations.AddConstraint(
            model_name="exemption",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("drafted_by", models.F("finance_by")), _negated=True),
                    models.Q(("drafted_by", models.F("legal_by")), _negated=True),
                ),
                name="exemption_other_people_comment",
            ),
        ),
        migrations.AddConstraint(
            model_name="exemption",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_retrospective", False), ("due_on__isnull", False), _connector="OR"),
                name="exemption_retrospective_has_clock",
            ),
        ),
        migrations.AddConstraint(
            model_name="exemption",
            constraint=models.CheckConstraint(
                condition=models.Q(("end_on", None), ("end_on__gt", models.F("start_on")), _connector="OR"),
                name="exemption_lasts",
            ),
        ),
        migrations.AddConstraint(
            model_name="exemptionanswer",
            constraint=models.UniqueConstraint(fields=("exemption", "letter"), name="exemptionanswer_once"),
        ),
        migrations.AddConstraint(
            model_name="exemptionanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("evidence", ""), _negated=True), name="exemptionanswer_has_evidence"
            ),
        ),
        protect("governance_exemptionanswer", council=COUNCIL),
        protect("governance_exemption", council=COUNCIL),
        protect("governance_exemptionsummary", council=COUNCIL, read_only={"published": PUBLIC}),
    ]
