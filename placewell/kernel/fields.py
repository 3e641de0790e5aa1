"""Readers of parsed JSON: each takes the faults so far, a JSON path and a value, and notes what is wrong."""

import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .errors import BadInput, Fault

HIGH = 1_000_000_000
PLACES = 30
Read = Callable[["Faults", str, Any], Any]


class Faults(list[Fault]):
    """What is wrong so far."""

    def add(self, where: str, what: str) -> None:
        """Note one fault."""
        self.append(Fault(where, what))


def integer(low: int, high: int = HIGH) -> Read:
    """Return a reader of a whole number from *low* to *high*."""

    def read(faults: Faults, where: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            faults.add(where, f"must be a whole number, not {shown(value)}")
        elif not low <= value <= high:
            faults.add(where, f"must be from {low} to {high}, not {value}")
        else:
            return value
        return low

    return read


def word(*allowed: str) -> Read:
    """Return a reader of a non-empty text, one of *allowed* if any are given."""

    def read(faults: Faults, where: str, value: Any) -> str:
        if not isinstance(value, str) or not value:
            faults.add(where, f"must be a text, not {shown(value)}")
        elif allowed and value not in allowed:
            faults.add(where, f"must be one of {', '.join(allowed)}, not {shown(value)}")
        elif not storable(value):
            faults.add(where, f"holds half a character, which no file can: {shown(value)}")
        else:
            return value
        return ""

    return read


def storable(text: str) -> bool:
    """Return whether *text* can be written to a file: JSON may escape half of a character alone, UTF-8 cannot hold it."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def maybe(reader: Read, absent: Any = None) -> Read:
    """Return a reader that also takes null, as *absent*."""
    return lambda faults, where, value: absent if value is None else reader(faults, where, value)


def each(reader: Read) -> Read:
    """Return a reader of a list."""

    def read(faults: Faults, where: str, value: Any) -> list[Any]:
        if not isinstance(value, list):
            faults.add(where, f"must be a list, not {shown(value)}")
            return []
        return [reader(faults, f"{where}[{i}]", item) for i, item in enumerate(value)]

    return read


def flag(faults: Faults, where: str, value: Any) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        faults.add(where, f"must be true or false, not {shown(value)}")
    return value is True


def tags(faults: Faults, where: str, value: Any) -> frozenset[str]:
    """Read a list of texts as a set."""
    return frozenset(each(word())(faults, where, value))


def exact(low: int, high: int = HIGH) -> Read:
    """Return a reader of a number from *low* to *high*, whole or decimal, as the fraction that was written."""

    def read(faults: Faults, where: str, value: Any) -> Fraction:
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
            faults.add(where, f"must be a number, not {shown(value)}")
        elif not low <= value <= high:
            faults.add(where, f"must be from {low} to {high}, not {value}")
        elif isinstance(value, Decimal) and -int(value.as_tuple().exponent) > PLACES:
            faults.add(where, f"has more than {PLACES} decimal places")
        else:
            return Fraction(value)
        return Fraction(low)

    return read


def record(required: dict[str, Read], optional: dict[str, Read] | None = None) -> Read:
    """Return a reader of an object with these fields and no others."""
    fields = required | (optional or {})

    def read(faults: Faults, where: str, value: Any) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            faults.add(where, f"must be an object, not {shown(value)}")
            return None
        dot, before = f"{where}." if where else "", len(faults)
        for name in required.keys() - value.keys():
            faults.add(f"{dot}{name}", "is missing")
        for name in value.keys() - fields.keys():
            faults.add(f"{dot}{name}", "is not a field of this format")
        found = {name: fields[name](faults, f"{dot}{name}", value[name]) for name in value if name in fields}
        return found if len(faults) == before else None

    return read


def repeats(name: str, raw: object) -> Iterable[Fault]:
    """Return a fault for each second use of an identifier in the list *raw*, which stands at *name*."""
    seen = set[str]()
    for i, item in enumerate(raw if isinstance(raw, list) else []):
        key = item.get("id") if isinstance(item, dict) else None
        if isinstance(key, str):
            if key in seen:
                yield Fault(f"{name}[{i}].id", f"{key!r} stands twice")
            seen.add(key)


def parsed(text: bytes, name: str) -> object:
    """Return the JSON in *text*, decimals as Decimal, refusing a field given twice; *name* is the file's."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=Decimal, object_pairs_hook=_object)
    except (ValueError, RecursionError) as broken:
        raise BadInput([Fault(name, f"is not JSON: {broken}")]) from broken


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for i, name in enumerate(names) if name in names[:i])
        raise ValueError(f"the field {twice!r} stands twice in one object")
    return found


def shown(value: object) -> str:
    """Return *value* in short, for a message."""
    text = str(value) if isinstance(value, Decimal) else repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
