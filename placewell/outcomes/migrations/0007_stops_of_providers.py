"""Suspensions in force of whole providers stop all of their homes, whatever the contract."""

from django.db import migrations

TABLES = ("contracts_homestop", "outcomes_measure")
STOP = """
insert into contracts_homestop (id, council_id, home_id, provider_id, reference, stopped_by_id, stopped_at)
select gen_random_uuid(), council_id, null, provider_id, reference, proposed_by_id, coalesce(decided_at, proposed_at)
from outcomes_measure where kind = 'suspension' and state = 'in_force' and home_id is null;
"""
CHECKED = (
    "set constraints all immediate; set constraints all deferred;"  # no table changes while keys wait to be checked
)


class Migration(migrations.Migration):
    dependencies = [("contracts", "0010_stops_of_providers"), ("outcomes", "0006_figures")]

    operations = [
        migrations.RunSQL(
            "".join(f"alter table {table} no force row level security;" for table in TABLES)
            + STOP
            + CHECKED
            + "".join(f"alter table {table} force row level security;" for table in TABLES),
            migrations.RunSQL.noop,
        )
    ]
