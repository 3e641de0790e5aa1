"""Read the format award-portfolio-1: every fault with its JSON path, or a Problem."""

from typing import Any

import numpy as np

from placewell.kernel.errors import BadInput
from placewell.kernel.fields import Faults, each, integer, maybe, record, repeats, shown, word

from .problem import FORMS, Bid, Problem

FORMAT = "award-portfolio-1"
WEEKLY, PLACES, PCT = 1_000_000, 100_000, 10_000


def _group(faults: Faults, where: str, value: Any) -> str:
    """Read a name that may be written as a number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else word()(faults, where, value)


BID = record(
    {
        "id": word(), "provider": _group, "type": word(), "form": word(*FORMS), "price_week": integer(0, WEEKLY),
        "guarantee_pct": integer(0, 100), "usable_pct": integer(0, 100), "min_beds": integer(0, PLACES),
        "max_beds": integer(0, PLACES), "start_year": integer(1, 100), "quality": integer(0, 1_000_000),
    },
    {"extra_price_week": maybe(integer(0, WEEKLY)), "xor_group": maybe(_group), "requires": maybe(word())},
)  # fmt: skip
PROBLEM = record(
    {
        "format": word(FORMAT), "id": word(), "years": integer(1, 100), "weeks": integer(1, 53), "types": each(word()),
        "budget_year": integer(0, 10**11), "commit_cap_pct": integer(0, PCT), "provider_cap_pct": integer(0, PCT),
        "quality_min": integer(0, 1_000_000), "quality_value": integer(0, WEEKLY), "alpha_pct": integer(0, 100),
        "lambda_pct": integer(0, 100), "spot_cap": each(integer(0, PLACES)), "emergency_factor_pct": integer(0, PCT),
        "indexation_pct": each(integer(0, PCT)), "bids": each(BID),
        "demand": each(each(each(integer(0, PLACES)))), "spot_price_week": each(each(each(integer(0, WEEKLY)))),
    },
    {"note": lambda faults, where, value: value},
)  # fmt: skip


def read(raw: object) -> Problem:
    """Return the problem that *raw* (JSON from `kernel.fields.parsed`) describes; raises BadInput with every fault."""
    faults = Faults()
    found: dict[str, Any] = PROBLEM(faults, "", raw)
    if isinstance(raw, dict):
        faults.extend(repeats("bids", raw.get("bids")))
        _check_lengths(faults, raw)
        _check_bids(faults, raw)
    if faults:
        raise BadInput(sorted(set(faults)))
    plain = {name: value for name, value in found.items() if name not in ("format", "note")}
    for name in ("types", "spot_cap", "indexation_pct"):
        plain[name] = tuple(plain[name])
    for name in ("demand", "spot_price_week"):
        plain[name] = np.array(plain[name], dtype=np.int64)
    return Problem(**plain | {"bids": tuple(Bid(**bid) for bid in found["bids"])})


def _check_lengths(faults: Faults, raw: dict[str, Any]) -> None:
    """Refuse lists that are not one value for each type, year or scenario."""
    types, years = raw.get("types"), raw.get("years")
    if not isinstance(types, list) or isinstance(years, bool) or not isinstance(years, int):
        return  # told already
    if not types:
        faults.add("types", "must name at least one type")
    names = [one for one in types if isinstance(one, str)]
    for i, name in enumerate(names):
        if name in names[:i]:
            faults.add(f"types[{i}]", f"{name!r} stands twice")
    _long(faults, "spot_cap", raw.get("spot_cap"), len(types), "type")
    _long(faults, "indexation_pct", raw.get("indexation_pct"), years, "year")
    scenarios = raw.get("demand")
    if isinstance(scenarios, list) and not scenarios:
        faults.add("demand", "must hold at least one scenario")
    if isinstance(scenarios, list):
        _long(faults, "spot_price_week", raw.get("spot_price_week"), len(scenarios), "scenario of demand")
    for table in ("demand", "spot_price_week"):
        rows = raw.get(table)
        for s, scenario in enumerate(rows if isinstance(rows, list) else []):
            _long(faults, f"{table}[{s}]", scenario, years, "year")
            for y, year in enumerate(scenario if isinstance(scenario, list) else []):
                _long(faults, f"{table}[{s}][{y}]", year, len(types), "type")


def _long(faults: Faults, where: str, value: object, wanted: int, of: str) -> None:
    if isinstance(value, list) and len(value) != wanted:
        faults.add(where, f"must have {wanted} values, one for each {of}, not {len(value)}")


def _check_bids(faults: Faults, raw: dict[str, Any]) -> None:
    """Refuse bids that contradict themselves or name what is not there."""
    rows = raw.get("bids")
    bids = [(i, row) for i, row in enumerate(rows if isinstance(rows, list) else []) if isinstance(row, dict)]
    ids = {row["id"] for _, row in bids if isinstance(row.get("id"), str)}
    types = raw["types"] if isinstance(raw.get("types"), list) else None
    for i, bid in bids:
        at = f"bids[{i}]"
        if types is not None and isinstance(bid.get("type"), str) and bid["type"] not in types:
            faults.add(f"{at}.type", f"{shown(bid['type'])} is not one of types")
        low, high, start = (_whole(bid.get(name)) for name in ("min_beds", "max_beds", "start_year"))
        if low is not None and high is not None and low > high:
            faults.add(f"{at}.min_beds", f"{low} is more than max_beds, {high}")
        years = _whole(raw.get("years"))
        if start is not None and years is not None and start > years >= 1:
            faults.add(f"{at}.start_year", f"{start} is after the last year, {years}")
        wanted = bid.get("requires")
        if isinstance(wanted, str) and wanted not in ids:
            faults.add(f"{at}.requires", f"no bid has the id {shown(wanted)}")
        elif isinstance(wanted, str) and wanted == bid.get("id"):
            faults.add(f"{at}.requires", "names the bid itself")


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
