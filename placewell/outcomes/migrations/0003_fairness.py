"""How groups of children fared, kept month by month and never changed."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import placewell.storage.context
from placewell.storage.row_security import COUNCIL, append_only, protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("outcomes", "0002_providers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FairnessMonth",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("as_of", models.DateField()),
                ("figures", models.JSONField()),
                ("kept_at", models.DateTimeField()),
                (
                    "council",
                    models.ForeignKey(
                        db_default=placewell.storage.context.current_council(),
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "kept_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("council", "as_of"), name="fairnessmonth_once")],
            },
        ),
        protect("outcomes_fairnessmonth", council=COUNCIL),
        append_only("outcomes_fairnessmonth"),
    ]
