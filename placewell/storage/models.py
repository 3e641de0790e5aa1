"""Base models that rooms build on."""

import uuid
from enum import StrEnum
from typing import Any

from django.db import connections, models
from django.db.models import Func, sql
from django.db.models.expressions import DatabaseDefault

from .context import current_council

WITH_APOSTROPHE = {"childrens_home": "Children's home"}


class Kept(models.Model):
    """A row that is added and saved by the statements that Django writes for its model, written once and kept.

    Django writes them anew for each row, which takes longer than the database takes to carry them out; an action needs a dozen.
    """

    class Meta:
        abstract = True

    def _do_insert(self, manager, using, fields, returning_fields, raw):
        values = [getattr(self, each.attname) if raw else each.pre_save(self, add=True) for each in fields]
        by_database = tuple(isinstance(value, DatabaseDefault) for value in values)
        plain = [(each, value) for each, value, left in zip(fields, values, by_database, strict=True) if not left]
        if any(hasattr(value, "resolve_expression") for _, value in plain):
            return super()._do_insert(manager, using, fields, returning_fields, raw)
        key = (type(self), using, tuple(fields), by_database)
        if key not in _insertions:
            _insertions[key] = self._statement(using, fields, returning_fields, raw, len(plain))
        if not (statement := _insertions[key]):
            return super()._do_insert(manager, using, fields, returning_fields, raw)
        connection = connections[using]
        with connection.cursor() as cursor:
            cursor.execute(statement, [each.get_db_prep_save(value, connection) for each, value in plain])
            return [cursor.fetchone()] if returning_fields else []

    def _do_update(self, base_qs, using, pk_val, values, update_fields, forced_update):
        connection = connections[using]
        is_plain = values and not any(hasattr(value, "resolve_expression") for _, _, value in values)
        if not is_plain or self._meta.select_on_save:
            return super()._do_update(base_qs, using, pk_val, values, update_fields, forced_update)
        ready = [(field, field.get_db_prep_save(value, connection)) for field, _, value in values]
        given = [value for _, value in ready if value is not None]
        key = (type(self), using, tuple((field, value is None) for field, value in ready))  # nothing is written as such
        if key not in _updates:
            query = base_qs.filter(pk=pk_val).query.chain(sql.UpdateQuery)
            query.add_update_fields(values)
            text, found = query.get_compiler(using=using).as_sql()
            _updates[key] = text if len(found) == len(given) + 1 else ""
        if not (statement := _updates[key]):
            return super()._do_update(base_qs, using, pk_val, values, update_fields, forced_update)
        with connection.cursor() as cursor:
            cursor.execute(statement, [*given, self._meta.pk.get_db_prep_value(pk_val, connection)])
            return cursor.rowcount > 0

    def _statement(self, using, fields, returning_fields, raw, count: int) -> str:
        """Return Django's statement with *count* values to fill in; nothing where a row needs more than that."""
        query = sql.InsertQuery(type(self))
        query.insert_values(fields, [self], raw=raw)
        compiler = query.get_compiler(using=using)
        compiler.returning_fields = returning_fields
        ((text, values),) = compiler.as_sql()
        columns = [each.get_col(self._meta.db_table) for each in returning_fields or ()]
        return text if len(values) == count and not compiler.get_converters(columns) else ""


_insertions: dict[Any, str] = {}
_updates: dict[Any, str] = {}


class Record(Kept):
    """A row with an identifier that cannot be guessed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class CouncilRecord(Record):
    """A row of one council; the database fills in the council from the transaction's context."""

    council = models.ForeignKey(
        "accounts.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        db_default=current_council(),
        editable=False,
    )

    class Meta:
        abstract = True


def one(rows: models.QuerySet) -> Any:
    """Return the one row of *rows*, which name a key; None where there is none. `first` puts them in an order, and cuts."""
    return next(iter(rows), None)


class MoneyField(models.DecimalField):
    """Pounds with two places."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"max_digits": 12, "decimal_places": 2, **kwargs})


class DateRange(Func):
    """The half-open period between two date columns, for exclusion constraints."""

    function = "daterange"
    template = "%(function)s(%(expressions)s, '[)')"


def choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    """Return the members of a `StrEnum` as choices for a field, in plain words."""
    return [(word.value, WITH_APOSTROPHE.get(word.value, word.value.replace("_", " ").capitalize())) for word in words]
