"""More told of a child while a home is considered, to named people; the plan for the child, and where it has lived."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from placewell.placements.states import CARE_PLANS
from placewell.storage.row_security import NAMED

SIGNED = "exists (select 1 from placements_agreement a where a.id = agreement_id and a.state in ('council_signed', 'in_force'))"
ON_THE_TABLE = (
    "exists (select 1 from placements_offer o where o.id = offer_id and o.state in ('made', 'recommended', 'accepted'))"
)
POLICY = "create policy named on placements_releaseddetail for select using ({});"
DROP = "drop policy named on placements_releaseddetail;"


class Migration(migrations.Migration):
    dependencies = [
        ("placements", "0018_closed_at"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="referral",
            name="care_plan",
            field=models.CharField(blank=True, choices=list(CARE_PLANS.items()), default="", max_length=10),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="referral",
            name="history",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="referral",
            name="not_with",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="releaseddetail",
            name="offer",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="released",
                to="placements.offer",
            ),
        ),
        migrations.AlterField(
            model_name="releaseddetail",
            name="agreement",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="released",
                to="placements.agreement",
            ),
        ),
        migrations.AlterField(
            model_name="releaseddetail",
            name="name",
            field=models.CharField(blank=True, max_length=201),
        ),
        migrations.AlterField(
            model_name="releaseddetail",
            name="born_on",
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name="releaseddetail",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("offer", "to"), name="released_once_while_considered"
            ),
        ),
        migrations.AddConstraint(
            model_name="releaseddetail",
            constraint=models.CheckConstraint(
                condition=models.Q(agreement=None, offer__isnull=False, name="", born_on=None)
                | models.Q(agreement__isnull=False, offer=None, born_on__isnull=False) & ~models.Q(name=""),
                name="released_who_only_after_signing",
            ),
        ),
        migrations.RunSQL(
            DROP + POLICY.format(f"{NAMED} and ended_at is null and ({SIGNED} or {ON_THE_TABLE})"),
            DROP + POLICY.format(f"{NAMED} and ended_at is null and {SIGNED}"),
        ),
    ]
