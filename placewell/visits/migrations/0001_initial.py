"""Visits, what is owed, and plans."""

import uuid

import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

import placewell.visits.states


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_row_security"),
        ("children", "0004_stated_rows"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("first_on", models.DateField()),
                ("asked_for", models.TextField(blank=True)),
                ("wishes", models.JSONField(default=list)),
                ("problem", models.JSONField(default=dict)),
                ("result", models.JSONField(default=dict)),
                ("told", models.JSONField(default=dict)),
                ("share", models.FloatField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked"),
                            ("ready", "Ready"),
                            ("failed", "Failed"),
                            ("in_use", "In use"),
                            ("replaced", "Replaced"),
                            ("dropped", "Dropped"),
                        ],
                        default=placewell.visits.states.Plan["ASKED"],
                        max_length=10,
                    ),
                ),
                ("fault", models.TextField(blank=True)),
                ("asked_at", models.DateTimeField()),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "before",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="visits.plan"
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
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.team"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PlannedVisit",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField(default=1)),
                ("on", models.DateField()),
                ("start_min", models.PositiveSmallIntegerField()),
                ("end_min", models.PositiveSmallIntegerField()),
                ("due_on", models.DateField()),
                ("lock_reason", models.TextField(blank=True)),
                ("confirmed_with", models.CharField(blank=True, max_length=100)),
                ("confirmed_at", models.DateTimeField(null=True)),
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
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="visits", to="visits.plan"
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Standard",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("from_on", models.DateField()),
                ("interval_days", models.PositiveSmallIntegerField(null=True)),
                ("reason", models.TextField()),
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
            ],
        ),
        migrations.CreateModel(
            name="Times",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("from_on", models.DateField()),
                ("hours", models.JSONField()),
                ("note", models.TextField(blank=True)),
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
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("sent_key", models.UUIDField()),
                ("made_on", models.DateField()),
                ("started_at", models.TimeField(null=True)),
                ("is_seen", models.BooleanField()),
                ("is_seen_alone", models.BooleanField(default=False)),
                ("why_not_alone", models.TextField(blank=True)),
                (
                    "where",
                    models.CharField(
                        choices=[
                            ("home", "Home"),
                            ("school", "School"),
                            ("family_time", "Family time"),
                            ("elsewhere", "Elsewhere"),
                        ],
                        max_length=12,
                    ),
                ),
                ("is_unannounced", models.BooleanField(default=False)),
                ("views", models.TextField(blank=True)),
                ("own_words", models.TextField(blank=True)),
                ("observed", models.TextField(blank=True)),
                ("concerns", models.TextField(blank=True)),
                ("is_welfare_safeguarded", models.BooleanField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("late_reason", models.TextField(blank=True)),
                ("miles", models.DecimalField(decimal_places=1, max_digits=5, null=True)),
                ("recorded_at", models.DateTimeField()),
                ("signed_off_at", models.DateTimeField(null=True)),
                ("sign_off_note", models.TextField(blank=True)),
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
                (
                    "signed_off_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "visited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Request",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("child", "Child"),
                            ("carer", "Carer"),
                            ("responsible_person", "Responsible person"),
                            ("regulator_notice", "Regulator notice"),
                            ("concern", "Concern"),
                        ],
                        max_length=20,
                    ),
                ),
                ("asked_on", models.DateField()),
                ("due_on", models.DateField()),
                ("reason", models.TextField()),
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
                (
                    "met_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="met", to="visits.visit"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="VisitAction",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("what", models.TextField()),
                ("due_on", models.DateField()),
                ("done_on", models.DateField(null=True)),
                ("done_note", models.TextField(blank=True)),
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
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="actions", to="visits.visit"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Week",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("from_on", models.DateField()),
                ("hours", models.JSONField()),
                ("starts_at", models.CharField(blank=True, max_length=8)),
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
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Arrangement",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("from_on", models.DateField()),
                (
                    "situation",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("standard", "Standard"),
                            ("long_term", "Long term"),
                            ("parent_unassessed", "Parent unassessed"),
                            ("connected_temporary", "Connected temporary"),
                            ("parent_interim_order", "Parent interim order"),
                            ("parent_care_order", "Parent care order"),
                            ("other_responsible", "Other responsible"),
                            ("short_breaks", "Short breaks"),
                            ("agreed_fewer", "Agreed fewer"),
                        ],
                        max_length=24,
                    ),
                ),
                ("interval_days", models.PositiveSmallIntegerField(null=True)),
                ("reason", models.TextField()),
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
                    models.UniqueConstraint(fields=("child", "from_on"), name="arrangement_day_once"),
                    models.CheckConstraint(
                        condition=models.Q(("interval_days", None), ("interval_days__gte", 1), _connector="OR"),
                        name="arrangement_interval_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("held_on", models.DateField()),
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
                "constraints": [models.UniqueConstraint(fields=("child", "held_on"), name="assessment_day_once")],
            },
        ),
        migrations.CreateModel(
            name="Away",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("start_on", models.DateField()),
                ("last_on", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("sick", "Sick"),
                            ("leave", "Leave"),
                            ("court", "Court"),
                            ("duty", "Duty"),
                            ("training", "Training"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
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
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_on__gte", models.F("start_on"))), name="away_in_order"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Base",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("postcode", models.CharField(max_length=8)),
                ("from_on", models.DateField()),
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
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.team"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("team", "from_on"), name="base_day_once")],
            },
        ),
        migrations.CreateModel(
            name="Feed",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)), fields=("worker",), name="feed_one_live"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Outing",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("out_at", models.DateTimeField()),
                ("back_by", models.DateTimeField()),
                ("back_at", models.DateTimeField(null=True)),
                ("raised_at", models.DateTimeField(null=True)),
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
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("back_at", None)), fields=("worker",), name="outing_one_at_a_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("back_by__gt", models.F("out_at"))), name="outing_lasts"
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(fields=("team", "number"), name="plan_number_once"),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "in_use")), fields=("team",), name="plan_one_in_use"
            ),
        ),
        migrations.AddIndex(
            model_name="plannedvisit",
            index=models.Index(fields=["worker", "on"], name="plannedvisit_day"),
        ),
        migrations.AddConstraint(
            model_name="plannedvisit",
            constraint=models.UniqueConstraint(fields=("plan", "child", "number"), name="plannedvisit_once"),
        ),
        migrations.AddConstraint(
            model_name="plannedvisit",
            constraint=models.CheckConstraint(
                condition=models.Q(("end_min__gte", models.F("start_min"))), name="plannedvisit_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="standard",
            constraint=models.UniqueConstraint(fields=("council", "from_on"), name="standard_day_once"),
        ),
        migrations.AddConstraint(
            model_name="times",
            constraint=models.UniqueConstraint(fields=("child", "from_on"), name="times_day_once"),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["child", "made_on"], name="visit_child_day"),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.UniqueConstraint(fields=("sent_key",), name="visit_sent_once"),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_seen", True), ("is_seen_alone", False), _connector="OR"),
                name="visit_alone_is_seen",
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_seen", False),
                    ("is_seen_alone", True),
                    models.Q(("why_not_alone", ""), _negated=True),
                    _connector="OR",
                ),
                name="visit_why_not_alone",
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("due_on", None),
                    ("made_on__lte", models.F("due_on")),
                    models.Q(("late_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="visit_late_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("signed_off_by", models.F("visited_by")), _negated=True),
                    models.Q(("signed_off_by", models.F("recorded_by")), _negated=True),
                ),
                name="visit_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("signed_off_at", None), ("signed_off_by", None)),
                    models.Q(("signed_off_at__isnull", False), ("signed_off_by__isnull", False)),
                    _connector="OR",
                ),
                name="visit_signed_off_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_on__gte", models.F("asked_on"))), name="request_due_after_asked"
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.UniqueConstraint(
                condition=models.Q(("met_by", None)), fields=("child", "kind"), name="request_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="week",
            constraint=models.UniqueConstraint(fields=("worker", "from_on"), name="week_day_once"),
        ),
    ]
