"""Limits of lots and of a decision's life, rebates for volume; the offices' questions go to their approvals."""

import uuid

import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

import placewell.budget.states
from placewell.storage.row_security import COUNCIL, protect

FREE = ("budget_question", "budget_demandrequest", "governance_question")
MOVE = ";\n".join(
    [
        *(f"alter table {table} no force row level security" for table in FREE),
        "insert into governance_question (id, council_id, approval_id, role, question, asked_by_id, asked_at, answer, "
        "answered_by_id, answered_at) select q.id, q.council_id, r.approval_id, q.role, q.question, q.asked_by_id, "
        "q.asked_at, q.answer, q.answered_by_id, q.answered_at "
        "from budget_question q join budget_demandrequest r on r.id = q.request_id",
        "set constraints all immediate",
        *(f"alter table {table} force row level security" for table in FREE),
    ]
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("budget", "0004_demand_and_actuals"),
        ("governance", "0006_questions"),
        ("market", "0003_register_closures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        RunSQL(MOVE, RunSQL.noop),
        migrations.CreateModel(
            name="VolumeTerm",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("least_nights", models.PositiveIntegerField()),
                ("percent", models.DecimalField(decimal_places=2, max_digits=5)),
                ("start_on", models.DateField()),
                ("agreement", models.CharField(max_length=80)),
            ],
        ),
        migrations.AddField(
            model_name="held",
            name="crossing",
            field=models.CharField(
                choices=[("year", "Year"), ("lifetime", "Lifetime"), ("lot", "Lot")],
                default=placewell.budget.states.Crossing["YEAR"],
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="overrun",
            name="category",
            field=models.CharField(
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
        migrations.AddField(
            model_name="overrun",
            name="crossing",
            field=models.CharField(
                choices=[("year", "Year"), ("lifetime", "Lifetime"), ("lot", "Lot")],
                default=placewell.budget.states.Crossing["YEAR"],
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="overrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("crossing", "lot"), models.Q(("category", ""), _negated=True)),
                    models.Q(models.Q(("crossing", "lot"), _negated=True), ("category", "")),
                    _connector="OR",
                ),
                name="overrun_lot_is_named",
            ),
        ),
        migrations.AddField(
            model_name="volumeterm",
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
            model_name="volumeterm",
            name="provider",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="market.provider"
            ),
        ),
        migrations.AddField(
            model_name="volumeterm",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.DeleteModel(
            name="Question",
        ),
        migrations.AddConstraint(
            model_name="volumeterm",
            constraint=models.UniqueConstraint(
                fields=("council", "provider", "least_nights", "start_on"), name="volumeterm_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="volumeterm",
            constraint=models.CheckConstraint(
                condition=models.Q(("least_nights__gt", 0), ("percent__gt", 0), ("percent__lte", 100)),
                name="volumeterm_percent",
            ),
        ),
        protect("budget_volumeterm", council=COUNCIL),
    ]
