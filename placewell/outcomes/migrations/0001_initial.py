"""Goals, their scores and facts: each council's own, and nothing that was written is changed."""

import uuid

import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

from placewell.storage.row_security import COUNCIL, append_only, protect

TABLES = ("goal", "goalwords", "goalscore", "fact")


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_row_security"),
        ("children", "0004_stated_rows"),
        ("placements", "0012_covers_mails_parents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Goal",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "area",
                    models.CharField(
                        choices=[
                            ("stability", "Stability"),
                            ("education", "Education"),
                            ("health", "Health"),
                            ("safety", "Safety"),
                            ("family", "Family"),
                            ("identity", "Identity"),
                            ("independence", "Independence"),
                            ("happiness", "Happiness"),
                        ],
                        max_length=12,
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
                (
                    "placement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="placements.placement"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GoalScore",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("stage", models.CharField(choices=[("six_months", "Six months"), ("end", "End")], max_length=10)),
                ("version", models.PositiveSmallIntegerField()),
                ("score", models.PositiveSmallIntegerField()),
                ("evidence", models.TextField()),
                ("child_says", models.TextField(blank=True)),
                ("scored_on", models.DateField()),
                ("reason", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
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
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scores", to="outcomes.goal"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GoalWords",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveSmallIntegerField()),
                ("what", models.TextField()),
                ("own_words", models.TextField(blank=True)),
                ("why_no_words", models.TextField(blank=True)),
                ("known_by", models.TextField()),
                ("agreed_on", models.DateField()),
                ("agreed_with", models.TextField()),
                ("is_dropped", models.BooleanField(default=False)),
                ("reason", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
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
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="outcomes.goal"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Fact",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=20)),
                ("on", models.DateField()),
                ("last_on", models.DateField(null=True)),
                ("version", models.PositiveSmallIntegerField(default=1)),
                ("amount", models.DecimalField(decimal_places=1, max_digits=7, null=True)),
                ("out_of", models.DecimalField(decimal_places=1, max_digits=7, null=True)),
                ("answer", models.CharField(blank=True, max_length=20)),
                ("note", models.TextField(blank=True)),
                ("source", models.TextField()),
                ("is_withdrawn", models.BooleanField(default=False)),
                ("reason", models.TextField(blank=True)),
                ("recorded_at", models.DateTimeField()),
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
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["child", "kind", "on"], name="fact_child_kind")],
                "constraints": [
                    models.UniqueConstraint(fields=("child", "kind", "on", "version"), name="fact_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(("last_on", None), ("last_on__gte", models.F("on")), _connector="OR"),
                        name="fact_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount", None), ("amount__gte", 0), _connector="OR"),
                        name="fact_amount_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("out_of", None),
                            models.Q(("amount__isnull", False), ("amount__lte", models.F("out_of"))),
                            _connector="OR",
                        ),
                        name="fact_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("version", 1), models.Q(("reason", ""), _negated=True), _connector="OR"),
                        name="fact_amended_has_reason",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="goal",
            constraint=models.UniqueConstraint(fields=("placement", "number"), name="goal_number_once"),
        ),
        migrations.AddConstraint(
            model_name="goalscore",
            constraint=models.UniqueConstraint(fields=("goal", "stage", "version"), name="goalscore_once"),
        ),
        migrations.AddConstraint(
            model_name="goalscore",
            constraint=models.CheckConstraint(condition=models.Q(("score__lte", 4)), name="goalscore_on_the_scale"),
        ),
        migrations.AddConstraint(
            model_name="goalscore",
            constraint=models.CheckConstraint(
                condition=models.Q(("evidence", ""), _negated=True), name="goalscore_has_evidence"
            ),
        ),
        migrations.AddConstraint(
            model_name="goalscore",
            constraint=models.CheckConstraint(
                condition=models.Q(("version", 1), models.Q(("reason", ""), _negated=True), _connector="OR"),
                name="goalscore_amended_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="goalwords",
            constraint=models.UniqueConstraint(fields=("goal", "version"), name="goalwords_version_once"),
        ),
        migrations.AddConstraint(
            model_name="goalwords",
            constraint=models.CheckConstraint(
                condition=models.Q(("version", 1), models.Q(("reason", ""), _negated=True), _connector="OR"),
                name="goalwords_amended_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="goalwords",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("own_words", ""), _negated=True),
                    models.Q(("why_no_words", ""), _negated=True),
                    _connector="OR",
                ),
                name="goalwords_child_heard",
            ),
        ),
        *(protect(f"outcomes_{table}", council=COUNCIL) for table in TABLES),
        *(append_only(f"outcomes_{table}") for table in TABLES),
    ]
