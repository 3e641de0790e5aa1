"""Django's `migrate`, without rendering every model anew at each step that changes one model alone."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cache

from django.apps import apps
from django.core.management.commands import migrate
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState


class State(ProjectState):
    """The models as the migrations so far describe them; a step that changes one model alone renders that one.

    Django renders every model that can be reached from the changed one. Here that is nearly all of them, since each row
    leads to a council and a person: 39,000 renderings and six sevenths of the time of a new database. The statements of
    a step that adds, or that changes what no other table points at, read the model itself and the tables it points at, so
    that the rest may stay as they are; any other step renders them all. `is_delayed` tells Django of it: what runs Python
    over models gets all of them fresh.
    """

    _is_alone = False

    def clone(self):
        """Return a copy of the same kind."""
        copy = super().clone()
        copy.__class__ = type(self)
        return copy

    def add_model(self, *step, **options):
        """Add a model."""
        with self._alone():
            super().add_model(*step, **options)

    def add_field(self, *step, **options):
        """Add a field."""
        with self._alone():
            super().add_field(*step, **options)

    def add_index(self, *step, **options):
        """Add an index."""
        with self._alone():
            super().add_index(*step, **options)

    def add_constraint(self, *step, **options):
        """Add a constraint."""
        with self._alone():
            super().add_constraint(*step, **options)

    def remove_index(self, *step, **options):
        """Remove an index."""
        with self._alone():
            super().remove_index(*step, **options)

    def remove_constraint(self, *step, **options):
        """Remove a constraint."""
        with self._alone():
            super().remove_constraint(*step, **options)

    def alter_model_options(self, *step, **options):
        """Change options of a model, none of which a table pointing at it reads."""
        with self._alone():
            super().alter_model_options(*step, **options)

    def alter_field(self, app_label, model_name, name, field, preserve_default):
        """Change a field; alone when neither before nor after it another table can point at it, and it points where it did."""
        before = self.models[app_label, model_name].fields[name]
        moves = (before.is_relation or field.is_relation) and _target(before) != _target(field)
        with nullcontext() if moves or _is_pointed_at(before) or _is_pointed_at(field) else self._alone():
            super().alter_field(app_label, model_name, name, field, preserve_default)

    def remove_field(self, app_label, model_name, name):
        """Remove a field; alone when no other table can point at it."""
        with nullcontext() if _is_pointed_at(self.models[app_label, model_name].fields[name]) else self._alone():
            super().remove_field(app_label, model_name, name)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._is_alone = True
        yield
        self._is_alone = False

    def _find_reload_model(self, app_label, model_name, delay=False):
        self.is_delayed = True
        return {(app_label, model_name)} if self._is_alone else set(self.models)


def _is_pointed_at(field) -> bool:
    return field.primary_key or field.unique or field.many_to_many


def _target(field) -> str:
    """Return the model that a field points at, as migrations name it."""
    return str(field.remote_field.model).lower() if field.is_relation else ""


class Executor(MigrationExecutor):
    """Django's, with that state."""

    def _create_project_state(self, with_applied_migrations=False):
        state = super()._create_project_state(with_applied_migrations)
        return State(models=state.models, real_apps=state.real_apps)


class Command(migrate.Command):
    """Django's, with that executor."""

    def handle(self, *args, **options):
        """Do what Django's does."""
        before, migrate.MigrationExecutor = migrate.MigrationExecutor, Executor
        # Asked for each key of each model, and forgotten with each model that is rendered though it is of the real ones.
        apps.get_swappable_settings_name = cache(apps.get_swappable_settings_name)
        try:
            return super().handle(*args, **options)
        finally:
            migrate.MigrationExecutor = before
            del apps.get_swappable_settings_name
