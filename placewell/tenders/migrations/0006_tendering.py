"""What is announced beside a tender, its timetable, and what providers register once."""

import uuid

import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

import placewell.storage.models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("contracts", "0003_award_once"),
        ("governance", "0002_row_security"),
        ("market", "0003_register_closures"),
        ("tenders", "0005_direct_awards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Connected",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200)),
                (
                    "link",
                    models.CharField(
                        choices=[
                            ("director", "Director"),
                            ("significant_control", "Significant control"),
                            ("parent_company", "Parent company"),
                            ("subsidiary", "Subsidiary"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                ("company_number", models.CharField(blank=True, max_length=10)),
                ("since_on", models.DateField(null=True)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Engagement",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("held_on", models.DateField()),
                ("how", models.CharField(max_length=200)),
                ("learned", models.TextField()),
            ],
            options={
                "ordering": ["held_on"],
            },
        ),
        migrations.CreateModel(
            name="Paper",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=30)),
                ("number", models.CharField(blank=True, max_length=40)),
                ("cover", placewell.storage.models.MoneyField(decimal_places=2, max_digits=12, null=True)),
                ("from_on", models.DateField(null=True)),
                ("expires_on", models.DateField(null=True)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("body", models.BinaryField(null=True)),
                ("size", models.PositiveIntegerField(default=0)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("added_at", models.DateTimeField()),
                ("set_aside_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["kind", "expires_on"],
            },
        ),
        migrations.CreateModel(
            name="Profile",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("legal_name", models.CharField(max_length=200)),
                (
                    "legal_form",
                    models.CharField(
                        choices=[
                            ("company", "Company"),
                            ("charity", "Charity"),
                            ("partnership", "Partnership"),
                            ("sole_trader", "Sole trader"),
                            ("public_body", "Public body"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                ("company_number", models.CharField(blank=True, max_length=10)),
                ("charity_number", models.CharField(blank=True, max_length=12)),
                ("vat_number", models.CharField(blank=True, max_length=14)),
                ("unique_number", models.CharField(blank=True, max_length=20)),
                ("address", models.TextField()),
                ("website", models.CharField(blank=True, max_length=200)),
                ("contact_email", models.EmailField(max_length=254)),
                ("is_small", models.BooleanField()),
                ("is_voluntary", models.BooleanField()),
                ("saved_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Sending",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("reference", models.CharField(max_length=60)),
                ("sent_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("on", models.DateField()),
                ("title", models.CharField(max_length=100)),
            ],
            options={
                "ordering": ["on", "title"],
            },
        ),
        migrations.AddField(
            model_name="lot",
            name="value",
            field=placewell.storage.models.MoneyField(decimal_places=2, max_digits=12, null=True),
        ),
        migrations.AddField(
            model_name="notice",
            name="release",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="procurement",
            name="no_engagement_notice",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="procurement",
            name="proposed",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="market.provider"
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("pipeline", "Pipeline"),
                    ("engagement", "Engagement"),
                    ("planned", "Planned"),
                    ("intention", "Intention"),
                    ("tender", "Tender"),
                    ("amendment", "Amendment"),
                    ("transparency", "Transparency"),
                    ("award", "Award"),
                    ("contract", "Contract"),
                    ("change", "Change"),
                    ("ending", "Ending"),
                    ("termination", "Termination"),
                ],
                max_length=14,
            ),
        ),
        migrations.AddConstraint(
            model_name="procurement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ocid", ""), _negated=True), fields=("ocid",), name="procurement_ocid_once"
            ),
        ),
        migrations.AddField(
            model_name="connected",
            name="provider",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="market.provider"
            ),
        ),
        migrations.AddField(
            model_name="engagement",
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
            model_name="engagement",
            name="procurement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="engagements", to="tenders.procurement"
            ),
        ),
        migrations.AddField(
            model_name="paper",
            name="provider",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="market.provider"
            ),
        ),
        migrations.AddField(
            model_name="profile",
            name="provider",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="market.provider"
            ),
        ),
        migrations.AddField(
            model_name="sending",
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
            model_name="sending",
            name="notice",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="sending", to="tenders.notice"
            ),
        ),
        migrations.AddField(
            model_name="step",
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
            model_name="step",
            name="procurement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="tenders.procurement"
            ),
        ),
        migrations.AddConstraint(
            model_name="connected",
            constraint=models.UniqueConstraint(fields=("provider", "name", "link"), name="connected_once"),
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("expires_on", None), ("from_on", None), ("expires_on__gt", models.F("from_on")), _connector="OR"
                ),
                name="paper_expires_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.CheckConstraint(
                condition=models.Q(("cover", None), ("cover__gt", 0), _connector="OR"), name="paper_cover_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.UniqueConstraint(fields=("procurement", "title"), name="tenderstep_once"),
        ),
    ]
