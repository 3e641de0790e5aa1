"""An offer's price in its parts, and where a child is not safe."""

from decimal import Decimal

import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import placewell.storage.models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("market", "0003_register_closures"),
        ("placements", "0009_documents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="offer",
            name="care_fee",
            field=placewell.storage.models.MoneyField(decimal_places=2, default=Decimal("0.00"), max_digits=12),
        ),
        migrations.AddField(
            model_name="offer",
            name="education_fee",
            field=placewell.storage.models.MoneyField(decimal_places=2, default=Decimal("0.00"), max_digits=12),
        ),
        migrations.AddField(
            model_name="offer",
            name="health_fee",
            field=placewell.storage.models.MoneyField(decimal_places=2, default=Decimal("0.00"), max_digits=12),
        ),
        migrations.AddField(
            model_name="offer",
            name="one_off_fee",
            field=placewell.storage.models.MoneyField(decimal_places=2, default=Decimal("0.00"), max_digits=12),
        ),
        migrations.AddField(
            model_name="referral",
            name="no_go_miles",
            field=models.PositiveSmallIntegerField(default=3),
        ),
        migrations.AddField(
            model_name="referral",
            name="no_go_postcodes",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("care_fee__gte", 0),
                    ("education_fee__gte", 0),
                    ("health_fee__gte", 0),
                    ("one_off_fee__gte", 0),
                    (
                        "weekly_fee__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("care_fee"), "+", models.F("education_fee")
                            ),
                            "+",
                            models.F("health_fee"),
                        ),
                    ),
                ),
                name="offer_parts_within_fee",
            ),
        ),
    ]
