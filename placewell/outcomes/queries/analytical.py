"""The analytical export: which tables it holds, what each column means, and its rows, pseudonymous and coarsened.

It reads every room's rows by the list in `tables/analytical.toml`, through the registry of models: the one place beside the
invariants that does. Keys are hashes under a secret that is thrown away, so that two exports cannot be joined; rows come in
the order of such a hash. Restricted children are left out. What is written is still personal data, pseudonymised.
"""

import datetime as dt
import hashlib
import inspect
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from django.apps import apps
from django.db import models as orm
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import MD5, Cast, Concat
from django.utils.timezone import is_aware, localtime

from placewell.children import queries as children
from placewell.kernel.periods import day_start, months_after
from placewell.market import queries as market
from placewell.placements import queries as placements

from ..rules import fairness

SMALLEST = 5  # a child who shares these traits with fewer than four others is not told by them
CHUNK = 5_000
SEARCHES = "searches"  # the one table that is no model's


@dataclass(frozen=True)
class Column:
    """One column as the dictionary tells it: *type* is text, number, money, truth, day or list."""

    table: str
    name: str
    type: str
    unit: str
    meaning: str
    source: str
    form: str


@dataclass(frozen=True)
class Table:
    """One table of the export: its model, how rows are chosen, and its columns in order."""

    name: str
    model: str
    meaning: str
    columns: tuple[Column, ...]
    spec: Mapping[str, Any]


@cache
def listed() -> Mapping[str, Any]:
    """Return the list of what is exported and what is withheld."""
    return tomllib.loads((files("placewell.outcomes") / "tables" / "analytical.toml").read_text())


@cache
def tables() -> tuple[Table, ...]:
    """Return the tables of the export with the dictionary of their columns, read from the models."""
    return (*(_table(spec) for spec in listed()["table"]), _searches_table())


def list_faults() -> list[str]:
    """Return every model and field that is neither exported nor withheld with its reason, and those that are not there."""
    spec, found = listed(), []
    withheld = {label for labels in spec["withheld"].values() for label in labels}
    by_model = {row["model"]: row for row in spec["table"]}
    every = {model._meta.label: model for model in apps.get_models() if model.__module__.startswith("placewell.")}
    found += [f"{label}: neither exported nor withheld" for label in sorted(set(every) - withheld - set(by_model))]
    found += [f"{label}: there is no such model" for label in sorted((withheld | set(by_model)) - set(every))]
    found += [f"{label}: both exported and withheld" for label in sorted(withheld & set(by_model))]
    for label, row in by_model.items():
        if label not in every:
            continue
        told = [*row["fields"], *(name for names in row.get("withheld", {}).values() for name in names)]
        there = {field.name for field in every[label]._meta.concrete_fields}
        found += [f"{label}.{name}: neither exported nor withheld" for name in sorted(there - set(told))]
        found += [f"{label}.{name}: there is no such field" for name in sorted(set(told) - there)]
        found += [f"{label}.{name}: said twice" for name, times in Counter(told).items() if times > 1]
        unknown = set(row.get("withheld", {})) - set(spec["reasons"])
        found += [f"{label}: {name} is no reason" for name in sorted(unknown)]
    return found


def withheld() -> Iterator[tuple[str, str, str]]:
    """Yield (table or model, field, reason) of all that is withheld."""
    for row in listed()["table"]:
        for reason, names in row.get("withheld", {}).items():
            for name in names:
                yield row["name"], name, listed()["reasons"][reason]
    for reason, labels in listed()["withheld"].items():
        for label in labels:
            yield label, "", reason


def _table(spec: Mapping[str, Any]) -> Table:
    model = apps.get_model(spec["model"])
    comments = _comments(model)
    columns = [
        _column(spec, model._meta.get_field(name), form, comments.get(name, ""))
        for name, form in spec["fields"].items()
    ]
    for derived in spec.get("derived", ()):
        source = f"{spec['model']}: {' to '.join(derived['of'])}"
        columns.append(Column(spec["name"], derived["name"], "number", "days", derived["meaning"], source, "days"))
    if spec.get("quasi"):
        told = f"How many of {', '.join(spec['quasi'])} are held back, since fewer than five children share them"
        columns.append(Column(spec["name"], "held_back", "number", "", told, "Reckoned for this export", "held_back"))
    meaning = (inspect.getdoc(model) or "").split("\n\n")[0]
    return Table(spec["name"], spec["model"], meaning, tuple(columns), spec)


