"""Council staff see the market; a provider sees its own rows of it."""

from django.db import migrations

from placewell.storage.row_security import COUNCIL, PROVIDER, STAFF, protect, through


class Migration(migrations.Migration):
    dependencies = [("market", "0001_initial"), ("storage", "0001_roles_and_grants")]
    operations = [
        protect(
            "market_provider",
            staff=STAFF,
            read_only={
                "own": "current_setting('placewell.scope', true) = 'provider' and organisation_id = nullif(current_setting('placewell.provider', true), '')::uuid"
            },
        ),
        protect("market_registration", staff=STAFF, read_only={"provider": PROVIDER}),
        protect(
            "market_inspection", staff=STAFF, read_only={"provider": through("market_registration", "registration_id")}
        ),
        protect("market_gradealert", council=COUNCIL),
        protect("market_home", staff=STAFF, provider=PROVIDER),
        protect("market_place", staff=STAFF, provider=PROVIDER),
        # Staff of every council see that a place is taken; only the council whose child holds it may change that.
        protect(
            "market_occupancy",
            own=f"{COUNCIL} or ({STAFF} and council_id is null)",
            provider=f"{PROVIDER} and use = 'void'",
            read_only={"staff": STAFF, "provider_sees": PROVIDER},
        ),
        protect("market_registerimport", council=COUNCIL),
    ]
