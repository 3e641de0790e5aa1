"""A plan in no time: each visit, the scarcest first, goes where it adds least."""

from collections.abc import Sequence

import numpy as np

from placewell.engines.routing.team import EPS, Answer, Column, Day, Team, missing


class Sketch:
    """A day's order of candidates (rows of the day) and what it costs; plain lists, which are quickest one by one."""

    def __init__(self, day: Day, minutes: list[list[float]], pence: list[list[int]]) -> None:
        self.day, self.minutes, self.legs, self.setup = day, minutes, pence, day.travel.setup
        self.lo, self.hi, self.dur = day.lo.tolist(), day.hi.tolist(), day.dur.tolist()
        self.price, self.locs = day.price.tolist(), day.locs.tolist()
        self.node = {int(v): k for k, v in enumerate(day.cand)}
        locked = sorted(map(int, np.flatnonzero(day.must)), key=lambda k: (self.lo[k], self.dur[k]))
        self.order = list(day.way) or locked
        self.pence = self.cost(self.order) or 0

    def cost(self, order: Sequence[int]) -> int | None:
        """Return the pence of the day in this order, None if it breaks a rule."""
        home = here = self.locs[0]
        now, spent = self.day.opens, 0
        for k in order:
            loc = self.locs[k + 1]
            if loc != here:
                now += self.minutes[here][loc] + self.setup
                spent += self.legs[here][loc]
                here = loc
            now = max(now, self.lo[k])
            if now > self.hi[k] + EPS:
                return None
            now += self.dur[k]
            spent += self.price[k]
        if here != home:
            now += self.minutes[here][home]
            spent += self.legs[here][home]
        return None if now > self.day.closes + EPS else spent

    def best(self, visit: int, under: int) -> tuple[int, list[int]] | None:
        """Return (added pence, order) of the cheapest place for *visit* that adds less than *under*."""
        k = self.node.get(visit)
        if k is None or self.price[k] >= under:
            return None
        found = None
        for at in range(len(self.order) + 1):
            order = [*self.order[:at], k, *self.order[at:]]
            cost = self.cost(order)
            if cost is not None and cost - self.pence < under:
                under, found = cost - self.pence, order
        return None if found is None else (under, found)


def construct(team: Team) -> list[Sketch]:
    """Return the days as sketches: feasible, locks kept, no promise of more."""
    if not team.days:
        return []
    travel = team.days[0].travel
    minutes, pence = travel.minutes.tolist(), travel.pence.tolist()
    sketches = [Sketch(day, minutes, pence) for day in team.days]
    held = {int(sketch.day.cand[k]) for sketch in sketches for k in sketch.order}
    room: dict[int, list[Sketch]] = {v: [] for v in range(len(team.visits))}
    for sketch in sketches:
        for v in sketch.node:
            room[v].append(sketch)
    for v in sorted((v for v in room if v not in held and room[v]), key=lambda v: (len(room[v]), v)):
        under, where = int(team.missed[v]), None
        for sketch in room[v]:
            better = sketch.best(v, under)
            if better is not None:
                under, where = better[0], (sketch, better[1])
        if where is not None:
            where[0].order, where[0].pence = where[1], where[0].pence + under
    return sketches


def first(team: Team) -> Answer:
    """Return a plan in no time."""
    columns: list[Column] = []
    for d, sketch in enumerate(construct(team)):
        visits = [int(sketch.day.cand[k]) for k in sketch.order]
        priced = sketch.day.best_order(visits, sketch.pence)
        if priced is not None:
            columns.append((d, tuple(sorted(visits)), priced[0]))
    return Answer(tuple(columns), missing(team, columns), 0.0, "first")
