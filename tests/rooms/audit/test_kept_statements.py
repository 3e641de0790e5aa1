"""Rows are written by Django's own statements, kept: the same words and values, and nothing of one row in the next."""

from copy import deepcopy as copy

import pytest
from django.db import DatabaseError, connection, models, transaction
from django.db.models import F, Value
from django.test.utils import CaptureQueriesContext

from placewell.audit.models import Event
from placewell.market.models import Home
from placewell.storage.models import Kept
from tests.factories import children
from tests.factories import placements as desk
from tests.factories.placements import NOW

CHANGED = {"Home": "accepts", "Child": "sex", "Referral": "state"}


def another(row: models.Model, **fields) -> models.Model:
    """Return a row like *row* that has not been written, with other *fields*."""
    given = {each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields if not each.primary_key}
    return type(row)(**(given | fields))


@pytest.fixture
def rows(council):
    """Rows with lists, numbers, days, JSON, texts, keys, nothing, and what the database fills in."""
    made = desk.world(council)
    referral = desk.referral(made, upto="ready")
    shared = {"at": NOW, "subject": "x:1", "actor": "1"}
    return [
        another(made.home, reference="X-1", features=["solo", "a'b"], easting=None, northing=None),
        another(made.home, reference="X-2", features=[]),
        another(children.child(), reference="C-8", return_id="8", first_child_born_on=None),
        another(children.child(), reference="C-9", return_id="9", school="Elm", is_mother=True),
        another(referral, state="closed", reference="R-9", considerations={"a": "b"}),
        Event(what="a.b.c", before={"a": [1, None]}, after={"é": "“%s”"}, **shared),
        Event(what="a.b.d", council_id=council.pk, **shared),
    ]


def written(rows) -> list[str]:
    """Add and change *rows*, undo it, and return the statements with their values."""
    with CaptureQueriesContext(connection) as seen, transaction.atomic():
        for row in map(copy, rows):
            row.save(force_insert=True)
            if name := CHANGED.get(type(row).__name__):
                row.save()
                row.save(update_fields=[name])
        transaction.set_rollback(True)
    return [each["sql"] for each in seen.captured_queries if each["sql"].startswith(("INSERT", "UPDATE"))]


def test_the_statements_are_djangos_own_with_the_same_values(rows, monkeypatch):
    with monkeypatch.context() as as_django:
        for name in ("_do_insert", "_do_update"):
            as_django.setattr(Kept, name, getattr(models.Model, name))
        first = written(rows)
    assert len(first) == 3 * 5 + 2
    assert written(rows) == first
    assert written(rows) == first  # kept by now
    rows.reverse()
    assert sorted(written(rows)) == sorted(first)


def test_a_row_tells_what_the_database_filled_in_and_that_it_is_gone(council):
    desk.world(council)
    child = children.child()
    assert child.council_id == council.pk
    child.save(force_update=True)
    type(child).objects.filter(pk=child.pk).delete()
    with pytest.raises(DatabaseError, match="did not affect any rows"):
        child.save(force_update=True)


def test_what_the_database_works_out_goes_djangos_way(council):
    home = desk.world(council).home
    home.easting = F("easting") + 1
    home.save()
    home.refresh_from_db()
    assert home.easting == 561501
    added = another(home, reference="X-3", northing=Value(5))
    added.save(force_insert=True)
    assert Home.objects.get(reference="X-3").northing == 5
