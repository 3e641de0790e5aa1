"""Contracts that were made while a measure stood wait for its end."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0008_suspensions_of_homes"),
    ]

    operations = [
        migrations.AddField(
            model_name="contract",
            name="is_waiting",
            field=models.BooleanField(default=False),
        ),
    ]