def _column(spec: Mapping[str, Any], field: orm.Field, form: str, comment: str) -> Column:
    meaning = str(spec.get("meaning", {}).get(field.name) or field.help_text or comment)
    if not meaning and form == "key":
        of = field.related_model
        meaning = "Its own key" if field.primary_key or of is None else f"Key of the {of._meta.verbose_name}"
    meaning = meaning or str(field.verbose_name).capitalize()
    if field.choices and form == "plain":
        meaning += ": " + ", ".join(str(value) for value, _ in field.choices)
    if form == "month":
        meaning += " (first day of its month)"
    kind, unit = _type(field, form)
    return Column(spec["name"], field.name, kind, unit, meaning, f"{spec['model']}.{field.name}", form)


def _type(field: orm.Field, form: str) -> tuple[str, str]:
    """Return the type of a column and its unit."""
    if form in ("day", "month"):
        return "day", "date"
    if form == "year":
        return "number", "year"
    if form == "list":
        return "list", ""
    if form != "plain":
        return "text", ""
    if isinstance(field, orm.BooleanField):
        return "truth", ""
    if isinstance(field, orm.DecimalField):
        pounds = field.max_digits == 12
        return "money" if pounds else "decimal", "pounds" if pounds else "miles" if field.name == "miles" else ""
    if isinstance(field, orm.IntegerField):
        return "number", "years" if field.name.startswith("age_") else ""
    return "text", ""


def _comments(model: type[orm.Model]) -> dict[str, str]:
    """Return what stands beside each field in the code, where something does."""
    source = inspect.getsource(model)
    found = re.findall(
        r"^    (\w+) = (?:models\.|MoneyField|ArrayField|IntegerRangeField).*\)  # (.+)$", source, re.MULTILINE
    )
    return {name: comment[:1].upper() + comment[1:] for name, comment in found}


