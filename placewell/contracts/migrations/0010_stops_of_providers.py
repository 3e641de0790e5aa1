"""New placements stopped with a provider, in all of its homes."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contracts", "0009_contracts_that_wait"), ("market", "0003_register_closures")]

    operations = [
        migrations.AlterField(
            model_name="homestop",
            name="home",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="market.home"
            ),
        ),
        migrations.AddConstraint(
            model_name="homestop",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None), ("home", None)),
                fields=("council", "provider"),
                name="homestop_provider_one_at_a_time",
            ),
        ),
    ]
