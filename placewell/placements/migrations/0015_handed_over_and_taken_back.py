"""Mails of work handed over (between colleagues: about no provider) and of offers taken back."""

import django.db.models.deletion
from django.db import migrations, models

KINDS = [
    ("referral", "Referral"),
    ("message", "Message"),
    ("decided", "Decided"),
    ("sign", "Sign"),
    ("question", "Question"),
    ("offer", "Offer"),
    ("withdrawn", "Withdrawn"),
    ("plan", "Plan"),
    ("plan_reply", "Plan reply"),
    ("handed", "Handed"),
]


class Migration(migrations.Migration):
    """Null where no provider is concerned."""

    dependencies = [
        ("market", "0003_register_closures"),
        ("placements", "0014_home_records"),
    ]

    operations = [
        migrations.AlterField("mail", "kind", models.CharField(choices=KINDS, max_length=10)),
        migrations.AlterField(
            "mail",
            "provider",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="market.provider"
            ),
        ),
    ]
