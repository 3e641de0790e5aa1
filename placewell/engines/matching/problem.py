"""A child who needs a home, the homes there are, and what each difference weighs. Distances in units of 100 m."""

from dataclasses import dataclass

from placewell.kernel.errors import BadInput, Fault


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


@dataclass(frozen=True)
class Child:
    """What a child needs. *home* and *school* are (x, y) in units of 100 m, None when not known."""

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


@dataclass(frozen=True)
class Home:
    """What a home is and has. None is *not known*, which never passes a rule."""

    id: str
    type: str
    spot: tuple[int, int] | None
    age_min: int | None
    age_max: int | None
    sex: str
    places_free: int | None
    grade: str
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
