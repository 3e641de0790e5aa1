"""Lots months and shares."""

import uuid

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

import placewell.budget.states
import placewell.storage.models
from placewell.storage.row_security import COUNCIL, protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("budget", "0002_row_security"),
        ("governance", "0002_row_security"),
        ("market", "0003_register_closures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Adjustment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("source", models.CharField(max_length=100)),
                ("reference", models.CharField(blank=True, max_length=20)),
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
                ("financial_year", models.PositiveSmallIntegerField()),
                ("amount", placewell.storage.models.MoneyField(decimal_places=2, max_digits=12)),
                ("changed_from", models.DateField()),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ClosedMonth",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("month", models.DateField()),
                ("closed_at", models.DateTimeField()),
                ("reopened_at", models.DateTimeField(null=True)),
                ("reason", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["-month", "-closed_at"],
            },
        ),
        migrations.CreateModel(
            name="FundingShare",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("source", models.CharField(max_length=100)),
                (
                    "funder",
                    models.CharField(
                        choices=[
                            ("social_care", "Social care"),
                            ("education", "Education"),
                            ("health", "Health"),
                            ("home_office", "Home office"),
                        ],
                        max_length=12,
                    ),
                ),
                ("percent", models.DecimalField(decimal_places=2, max_digits=5)),
                ("agreement", models.CharField(max_length=80)),
                ("start_on", models.DateField()),
                ("end_on", models.DateField(null=True)),
                ("review_on", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="LotShare",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
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
                ("amount", placewell.storage.models.MoneyField(decimal_places=2, max_digits=12)),
                ("cost_centre", models.CharField(max_length=20)),
                ("subjective_code", models.CharField(max_length=20)),
            ],
            options={
                "ordering": ["category"],
            },
        ),
        migrations.CreateModel(
            name="MonthFigure",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("nights", models.PositiveSmallIntegerField()),
                ("committed", placewell.storage.models.MoneyField(decimal_places=2, max_digits=12)),
                ("actual", placewell.storage.models.MoneyField(decimal_places=2, max_digits=12)),
                ("accrual", placewell.storage.models.MoneyField(decimal_places=2, max_digits=12)),
            ],
        ),
        migrations.CreateModel(
            name="Virement",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "from_category",
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
                (
                    "to_category",
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
                ("amount", placewell.storage.models.MoneyField(decimal_places=2, max_digits=12)),
                ("reason", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("reasons", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Requested"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default=placewell.budget.states.Request["REQUESTED"],
                        max_length=10,
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="commitment",
            name="commitment_fee_not_negative",
        ),
        migrations.AddField(
            model_name="commitment",
            name="reference",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddIndex(
            model_name="commitment",
            index=models.Index(fields=["reference"], name="commitment_reference"),
        ),
        migrations.AddConstraint(
            model_name="commitment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("weekly_fee__gte", 0),
                    models.Q(("line__startswith", "discount_"), ("weekly_fee__lt", 0)),
                    _connector="OR",
                ),
                name="commitment_fee_not_negative",
            ),
        ),
        migrations.AddField(
            model_name="adjustment",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="adjustment",
            name="council",
            field=models.ForeignKey(
                db_default=django.db.models.functions.comparison.Cast(
                    models.Func(
                        models.Func(models.Value("placewell.council"), models.Value(True), function="current_setting"),
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
        migrations.AddField(
            model_name="adjustment",
            name="decision",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="governance.decision"
            ),
        ),
        migrations.AddField(
            model_name="adjustment",
            name="provider",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="market.provider"
            ),
        ),
        migrations.AddField(
            model_name="closedmonth",
            name="closed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="closedmonth",
            name="council",
            field=models.ForeignKey(
                db_default=django.db.models.functions.comparison.Cast(
                    models.Func(
                        models.Func(models.Value("placewell.council"), models.Value(True), function="current_setting"),
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
        migrations.AddField(
            model_name="closedmonth",
            name="reopened_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="fundingshare",
            name="council",
            field=models.ForeignKey(
                db_default=django.db.models.functions.comparison.Cast(
                    models.Func(
                        models.Func(models.Value("placewell.council"), models.Value(True), function="current_setting"),
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
        migrations.AddField(
            model_name="fundingshare",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="lotshare",
            name="council",
            field=models.ForeignKey(
                db_default=django.db.models.functions.comparison.Cast(
                    models.Func(
                        models.Func(models.Value("placewell.council"), models.Value(True), function="current_setting"),
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
        migrations.AddField(
            model_name="lotshare",
            name="envelope",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lots", to="budget.envelope"
            ),
        ),
        migrations.AddField(
            model_name="monthfigure",
            name="closed",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="figures", to="budget.closedmonth"
            ),
        ),
        migrations.AddField(
            model_name="monthfigure",
            name="commitment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="budget.commitment"
            ),
        ),
        migrations.AddField(
            model_name="monthfigure",
            name="council",
            field=models.ForeignKey(
                db_default=django.db.models.functions.comparison.Cast(
                    models.Func(
                        models.Func(models.Value("placewell.council"), models.Value(True), function="current_setting"),
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
        migrations.AddField(
            model_name="virement",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="virement",
            name="council",
            field=models.ForeignKey(
                db_default=django.db.models.functions.comparison.Cast(
                    models.Func(
                        models.Func(models.Value("placewell.council"), models.Value(True), function="current_setting"),
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
        migrations.AddField(
            model_name="virement",
            name="decided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="virement",
            name="envelope",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="virements", to="budget.envelope"
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount", 0), _negated=True), name="adjustment_not_nought"
            ),
        ),
        migrations.AddConstraint(
            model_name="closedmonth",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reopened_at", None)), fields=("month", "council"), name="month_closed_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="closedmonth",
            constraint=models.CheckConstraint(condition=models.Q(("month__day", 1)), name="month_is_its_first_day"),
        ),
        migrations.AddConstraint(
            model_name="closedmonth",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reopened_at", None),
                    models.Q(("reopened_by__isnull", False), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="month_reopened_by_name_and_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="fundingshare",
            index=models.Index(fields=["source"], name="fundingshare_source"),
        ),
        migrations.AddConstraint(
            model_name="fundingshare",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent__gt", 0), ("percent__lte", 100)), name="fundingshare_percent"
            ),
        ),
        migrations.AddConstraint(
            model_name="fundingshare",
            constraint=models.CheckConstraint(
                condition=models.Q(("end_on", None), ("end_on__gt", models.F("start_on")), _connector="OR"),
                name="fundingshare_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundingshare",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("source", "="),
                    ("funder", "="),
                    (placewell.storage.models.DateRange("start_on", "end_on"), "&&"),
                ],
                name="fundingshare_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="lotshare",
            constraint=models.UniqueConstraint(fields=("envelope", "category"), name="lotshare_once"),
        ),
        migrations.AddConstraint(
            model_name="lotshare",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="lotshare_not_negative"),
        ),
        migrations.AddConstraint(
            model_name="monthfigure",
            constraint=models.UniqueConstraint(fields=("closed", "commitment"), name="monthfigure_once"),
        ),
        migrations.AddConstraint(
            model_name="virement",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="virement_positive"),
        ),
        migrations.AddConstraint(
            model_name="virement",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_category", models.F("to_category")), _negated=True), name="virement_two_lots"
            ),
        ),
        migrations.AddConstraint(
            model_name="virement",
            constraint=models.CheckConstraint(
                condition=models.Q(("asked_by", models.F("decided_by")), _negated=True), name="virement_two_people"
            ),
        ),
        protect("budget_lotshare", council=COUNCIL),
        protect("budget_virement", council=COUNCIL),
        protect("budget_closedmonth", council=COUNCIL),
        protect("budget_monthfigure", council=COUNCIL),
        protect("budget_adjustment", council=COUNCIL),
        protect("budget_fundingshare", council=COUNCIL),
    ]
