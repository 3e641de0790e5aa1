"""Who covers for whom, mails that something waits, a parent with the child, who holds a referral, how letters went."""

import uuid

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

import placewell.storage.models
from placewell.storage.row_security import COUNCIL, PROVIDER, protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("market", "0003_register_closures"),
        ("placements", "0011_exemption"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="referral",
            name="held_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="parent_needs",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="referral",
            name="with_parent",
            field=models.CharField(
                blank=True,
                choices=[
                    ("mother", "Mother"),
                    ("father", "Father"),
                    ("both_parents", "Both parents"),
                    ("another_carer", "Another carer"),
                ],
                max_length=14,
            ),
        ),
        migrations.AddField(
            model_name="staydocument",
            name="left_out",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="staydocument",
            name="sent_how",
            field=models.CharField(
                blank=True,
                choices=[("secure_email", "Secure email"), ("post", "Post"), ("by_hand", "By hand")],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="consent",
            name="kind",
            field=models.CharField(
                choices=[("out_of_area", "Out of area"), ("at_distance", "At distance"), ("schooling", "Schooling")],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="consultation",
            name="party",
            field=models.CharField(
                choices=[
                    ("child", "Child"),
                    ("parents", "Parents"),
                    ("reviewing_officer", "Reviewing officer"),
                    ("area_authority", "Area authority"),
                    ("designated_teacher", "Designated teacher"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("referral", "Referral"),
                            ("message", "Message"),
                            ("decided", "Decided"),
                            ("sign", "Sign"),
                            ("question", "Question"),
                            ("offer", "Offer"),
                        ],
                        max_length=10,
                    ),
                ),
                ("path", models.CharField(max_length=200)),
                ("written_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
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
                    "invitation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mails",
                        to="placements.invitation",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="market.provider"
                    ),
                ),
                (
                    "to",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Cover",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("start_on", models.DateField()),
                ("end_on", models.DateField()),
                ("note", models.TextField(blank=True)),
                ("set_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "away",
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
                    "covered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("away", models.F("covered_by")), _negated=True), name="cover_two_people"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end_on__gt", models.F("start_on"))), name="cover_lasts_a_day"
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("ended_at", None)),
                        expressions=[("away", "="), (placewell.storage.models.DateRange("start_on", "end_on"), "&&")],
                        name="cover_one_at_a_time",
                    ),
                ],
            },
        ),
        protect("placements_mail", council=COUNCIL, provider=PROVIDER),
        protect("placements_cover", council=COUNCIL),
    ]
