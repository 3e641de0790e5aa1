"""Read the format placement-match-1: every fault with its JSON path, or a Problem."""

from collections.abc import Iterable
from typing import Any

from placewell.kernel.errors import BadInput, Fault
from placewell.kernel.fields import Faults, each, flag, integer, maybe, record, shown, tags, word

from .problem import CONSTANTS, FAR, WEIGHTS, Child, Home, Problem, Resident, Weights

FORMAT = "placement-match-1"


def grade(faults: Faults, where: str, value: Any) -> str:
    """Read a grade; a misspelt bad one must not pass as some other grade."""
    text: str = word()(faults, where, value)
    squeezed = "".join(letter for letter in text.lower() if letter.isalpha())
    if squeezed.startswith(("requires", "inad")) and text not in ("requires_improvement", "inadequate"):
        faults.add(where, f"must be requires_improvement or inadequate, not {shown(text)}")
    return text


def point(faults: Faults, where: str, value: Any) -> tuple[int, int]:
    """Read [x, y]."""
    found = each(integer(-FAR, FAR))(faults, where, value)
    if isinstance(value, list) and len(value) != 2:
        faults.add(where, "must be [x, y]")
    x, y = [*found, 0, 0][:2]
    return x, y


CIRCLE = record({"x": integer(-FAR, FAR), "y": integer(-FAR, FAR), "r": integer(0, FAR)})
RESIDENT = record(
    {"age": integer(0, 30), "sex": word("M", "F"), "poses": tags, "vulnerable_to": tags},
)
CHILD = record(
    {
        "id": word(), "group": maybe(word()), "age": integer(0, 25), "sex": word("M", "F"), "beds": integer(1, 20),
        "types": tags, "solo": flag, "requires": tags, "needs_skills": tags, "poses": tags, "vulnerable_to": tags,
        "language": maybe(word(), ""), "language_required": flag, "faith": maybe(word(), ""), "ri_ok": flag,
        "home_x": integer(-FAR, FAR), "home_y": integer(-FAR, FAR), "school": maybe(point), "no_go": each(CIRCLE),
        "unplaced_cost": integer(0),
    },
    {"max_km": maybe(integer(0, FAR))},
)  # fmt: skip
HOME = record(
    {
        "id": word(), "provider": maybe(word(), ""), "type": word(), "x": integer(-FAR, FAR), "y": integer(-FAR, FAR),
        "age_min": integer(0, 99), "age_max": integer(0, 99), "sex": word("any", "M", "F"),
        "beds_free": integer(0, 10_000), "max_new": integer(0, 10_000), "residents": each(RESIDENT), "ofsted": grade,
        "features": tags, "excludes": tags, "skills": tags, "languages": tags, "faiths": tags,
        "price_week": integer(0), "tier": integer(0, 1000), "stability": integer(0, 100), "outcome": integer(0, 100),
    },
)  # fmt: skip
PROBLEM = record(
    {
        "format": word(FORMAT), "id": word(), "children": each(CHILD), "homes": each(HOME),
        "weights": record({name: integer(0, 1_000_000) for name in WEIGHTS}),
        "constants": record({name: integer(1 if name == "price_step" else 0, FAR) for name in CONSTANTS}),
    },
    {"note": lambda faults, where, value: value},
)  # fmt: skip


def read(raw: object) -> Problem:
    """Return the problem that *raw* (parsed JSON) describes; raises BadInput with every fault found."""
    faults = Faults()
    found = PROBLEM(faults, "", raw)
    if isinstance(raw, dict):
        for name in ("children", "homes"):
            faults.extend(_repeated(name, raw.get(name)))
        faults.extend(_upside_down(raw.get("homes")))
    if faults:
        raise BadInput(sorted(set(faults)))
    return Problem(
        id=found["id"],
        weights=Weights(**found["weights"], **found["constants"]),
        children=tuple(_child(child) for child in found["children"]),
        homes=tuple(_home(home) for home in found["homes"]),
    )


def _child(raw: dict[str, Any]) -> Child:
    circles = tuple((c["x"], c["y"], c["r"]) for c in raw["no_go"])
    rest = {name: value for name, value in raw.items() if name not in ("home_x", "home_y", "no_go")}
    return Child(**rest, home=(raw["home_x"], raw["home_y"]), no_go=circles)


def _home(raw: dict[str, Any]) -> Home:
    living = tuple(Resident(**resident) for resident in raw["residents"])
    moved = ("x", "y", "beds_free", "ofsted", "residents")
    rest = {name: value for name, value in raw.items() if name not in moved}
    return Home(
        **rest,
        spot=(raw["x"], raw["y"]),
        places_free=raw["beds_free"],
        grade=raw["ofsted"],
        residents=len(living),
        living=living,
    )


def _dicts(raw: object) -> Iterable[tuple[int, dict[str, Any]]]:
    return ((i, item) for i, item in enumerate(raw if isinstance(raw, list) else []) if isinstance(item, dict))


def _repeated(name: str, raw: object) -> list[Fault]:
    """Return a fault for each second use of an identifier; the same child in two sibling groups is one of them."""
    first: dict[Any, dict[str, Any]] = {}
    faults = []
    for i, item in _dicts(raw):
        key = item.get("id")
        if not isinstance(key, str):
            continue
        if key in first:
            what = f"{key!r} stands twice"
            if name == "children" and first[key].get("group") != item.get("group"):
                what += ", in two sibling groups"
            faults.append(Fault(f"{name}[{i}].id", what))
        first.setdefault(key, item)
    return faults


def _upside_down(raw: object) -> list[Fault]:
    found = []
    for i, home in _dicts(raw):
        low, high = home.get("age_min"), home.get("age_max")
        if isinstance(low, int) and isinstance(high, int) and low > high:
            found.append(Fault(f"homes[{i}].age_min", f"{low} is above age_max {high}"))
    return found
