"""When a referral was closed without a placement: of those closed before, as the trail's steps tell it."""

from django.db import migrations, models

TABLES = ("placements_referral", "audit_statuschange")
READ = """
update placements_referral r set closed_at = e.at from (
    select subject, max(at) as at from audit_statuschange where to_state = 'closed' group by subject
) e where r.state = 'closed' and e.subject = 'placements.referral:' || r.id;
"""
CHECKED = (
    "set constraints all immediate; set constraints all deferred;"  # no table changes while keys wait to be checked
)


class Migration(migrations.Migration):
    dependencies = [("placements", "0017_extras_and_parts_of_a_price"), ("audit", "0002_chain_and_row_security")]

    operations = [
        migrations.AddField(model_name="referral", name="closed_at", field=models.DateTimeField(null=True)),
        migrations.RunSQL(
            "".join(f"alter table {table} no force row level security;" for table in TABLES)
            + READ
            + CHECKED
            + "".join(f"alter table {table} force row level security;" for table in TABLES),
            migrations.RunSQL.noop,
        ),
    ]