class Keys:
    """Hashes of identifiers under one secret: the same in every table of one export, and in no other."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret

    def __call__(self, value: Any) -> str | None:
        """Return the key of an identifier; None where there is none."""
        if value is None:
            return None
        return hashlib.blake2b(str(value).encode(), key=self.secret, digest_size=12).hexdigest()


def rows_of(table: Table, *, keys: Keys, since: dt.date | None) -> Iterator[list[Any]]:
    """Yield the rows of a table in the order of its columns; those of the days from *since* on, or still open then."""
    if table.name == SEARCHES:
        yield from _searches(keys, since)
        return
    spec = table.spec
    names = list(spec["fields"])
    derived = [(names.index(a) if a in names else None, names.index(b), a) for a, b in _pairs(spec)]
    own = [_form(form, keys) for form in spec["fields"].values()]
    extra = [a for place, _, a in derived if place is None]
    found = _chosen(spec, since).order_by(MD5(Concat(Cast("pk", CharField()), Value(keys.secret.hex()))))
    cells = found.values_list(*[_attname(spec["model"], name) for name in names], *extra)
    rows = (_row(row, own, derived, len(names)) for row in cells.iterator(chunk_size=CHUNK))
    yield from _unlike(rows, spec["quasi"], names) if spec.get("quasi") else rows


def _pairs(spec: Mapping[str, Any]) -> list[Sequence[str]]:
    return [each["of"] for each in spec.get("derived", ())]


def _attname(label: str, name: str) -> str:
    field = apps.get_model(label)._meta.get_field(name)
    return field.attname if field.is_relation else name


def _chosen(spec: Mapping[str, Any], since: dt.date | None) -> QuerySet:
    found = apps.get_model(spec["model"])._default_manager.all()
    if child := spec.get("child"):
        path = "is_restricted" if child == "pk" else f"{child}__is_restricted"
        found = found.filter(Q(**{path: False}))
    if since is None or not (on := spec.get("on")):
        return found
    last = spec.get("until", on)
    if isinstance(apps.get_model(spec["model"])._meta.get_field(last), orm.DateTimeField):
        since = day_start(since)
    return found.filter(Q(**{f"{last}__gte": since}) | Q(**{last: None}))


def _row(row: Sequence[Any], own: Sequence[Callable[[Any], Any]], derived: Sequence[tuple], width: int) -> list[Any]:
    told = [form(value) for form, value in zip(own, row, strict=False)]
    at = width
    for first, last, _ in derived:
        start, at = (row[first], at) if first is not None else (row[at], at + 1)
        told.append(None if start is None or row[last] is None else (_day(row[last]) - _day(start)).days)
    return told


def _day(value: Any) -> dt.date:
    if isinstance(value, dt.datetime):
        return localtime(value).date() if is_aware(value) else value.date()
    found: dt.date = value
    return found


def _form(form: str, keys: Keys) -> Callable[[Any], Any]:
    """Return how a value of this form is told."""
    forms: dict[str, Callable[[Any], Any]] = {
        "key": keys,
        "plain": lambda value: value,
        "day": lambda value: None if value is None else _day(value),
        "month": lambda value: None if value is None else _day(value).replace(day=1),
        "year": lambda value: None if value is None else value.year,
        "area": _area,
        "ethnic_group": lambda value: fairness.group_of("ethnicity", value),
        "list": lambda value: sorted(value or ()),
        "range": lambda value: None if value is None else f"{value.lower} to {value.upper}",
    }
    return forms[form]


@cache
def _area(postcode: str) -> str:
    spot = market.grid(postcode) if postcode else None
    return spot[2] if spot else ""


def _unlike(rows: Iterator[list[Any]], quasi: Sequence[str], names: Sequence[str]) -> Iterator[list[Any]]:
    """Yield the rows; where fewer than five share the traits *quasi*, those that come first in it are emptied until five do.

    A key of brothers and sisters is a trait too: it stays where nothing had to be held back.
    """
    held = [[*row, 0] for row in rows]
    places = [names.index(name) for name in quasi]
    own = [place for place, name in zip(places, quasi, strict=True) if name != "siblings"]
    for step in range(len(own) + 1):
        shared = Counter(tuple(row[place] for place in own) for row in held)
        few = [row for row in held if shared[tuple(row[place] for place in own)] < SMALLEST]
        if not few or step == len(own):
            break
        for row in few:
            row[own[step]] = None
            row[-1] += 1
    sibling = names.index("siblings") if "siblings" in quasi else None
    for row in held:
        if sibling is not None and row[-1]:
            row[sibling] = None
    yield from held


def _searches_table() -> Table:
    told = (
        ("child", "text", "", "Key of the child", "key"),
        ("need_level", "text", "", "The need level of the referral", "plain"),
        ("ages", "text", "years", "Under 10, 10 to 15, 16 and over", "plain"),
        ("written_on", "day", "date", "When the referral was written (first day of its month)", "month"),
        ("closed_on", "day", "date", "When it was closed without a home (first day of its month)", "month"),
        ("is_old", "truth", "", "Written 28 days or more before its month's end", "plain"),
        ("asked", "number", "", "Providers that were asked", "plain"),
        ("offers", "number", "", "Offers that were made", "plain"),
        ("accepted_on", "day", "date", "When an offer was accepted (first day of its month)", "month"),
        ("was_kept", "truth", "", "Whether a search shown before that was kept", "plain"),
        ("rank", "number", "", "Place of the home taken in the search that was shown last; empty when not shown", "plain"),
        ("first_night_on", "day", "date", "First night (first day of its month)", "month"),
        ("days_waiting", "number", "days", "From the day on which it was written to the first night", "days"),
    )  # fmt: skip
    columns = [Column(SEARCHES, *each[:4], "placements.queries.searches", each[4]) for each in told]
    meaning = "One row for each referral: what became of the search for a home."
    return Table(SEARCHES, SEARCHES, meaning, tuple(columns), {})


def _searches(keys: Keys, since: dt.date | None) -> Iterator[list[Any]]:
    restricted = children.restricted()
    rows = placements.searches(since=since or dt.date(1900, 1, 1), on=dt.date(9999, 12, 30))
    month = _form("month", keys)
    told = []
    for row in rows:
        if row.child in restricted:
            continue
        waited = None if row.first_night_on is None else max(0, (row.first_night_on - row.written_on).days)
        ages = "under 10" if row.age < 10 else "10 to 15" if row.age < 16 else "16 and over"
        end = months_after(row.written_on.replace(day=1), 1) - dt.timedelta(days=1)
        is_old = row.written_on <= end - dt.timedelta(days=fairness.table()["late_days"])
        told.append([
            keys(row.child), row.need_level, ages, month(row.written_on), month(row.closed_on), is_old, row.asked, row.offers,
            month(row.accepted_on), row.was_kept, row.rank, month(row.first_night_on), waited,
        ])  # fmt: skip
    yield from sorted(told, key=lambda each: hashlib.blake2b(repr(each).encode(), key=keys.secret).digest())
