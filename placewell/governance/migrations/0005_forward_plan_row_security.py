"""Anybody reads the forward plan, published reports and decisions in any stage of a call-in; nobody else's exempt parts."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from placewell.storage.row_security import COUNCIL, PUBLIC, protect

PUBLISHED = PUBLIC + " and published_on is not null and state in ({states})"
BEFORE = "'published', 'called_in', 'upheld', 'set_aside'"


class Migration(migrations.Migration):
    dependencies = [("governance", "0004_forward_plan_and_scheme")]
    operations = [
        RunSQL(
            "alter policy published on governance_decision using ("
            + PUBLISHED.format(states=BEFORE + ", 'referred', 'at_council'")
            + ")",
            f"alter policy published on governance_decision using ({PUBLISHED.format(states=BEFORE)})",
        ),
        protect(
            "governance_planneddecision",
            council=COUNCIL,
            read_only={"notified": PUBLIC + " and notified_on is not null"},
        ),
        protect(
            "governance_report", council=COUNCIL, read_only={"published": PUBLIC + " and published_on is not null"}
        ),
        protect("governance_exemptpart", council=COUNCIL),
        protect("governance_approvallimit", council=COUNCIL),
    ]
