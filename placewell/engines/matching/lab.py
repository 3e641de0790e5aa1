"""The policy lab: one market lived through under several ways to place children, each outcome apart."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import exp

import numpy as np
from scipy.special import stdtrit

from .market import FAR_KM, LEAVE, WARM, Draws, World, draw, together
from .problem import Child, Weights

TOGETHER = ("daily", "weekly", "daily-keep")
POLICIES = ("nearest", "cheapest", "cascade", "best", "keep", *TOGETHER)
TRIES = 3  # homes asked for one child in one day
A_DAY = 100  # points for each day that a child has waited
GROUPS: dict[str, Callable[[list[Child]], bool]] = {
    "11_and_over": lambda unit: max(child.age for child in unit) >= 11,
    "siblings": lambda unit: len(unit) > 1,
    "two_needs": lambda unit: max(len(child.needs_skills) for child in unit) > 1,
}


class Run:
    """One policy in one market."""

    def __init__(self, world: World, draws: Draws, policy: str, weights: Weights) -> None:
        self.world, self.d, self.policy, self.weights = world, draws, policy, weights
        self.free = [home.places_free or 0 for home in draws.homes]
        self.waiting: dict[int, int] = {}  # unit → day since when
        self.asked: dict[int, set[int]] = {}
        self.moves = [0] * len(draws.units)
        self.since: dict[int, float] = {}  # since when each unit lives where it lives
        kept = draws.worth if "keep" in policy else np.zeros_like(draws.worth)
        self.costs = [cost + kept * len(unit) for cost, unit in zip(draws.cost, draws.units, strict=True)]
        self.until = [d + s for d, s in zip(draws.day, draws.stay, strict=True)]
        self.ends: list[tuple[float, int, int, bool]] = []
        self.groups = [[name for name, holds in GROUPS.items() if holds(unit)] for unit in draws.units]
        self.sum: defaultdict[tuple[str, str], float] = defaultdict(float)  # by what is counted, and by group (all: "")

    def count(self, what: str, u: int, each: float) -> None:
        """Count *each* for every child of unit *u*, in all and in its groups."""
        for group in ("", *self.groups[u]):
            self.sum[what, group] += each * len(self.d.units[u])

    def days(self) -> dict[str, float]:
        """Live through the years; return the outcomes."""
        last, arrivals = WARM + int(365 * self.world.years), list(range(len(self.d.units)))
        for day in range(last):
            if day == WARM:
                self.sum.clear()
            for ending in [e for e in self.ends if e[0] <= day]:
                self.leave(ending, day)
            while arrivals and self.d.day[arrivals[0]] <= day:
                self.waiting[arrivals.pop(0)] = day
            for u in [u for u in self.waiting if self.until[u] <= day]:
                self.count("wait", u, day - max(WARM if day > WARM else 0, self.waiting.pop(u)))
            if self.waiting:
                self.place(day)
        for u, since in self.waiting.items():
            self.count("wait", u, last - max(WARM, since))
        for end, u, h, _ in self.ends:
            self.live(u, h, min(end, last))
        return self.outcomes()

    def leave(self, end: tuple[float, int, int, bool], day: int) -> None:
        """A placement ends: the child leaves care, or it broke down and the child waits again."""
        self.ends.remove(end)
        at, u, h, broke = end
        self.free[h] += len(self.d.units[u])
        self.live(u, h, at)
        if broke:
            self.count("breakdowns", u, 1)
            self.moves[u] += 1
            self.asked[u] = {h}
            self.waiting[u] = day

    def live(self, u: int, h: int, until: float) -> None:
        """Count the time that a unit lived in a home, and what it cost."""
        years = max(0.0, until - max(WARM, self.since[u])) / 365
        self.count("years", u, years)
        self.count("fee", u, years * (self.d.homes[h].price_week or 0))

    def place(self, day: int) -> None:
        """Place who waits, as the policy says; emergencies and those who wait longest come first."""
        queue = sorted(self.waiting, key=lambda u: (not self.d.emergency[u], self.waiting[u], u))
        if self.policy in TOGETHER:
            now = [u for u in queue if "weekly" not in self.policy or day % 7 == 0 or self.d.emergency[u]]
            for _ in range(TRIES):
                # who was refused is placed again beside the others who still wait
                answers = [self.offer(*asked, day) for asked in self.joint([u for u in now if u in self.waiting], day)]
                if all(answers):
                    break
            return
        for u in queue:
            for _ in range(TRIES):
                homes = self.open_to(u)
                best = min(homes, key=lambda h: (self.worth(u, h), h), default=None)
                if best is None or (self.policy == "keep" and self.worth(u, best) > self.leaving(u, day)):
                    break
                if self.offer(u, best, day):
                    break

    def open_to(self, u: int) -> list[int]:
        """Return the homes that may take unit *u* now and have not refused it."""
        size, asked, able = len(self.d.units[u]), self.asked.get(u, ()), self.d.able[u]
        return [h for h, free in enumerate(self.free) if free >= size and able[h] and h not in asked]

    def worth(self, u: int, h: int) -> float:
        """Return what the policy puts in order, least first."""
        home = self.d.homes[h]
        if self.policy == "nearest":
            return self.d.km[u][h]
        if self.policy == "cheapest":
            return home.price_week or 0
        if self.policy == "cascade":
            return 1000 * (home.tier or 0) + self.d.km[u][h]
        return int(self.costs[u][h])

    def leaving(self, u: int, day: int) -> int:
        """Return what leaving a unit without a home one more day costs: more for each day it has waited."""
        urgent = 10 * LEAVE if self.d.emergency[u] else LEAVE
        return (urgent + A_DAY * (day - self.waiting[u])) * len(self.d.units[u])

    def joint(self, queue: list[int], day: int) -> list[tuple[int, int]]:
        """Return a home for each unit of the queue that gets one, chosen together by the engine."""
        options = {u: homes for u in queue if (homes := self.open_to(u))}
        best = {u: min(homes, key=lambda h: (int(self.costs[u][h]), h)) for u, homes in options.items()}
        best = {u: h for u, h in best.items() if self.costs[u][h] <= self.leaving(u, day)}
        if len(set(best.values())) == len(best):
            return list(best.items())
        order = sorted(options)
        leave, free = [self.leaving(u, day) for u in order], np.array(self.free, dtype=np.int64)
        costs = [self.costs[u] for u in order]
        search = together(self.d, order, costs, [options[u] for u in order], free, leave)
        return [(order[k], int(search.pairs.home[pair])) for k, pair in enumerate(search.chosen) if pair >= 0]

    def offer(self, u: int, h: int, day: int) -> bool:
        """Ask a home; it takes the child or not."""
        self.count("offers", u, 1)
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
            self.count(name, u, value)
        return True

    def outcomes(self) -> dict[str, float]:
        """Return the outcomes, each apart; a gap is what a group has more of than the other children."""
        s = self.sum

        def rate(what: str, per: str, group: str = "", others: bool = False) -> float:
            of, by = s[what, group], s[per, group]
            return (s[what, ""] - of) / max(1e-9, s[per, ""] - by) if others else of / max(1e-9, by)

        found = {
            "breakdowns_a_child_year": rate("breakdowns", "years"),
            "km": rate("km", "placed"),
            "over_20_miles_pct": 100 * rate("far", "placed"),
            "weekly_cost": rate("fee", "years"),
            "days_waiting": rate("wait", "placed"),
            "offers_a_placement": rate("offers", "placed"),
        }
        for group in GROUPS:
            for name, what, per in (("breakdowns", "breakdowns", "years"), ("days_waiting", "wait", "placed")):
                found[f"gap_in_{name}_{group}"] = rate(what, per, group) - rate(what, per, group, others=True)
        return found


@dataclass(frozen=True)
class Outcome:
    """One policy over all seeds: the mean of each outcome, and its mean difference from another with its 95 % interval."""

    policy: str
    means: dict[str, float]
    differences: dict[str, tuple[float, float, float]]


def compare(
    world: World,
    policies: tuple[str, ...],
    seeds: int,
    seed: int,
    weights: Weights,
    tell: Callable[[int, int], None],
    against: str = "best",
) -> list[Outcome]:
    """Run each policy in the same *seeds* markets; *against* stands first, the differences are from it.

    *tell* hears how many runs of how many are done.
    """
    policies = (against, *(p for p in policies if p != against))
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
            gap = own - np.array([run[name] for run in found[against]])
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
