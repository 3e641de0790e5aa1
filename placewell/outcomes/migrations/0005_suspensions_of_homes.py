"""Suspensions of one home; the contracts that measures in force have stopped name them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLES = ("contracts_contract", "outcomes_measure")
NAME_MEASURES = (
    "".join(f"alter table {table} no force row level security;" for table in TABLES)
    + """
update contracts_contract c set suspended_for = m.reference, suspended_by_id = m.proposed_by_id
from outcomes_measure m
where m.kind = 'suspension' and m.state = 'in_force' and c.state = 'suspended' and m.suspended ? c.id::text;
"""
    + "set constraints all immediate; set constraints all deferred;"  # no table changes while keys wait to be checked
    + "".join(f"alter table {table} force row level security;" for table in TABLES)
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("contracts", "0008_suspensions_of_homes"),
        ("market", "0003_register_closures"),
        ("outcomes", "0004_goals_of_providers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="measure",
            name="measure_one_suspension",
        ),
        migrations.AddField(
            model_name="measure",
            name="home",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="market.home"
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("home", None), ("kind", "suspension"), ("state__in", ["proposed", "in_force"])),
                fields=("council", "provider"),
                name="measure_one_suspension",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "suspension"), ("state__in", ["proposed", "in_force"])),
                fields=("council", "home"),
                name="measure_one_suspension_of_home",
            ),
        ),
        migrations.RunSQL(NAME_MEASURES, migrations.RunSQL.noop),
    ]
