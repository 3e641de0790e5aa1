"""The rules that `tables/entry_rules.toml` dates: of the regulator's list, of several rows of a child, of liberty orders."""

import datetime as dt
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, kw_only=True)
class EpisodeRow:
    """An episode as a return, a form or an outside system states it."""

    start_on: dt.date
    start_reason: str
    legal_status: str
    main_need: str
    placement_type: str
    placement_provider: str = ""
    end_on: dt.date | None = None
    end_reason: str = ""
    change_reason: str = ""
    home_postcode: str = ""
    placement_postcode: str = ""
    urn: str = ""


@dataclass(frozen=True, order=True)
class Breach:
    """One rule that a row breaks: which field, which rule, why in words; whether the row can still be kept."""

    field: str
    rule: str
    why: str
    is_error: bool = True


@dataclass(frozen=True)
class EntryRule:
    """One rule of the table: from which collection, the field it names, its published words, what a breach leads to."""

    number: str
    since: int
    field: str
    text: str
    sets_aside: bool
    placement_types: frozenset[str] = frozenset()
    legal_status: frozenset[str] = frozenset()
    start_reasons: frozenset[str] = frozenset()
    most_days: int = 0
    most_times: int = 0

    def is_of(self, legal_status: str = "", place: str = "") -> bool:
        """Tell whether the rule is about a row with this legal status and this placement type."""
        of_status = not self.legal_status or legal_status in self.legal_status
        return of_status and (not self.placement_types or place in self.placement_types)


@dataclass(frozen=True)
class Registered:
    """What the regulator's list says of one number; what is empty, it doesn't say."""

    placement_types: frozenset[str] = frozenset()
    providers: frozenset[str] = frozenset()
    postcodes: frozenset[str] = frozenset()
    registered_on: dt.date | None = None
    closed_on: dt.date | None = None
    came_with_return: bool = False  # else it is the register held


@cache
def _whole() -> dict[str, Any]:
    return tomllib.loads((files("placewell.children") / "tables" / "entry_rules.toml").read_text())


@cache
def entry_rules() -> dict[str, EntryRule]:
    """Return the rules of the table by their numbers."""
    return {
        number: EntryRule(
            number=number,
            since=row.get("from", _whole()["valid_from"].year + 1),
            field=row["field"],
            text=row["text"],
            sets_aside={"set_aside": True, "look": False}[row["outcome"]],
            placement_types=frozenset(row.get("placement_types", ())),
            legal_status=frozenset(row.get("legal_status", ())),
            start_reasons=frozenset(row.get("start_reasons", ())),
            most_days=row.get("most_days", 0),
            most_times=row.get("most_times", 0),
        )
        for number, row in _whole()["rules"].items()
    }


def fit(*, kind: str = "", sector: str = "") -> tuple[frozenset[str], frozenset[str]]:
    """Return the placement types that go with a kind of registration, and the providers that go with a sector."""
    whole = _whole()
    return frozenset(whole["kinds"].get(kind, ())), frozenset(whole["sectors"].get(sector.casefold(), ()))


def breach(number: str, why: str, *, is_error: bool | None = None) -> Breach:
    """Return the breach of a rule of the table."""
    rule = entry_rules()[number]
    return Breach(
        rule.field, number, why[:1].upper() + why[1:] + ".", rule.sets_aside if is_error is None else is_error
    )


def register_breaches(row: EpisodeRow, found: Registered | None, *, year: int | None) -> Iterator[Breach]:
    """Yield the rules 219 to 228 that *row* breaks by what the regulator's list says of its number.

    *year* is the collection that states the row: the registration of an open episode lasts to its 31 March.
    """
    if found is None:
        if row.placement_provider not in ("PR1", "PR2"):  # councils' own services are in no published list
            yield breach("219", "the regulator's list does not have this number", is_error=False)
        return
    aside, place = found.came_with_return, row.placement_type
    if found.placement_types and place not in found.placement_types:
        why = f"this number is registered for {_listed(found.placement_types)}, not for {place}"
        yield breach("219", why, is_error=aside)
    if found.providers and row.placement_provider not in found.providers:
        why = f"this number goes with {_listed(found.providers)}, not with {row.placement_provider or 'nothing'}"
        yield breach("224", why, is_error=aside)
    if _has_one_address(row, year) and found.postcodes and _tight(row.placement_postcode) not in found.postcodes:
        yield breach("221", "the placement's postcode is not the registered address's", is_error=aside)
    if found.registered_on and row.start_on < found.registered_on:
        why = f"the episode starts before the registration, {found.registered_on:%d/%m/%Y}"
        yield breach("227", why, is_error=False)
    if found.closed_on is None:
        return
    if row.start_on >= found.closed_on:
        yield breach("227", f"the registration had ended on {found.closed_on:%d/%m/%Y}", is_error=aside)
    elif row.end_on is not None and row.end_on > found.closed_on:
        yield breach("228", f"the registration ended on {found.closed_on:%d/%m/%Y}, before the episode", is_error=aside)
    elif row.end_on is None and year and dt.date(year, 3, 31) > found.closed_on:
        why = f"the registration ended on {found.closed_on:%d/%m/%Y}, and the episode goes on"
        yield breach("228", why, is_error=False)


