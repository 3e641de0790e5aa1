"""Make the first plan better while the solvers load: take some neighbouring visits out, put each back where it adds least.

Ruin and recreate (Schrimpf and others, 2000) in plain lists: hundreds of tries a second, no promise of more.
"""

import random

from placewell.engines.routing.construct import Sketch, construct
from placewell.engines.routing.team import Answer, Column, Team, missing

HOT, COOLING = 8000.0, 0.993  # pence; per step


class Improver:
    """A team's first plan, better with every `step`."""

    def __init__(self, team: Team) -> None:
        self.team, self.rng = team, random.Random(0)  # noqa: S311 - no secret
        self.sketches = construct(team)
        self.missed = team.missed.tolist()
        self.room: dict[int, list[Sketch]] = {v: [] for v in range(len(team.visits))}
        self.held: set[int] = set()
        self.where: dict[int, Sketch] = {}
        self.loc: dict[int, int] = {}
        for sketch in self.sketches:
            self.held |= {int(sketch.day.cand[k]) for k, must in enumerate(sketch.day.must) if must}
            for v, k in sketch.node.items():
                self.room[v].append(sketch)
                self.loc[v] = sketch.locs[k + 1]
            for k in sketch.order:
                self.where[int(sketch.day.cand[k])] = sketch
        self.free = [v for v in self.loc if v not in self.held]
        self.heat = HOT
        self.drift = 0  # pence that the plan as it stands is dearer than the best
        self.best = [(sketch.order, sketch.pence) for sketch in self.sketches]

    def step(self) -> None:
        """Try once; a little dearer is let pass, less and less, while the best plan is remembered."""
        if not self.free:
            return
        middle = self.loc[self.rng.choice(self.free)]
        minutes = self.sketches[0].minutes[middle]
        near = sorted((v for v in self.free if v in self.where), key=lambda v: minutes[self.loc[v]] * self.rng.random())
        out = near[: self.rng.randint(2, 8)]
        old: dict[Sketch, tuple[list[int], int]] = {}
        places = {v: self.where[v] for v in out}
        gain = -sum(self.missed[v] for v in out)
        for v, sketch in places.items():
            old.setdefault(sketch, (sketch.order, sketch.pence))
            gain += sketch.pence
            sketch.order = [k for k in sketch.order if k != sketch.node[v]]
            pence = sketch.cost(sketch.order)
            if pence is None:  # the way without this stop takes longer: leave all as it was
                self._restore(old, places)
                return
            sketch.pence = pence
            gain -= pence
            del self.where[v]
        back = [v for v in self.free if v not in self.where and (v in places or self.missed[v])]
        self.rng.shuffle(back)
        back.sort(key=lambda v: len(self.room[v]) * self.rng.random())
        put = []
        for v in back:
            under, best = self.missed[v], None
            for sketch in self.room[v]:
                better = sketch.best(v, under)
                if better is not None:
                    under, best = better[0], (sketch, better[1])
            if best is not None:
                sketch, order = best
                old.setdefault(sketch, (sketch.order, sketch.pence))
                sketch.order, sketch.pence = order, sketch.pence + under
                self.where[v] = sketch
                put.append(v)
                gain += self.missed[v] - under
        self.heat *= COOLING
        if gain < -self.heat * self.rng.random():
            for v in put:
                del self.where[v]
            self._restore(old, places)
            return
        self.drift -= gain
        if self.drift < 0:
            self.drift = 0
            self.best = [(sketch.order, sketch.pence) for sketch in self.sketches]

    def _restore(self, old: dict[Sketch, tuple[list[int], int]], places: dict[int, Sketch]) -> None:
        for sketch, (order, pence) in old.items():
            sketch.order, sketch.pence = order, pence
        self.where |= places

    def answer(self) -> Answer:
        """Return the best plan so far."""
        columns: list[Column] = [
            (d, tuple(sorted(int(self.sketches[d].day.cand[k]) for k in order)), pence)
            for d, (order, pence) in enumerate(self.best)
            if order
        ]
        return Answer(tuple(columns), missing(self.team, columns), 0.0, "improved")
