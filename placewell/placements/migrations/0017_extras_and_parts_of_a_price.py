"""Changes of an agreement that add an extra for some time or something paid once, and the parts of a new price."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("placements", "0016_notifications")]

    operations = [
        migrations.AddField("agreementchange", "until_on", models.DateField(null=True)),
        migrations.AddField("agreementchange", "parts", models.JSONField(default=dict)),
        migrations.AlterField(
            "agreementchange",
            "kind",
            models.CharField(
                choices=[("longer", "Longer"), ("price", "Price"), ("extra", "Extra"), ("once", "Once")], max_length=8
            ),
        ),
        migrations.RemoveConstraint("agreementchange", "change_has_price"),
        migrations.AddConstraint(
            "agreementchange",
            models.CheckConstraint(
                condition=models.Q(("kind", "price"), ("weekly_fee__gte", 0))
                | models.Q(("kind", "longer"), ("weekly_fee", None))
                | models.Q(("kind__in", ["extra", "once"]), ("weekly_fee__gt", 0)),
                name="change_has_price",
            ),
        ),
        migrations.AddConstraint(
            "agreementchange",
            models.CheckConstraint(
                condition=models.Q(("kind", "extra"), ("until_on__gt", models.F("effective_on")))
                | models.Q(models.Q(("kind", "extra"), _negated=True), ("until_on", None)),
                name="change_extra_lasts",
            ),
        ),
    ]
