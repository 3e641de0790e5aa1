"""Rows of the return that have no record of their own, kept as they were stated; seen by the council alone."""

import uuid

import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

from placewell.storage.row_security import COUNCIL, protect


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_row_security"), ("children", "0003_stated_in")]
    operations = [
        migrations.CreateModel(
            name="StatedRow",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("table", models.CharField(max_length=30)),
                ("key", models.CharField(blank=True, max_length=10)),
                ("cells", models.JSONField()),
                ("stated_in", models.PositiveSmallIntegerField(null=True)),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stated_rows", to="children.child"
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
            options={"constraints": [models.UniqueConstraint(fields=("child", "table", "key"), name="statedrow_once")]},
        ),
        protect("children_statedrow", council=COUNCIL),
    ]
