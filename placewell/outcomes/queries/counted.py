"""Count each measure over the council's children: numbers and cases, never shown without `told`."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator

from placewell.children import queries as children
from placewell.governance.queries import holidays
from placewell.market import queries as market
from placewell.visits import queries as visits
from placewell.visits import rules as visit_rules

from .. import rules, states
from .measured import Case, Council, Day, Measured, Record

SCHOOL_AGES = range(4, 18)
SDQ_AGES = range(4, 17)
STATED = frozenset({"health_assessment", "teeth", "immunised"})  # in OC2 of the return


def measure_all(council: Council, *, on: dt.date, codes: Iterable[str] | None = None) -> dict[str, Measured]:
    """Return every measure on the day *on*, or those of *codes*, by code."""
    day = council.on(on)
    return {
        code: _measure(measure, day) for code, measure in rules.measures().items() if codes is None or code in codes
    }


def _measure(measure: rules.Measure, day: Day) -> Measured:
    """Count one measure; where nothing of the kind had been recorded by that day there is nothing to count, and that is no nought."""
    stated = measure.code in STATED and any(each.care.yearly.get(day.return_year or "") for each in day.council.records)
    if measure.code not in RECORDED or stated:
        return Measured(measure, day.on, tuple(COUNTERS[measure.code](day)))
    since = day.council.recorded_since(measure.code, RECORDED[measure.code])
    if since is None or since > day.on:
        return Measured(measure, day.on, ())
    return Measured(measure, day.on, tuple(COUNTERS[measure.code](day)), since if since > day.first else None)


def _placements_3(day: Day) -> Iterator[Case]:
    for each, _ in day.now:
        count = len(rules.placements_in(each.placements, day.first, day.on))
        yield Case(each.pk, rules.had_many(each.placements, day.on), told=f"{count} in the year")


def _long_term(day: Day) -> Iterator[Case]:
    for each, _ in day.now:
        stable = rules.is_long_term(each.placements, each.spells, born_on=each.care.born_on, on=day.on)
        if stable is not None:
            start = next(p.start_on for p in reversed(each.placements) if p.start_on <= day.on)
            yield Case(each.pk, stable, told=f"In this placement since {start:%-d %B %Y}")


def _unplanned(day: Day) -> Iterator[Case]:
    for each in day.council.records:
        for ended, unplanned in rules.endings_in(each.placements, day.first, day.on):
            yield Case(each.pk, unplanned, told=f"{ended.end_on:%-d %B %Y}: {_reason(ended.change_reason)}")


def _reason(code: str) -> str:
    return children.words_of("change_reason", code) or code or "no reason recorded"


def miles_from_home(day: Day) -> Iterator[Case]:
    """Yield how far from home each child lives whose two postcodes are known; unaccompanied children have no such home."""
    for each, spell in day.now:
        if each.care.is_unaccompanied:
            continue
        miles = market.distance_miles(spell.home_postcode, spell.postcode)
        if miles is not None:
            yield Case(each.pk, miles, told=f"{miles:.1f} miles")


def _far(day: Day) -> Iterator[Case]:
    for case in miles_from_home(day):
        yield Case(case.child, case.hits > rules.counting()["far_miles"], told=case.told)


def _outside(day: Day) -> Iterator[Case]:
    for each, spell in day.now:
        spot = market.grid(spell.postcode) if spell.postcode else None
        if spot is not None:
            yield Case(each.pk, spot[2] != day.council.area, told=market.area_name(spot[2]))


def _visits(day: Day) -> Iterator[Case]:
    for each in day.in_year:
        spells = [
            visit_rules.Spell(s.start_on, s.end_on, s.start_reason, s.legal_status, s.placement_type, s.postcode)
            for s in each.spells
            if s.start_on <= day.on
        ]
        reviews = [held for held, _ in each.care.reviews]
        owed = made = 0
        for stay in visit_rules.stays(spells):
            until = min(stay.end_on or day.on, day.on)
            if until < day.first:
                continue
            first_review = next((held for held in reviews if held >= stay.start_on), None)
            rule = visit_rules.rule_of(stay.situation, on=max(stay.start_on, day.first))  # the law of those months
            for kept in visit_rules.kept(rule, stay, seen=each.seen, first_review_on=first_review, until=until):
                if day.first <= kept.due_on <= day.on:
                    owed, made = owed + 1, made + kept.in_time
        if owed:
            yield Case(each.pk, made, owed, told=f"{made} of {owed} in time")


def _reviews(day: Day) -> Iterator[Case]:
    free = holidays()
    for each, _ in day.now:
        since = rules.care_since(each.spells, day.on)
        if since is None:
            continue
        held = [on for on, _ in each.care.reviews if since <= on <= day.on]
        owed = late = 0
        for number in range(len(held) + 1):
            due, _ = visit_rules.review_due(since=since, held=held[:number], holidays=free, on=day.on)
            met = held[number] if number < len(held) else None
            if due > day.on or due < day.first:
                continue
            owed, late = owed + 1, late + (met is None or met > due)
        if owed:
            yield Case(each.pk, late == 0, told=f"{owed - late} of {owed} in time")


def _taking_part(day: Day) -> Iterator[Case]:
    rule = rules.counting()
    for each in day.council.records:
        for held, code in each.care.reviews:
            if day.first <= held <= day.on and code != rule["too_young"] and each.age(held) >= SCHOOL_AGES[0]:
                told = f"{held:%-d %B %Y}: {children.words_of('participation', code) or code}"
                yield Case(each.pk, code in rule["taking_part"], told=told)


def _pep(day: Day) -> Iterator[Case]:
    since = day.on - dt.timedelta(days=1) * rules.counting()["pep_valid_days"]
    for each, _ in day.now:
        if each.age(day.on) in SCHOOL_AGES:
            last = [fact.on for fact in each.facts.get("pep", ()) if fact.on <= day.on][-1:]
            told = f"Last on {last[0]:%-d %B %Y}" if last else "None recorded"
            yield Case(each.pk, bool(last) and last[0] > since, told=told)


def _sums(each: Record, kind: str, day: Day) -> tuple[float, float]:
    facts = each.facts_in(kind, day.first, day.on)
    return float(sum(fact.amount or 0 for fact in facts)), float(sum(fact.out_of or 0 for fact in facts))


def _absence(day: Day) -> Iterator[Case]:
    for each in day.council.records:
        came, possible = _sums(each, "attendance", day)
        if possible:
            yield Case(each.pk, possible - came, possible, told=f"{possible - came:g} of {possible:g} missed")


def _persistent(day: Day) -> Iterator[Case]:
    for case in _absence(day):
        yield Case(case.child, case.hits / case.over >= rules.counting()["absent_share"], told=case.told)


def _suspended(day: Day) -> Iterator[Case]:
    for each, _ in day.now:
        if each.age(day.on) in SCHOOL_AGES:
            found = each.facts_in("suspension", day.first, day.on) + each.facts_in("exclusion", day.first, day.on)
            yield Case(each.pk, bool(found), told=f"{len(found)} in the year")


def _yearly(name: str, otherwise: Callable[[Record, Day], bool]) -> Callable[[Day], Iterator[Case]]:
    """Return the counter of one answer of OC2: as the return of that year states it, else as it is recorded here."""

    def count(day: Day) -> Iterator[Case]:
        for each in day.whole_year:
            stated = each.care.yearly.get(day.return_year or "", {}).get(name, "")
            hit = str(stated) == "1" if stated != "" else otherwise(each, day)
            yield Case(each.pk, hit, told="As the return states it" if stated != "" else "")

    return count


def _immune(each: Record, day: Day) -> bool:
    return [fact.answer for fact in each.facts.get("immunisation", ()) if fact.on <= day.on][-1:] == ["up_to_date"]


def _sdq(day: Day) -> Iterator[Case]:
    for each in day.whole_year:
        stated = each.care.yearly.get(day.return_year or "", {}).get("SDQ_SCORE", "")
        scores = each.facts_in("sdq", day.first, day.on)
        if each.age(day.on) in SDQ_AGES and (stated != "" or scores):
            score = float(stated) if stated != "" else float(scores[-1].amount or 0)
            yield Case(each.pk, score, told=f"{score:g} of 40")


def _absences(each: Record, first: dt.date, on: dt.date) -> list[tuple[dt.date, dt.date | None]]:
    return [(a, b) for kind, a, b in each.care.missing if kind == "M" and a <= on and (b is None or b >= first)]


def _missing(day: Day) -> Iterator[Case]:
    for each in day.in_year:
        times = len([a for a, _ in _absences(each, day.first, day.on) if a >= day.first])
        yield Case(each.pk, times > 0, told=f"{times} time{'s'[: times != 1]}")


def _returns(day: Day) -> Iterator[tuple[Record, visits.Return]]:
    """Yield each time in the twelve months that a child who was missing came back."""
    for each in day.council.records:
        missing = {went for kind, went, _ in each.care.missing if kind == "M"}
        yield from (
            (each, one) for one in each.returns if one.went_on in missing and day.first <= one.back_on <= day.on
        )


def _interviews(day: Day) -> Iterator[Case]:
    for each, one in _returns(day):
        yield Case(each.pk, one.in_time, told=f"Back {one.back_on:%-d %B %Y}: {one.words}")


def _interviews_held(day: Day) -> Iterator[Case]:
    for each, one in _returns(day):
        yield Case(each.pk, one.is_held, told=f"Back {one.back_on:%-d %B %Y}: {one.words}")


def _family_time(day: Day) -> Iterator[Case]:
    for each in day.council.records:
        held, planned = _sums(each, "family_time", day)
        if planned:
            yield Case(each.pk, held, planned, told=f"{held:g} of {planned:g} held")


def _goals(day: Day) -> Iterator[Case]:
    for each in day.council.records:
        for scored_on, score in each.goals:
            if day.first <= scored_on <= day.on:
                told = f"{scored_on:%-d %B %Y}: {states.SCORE_WORDS[states.Score(score)]}"
                yield Case(each.pk, score >= rules.counting()["reached"], told=told)


def _in_year(days: Iterable[dt.date], day: Day) -> bool:
    return any(day.first <= one <= day.on for one in days)


COUNTERS: dict[str, Callable[[Day], Iterator[Case]]] = {
    "placements_3": _placements_3,
    "long_term": _long_term,
    "unplanned": _unplanned,
    "far": _far,
    "outside": _outside,
    "visits": _visits,
    "reviews": _reviews,
    "taking_part": _taking_part,
    "pep": _pep,
    "absence": _absence,
    "persistent": _persistent,
    "suspended": _suspended,
    "health_assessment": _yearly("HEALTH_ASSESSMENT", lambda each, day: _in_year(each.assessed, day)),
    "teeth": _yearly("TEETH_CHECK", lambda each, day: bool(each.facts_in("teeth", day.first, day.on))),
    "immunised": _yearly("IMMUNISATIONS", _immune),
    "sdq": _sdq,
    "missing": _missing,
    "interviews": _interviews,
    "interviews_held": _interviews_held,
    "family_time": _family_time,
    "goals": _goals,
}


def _days_of(*kinds: str) -> Callable[[Record], Iterator[dt.date]]:
    return lambda each: (fact.on for kind in kinds for fact in each.facts.get(kind, ()))


# Of each measure that rests on what people record: the days of such records.
RECORDED: dict[str, Callable[[Record], Iterable[dt.date]]] = {
    "visits": lambda each: each.seen,
    "reviews": lambda each: (held for held, _ in each.care.reviews),
    "pep": _days_of("pep"),
    "suspended": _days_of("suspension", "exclusion", "attendance", "pep"),  # who records school records these
    "health_assessment": lambda each: each.assessed,
    "teeth": _days_of("teeth"),
    "immunised": _days_of("immunisation"),
    "missing": lambda each: (went for _, went, _ in each.care.missing),
    "interviews": lambda each: (one.back_on for one in each.returns if one.interview),
    "interviews_held": lambda each: (one.back_on for one in each.returns if one.interview),
}
