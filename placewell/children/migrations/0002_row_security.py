"""A child's record is seen by the council that looks after the child, and by nobody else."""

from django.db import migrations

from placewell.storage.row_security import COUNCIL, protect


class Migration(migrations.Migration):
    dependencies = [("children", "0001_initial"), ("storage", "0001_roles_and_grants")]
    operations = [
        protect("children_siblinggroup", council=COUNCIL),
        protect("children_child", council=COUNCIL),
        protect("children_access", council=COUNCIL),
        protect("children_episode", council=COUNCIL),
        protect("children_carereview", council=COUNCIL),
        protect("children_missingepisode", council=COUNCIL),
        protect("children_need", council=COUNCIL),
        protect("children_returnimport", council=COUNCIL),
        protect("children_quarantinedrow", council=COUNCIL),
    ]
