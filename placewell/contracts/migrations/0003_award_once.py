"""One approval awards one framework."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contracts", "0002_row_security")]
    operations = [
        migrations.AddConstraint(
            model_name="framework",
            constraint=models.UniqueConstraint(fields=("award",), name="framework_award_once"),
        ),
    ]
