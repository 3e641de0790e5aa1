"""A council sees its decisions; the public sees those that are published."""

from django.db import migrations

from placewell.storage.row_security import COUNCIL, PUBLIC, protect, through


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial"), ("storage", "0001_roles_and_grants")]
    operations = [
        protect(
            "governance_decision",
            council=COUNCIL,
            read_only={
                "published": PUBLIC
                + " and state in ('published', 'called_in', 'upheld', 'set_aside') and published_on is not null"
            },
        ),
        protect(
            "governance_resolution",
            council=COUNCIL,
            read_only={"published": through("governance_decision", "decision_id")},
        ),
        protect(
            "governance_lotterm",
            council=COUNCIL,
            read_only={"published": through("governance_decision", "decision_id")},
        ),
        protect(
            "governance_exemptiontest",
            council=COUNCIL,
            read_only={"published": through("governance_decision", "decision_id")},
        ),
        protect(
            "governance_delegation",
            council=COUNCIL,
            read_only={"published": through("governance_decision", "decision_id")},
        ),
        protect(
            "governance_callin", council=COUNCIL, read_only={"published": through("governance_decision", "decision_id")}
        ),
        protect(
            "governance_consultee",
            council=COUNCIL,
            read_only={"published": through("governance_delegation", "delegation_id")},
        ),
        protect("governance_approval", council=COUNCIL),
        protect("governance_response", council=COUNCIL),
    ]
