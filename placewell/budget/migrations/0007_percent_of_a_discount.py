"""The per cent of a discount, so that it can be taken off anew when the price changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("budget", "0006_owners_and_retainers")]

    operations = [
        migrations.AddField(
            model_name="commitment",
            name="percent",
            field=models.DecimalField(decimal_places=2, max_digits=5, null=True),
        ),
    ]
