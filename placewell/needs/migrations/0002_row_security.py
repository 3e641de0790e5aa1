"""What a council counts, forecasts and says of its need is its own."""

from django.db import migrations

from placewell.storage.row_security import COUNCIL, protect


class Migration(migrations.Migration):
    dependencies = [("needs", "0001_initial"), ("storage", "0001_roles_and_grants")]
    operations = [
        protect("needs_forecastrun", council=COUNCIL),
    ]
