"""Children who need homes, the homes there are, and what each difference weighs. Distances in units of 100 m."""

from collections import Counter
from dataclasses import dataclass, field, fields
from typing import NamedTuple

from placewell.kernel.errors import BadInput, Fault

FAR = 1_000_000  # coordinates beyond this (100,000 km) are nonsense; below it squares are exact in floating point


@dataclass(frozen=True)
class Weights:
    """Points for each unit of a difference; *km_cap* and *school_cap* bound a distance, *price_step* is in pounds."""

    km: int = 6
    over20: int = 120
    school_km: int = 4
    language: int = 60
    faith: int = 15
    skill: int = 40
    stability: int = 1
    price: int = 1
    tier: int = 10
    outcome: int = 0
    ri: int = 80
    km_cap: int = 120
    school_cap: int = 60
    price_step: int = 250
    far_100m: int = 322

    def __post_init__(self) -> None:
        faults = [Fault(name, "must not be negative") for name, value in vars(self).items() if value < 0]
        faults += [Fault("price_step", "must be at least one pound")] if self.price_step < 1 else []
        if faults:
            raise BadInput(faults)


CONSTANTS = ("km_cap", "school_cap", "price_step", "far_100m")
WEIGHTS = tuple(f.name for f in fields(Weights) if f.name not in CONSTANTS)


@dataclass(frozen=True)
class Resident:
    """A child who lives in a home already: only what the rules for new arrivals need."""

    age: int = 0
    sex: str = ""
    poses: frozenset[str] = frozenset()
    vulnerable_to: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Child:
    """What a child needs. *home* and *school* are (x, y) in units of 100 m, None when not known; *no_go* (x, y, r)."""

    id: str
    age: int
    sex: str
    types: frozenset[str]
    requires: frozenset[str] = frozenset()
    needs_skills: frozenset[str] = frozenset()
    poses: frozenset[str] = frozenset()
    language: str = ""
    faith: str = ""
    solo: bool = False
    home: tuple[int, int] | None = None
    school: tuple[int, int] | None = None
    max_km: int | None = None
    group: str | None = None
    beds: int = 1
    vulnerable_to: frozenset[str] = frozenset()
    language_required: bool = False
    ri_ok: bool = True
    no_go: tuple[tuple[int, int, int], ...] = ()
    unplaced_cost: int = 10_000


class Home(NamedTuple):
    """What a home is and has. None is *not known*, which never passes a rule.

    *residents* counts who lives there; *living* holds what is known of them. *max_new* None: as many as places free.
    """

    id: str
    type: str
    spot: tuple[int, int] | None
    age_min: int | None
    age_max: int | None
    sex: str
    places_free: int | None
    grade: str | None
    features: frozenset[str] = frozenset()
    excludes: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    faiths: frozenset[str] = frozenset()
    residents: int = 0
    price_week: int | None = None
    tier: int | None = None
    stability: int = 50
    blocked: str = ""
    provider: str = ""
    max_new: int | None = None
    living: tuple[Resident, ...] = ()
    outcome: int = 50


@dataclass(frozen=True)
class Problem:
    """Children to place together, the market, and the weights. The order of children and homes means nothing."""

    children: tuple[Child, ...]
    homes: tuple[Home, ...]
    weights: Weights = field(default_factory=Weights)
    id: str = ""

    def __post_init__(self) -> None:
        faults = _repeats("children", [c.id for c in self.children]) + _repeats("homes", [h.id for h in self.homes])
        if faults:
            raise BadInput(faults)


def _repeats(where: str, ids: list[str]) -> list[Fault]:
    """Return a fault for each identifier that stands more than once."""
    seen = Counter(ids)
    return [
        Fault(f"{where}[{i}].id", f"{key!r} is used {seen[key]} times") for i, key in enumerate(ids) if seen[key] > 1
    ]
