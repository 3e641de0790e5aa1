"""Money is the council's own."""

from django.db import migrations

from placewell.storage.row_security import COUNCIL, protect


class Migration(migrations.Migration):
    dependencies = [("budget", "0001_initial"), ("storage", "0001_roles_and_grants")]
    operations = [
        protect("budget_envelope", council=COUNCIL),
        protect("budget_overrun", council=COUNCIL),
        protect("budget_commitment", council=COUNCIL),
        protect("budget_commitmentyear", council=COUNCIL),
    ]
