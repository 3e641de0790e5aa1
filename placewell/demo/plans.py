"""What is made up: spots on the map, providers, homes, children and their stays."""

import datetime as dt
from dataclasses import dataclass, field

from placewell.kernel.periods import age_on


@dataclass(frozen=True)
class Spot:
    """A real postcode and where it lies on the British grid (metres)."""

    postcode: str
    easting: int
    northing: int


@dataclass
class HomePlan:
    """A home and who is in it when."""

    number: int
    category: str
    provider: int
    name: str
    spot: Spot
    places: int
    age_from: int
    age_to: int
    accepts: str
    features: list[str]
    excludes: list[str]
    skills: list[str]
    languages: list[str]
    faiths: list[str]
    weekly_fee: int
    stays: list[tuple[dt.date, dt.date, str, str]] = field(default_factory=list)

    @property
    def urn(self) -> str:
        """The regulator's number of the registration that it is under: a range in which no real one lies."""
        within = self.provider if self.category == "fostering" else 100 + self.number
        return f"SC{900000 + self.provider * 700 + within}"

    def takes(self, child: "ChildPlan", start: dt.date, end: dt.date) -> bool:
        """Tell whether the home could take *child* from *start* to *end*: age, sex, and a place on each night."""
        if not self.age_from <= age_on(child.born_on, start) <= self.age_to or self.accepts not in ("any", child.sex):
            return False
        if set(child.risks) & set(self.excludes):
            return False
        return sum(1 for begin, finish, *_ in self.stays if begin < end and start < finish) < self.places


@dataclass(frozen=True)
class ProviderPlan:
    """A provider, the one lot that it is on, and its place there."""

    number: int
    name: str
    category: str
    tier: int
    rank: int
    grade: str


@dataclass
class StayPlan:
    """One placement of a child; *home* is None for the council's own carers and for parents.

    *waited*: for so many days the desk looked for it, and then placed the child (`searches`); no return brings such a stay.
    """

    kind: str
    start_on: dt.date
    end_on: dt.date | None
    home: int | None
    weekly_fee: int | None
    spot: Spot
    change_reason: str = ""
    waited: int | None = None

    @property
    def is_searched(self) -> bool:
        """Whether the desk looks for this home."""
        return self.waited is not None


@dataclass
class ChildPlan:
    """A child, and the way through care so far."""

    number: int
    given_name: str
    family_name: str
    born_on: dt.date
    sex: str
    ethnicity: str
    religion: str
    language: str
    spot: Spot
    school: str
    school_spot: Spot
    family: int
    is_unaccompanied: bool
    legal_status: str
    main_need: str
    needs: list[str]
    risks: list[str]
    entered_on: dt.date
    left_on: dt.date | None
    stays: list[StayPlan] = field(default_factory=list)


@dataclass(frozen=True)
class Population:
    """The whole council."""

    start_on: dt.date
    today: dt.date
    providers: list[ProviderPlan]
    homes: list[HomePlan]
    children: list[ChildPlan]
