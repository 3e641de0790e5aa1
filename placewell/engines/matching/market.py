"""A simulated market: children arrive, homes fill and free and refuse, placements break down. Assumptions are in World."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import exp

import numpy as np
from scipy.special import stdtrit

from .candidates import Candidates, Unit
from .problem import Child, Home, Weights
from .rows import Rooms
from .search import Search
from .table import Flags, Ints, Table

FAR_KM = 32.2  # 20 miles
WARM = 365  # days in which the empty market fills; what happens in them is not counted
POLICIES = ("nearest", "cheapest", "cascade", "best", "keep", "daily", "weekly")
TYPES = ("fostering", "residential")
TRIES = 3  # homes asked for one child in one day


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
    scarce: list[int] = field(default_factory=list)


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
                    school=spot, group=f"g{u}" if size > 1 else None, unplaced_cost=3000,
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
    return found


def _known(found: Draws, weights: Weights) -> None:
    """Work out what rules and costs say of each unit and home."""
    table = Table(found.homes, weights)
    x, y = table.x, table.y
    wanted = np.zeros(len(found.homes))
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
        if able.any():
            wanted += able * len(unit) / max(1, int(table.places[able].sum()))
    # The value of keeping a home free: how much more than its share of the demand it alone can meet.
    found.scarce = np.maximum(0, 60 * (wanted / max(1e-9, wanted.mean()) - 1)).astype(int).tolist()


class Run:
    """One policy in one market."""

    def __init__(self, world: World, draws: Draws, policy: str, weights: Weights) -> None:
        self.world, self.d, self.policy, self.weights = world, draws, policy, weights
        self.free = [home.places_free or 0 for home in draws.homes]
        self.waiting: dict[int, int] = {}  # unit → day since when
        self.asked: dict[int, set[int]] = {}
        self.moves = [0] * len(draws.units)
        self.since: dict[int, float] = {}  # since when each unit lives where it lives
        self.until = [d + s for d, s in zip(draws.day, draws.stay, strict=True)]
        self.ends: list[tuple[float, int, int, bool]] = []
        self.sum = dict.fromkeys(
            ("breakdowns", "years", "km", "far", "placed", "fee", "wait", "offers", "old_b", "old_y"), 0.0
        )

    def days(self) -> dict[str, float]:
        """Live through the years; return the outcomes."""
        last, arrivals = WARM + int(365 * self.world.years), list(range(len(self.d.units)))
        for day in range(last):
            if day == WARM:
                self.sum = dict.fromkeys(self.sum, 0.0)
            for ending in [e for e in self.ends if e[0] <= day]:
                self.leave(ending, day)
            while arrivals and self.d.day[arrivals[0]] <= day:
                self.waiting[arrivals.pop(0)] = day
            for u in [u for u in self.waiting if self.until[u] <= day]:
                self.sum["wait"] += (day - self.waiting.pop(u)) * len(self.d.units[u])
            if self.waiting:
                self.place(day)
        for u, since in self.waiting.items():
            self.sum["wait"] += (last - max(WARM, since)) * len(self.d.units[u])
        for end, u, h, _ in self.ends:
            self.live(u, h, min(end, last))
        return self.outcomes()

    def leave(self, end: tuple[float, int, int, bool], day: int) -> None:
        """A placement ends: the child leaves care, or it broke down and the child waits again."""
        self.ends.remove(end)
        at, u, h, broke = end
        size = len(self.d.units[u])
        self.free[h] += size
        self.live(u, h, at)
        if broke:
            self.sum["breakdowns"] += size
            self.sum["old_b"] += sum(c.age >= 11 for c in self.d.units[u])
            self.moves[u] += 1
            self.asked[u] = {h}
            self.waiting[u] = day

    def live(self, u: int, h: int, until: float) -> None:
        """Count the time that a unit lived in a home, and what it cost."""
        years = max(0.0, until - max(WARM, self.since[u])) / 365
        self.sum["years"] += years * len(self.d.units[u])
        self.sum["old_y"] += years * sum(c.age >= 11 for c in self.d.units[u])
        self.sum["fee"] += years * len(self.d.units[u]) * (self.d.homes[h].price_week or 0)

    def place(self, day: int) -> None:
        """Place who waits, as the policy says; emergencies and those who wait longest come first."""
        queue = sorted(self.waiting, key=lambda u: (not self.d.emergency[u], self.waiting[u], u))
        if self.policy in ("daily", "weekly"):
            now = [u for u in queue if self.policy == "daily" or day % 7 == 0 or self.d.emergency[u]]
            for u, h in self.joint(now, day):
                self.offer(u, h, day)
            return
        for u in queue:
            for _ in range(TRIES):
                homes = self.open_to(u)
                if not homes or self.offer(u, min(homes, key=lambda h: (self.worth(u, h, day), h)), day):
                    break

    def open_to(self, u: int) -> list[int]:
        """Return the homes that may take unit *u* now and have not refused it."""
        size, asked, able = len(self.d.units[u]), self.asked.get(u, ()), self.d.able[u]
        return [h for h, free in enumerate(self.free) if free >= size and able[h] and h not in asked]

    def worth(self, u: int, h: int, day: int) -> float:
        """Return what the policy puts in order, least first."""
        home = self.d.homes[h]
        if self.policy == "nearest":
            return self.d.km[u][h]
        if self.policy == "cheapest":
            return home.price_week or 0
        if self.policy == "cascade":
            return 1000 * (home.tier or 0) + self.d.km[u][h]
        return int(self.d.cost[u][h]) + (self.d.scarce[h] if self.policy == "keep" else 0)

    def joint(self, queue: list[int], day: int) -> list[tuple[int, int]]:
        """Place the queue together with the engine; waiting makes a child dearer to leave."""
        options = {u: homes for u in queue if (homes := self.open_to(u))}
        if len(options) < 2:
            return [(u, min(homes, key=lambda h: (int(self.d.cost[u][h]), h))) for u, homes in options.items()]
        best = {u: min(homes, key=lambda h: (int(self.d.cost[u][h]), h)) for u, homes in options.items()}
        if len(set(best.values())) == len(best):
            return list(best.items())
        order = sorted(options)
        pairs = [(k, int(self.d.cost[u][h]), h) for k, u in enumerate(order) for h in options[u]]
        unit, cost, home = (np.array(column, dtype=np.int64) for column in zip(*sorted(pairs), strict=True))
        units = [
            Unit(tuple(g), len(g), len(g), False, (3000 + 100 * (day - self.waiting[u])) * len(g))
            for u, g in ((u, self.d.units[u]) for u in order)
        ]
        free = np.array(self.free, dtype=np.int64)
        search = Search(
            Candidates(units, unit, home, cost, {}, {}),
            Rooms([h.id for h in self.d.homes], free, free),
            0,
            lambda: 10.0,
        )
        search.again(search.prices, search.lagrangian.clashes, search.chosen)
        return [(order[k], int(home[pair])) for k, pair in enumerate(search.chosen) if pair >= 0]

    def offer(self, u: int, h: int, day: int) -> bool:
        """Ask a home; it takes the child or not."""
        self.sum["offers"] += len(self.d.units[u])
        self.asked.setdefault(u, set()).add(h)
        if self.d.refuses[u, h]:
            return False
        size, far = len(self.d.units[u]), self.d.km[u][h] > FAR_KM
        rate = self.world.breakdown * exp(
            0.35 * self.d.missing[u][h] / size + 0.25 * far + 0.2 * self.moves[u] + self.d.fit[u][h]
        )
        breaks = day + 365 * self.d.luck[u][min(self.moves[u], 39)] / rate
        self.ends.append((min(breaks, self.until[u]), u, h, breaks < self.until[u]))
        self.since[u] = day
        self.free[h] -= size
        for name, value in (("placed", 1), ("km", self.d.km[u][h]), ("far", far), ("wait", day - self.waiting.pop(u))):
            self.sum[name] += value * size
        return True

    def outcomes(self) -> dict[str, float]:
        """Return the outcomes, each apart."""
        s, many = self.sum, max(1.0, self.sum["placed"])
        old = s["old_b"] / max(1e-9, s["old_y"])
        young = (s["breakdowns"] - s["old_b"]) / max(1e-9, s["years"] - s["old_y"])
        return {
            "breakdowns_a_child_year": s["breakdowns"] / max(1e-9, s["years"]),
            "km": s["km"] / many,
            "over_20_miles_pct": 100 * s["far"] / many,
            "weekly_cost": s["fee"] / max(1e-9, s["years"]),
            "days_waiting": s["wait"] / many,
            "offers_a_placement": s["offers"] / many,
            "gap_11_and_over": old - young,
        }


@dataclass(frozen=True)
class Outcome:
    """One policy over all seeds: the mean of each outcome, and the mean difference from *best* with its 95 % interval."""

    policy: str
    means: dict[str, float]
    differences: dict[str, tuple[float, float, float]]


def compare(
    world: World, policies: tuple[str, ...], seeds: int, seed: int, weights: Weights, tell: Callable[[int, int], None]
) -> list[Outcome]:
    """Run each policy in the same *seeds* markets; *tell* hears how many runs of how many are done."""
    policies = ("best", *(p for p in policies if p != "best"))
    found: dict[str, list[dict[str, float]]] = {policy: [] for policy in policies}
    for k in range(seeds):
        draws = draw(world, seed + k, weights)
        for policy in policies:
            found[policy].append(Run(world, draws, policy, weights).days())
            tell(sum(len(runs) for runs in found.values()), seeds * len(policies))
    outcomes = []
    for policy in policies:
        means, differences = {}, {}
        for name in found[policy][0]:
            own = np.array([run[name] for run in found[policy]])
            gap = own - np.array([run[name] for run in found["best"]])
            half = float(stdtrit(seeds - 1, 0.975) * gap.std(ddof=1) / seeds**0.5) if seeds > 1 else float("inf")
            means[name] = float(own.mean())
            differences[name] = (float(gap.mean()), float(gap.mean()) - half, float(gap.mean()) + half)
        outcomes.append(Outcome(policy, means, differences))
    return outcomes


def calibrated(world: World, rate: float, weights: Weights, seed: int) -> World:
    """Return the world in which placing by the tier cascade breaks down *rate* times a child-year, as was observed."""
    for _ in range(3):
        found = Run(world, draw(world, seed, weights), "cascade", weights).days()["breakdowns_a_child_year"]
        world = replace(world, breakdown=world.breakdown * rate / max(found, 1e-3))
    return world
