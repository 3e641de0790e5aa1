"""Brothers and sisters as one search."""

import uuid

import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

from placewell.storage.row_security import COUNCIL, protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("placements", "0003_disclosure"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SiblingSearch",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("reference", models.CharField(max_length=12, unique=True)),
                ("is_together", models.BooleanField()),
                ("apart_reason", models.TextField(blank=True)),
                ("decided_at", models.DateTimeField()),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_together", True), models.Q(("apart_reason", ""), _negated=True), _connector="OR"
                        ),
                        name="siblings_apart_with_reason",
                    ),
                ]
            },
        ),
        migrations.AddField(
            model_name="referral",
            name="sibling_search",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="referrals",
                to="placements.siblingsearch",
            ),
        ),
        protect("placements_siblingsearch", council=COUNCIL),
    ]
