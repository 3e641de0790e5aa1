"""How many visits are drawn by lot to be unannounced, the lots of a plan, its prices, and weekly times of children."""

import uuid

import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

from placewell.storage.row_security import COUNCIL, protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("children", "0004_stated_rows"),
        ("visits", "0002_row_security"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="UnannouncedShare",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("from_on", models.DateField()),
                ("percent", models.PositiveSmallIntegerField()),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="WeeklyTime",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("family_time", "Family time"),
                            ("school", "School"),
                            ("carer_out", "Carer out"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                    ),
                ),
                ("weekday", models.PositiveSmallIntegerField()),
                ("start_min", models.PositiveSmallIntegerField()),
                ("end_min", models.PositiveSmallIntegerField()),
                ("from_on", models.DateField()),
                ("last_on", models.DateField(null=True)),
                ("confirmed_by", models.CharField(max_length=100)),
                ("note", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="plan",
            name="draw",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="plan",
            name="prices",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="plannedvisit",
            name="is_unannounced",
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name="plannedvisit",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_unannounced", False), ("confirmed_at", None), _connector="OR"),
                name="plannedvisit_told_nobody",
            ),
        ),
        migrations.AddField(
            model_name="unannouncedshare",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="unannouncedshare",
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
            model_name="weeklytime",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="weeklytime",
            name="child",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="children.child"),
        ),
        migrations.AddField(
            model_name="weeklytime",
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
        migrations.AddConstraint(
            model_name="unannouncedshare",
            constraint=models.UniqueConstraint(fields=("council", "from_on"), name="unannounced_day_once"),
        ),
        migrations.AddConstraint(
            model_name="unannouncedshare",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent__lte", 100)), name="unannounced_of_a_hundred"
            ),
        ),
        migrations.AddIndex(
            model_name="weeklytime",
            index=models.Index(fields=["child", "from_on"], name="weeklytime_child"),
        ),
        migrations.AddConstraint(
            model_name="weeklytime",
            constraint=models.CheckConstraint(
                condition=models.Q(("end_min__gt", models.F("start_min"))), name="weeklytime_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="weeklytime",
            constraint=models.CheckConstraint(condition=models.Q(("weekday__lte", 4)), name="weeklytime_working_day"),
        ),
        migrations.AddConstraint(
            model_name="weeklytime",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_on", None), ("last_on__gte", models.F("from_on")), _connector="OR"),
                name="weeklytime_lasts",
            ),
        ),
        protect("visits_unannouncedshare", council=COUNCIL),
        protect("visits_weeklytime", council=COUNCIL),
    ]
