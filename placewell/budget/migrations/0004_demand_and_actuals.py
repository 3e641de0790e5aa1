"""Demand and actuals."""

import uuid

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

import placewell.budget.states
import placewell.storage.models
from placewell.storage.row_security import COUNCIL, PROVIDER, protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("budget", "0003_lots_months_and_shares"),
        ("governance", "0002_row_security"),
        ("market", "0003_register_closures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DemandRequest",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "crossing",
                    models.CharField(
                        choices=[("year", "Year"), ("lifetime", "Lifetime"), ("lot", "Lot")], max_length=8
                    ),
                ),
                ("financial_year", models.PositiveSmallIntegerField()),
                (
                    "category",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("fostering", "Fostering"),
                            ("residential", "Residential"),
                            ("supported", "Supported"),
                            ("family_assessment", "Family assessment"),
                        ],
                        max_length=20,
                    ),
                ),
                ("limit", placewell.storage.models.MoneyField(decimal_places=2, max_digits=12)),
                ("expected", placewell.storage.models.MoneyField(decimal_places=2, max_digits=12)),
                ("chance", models.DecimalField(decimal_places=2, max_digits=4)),
                ("figures", models.JSONField()),
                ("tried", models.TextField(blank=True)),
                ("opened_at", models.DateTimeField()),
                (
                    "approval",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="governance.approval"
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
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="governance.decision"
                    ),
                ),
            ],
            options={
                "ordering": ["-opened_at"],
            },
        ),
        migrations.CreateModel(
            name="Forecast",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("made_on", models.DateField()),
                ("label", models.CharField(max_length=100)),
                ("months", models.JSONField()),
                ("taken_at", models.DateTimeField()),
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
                    "taken_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-taken_at"],
            },
        ),
        migrations.CreateModel(
            name="Held",
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
                ("source", models.CharField(max_length=100)),
                ("reference", models.CharField(blank=True, max_length=20)),
                ("financial_year", models.PositiveSmallIntegerField()),
                ("over", placewell.storage.models.MoneyField(decimal_places=2, max_digits=12)),
                ("cost", placewell.storage.models.MoneyField(decimal_places=2, max_digits=12)),
                ("held_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(null=True)),
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
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="governance.decision"
                    ),
                ),
                (
                    "held_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
                "ordering": ["held_at"],
            },
        ),
        migrations.CreateModel(
            name="InvoiceFile",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("columns", models.JSONField()),
                ("received_at", models.DateTimeField()),
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
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="market.provider"
                    ),
                ),
                (
                    "received_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-received_at"],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("supplier", models.CharField(blank=True, max_length=200)),
                ("number", models.CharField(max_length=60)),
                ("dated_on", models.DateField(null=True)),
                ("received_at", models.DateTimeField()),
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
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="market.provider"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invoices", to="budget.invoicefile"
                    ),
                ),
            ],
            options={
                "ordering": ["-received_at", "number"],
            },
        ),
        migrations.CreateModel(
            name="InvoiceLine",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=40)),
                ("row", models.PositiveIntegerField()),
                ("reference", models.CharField(blank=True, max_length=40)),
                ("part", models.CharField(blank=True, max_length=20)),
                ("start_on", models.DateField(null=True)),
                ("end_on", models.DateField(null=True)),
                ("is_end_sure", models.BooleanField(default=True)),
                ("amount", placewell.storage.models.MoneyField(decimal_places=2, max_digits=12)),
                ("expected", placewell.storage.models.MoneyField(decimal_places=2, max_digits=12, null=True)),
                ("why", models.CharField(blank=True, max_length=20)),
                ("told", models.CharField(blank=True, max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("queried", "Queried"),
                            ("held", "Held"),
                            ("agreed", "Agreed"),
                            ("in_pay_run", "In pay run"),
                            ("paid", "Paid"),
                            ("rejected", "Rejected"),
                        ],
                        default=placewell.budget.states.InvoiceLine["RECEIVED"],
                        max_length=10,
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
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="budget.invoice"
                    ),
                ),
                (
                    "owner",
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
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="market.provider"
                    ),
                ),
            ],
            options={
                "ordering": ["invoice", "row"],
            },
        ),
        migrations.CreateModel(
            name="Charge",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("start_on", models.DateField()),
                ("end_on", models.DateField()),
                ("amount", placewell.storage.models.MoneyField(decimal_places=2, max_digits=12)),
                ("is_credit", models.BooleanField(default=False)),
                ("is_live", models.BooleanField(default=True)),
                ("is_credited", models.BooleanField(default=False)),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="charges", to="budget.commitment"
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
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="charges", to="budget.invoiceline"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PayRun",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("reference", models.CharField(max_length=20)),
                ("total", placewell.storage.models.MoneyField(decimal_places=2, max_digits=12)),
                ("drawn_up_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("drawn_up", "Drawn up"), ("released", "Released"), ("cancelled", "Cancelled")],
                        default=placewell.budget.states.PayRun["DRAWN_UP"],
                        max_length=10,
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
                    "drawn_up_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "released_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-drawn_up_at"],
            },
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="pay_run",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="budget.payrun"
            ),
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("role", models.CharField(max_length=60)),
                ("question", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("answer", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="budget.demandrequest"
                    ),
                ),
            ],
            options={
                "ordering": ["asked_at"],
            },
        ),
        migrations.CreateModel(
            name="DemandPolicy",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("chance", models.DecimalField(decimal_places=2, max_digits=4)),
                ("start_on", models.DateField()),
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
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-start_on"],
                "constraints": [
                    models.UniqueConstraint(fields=("council", "start_on"), name="demandpolicy_once_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(("chance__gt", 0), ("chance__lt", 1)), name="demandpolicy_is_a_chance"
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="demandrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("crossing", "lot"), models.Q(("category", ""), _negated=True)),
                    models.Q(models.Q(("crossing", "lot"), _negated=True), ("category", "")),
                    _connector="OR",
                ),
                name="demandrequest_lot_is_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="held",
            constraint=models.UniqueConstraint(
                condition=models.Q(("released_at", None)), fields=("council", "source"), name="held_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoicefile",
            constraint=models.UniqueConstraint(fields=("council", "digest"), name="invoicefile_once"),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                fields=("council", "provider", "supplier", "number"), name="invoice_number_once", nulls_distinct=False
            ),
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(fields=["start_on"], name="charge_start"),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(("end_on__gt", models.F("start_on"))), name="charge_has_a_night"
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("is_credit", False), ("is_credited", False), ("is_live", True)),
                expressions=[("commitment", "="), (placewell.storage.models.DateRange("start_on", "end_on"), "&&")],
                name="charge_no_night_twice",
            ),
        ),
        migrations.AddConstraint(
            model_name="payrun",
            constraint=models.UniqueConstraint(fields=("council", "reference"), name="payrun_reference_once"),
        ),
        migrations.AddConstraint(
            model_name="payrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("drawn_up_by", models.F("released_by")), _negated=True), name="payrun_two_people"
            ),
        ),
        migrations.AddConstraint(
            model_name="payrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "released"), _negated=True), ("released_by__isnull", False), _connector="OR"
                ),
                name="payrun_released_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="invoiceline",
            index=models.Index(fields=["state"], name="invoiceline_state"),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.UniqueConstraint(fields=("invoice", "key"), name="invoiceline_once"),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["in_pay_run", "paid"]), _negated=True),
                    ("pay_run__isnull", False),
                    _connector="OR",
                ),
                name="invoiceline_paid_in_a_run",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("answered_at", None), ("answered_by", None)),
                    models.Q(
                        ("answered_at__isnull", False),
                        ("answered_by__isnull", False),
                        models.Q(("answer", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="question_answered_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(("asked_by", models.F("answered_by")), _negated=True), name="question_two_people"
            ),
        ),
        protect("budget_demandpolicy", council=COUNCIL),
        protect("budget_forecast", council=COUNCIL),
        protect("budget_demandrequest", council=COUNCIL),
        protect("budget_question", council=COUNCIL),
        protect("budget_held", council=COUNCIL),
        protect("budget_payrun", council=COUNCIL),
        protect("budget_charge", council=COUNCIL),
        protect("budget_invoicefile", council=COUNCIL, read_only={"own": PROVIDER}, write_only={"sent": PROVIDER}),
        protect("budget_invoice", council=COUNCIL, read_only={"own": PROVIDER}, write_only={"sent": PROVIDER}),
        protect("budget_invoiceline", council=COUNCIL, read_only={"own": PROVIDER}, write_only={"sent": PROVIDER}),
    ]
