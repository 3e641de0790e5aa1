"""Exemption."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("children", "0004_stated_rows"),
        ("contracts", "0003_award_once"),
        ("governance", "0003_exemptions"),
        ("market", "0003_register_closures"),
        ("placements", "0010_price_parts_and_no_go"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="agreement",
            name="exemption",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="governance.exemption"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("contract", None), ("exemption", None), _connector="OR"),
                name="agreement_contract_or_exemption",
            ),
        ),
    ]
