"""A council sees its contracts, a provider those it holds."""

from django.db import migrations

from placewell.storage.row_security import COUNCIL, PROVIDER, PUBLIC, protect, through


class Migration(migrations.Migration):
    dependencies = [("contracts", "0001_initial"), ("storage", "0001_roles_and_grants")]
    operations = [
        protect("contracts_framework", council=COUNCIL, read_only={"register": PUBLIC + " and state <> 'draft'"}),
        protect(
            "contracts_lot", council=COUNCIL, read_only={"register": through("contracts_framework", "framework_id")}
        ),
        protect("contracts_contract", council=COUNCIL, read_only={"provider": PROVIDER}),
        protect(
            "contracts_rate", council=COUNCIL, read_only={"provider": through("contracts_contract", "contract_id")}
        ),
    ]
