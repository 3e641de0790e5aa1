"""A provider's transaction reads back the events that it writes: the database asks that of a row it returns."""

from django.db import migrations

from placewell.storage.row_security import PROVIDER


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_chain_and_row_security")]
    operations = [
        migrations.RunSQL(
            f"create policy provider on audit_event for select using ({PROVIDER})",
            "drop policy provider on audit_event",
        ),
    ]
