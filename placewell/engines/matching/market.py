"""A made-up market: homes, the children who will need one, and their luck. Assumptions are in World."""

from dataclasses import dataclass, field

import numpy as np

from .candidates import Candidates, Unit
from .problem import Child, Home, Weights
from .rows import GRID, Rooms
from .search import Search
from .table import Flags, Ints, Table

FAR_KM = 32.2  # 20 miles
WARM = 365  # days in which the empty market fills; what happens in them is not counted
TYPES = ("fostering", "residential")
LEAVE = 3000  # points for leaving a child without a home


@dataclass(frozen=True)
class World:
    """What is assumed. *a_year* referrals (sibling groups count once); *places* in all; rates are per placement and year.

    A placement breaks down at *breakdown* · exp(0.35 · skills missing + 0.25 · over 20 miles + 0.20 · earlier moves + fit),
    where fit is a normal draw of the child and home, with spread 0.5, that no policy can see.
    """

    a_year: float = 120
    places: int = 240
    years: float = 2
    stay_days: float = 420
    siblings: float = 0.2
    emergency: float = 0.25
    refusal: float = 0.25
    breakdown: float = 0.40


@dataclass
class Draws:
    """One market and its children, the same for every policy (common random numbers)."""

    homes: list[Home]
    units: list[list[Child]]
    day: list[int]
    stay: list[float]
    emergency: list[bool]
    refuses: Flags  # unit × home
    fit: list[list[float]]  # unit × home
    luck: list[list[float]]  # unit × placement, exponential with mean 1
    cost: list[Ints] = field(default_factory=list)
    able: list[Flags] = field(default_factory=list)
    km: list[list[float]] = field(default_factory=list)
    missing: list[list[int]] = field(default_factory=list)
    worth: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))  # of keeping a place free, by home


def draw(world: World, seed: int, weights: Weights) -> Draws:
    """Make a market and its children up."""
    r = np.random.default_rng(seed)
    skills, span = ("autism", "trauma", "health", "school"), 800
    homes: list[Home] = []
    left = world.places
    while left > 0:
        free = int(min(left, r.choice((1, 1, 2, 3))))
        left -= free
        low = int(r.choice((0, 0, 5, 10)))
        kind = TYPES[int(r.random() < 0.3)]
        tier = int(r.integers(1, 4))
        homes.append(
            Home(
                f"h{len(homes):04}", kind, (int(r.integers(span)), int(r.integers(span))), low, 18,
                str(r.choice(("any", "any", "any", "M", "F"))), free, "good", max_new=free, tier=tier,
                skills=frozenset(s for s in skills if r.random() < 0.45),
                price_week=int((900 if kind == TYPES[0] else 3500) * (0.85 + 0.15 * tier) * r.uniform(0.8, 1.2)),
            )
        )  # fmt: skip
    units: list[list[Child]] = []
    day, stay, emergency = [], [], []
    now = 0.0
    while (now := now + r.exponential(365 / world.a_year)) < WARM + 365 * world.years:
        u = len(units)
        size = int(r.integers(2, 4)) if r.random() < world.siblings else 1
        spot = (int(r.normal(span / 2, span / 6)), int(r.normal(span / 2, span / 6)))
        units.append(
            [
                Child(
                    f"c{u:05}.{k}", int(r.integers(0, 18)), str(r.choice(("M", "F"))), frozenset(TYPES), home=spot,
                    school=spot, group=f"g{u}" if size > 1 else None, unplaced_cost=LEAVE,
                    needs_skills=frozenset(s for s in skills if r.random() < 0.35),
                )
                for k in range(size)
            ]
        )  # fmt: skip
        day.append(int(now))
        stay.append(float(r.exponential(world.stay_days)))
        emergency.append(bool(r.random() < world.emergency))
    shape = (len(units), len(homes))
    found = Draws(
        homes, units, day, stay, emergency, r.random(shape) < world.refusal, r.normal(0, 0.5, shape).tolist(),
        r.exponential(1, (len(units), 40)).tolist(),
    )  # fmt: skip
    _known(found, weights)
    found.worth = bid_prices(found, world)
    return found


def _known(found: Draws, weights: Weights) -> None:
    """Work out what rules and costs say of each unit and home."""
    table = Table(found.homes, weights)
    x, y = table.x, table.y
    for unit in found.units:
        able = np.ones(len(found.homes), dtype=bool)
        for child in unit:
            able &= table.refusals(child) == 0
        able &= table.places >= len(unit)
        found.able.append(able)
        found.cost.append(np.sum([table.costs(child) for child in unit], axis=0))
        spot = unit[0].home or (0, 0)
        found.km.append((np.hypot(x - spot[0], y - spot[1]) / 10).tolist())
        found.missing.append(np.sum([table.skills.missing(c.needs_skills) for c in unit], axis=0).tolist())


def together(
    found: Draws, queue: list[int], costs: list[Ints], open_to: list[list[int]], room: Ints, leave: list[int]
) -> Search:
    """Return the joint answer for the units of *queue*: their *costs* by home, the homes *open_to* each, what leaving costs."""
    pairs = sorted((k, int(costs[k][h]), h) for k in range(len(queue)) for h in open_to[k])
    unit, cost, home = (np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))
    units = [Unit(tuple(g), len(g), len(g), False, leave[k]) for k, g in enumerate(found.units[u] for u in queue)]
    names = [h.id for h in found.homes]
    search = Search(Candidates(units, unit, home, cost, {}, {}), Rooms(names, room, room), 0, lambda: 10.0)
    search.again(search.prices, search.lagrangian.limits, search.chosen)
    return search


def bid_prices(found: Draws, world: World) -> Ints:
    """Return what a free place in each home is worth to those still to come, in points a child: its price, were as many
    children as the market holds, drawn from the first year's, placed together. A home that few others could replace,
    for children who need it, has a price; a home like many others has none.
    """
    known = [u for u, day in enumerate(found.day) if day < WARM and found.able[u].any()]
    many = int(world.a_year * world.stay_days / 365) or 1
    queue = [known[k % len(known)] for k in range(many)] if known else []
    if not queue:
        return np.zeros(len(found.homes), dtype=np.int64)
    room = np.array([home.places_free or 0 for home in found.homes], dtype=np.int64)
    open_to = [np.flatnonzero(found.able[u]).tolist() for u in queue]
    leave = [LEAVE * len(found.units[u]) for u in queue]
    prices = together(found, queue, [found.cost[u] for u in queue], open_to, room, leave).prices
    return np.asarray(sum(prices[:2], np.zeros(len(room), dtype=np.int64)) // GRID)
