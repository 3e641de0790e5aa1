"""What is asked of providers, what they return, what goes wrong with them and what is done about it."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from placewell.storage.row_security import COUNCIL, PROVIDER, PUBLIC, append_only, protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("contracts", "0005_live_contract_row_security"),
        ("market", "0003_register_closures"),
        ("outcomes", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Concern",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("reference", models.CharField(max_length=12)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("kpi_breach", "Kpi breach"),
                            ("grade_drop", "Grade drop"),
                            ("regulator_notice", "Regulator notice"),
                            ("notifiable_event", "Notifiable event"),
                            ("allegation", "Allegation"),
                            ("complaint", "Complaint"),
                            ("incident", "Incident"),
                            ("visit_finding", "Visit finding"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[("low", "Low"), ("serious", "Serious"), ("children_at_risk", "Children at risk")],
                        max_length=20,
                    ),
                ),
                ("happened_on", models.DateField()),
                ("what", models.TextField()),
                ("source", models.CharField(blank=True, max_length=100)),
                ("is_reported", models.BooleanField(default=False)),
                ("visits_asked", models.PositiveSmallIntegerField(default=0)),
                ("raised_at", models.DateTimeField()),
                ("outcome", models.TextField(blank=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("closed", "Closed")],
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "home",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="market.home"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="market.provider"
                    ),
                ),
                (
                    "raised_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HomeVisit",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("made_on", models.DateField()),
                ("is_unannounced", models.BooleanField()),
                ("found", models.TextField()),
                ("good", models.TextField(blank=True)),
                ("recorded_at", models.DateTimeField()),
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
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="market.home"),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="market.provider"
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
            name="KpiTarget",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kpi",
                    models.CharField(
                        choices=[
                            ("referrals_answered", "Referrals answered"),
                            ("response_hours", "Response hours"),
                            ("referrals_offered", "Referrals offered"),
                            ("offers_kept", "Offers kept"),
                            ("vacancies_right", "Vacancies right"),
                            ("unplanned_endings", "Unplanned endings"),
                            ("invoices_right", "Invoices right"),
                            ("actions_in_time", "Actions in time"),
                            ("returns_in_time", "Returns in time"),
                        ],
                        max_length=24,
                    ),
                ),
                ("target", models.DecimalField(decimal_places=2, max_digits=7)),
                ("slightly", models.DecimalField(decimal_places=2, max_digits=7)),
                ("below", models.DecimalField(decimal_places=2, max_digits=7)),
                ("from_on", models.DateField()),
                ("reason", models.TextField()),
                ("set_at", models.DateTimeField()),
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
                    "framework",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contracts.framework"
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Measure",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("reference", models.CharField(max_length=16)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("note", "Note"),
                            ("improvement_notice", "Improvement notice"),
                            ("suspension", "Suspension"),
                            ("tier_change", "Tier change"),
                            ("termination", "Termination"),
                        ],
                        max_length=20,
                    ),
                ),
                ("words", models.TextField()),
                ("reply_by", models.DateField()),
                ("due_on", models.DateField(null=True)),
                ("is_immediate", models.BooleanField(default=False)),
                ("suspended", models.JSONField(default=list)),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_because", models.TextField(blank=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_because", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("in_force", "In force"),
                            ("met", "Met"),
                            ("not_met", "Not met"),
                            ("lifted", "Lifted"),
                            ("carried_out", "Carried out"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="proposed",
                        max_length=12,
                    ),
                ),
                (
                    "change",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contracts.change"
                    ),
                ),
                (
                    "concern",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="measures", to="outcomes.concern"
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.contract",
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
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
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
        ),
        migrations.CreateModel(
            name="Improvement",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("what", models.TextField()),
                ("due_on", models.DateField()),
                ("said_done_on", models.DateField(null=True)),
                ("said", models.TextField(blank=True)),
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
                    "done_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="market.provider"
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="improvements",
                        to="outcomes.homevisit",
                    ),
                ),
                (
                    "measure",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="improvements",
                        to="outcomes.measure",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("words", models.TextField()),
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
                    "measure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="replies", to="outcomes.measure"
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
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Return",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("quarter", models.DateField()),
                ("due_on", models.DateField()),
                ("figures", models.JSONField(default=dict)),
                ("explained", models.TextField(blank=True)),
                ("remarks", models.JSONField(default=list)),
                ("first_sent_on", models.DateField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("answer", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked"),
                            ("sent", "Sent"),
                            ("sent_back", "Sent back"),
                            ("accepted", "Accepted"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="market.provider"
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="concern",
            index=models.Index(fields=["provider", "happened_on"], name="concern_provider_day"),
        ),
        migrations.AddConstraint(
            model_name="concern",
            constraint=models.UniqueConstraint(fields=("council", "reference"), name="concern_reference_once"),
        ),
        migrations.AddConstraint(
            model_name="concern",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open"), models.Q(("source", ""), _negated=True)),
                fields=("council", "source"),
                name="concern_source_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="concern",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "open"), models.Q(("outcome", ""), _negated=True), _connector="OR"),
                name="concern_closed_says_why",
            ),
        ),
        migrations.AddIndex(
            model_name="homevisit",
            index=models.Index(fields=["provider", "made_on"], name="homevisit_provider_day"),
        ),
        migrations.AddConstraint(
            model_name="kpitarget",
            constraint=models.UniqueConstraint(fields=("framework", "kpi", "from_on"), name="kpitarget_day_once"),
        ),
        migrations.AddConstraint(
            model_name="kpitarget",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("slightly__gte", models.F("below")), ("target__gte", models.F("slightly"))),
                    models.Q(("slightly__lte", models.F("below")), ("target__lte", models.F("slightly"))),
                    _connector="OR",
                ),
                name="kpitarget_goes_one_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.UniqueConstraint(fields=("council", "reference"), name="measure_reference_once"),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["proposed", "in_force"])),
                fields=("concern", "kind"),
                name="measure_one_live",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "suspension"), ("state__in", ["proposed", "in_force"])),
                fields=("council", "provider"),
                name="measure_one_suspension",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(("proposed_by", models.F("decided_by")), _negated=True), name="measure_two_people"
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["note", "improvement_notice"]),
                    ("state__in", ["proposed", "withdrawn"]),
                    ("decided_by__isnull", False),
                    models.Q(("is_immediate", True), ("kind", "suspension")),
                    _connector="OR",
                ),
                name="measure_decided_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "suspension"), ("state", "lifted"), _negated=True),
                    models.Q(("proposed_by", models.F("ended_by")), _negated=True),
                    _connector="OR",
                ),
                name="measure_lifted_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "improvement_notice"), _negated=True), ("due_on__isnull", False), _connector="OR"
                ),
                name="measure_notice_has_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="improvement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("measure", None), ("visit__isnull", False)),
                    models.Q(("measure__isnull", False), ("visit", None)),
                    _connector="OR",
                ),
                name="improvement_of_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="improvement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_by", None), ("done_on", None)),
                    models.Q(("done_by__isnull", False), ("done_on__isnull", False)),
                    _connector="OR",
                ),
                name="improvement_done_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.UniqueConstraint(fields=("council", "provider", "quarter"), name="return_quarter_once"),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "asked"),
                    models.Q(("first_sent_on__isnull", False), ("sent_by__isnull", False)),
                    _connector="OR",
                ),
                name="return_sent_by_somebody",
            ),
        ),
        # Targets are published. What a provider is told, it reads; what it reported itself, it reads and adds.
        protect(
            "outcomes_kpitarget",
            council=COUNCIL,
            read_only={"provider": "current_setting('placewell.scope', true) = 'provider'", "register": PUBLIC},
        ),
        append_only("outcomes_kpitarget"),
        protect("outcomes_homevisit", council=COUNCIL, read_only={"provider": PROVIDER}),
        append_only("outcomes_homevisit"),
        protect("outcomes_return", council=COUNCIL, provider=PROVIDER),
        protect(
            "outcomes_concern",
            council=COUNCIL,
            read_only={"provider": PROVIDER + " and is_reported"},
            write_only={"by_provider": PROVIDER + " and is_reported"},
        ),
        protect("outcomes_measure", council=COUNCIL, read_only={"provider": PROVIDER}),
        protect(
            "outcomes_reply",
            read_only={"council": COUNCIL, "provider": PROVIDER},
            write_only={"by_provider": PROVIDER},
        ),
        append_only("outcomes_reply"),
        protect("outcomes_improvement", council=COUNCIL, provider=PROVIDER + " and owner_id is null"),
    ]
