"""A new database is the same whether Django's own way of migrating made it or the quicker one."""

import re

from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import migrate as django
from django.db import connections, models
from django.db.migrations.loader import MigrationLoader

from placewell.gateways import postgres
from placewell.storage.management.commands import migrate as ours
from tests import databases

# Models with relations within and across apps, constraints, fields added later, and row security: enough of each kind of
# step. All the apps take Django's own way a minute.
APPS = ("accounts", "audit", "governance", "market")


def made(kind, name: str) -> str:
    """Return the schema of a database that *kind* of command migrated."""
    postgres.drop_database(name)
    postgres.ensure_database(name)
    with databases.used(name):
        for app in APPS:
            call_command(kind, app, database="owner", verbosity=0, interactive=False)
    dumped = databases._program("pg_dump", "-s", postgres._with_database(postgres.admin_url(), name)).decode()
    postgres.drop_database(name)
    return re.sub(r"\\(un)?restrict .*", "", dumped)


def test_the_quicker_way_makes_the_same_database(django_db_blocker):
    names = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    with django_db_blocker.unblock():
        first, second = made(ours.Command(), "placewell_quick"), made(django.Command(), "placewell_slow")
    for alias, name in names.items():
        settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = name
    assert len(first) > 50_000
    assert first == second


def test_a_step_within_one_model_renders_that_one_and_any_other_renders_all(monkeypatch):
    state, rendered = ours.State(models=MigrationLoader(None).project_state().models), []
    state.apps  # noqa: B018  (the first rendering)
    monkeypatch.setattr(ours.State, "_reload", lambda _, models: rendered.append(len(models)))
    field = state.models["market", "home"].fields["name"]
    state.add_field("market", "home", "name_again", field, preserve_default=True)
    state.alter_field("market", "home", "name", field, preserve_default=True)
    state.alter_model_options("market", "home", {"ordering": ["name"]})
    key = state.models["market", "home"].fields["provider"].clone()
    key.null = True
    state.alter_field("market", "home", "provider", key, preserve_default=True)
    state.remove_field("market", "home", "name_again")
    assert rendered == [1, 1, 1, 1, 1]
    elsewhere = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    state.alter_field("market", "home", "provider", elsewhere, preserve_default=True)
    state.remove_field("market", "home", "reference")  # unique: another table could point at it
    assert rendered[5:] == [len(state.models)] * 2
