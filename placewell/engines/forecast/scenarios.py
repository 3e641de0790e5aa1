"""Dated, ramped edits to the future, checked and turned into the numbers that the simulation reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from placewell.engines.forecast.codes import STATES
from placewell.engines.forecast.dates import as_day
from placewell.engines.forecast.hazards import YEAR, Floats
from placewell.kernel.errors import BadInput, Fault

KINDS = {
    "divert": {"from", "to", "share"},
    "move": {"from", "to", "per_year"},
    "entries": {"factor"},
    "exits": {"factor"},
    "price": {"state", "factor"},
    "block": {"state", "places", "weekly_fee"},
}
OPTIONAL = {"move": {"min_age", "min_days_in_placement"}, "entries": {"min_age"}, "exits": {"state"}}
NUMBER_OF = {"divert": 0.0, "move": 1.0, "entries": 2.0, "exits": 3.0}


@dataclass(frozen=True)
class Edit:
    """One change: *amount* is a share, a yearly rate, a factor or places; *to* the split over states."""

    kind: str
    start: int
    ramp_days: int
    state: int  # −1: every state
    amount: float
    to: tuple[float, ...] = (0.0,) * 5
    min_age: float = 0.0
    min_days: float = 0.0
    weekly_fee: float = 0.0


@dataclass(frozen=True)
class Scenario:
    """A named list of edits; the baseline has none."""

    name: str
    edits: tuple[Edit, ...] = ()


BASELINE = Scenario("baseline")


def read_scenario(content: Any, where: str) -> Scenario:
    """Return the scenario in a parsed JSON file, or raise BadInput with every fault found."""
    faults: list[Fault] = []
    if not isinstance(content, dict) or not isinstance(content.get("edits"), list):
        raise BadInput([Fault(where, 'must be an object with "name" and a list "edits"')])
    name = str(content.get("name") or "").strip()
    if not name or name == BASELINE.name:
        faults.append(Fault(f"{where}: name", "must be given and not be 'baseline'"))
    edits = [_edit(edit, f"{where}: edits[{at}]", faults) for at, edit in enumerate(content["edits"])]
    if faults:
        raise BadInput(faults)
    return Scenario(name, tuple(edit for edit in edits if edit))


def _edit(given: Any, where: str, faults: list[Fault]) -> Edit | None:
    before = len(faults)
    kind = given.get("kind") if isinstance(given, Mapping) else None
    if not isinstance(kind, str) or kind not in KINDS:
        faults.append(Fault(where, f'"kind" must be one of {", ".join(KINDS)}'))
        return None
    allowed = KINDS[kind] | OPTIONAL.get(kind, set()) | {"kind", "start", "ramp_days"}
    faults += [Fault(f"{where}.{key}", f"is not a field of {kind}") for key in given if key not in allowed]
    faults += [Fault(f"{where}.{key}", "is missing") for key in sorted((KINDS[kind] | {"start"}) - given.keys())]
    if len(faults) > before:
        return None

    def number(key: str, low: float, high: float, default: float = 0.0) -> float:
        value = given.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            faults.append(Fault(f"{where}.{key}", f"must be a number between {low:g} and {high:g}"))
            return default
        return float(value)

    def state(key: str) -> int:
        value = given.get(key)
        if value is None and key not in KINDS[kind]:
            return -1
        if value not in STATES:
            faults.append(Fault(f"{where}.{key}", f"must be one of {', '.join(STATES)}"))
            return 0
        return STATES.index(value)

    try:
        start = as_day(date.fromisoformat(str(given["start"])))
    except ValueError:
        faults.append(Fault(f"{where}.start", "must be a date like 2026-04-01"))
        start = 0
    amounts = {"divert": ("share", 1.0), "move": ("per_year", 365.0), "block": ("places", 10_000.0)}
    name, high = amounts.get(kind, ("factor", 20.0))
    edit = Edit(
        kind=kind,
        start=start,
        ramp_days=int(number("ramp_days", 0, 36_525)),
        state=state("from" if kind in {"divert", "move"} else "state"),
        amount=number(name, 0, high),
        to=_split(given["to"], f"{where}.to", faults) if "to" in KINDS[kind] else (0.0,) * 5,
        min_age=number("min_age", 0, 18) * YEAR,
        min_days=number("min_days_in_placement", 0, 6575),
        weekly_fee=number("weekly_fee", 0, 1e6),
    )
    return edit if len(faults) == before else None


def _split(to: Any, where: str, faults: list[Fault]) -> tuple[float, ...]:
    shares = {to: 1.0} if isinstance(to, str) else to
    good = isinstance(shares, Mapping) and shares and all(key in STATES for key in shares)
    if not good or not all(isinstance(v, int | float) and not isinstance(v, bool) and v >= 0 for v in shares.values()):
        faults.append(Fault(where, f"must be one of {', '.join(STATES)}, or shares of them"))
        return (0.0,) * 5
    whole = sum(shares.values())
    if not 0.999 <= whole <= 1.001:
        faults.append(Fault(where, f"the shares must add up to 1, not {whole:g}"))
        return (0.0,) * 5
    return tuple(float(shares.get(name, 0.0)) / whole for name in STATES)


def strength(edits: Sequence[Edit], as_of: int, month_end: Floats) -> Floats:
    """Return [edit, month] how far each edit is in force: 0 before, 1 after its ramp, the month's mean between."""
    out = np.zeros((len(edits), len(month_end)))
    for e, edit in enumerate(edits):
        since = float(edit.start - as_of - 1)

        def area(t: Floats, since: float = since, ramp: int = edit.ramp_days) -> Floats:
            past = np.maximum(t - since, 0.0)
            if ramp == 0:
                return past
            return np.where(past < ramp, past**2 / (2 * ramp), past - ramp / 2)

        out[e, :-1] = np.diff(area(month_end)) / np.diff(month_end)
    return out


def as_arrays(edits: Sequence[Edit], as_of: int, month_end: Floats) -> tuple[Floats, Floats, Floats]:
    """Return what the kernels read: [edit, 5] numbers, [edit, month] strength, [edit, state] split."""
    flow = [edit for edit in edits if edit.kind in NUMBER_OF]
    numbers = np.array(
        [
            (
                NUMBER_OF[edit.kind],
                float(edit.state),
                edit.amount / YEAR if edit.kind == "move" else edit.amount,
                edit.min_age,
                edit.min_days,
            )
            for edit in flow
        ]
    ).reshape(-1, 5)
    return numbers, strength(flow, as_of, month_end), np.array([edit.to for edit in flow]).reshape(-1, 5)
