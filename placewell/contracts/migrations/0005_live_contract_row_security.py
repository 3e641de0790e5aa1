"""A council sees what hangs on its contracts, a provider its own part; anybody reads whose contracts there are."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from placewell.storage.row_security import COUNCIL, PROVIDER, PUBLIC, protect, through

# A provider reads neither what is planned when a contract is left, nor who challenged it.
NAMES = """
alter table contracts_contract no force row level security;
alter table market_provider no force row level security;
update contracts_contract set supplier = p.name, company_number = p.company_number
    from market_provider p where p.organisation_id = provider_id and supplier = '';
alter table contracts_contract force row level security;
alter table market_provider force row level security
"""
OWN = "current_setting('placewell.scope', true) = 'provider' and "
OF_CONTRACT = through("contracts_contract", "contract_id")
REGISTER = f"{PUBLIC} and {through('contracts_lot', 'lot_id')}"


class Migration(migrations.Migration):
    dependencies = [("contracts", "0004_live_contract"), ("market", "0002_row_security")]
    operations = [
        RunSQL(NAMES, RunSQL.noop),
        RunSQL(
            f"create policy register on contracts_contract for select using ({REGISTER})",
            "drop policy register on contracts_contract",
        ),
        # Anybody may read that there is a contract, and nobody but the provider what it charges.
        RunSQL(
            f"alter policy provider on contracts_rate using ({OWN}{OF_CONTRACT})",
            f"alter policy provider on contracts_rate using ({OF_CONTRACT})",
        ),
        protect("contracts_calloff", council=COUNCIL, read_only={"provider": PROVIDER}),
        protect("contracts_ceilingpassed", council=COUNCIL),
        protect("contracts_leavingstep", council=COUNCIL),
        protect("contracts_change", council=COUNCIL, read_only={"provider": OWN + OF_CONTRACT}),
        protect("contracts_uplift", council=COUNCIL),
        protect("contracts_reopeninground", council=COUNCIL),
        protect("contracts_block", council=COUNCIL, read_only={"provider": PROVIDER}),
        protect("contracts_document", council=COUNCIL, read_only={"provider": PROVIDER}),
        protect("contracts_challenge", council=COUNCIL),
    ]
