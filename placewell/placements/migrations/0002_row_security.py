"""Referrals and their children are the council's; a provider sees what was sent to it, and its own answers."""

from django.db import migrations

from placewell.storage.row_security import COUNCIL, PROVIDER, protect


class Migration(migrations.Migration):
    dependencies = [("placements", "0001_initial"), ("storage", "0001_roles_and_grants")]
    operations = [
        protect("placements_referral", council=COUNCIL),
        protect("placements_acceptance", council=COUNCIL),
        protect("placements_consent", council=COUNCIL),
        protect("placements_disclosure", council=COUNCIL, write_only={"by_provider": PROVIDER}),
        protect("placements_invitation", council=COUNCIL, provider=PROVIDER),
        protect("placements_offer", council=COUNCIL, provider=PROVIDER),
        protect("placements_agreement", council=COUNCIL, provider=PROVIDER),
        protect("placements_priceline", council=COUNCIL, read_only={"provider": PROVIDER}),
        protect("placements_placement", council=COUNCIL, read_only={"provider": PROVIDER}),
    ]
