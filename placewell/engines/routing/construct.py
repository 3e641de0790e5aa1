"""A plan in no time: each visit, the scarcest first, goes where it adds least."""

from placewell.engines.routing.team import EPS, Answer, Day, Team, missing


class Sketch:
    """A day's order of candidates (1-based nodes of the day) and what it costs."""

    def __init__(self, day: Day) -> None:
        self.day, self.order, self.pence = day, [int(k) + 1 for k in _musts(day)], 0
        self.pence = self._cost(self.order) or 0
        self.node = {int(v): k + 1 for k, v in enumerate(day.cand)}

    def _cost(self, order: list[int]) -> int | None:
        day, here, now, spent = self.day, 0, self.day.opens, 0
        for j in order:
            now = max(now + day.tt[here, j], day.lo[j - 1])
            if now > day.hi[j - 1] + EPS:
                return None
            now += day.dur[j - 1]
            spent += int(day.tc[here, j]) + int(day.price[j - 1])
            here = j
        if now + day.tt[here, 0] > day.closes + EPS:
            return None
        return spent + int(day.tc[here, 0])

    def best(self, visit: int, under: int) -> tuple[int, list[int]] | None:
        """Return (added pence, order) of the cheapest place for *visit* that adds less than *under*."""
        j = self.node.get(visit)
        if j is None or len(self.order) >= 8 or self.day.price[j - 1] >= under:
            return None
        found = None
        for at in range(len(self.order) + 1):
            order = [*self.order[:at], j, *self.order[at:]]
            cost = self._cost(order)
            if cost is not None and cost - self.pence < under:
                under, found = cost - self.pence, order
        return None if found is None else (under, found)


def _musts(day: Day) -> list[int]:
    rows = [k for k in range(day.cand.size) if day.must[k]]
    return sorted(rows, key=lambda k: (day.lo[k], day.dur[k]))


def construct(team: Team) -> list[tuple[int, list[int]]]:
    """Return routes as (day of the team, visits in order): feasible, locks kept, no promise of more."""
    sketches = [Sketch(day) for day in team.days]
    held = {int(team.days[s].cand[j - 1]) for s, sketch in enumerate(sketches) for j in sketch.order}
    room = [0] * len(team.visits)
    for day in team.days:
        for v in day.cand:
            room[int(v)] += 1
    todo = sorted((v for v in range(len(team.visits)) if v not in held and room[v]), key=lambda v: (room[v], v))
    for v in todo:
        under, where = int(team.missed[v]), None
        for sketch in sketches:
            better = sketch.best(v, under)
            if better is not None:
                under, where = better[0], (sketch, better[1])
        if where is not None:
            where[0].order, where[0].pence = where[1], where[0].pence + under
    return [(s, [int(k.day.cand[j - 1]) for j in k.order]) for s, k in enumerate(sketches) if k.order]


def first(team: Team) -> Answer:
    """Return a plan in no time."""
    columns = []
    for d, visits in construct(team):
        priced = team.days[d].best_order(visits)
        if priced is not None:
            columns.append((d, tuple(sorted(visits)), priced[0]))
    return Answer(tuple(columns), missing(team, columns), 0.0, "first")
