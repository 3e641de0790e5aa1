"""The market as columns: every hard rule and cost term for one child against all homes at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .problem import Child, Home, Weights

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Small = NDArray[np.int32]

# reason code → what it says of the home
REASONS = {
    "blocked": "not open to new placements",
    "type": "not a kind of home that is sought",
    "age": "not registered for this age",
    "sex": "does not take this sex",
    "beds": "no place free for the whole stay",
    "ofsted": "graded inadequate, or requires improvement where that is not allowed",
    "feature": "lacks something the child must have",
    "excluded_risk": "does not take a risk that the child poses",
    "language": "the child's language, which is required, is not spoken",
    "solo": "other children live there",
    "too_far": "further away than allowed",
    "no_go": "inside an area that is not safe for the child",
    "resident_risk": "a risk between the child and someone who lives there",
    "unknown": "something that a rule needs is not known",
}
BIT = {code: 1 << i for i, code in enumerate(REASONS)}
TERMS = (
    "km",
    "over20",
    "school_km",
    "language",
    "faith",
    "skill",
    "stability",
    "price",
    "tier",
    "outcome",
    "ri",
)


class Tags:
    """Which homes hold which tag: one column of flags per tag, none for a tag that no home has."""

    def __init__(self, sets: Sequence[Collection[str]]) -> None:
        self.none = np.zeros(len(sets), dtype=bool)
        alike: defaultdict[Collection[str], list[int]] = defaultdict(list)  # many homes share few sets
        for row, tags in enumerate(sets):
            if tags:
                alike[tags].append(row)
        holders: defaultdict[str, list[int]] = defaultdict(list)
        for tags, rows in alike.items():
            for tag in tags:
                holders[tag] += rows
        self.columns: dict[str, Flags] = {}
        for tag, rows in holders.items():
            self.columns[tag] = np.zeros(len(sets), dtype=bool)
            self.columns[tag][rows] = True

    def has(self, tag: str) -> Flags:
        """Return which homes hold *tag*."""
        return self.columns.get(tag, self.none)

    def any(self, tags: Iterable[str]) -> Flags:
        """Return which homes hold at least one of *tags*."""
        found = self.none
        for tag in tags:
            found = found | self.has(tag)
        return found

    def missing(self, tags: Iterable[str]) -> Ints:
        """Return how many of *tags* each home lacks."""
        lacking = np.zeros(len(self.none), dtype=np.int64)
        for tag in tags:
            lacking += ~self.has(tag)
        return lacking


def _known(values: Iterable[object]) -> Flags:
    """Return which of *values* are known."""
    return np.array([value is not None for value in values], dtype=bool)


def _ints(values: Iterable[int | None]) -> Ints:
    """Return *values* as numbers, nought for what is not known."""
    return np.array([value or 0 for value in values], dtype=np.int64)


class Table:
    """Homes in columns, in order of identifier, or as they come if *ordered*."""

    def __init__(self, homes: Iterable[Home], weights: Weights, *, ordered: bool = False) -> None:
        self.homes = list(homes) if ordered else sorted(homes, key=lambda home: home.id)
        self.weights = weights
        # The same names, each with a column of what all homes have: taken apart once, in place of a look at each home for each.
        column: Any = Home._make(zip(*self.homes, strict=True) if self.homes else ((),) * len(Home._fields))
        self.located = _known(column.spot)
        self.x, self.y = (_ints([spot and spot[k] for spot in column.spot]) for k in (0, 1))
        self.ages_known = _known(column.age_min) & _known(column.age_max)
        self.age_min, self.age_max = _ints(column.age_min), _ints(column.age_max)
        self.places_known, self.places = _known(column.places_free), _ints(column.places_free)
        self.max_new = np.where(_known(column.max_new), _ints(column.max_new), self.places)
        self.type, self.sex = Tags([(each,) for each in column.type]), Tags([(each,) for each in column.sex])
        self.grade = Tags([(grade or "unknown",) for grade in column.grade])
        self.unknown_grade = ~_known(column.grade)
        self.blocked = np.array([bool(why) for why in column.blocked], dtype=bool)
        living = column.living
        self.lived_in = (_ints(column.residents) > 0) | np.array([bool(each) for each in living], dtype=bool)
        self.features, self.excludes = Tags(column.features), Tags(column.excludes)
        self.skills, self.languages, self.faiths = Tags(column.skills), Tags(column.languages), Tags(column.faiths)
        none: frozenset[str] = frozenset()
        self.posed = Tags([none.union(*(r.poses for r in each)) if each else none for each in living])
        self.vulnerable = Tags([none.union(*(r.vulnerable_to for r in each)) if each else none for each in living])
        self.fixed_terms = self._fixed_terms(column)
        self.fixed = sum(self.fixed_terms.values(), np.zeros(len(self.homes), dtype=np.int64))

    def _fixed_terms(self, column: Any) -> dict[str, Ints]:
        """Return the terms that are the same for every child."""
        w = self.weights
        return {
            "stability": w.stability * (100 - _ints(column.stability)),
            "price": w.price * (_ints(column.price_week) // w.price_step),
            "tier": w.tier * _ints(column.tier),
            "outcome": w.outcome * ((100 - _ints(column.outcome)) // 10),
            "ri": w.ri * self.grade.has("requires_improvement").astype(np.int64),
        }

    def squared(self, spot: tuple[int, int]) -> Ints:
        """Return the squared distance of every home from *spot*."""
        found: Ints = (self.x - spot[0]) ** 2 + (self.y - spot[1]) ** 2
        return found

    def distance(self, spot: tuple[int, int] | None) -> Ints | None:
        """Return whole units of 100 m from *spot*; None when it is not known."""
        return None if spot is None else np.sqrt(self.squared(spot)).astype(np.int64)

    def refusals(self, child: Child) -> Small:
        """Return for every home the set of rules (bits of `BIT`) that refuse it for *child*; 0: it can take the child."""
        refused = np.zeros(len(self.homes), dtype=np.int32)
        for code, flags in self._rules(child):
            refused |= np.multiply(flags, BIT[code], dtype=np.int32)
        return refused

    def _rules(self, child: Child) -> Iterable[tuple[str, Flags]]:
        yield "blocked", self.blocked
        yield "type", ~self.type.any(child.types)
        yield "age", self.ages_known & ((child.age < self.age_min) | (child.age > self.age_max))
        yield "sex", ~(self.sex.has("any") | self.sex.has(child.sex))
        yield "beds", self.places_known & ((child.beds > self.places) | (self.max_new < 1))
        poor = self.grade.has("inadequate")
        yield "ofsted", poor if child.ri_ok else poor | self.grade.has("requires_improvement")
        if child.requires:
            yield "feature", self.features.missing(child.requires) > 0
        if child.poses:
            yield "excluded_risk", self.excludes.any(child.poses)
        if child.language_required and child.language:
            yield "language", ~self.languages.has(child.language)
        if child.solo:
            yield "solo", self.lived_in
        place_needed = child.max_km is not None or bool(child.no_go)
        if child.max_km is not None and child.home is not None:
            yield "too_far", self.located & (self.squared(child.home) > (10 * child.max_km) ** 2)
        for x, y, r in child.no_go:
            yield "no_go", self.located & (self.squared((x, y)) < r * r)
        if child.poses or child.vulnerable_to:
            yield "resident_risk", self.vulnerable.any(child.poses) | self.posed.any(child.vulnerable_to)
        unknown = ~self.ages_known | ~self.places_known | self.unknown_grade
        if place_needed:
            unknown = unknown | ~self.located | (child.max_km is not None and child.home is None)
        yield "unknown", unknown

    def varying_terms(self, child: Child) -> dict[str, Ints]:
        """Return the terms that depend on *child*, for every home; terms that cannot apply are left out."""
        w, found = self.weights, {}
        far = self.distance(child.home)
        # Where a distance is not known the farthest is assumed: not knowing must not help a home.
        worst = max(w.km_cap * 10, w.far_100m + 1)
        far = np.where(self.located, far, worst) if far is not None else np.full(len(self.homes), worst)
        found["km"] = w.km * np.minimum(far // 10, w.km_cap)
        found["over20"] = w.over20 * (far > w.far_100m).astype(np.int64)
        to_school = self.distance(child.school)
        if to_school is not None:
            km = np.where(self.located, to_school // 10, w.school_cap)
            found["school_km"] = w.school_km * np.minimum(km, w.school_cap)
        if child.language:
            found["language"] = w.language * (~self.languages.has(child.language)).astype(np.int64)
        if child.faith:
            found["faith"] = w.faith * (~self.faiths.has(child.faith)).astype(np.int64)
        if child.needs_skills:
            found["skill"] = w.skill * self.skills.missing(child.needs_skills)
        return found

    def terms(self, child: Child) -> dict[str, Ints]:
        """Return every term that may apply, in the published order."""
        every = self.varying_terms(child) | self.fixed_terms
        return {name: every[name] for name in TERMS if name in every}

    def costs(self, child: Child) -> Ints:
        """Return the cost in points of every home for *child*, able or not."""
        return sum(self.varying_terms(child).values(), self.fixed)
