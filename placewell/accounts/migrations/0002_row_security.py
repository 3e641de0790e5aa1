"""Teams are a council's own; people and posts are needed before anybody is known, so they have no row security."""

from django.db import migrations

from placewell.storage.row_security import COUNCIL, protect


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("storage", "0001_roles_and_grants")]
    operations = [
        protect("accounts_team", council=COUNCIL),
    ]
