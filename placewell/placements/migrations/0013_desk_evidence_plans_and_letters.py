"""What a search showed is frozen, carers answer on a plan, letters are printed and sent, and who holds a placement."""

import uuid

import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

from placewell.storage.row_security import COUNCIL, PROVIDER, protect, through

# Of a placement's documents the provider reads the plan alone, and of its people only those who were told who the child is:
# the row of what they were told is theirs alone, and open only while the agreement stands.
NAMED_FOR_PLAN = (
    "current_setting('placewell.scope', true) = 'provider' and kind = 'placement_plan' and exists ("
    "select 1 from placements_placement stay join placements_releaseddetail told on told.agreement_id = stay.agreement_id "
    "where stay.id = placement_id)"
)
READS_PLAN = f"{PROVIDER} and {through('placements_staydocument', 'document_id')}"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("market", "0003_register_closures"),
        ("placements", "0012_covers_mails_parents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="placement",
            name="held_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AlterField(
            model_name="mail",
            name="kind",
            field=models.CharField(
                choices=[
                    ("referral", "Referral"),
                    ("message", "Message"),
                    ("decided", "Decided"),
                    ("sign", "Sign"),
                    ("question", "Question"),
                    ("offer", "Offer"),
                    ("plan", "Plan"),
                    ("plan_reply", "Plan reply"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="FrozenSearch",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("asked", models.PositiveSmallIntegerField()),
                ("facts", models.JSONField()),
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
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="frozen_searches",
                        to="placements.referral",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LetterStep",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("to", models.TextField()),
                ("what", models.CharField(choices=[("printed", "Printed"), ("sent", "Sent")], max_length=8)),
                (
                    "how",
                    models.CharField(
                        blank=True,
                        choices=[("secure_email", "Secure email"), ("post", "Post"), ("by_hand", "By hand")],
                        max_length=12,
                    ),
                ),
                ("on", models.DateField()),
                ("note", models.TextField(blank=True)),
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
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="placements.staydocument"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("what", "sent")), fields=("document", "to"), name="letter_sent_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("how", ""), ("what", "sent"), _negated=True), name="letter_sent_somehow"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanAnswer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[("comment", "Comment"), ("signed", "Signed")], max_length=8)),
                ("words", models.TextField(blank=True)),
                ("signed_as", models.CharField(blank=True, max_length=120)),
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
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="placements.staydocument",
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
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "signed")), fields=("document",), name="plan_signed_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "signed"), ("signed_as", ""), _negated=True),
                        name="plan_signed_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "comment"), ("words", ""), _negated=True),
                        name="plan_comment_says_something",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            f"create policy carers on placements_staydocument for select using ({NAMED_FOR_PLAN})",
            "drop policy carers on placements_staydocument",
        ),
        protect("placements_frozensearch", council=COUNCIL),
        protect("placements_letterstep", council=COUNCIL),
        protect(
            "placements_plananswer",
            council=COUNCIL,
            read_only={"carers": READS_PLAN},
            write_only={"answered": READS_PLAN},
        ),
        migrations.RunSQL(
            "revoke update, delete on placements_frozensearch, placements_letterstep, placements_plananswer from placewell_app",
            "grant update, delete on placements_frozensearch, placements_letterstep, placements_plananswer to placewell_app",
        ),
    ]