def _has_one_address(row: EpisodeRow, year: int | None) -> bool:
    """Tell whether rule 221 holds the placement to the registered address."""
    rule, also = entry_rules()["221"], _whole()["rules"]["221"]["also"]
    of_type = row.placement_type in rule.placement_types or (
        row.placement_type in also["placement_types"] and (year is None or year >= also["from"])
    )
    not_for = _whole()["rules"]["221"]["not_for"]
    return of_type and bool(row.placement_postcode) and row.legal_status not in not_for


def _tight(postcode: str) -> str:
    return "".join(postcode.upper().split())


def _listed(codes: frozenset[str]) -> str:
    return ", ".join(sorted(codes))


def child_breaches(rows: Sequence[EpisodeRow], *, year: int | None = None) -> Iterator[tuple[dt.date, Breach]]:
    """Yield (start of the episode, rule) for the rules that several episodes of one child, in order, break together."""
    yield from _short_breaks(rows, year)
    yield from _carers_holidays(rows)
    rule = entry_rules()["383"]
    for normal, away, back in zip(rows, rows[1:], rows[2:], strict=False):
        if not rule.is_of(place=away.placement_type):
            continue
        elsewhere = _whole()["rules"]["383"]["same_postcode_from"] <= (year or 9999) and (
            _tight(back.placement_postcode) != _tight(normal.placement_postcode)
        )
        if back.start_reason != "P" or back.placement_type != normal.placement_type or elsewhere:
            why = f"after {away.placement_type} the child goes back to the placement before it, {normal.placement_type}"
            yield back.start_on, breach("383", why)


def _short_breaks(rows: Sequence[EpisodeRow], year: int | None) -> Iterator[tuple[dt.date, Breach]]:
    """Yield the short breaks with which more than 75 days lie in the twelve months that end with them (rule 367)."""
    rule = entry_rules()["367"]
    last = dt.date(year, 3, 31) if year else None
    breaks = [
        (row.start_on, end) for row in rows if rule.is_of(row.legal_status) and (end := row.end_on or last) is not None
    ]
    for start, end in breaks:
        since = _year_before(end)
        days = sum((min(b, end) - max(a, since)).days for a, b in breaks if a < end and b > since)
        if days > rule.most_days:
            yield start, breach("367", f"with this one, {days} days of short breaks lie in twelve months")


def _carers_holidays(rows: Sequence[EpisodeRow]) -> Iterator[tuple[dt.date, Breach]]:
    """Yield the third placement, and each later one, for a carer's holiday within twelve months (rule 377)."""
    rule = entry_rules()["377"]
    starts = [row.start_on for row in rows if rule.is_of(place=row.placement_type)]
    for start in starts:
        if sum(_year_before(start) < other <= start for other in starts) > rule.most_times:
            yield start, breach("377", f"more than {rule.most_times} of these placements within twelve months")


def _year_before(day: dt.date) -> dt.date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return dt.date(day.year - 1, 3, 1)


def liberty_breaches(
    start_on: dt.date, end_on: dt.date | None, rows: Sequence[EpisodeRow], *, year: int | None = None
) -> list[Breach]:
    """Return the rules that a deprivation of liberty order breaks by the placements that it shares a day with."""
    rules = entry_rules()
    found: dict[str, Breach] = {}
    for row in rows:
        apart = (row.end_on is not None and row.end_on <= start_on) or (end_on is not None and end_on <= row.start_on)
        if apart:
            continue
        if rules["710"].is_of(place=row.placement_type):
            found["710"] = breach("710", f"a child under an order is not placed in {row.placement_type}")
        elif not rules["709"].is_of(place=row.placement_type):
            expected = _listed(rules["709"].placement_types)
            found["709"] = breach("709", f"the child is in {row.placement_type}; with an order {expected} is expected")
    return [one for number, one in sorted(found.items()) if year is None or year >= rules[number].since]
