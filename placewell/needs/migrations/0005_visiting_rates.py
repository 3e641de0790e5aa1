"""What visits cost, as handed down by the visits room."""

import uuid

import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

from placewell.storage.row_security import COUNCIL, protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("needs", "0004_buying_and_publishing_row_security"),
    ]

    operations = [
        migrations.CreateModel(
            name="VisitingRates",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("as_of", models.DateField()),
                ("bases", models.JSONField()),
                ("visits_a_year", models.FloatField()),
                ("min_p", models.DecimalField(decimal_places=2, max_digits=7)),
                ("km_p", models.DecimalField(decimal_places=2, max_digits=7)),
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
                "constraints": [models.UniqueConstraint(fields=("council", "as_of"), name="visitingrates_day_once")],
            },
        ),
        protect("needs_visitingrates", council=COUNCIL),
    ]
