"""Reads of forecasts and what they say."""

import csv
import io
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import Any

from django.db.models import QuerySet

from placewell.budget import queries as budget
from placewell.children import queries as children
from placewell.engines.forecast.problem import DEFAULT_PRICES
from placewell.kernel.errors import NotFound, Refused

from .. import fitted, forecasting, models, rules, states

TOLD = ("TOTAL", "RES")  # what is looked back on
NEAR_DAYS = 16  # as near as a month's end can be to a day that is kept
QUARTER = 3  # months
SOONEST_DAYS = 45  # what was forecast for sooner than a quarter ahead says nothing
HEAVY = ("upload", "fitted", "result", "draws")


def forecasts() -> QuerySet[models.ForecastRun]:
    """Return every forecast, newest first, without its rows."""
    return models.ForecastRun.objects.select_related("by").defer(*HEAVY)


def forecast(*, run_id) -> models.ForecastRun:
    """Return one forecast.

    Raises:
        NotFound: there is none.
    """
    found = models.ForecastRun.objects.select_related("by").defer("upload", "fitted", "draws").filter(pk=run_id).first()
    if found is None:
        raise NotFound("There is no such forecast.")
    return found


def latest_forecast() -> models.ForecastRun | None:
    """Return the newest forecast from the children in the system that is done, or else of any return."""
    done = (
        models.ForecastRun.objects.select_related("by").defer("upload", "fitted", "draws").filter(state=states.Run.DONE)
    )
    return done.filter(source=states.Source.CHILDREN).first() or done.first()


def given(run: models.ForecastRun) -> dict[str, bytes]:
    """Return the files that a forecast starts from: the upload, or the children in the system as a return."""
    if run.source == states.Source.UPLOAD:
        return forecasting.unpacked({"upload.zip": bytes(run.upload or b"")})
    return children_as_return()


def children_as_return() -> dict[str, bytes]:
    """Return everybody's history as the files of a return, each child under a number that means nothing elsewhere."""
    histories = children.care_histories()
    number = {child.child: n for n, child in enumerate(histories, start=1)}
    header = [(number[c.child], f"{c.born_on:%d/%m/%Y}") for c in histories]
    uasc = [(number[c.child], f"{c.born_on:%d/%m/%Y}") for c in histories if c.is_unaccompanied]
    episodes = [(number[c.child], *map(_cell, episode[:8])) for c in histories for episode in c.episodes]
    columns = ("CHILD", "DECOM", "RNE", "LS", "PLACE", "PLACE_PROVIDER", "DEC", "REC", "HOME_POST")
    return {
        "header.csv": _csv(("CHILD", "DOB"), header),
        "uasc.csv": _csv(("CHILD", "DOB"), uasc),
        "episodes.csv": _csv(columns, episodes),
    }


def _cell(value: Any) -> str:
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value or "")


def _csv(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(titles)
    writer.writerows(rows)
    return text.getvalue().encode()


@dataclass(frozen=True)
class Fan:
    """One kind of home: what was, what is expected by quarter, the sentence, and the rows of the table."""

    state: str
    title: str
    labels: list[str]
    history: list[float]
    middle: list[float]
    wide: tuple[list[float], list[float]]
    likely: tuple[list[float], list[float]]
    sentence: str
    rows: list[tuple[str, rules.Expected]]


def hidden(run: models.ForecastRun) -> frozenset[str]:
    """Return the kinds of home that are so small that a published forecast does not tell of them."""
    return rules.hidden_kinds(counts for _, counts in (run.result or {})["history"])


def fans(run: models.ForecastRun, *, hidden: Set[str] = frozenset(), first: int = QUARTER) -> list[Fan]:
    """Return the picture of each kind of home but the *hidden*, everybody together first, by quarters from month *first* on."""
    past, rows = (run.result or {})["history"], _expected(run)
    found = []
    for state in ("TOTAL", "RES", "IFA", "IH", "SUP", "OTH"):
        if state in hidden:
            continue
        ahead = rows[state][first::QUARTER]
        was = [(when, sum(n) if state == "TOTAL" else n[rules.STATES.index(state)]) for when, n in past]
        edge = [[e.quantiles[q] for _, e in ahead] for q in ("q0.05", "q0.95", "q0.25", "q0.75")]
        last, expected = ahead[-1]
        found.append(Fan(
            state=state,
            title=rules.SHORT[state],
            labels=[month(when) for when, _ in [*was, *ahead]],
            history=[float(n) for _, n in was],
            middle=[e.mean for _, e in ahead],
            wide=(edge[0], edge[1]),
            likely=(edge[2], edge[3]),
            sentence=rules.sentence(state, month(last, whole=True), expected),
            rows=[(month(when, whole=True), e) for when, e in ahead[3::4]],
        ))  # fmt: skip
    return found


def _expected(run: models.ForecastRun) -> dict[str, list[tuple[str, rules.Expected]]]:
    """Return what *run* expects if nothing is done differently, by kind of home and month's end."""
    rows: dict[str, list[tuple[str, rules.Expected]]] = {}
    for name, when, state, mean, _sd, *quantiles in (run.result or {})["census"]:
        if name == "baseline":
            named = dict(zip(rules.QUANTILES, map(float, quantiles), strict=True))
            rows.setdefault(state, []).append((when, rules.Expected(float(mean), named)))
    return rows


def month(text: str, *, whole: bool = False) -> str:
    """Return an ISO date as its month: Mar 29, or March 2029."""
    return f"{date.fromisoformat(text):{'%B %Y' if whole else '%b %y'}}"


@dataclass(frozen=True)
class YearSpend:
    """What a year is expected to cost, in pounds, and the chance of passing the envelope."""

    year: str
    mean: float
    low: float
    high: float
    p_over: float


def spend(run: models.ForecastRun, scenario: str = "baseline") -> list[YearSpend]:
    """Return the cost of all kinds of home by year after the as-of date."""
    as_of = _as_of(run)
    return [
        YearSpend(f"Year to {as_of:%B} {as_of.year + int(year)}", float(mean), float(low), float(high), float(p_over))
        for name, year, state, mean, _sd, low, _middle, high, p_over in (run.result or {})["spend"]
        if name == scenario and state == "TOTAL"
    ]


@dataclass(frozen=True)
class Past:
    """A forecast of the past beside what came."""

    made_on: date
    months: int
    state: str
    expected: float
    low: float
    high: float
    came: int

    @property
    def title(self) -> str:
        """Return the kind of home in words."""
        return rules.SHORT[self.state]

    @property
    def is_inside(self) -> bool:
        """Did what came lie where nine in ten should?"""
        return self.low <= self.came <= self.high


def _as_of(run: models.ForecastRun) -> date:
    if run.as_of_on is None:
        raise NotFound("This forecast is not done.")
    return run.as_of_on


def tested(run: models.ForecastRun) -> list[Past]:
    """Return what the same method would have said on past days, beside what came."""
    return [
        Past(date.fromisoformat(origin), int(months), state, float(mean), float(low), float(high), int(observed))
        for origin, months, state, observed, mean, low, high, *_ in (run.result or {})["backtest"]
    ]


def came_true(run: models.ForecastRun) -> list[Past]:
    """Return what earlier forecasts in the system said of the quarters since, beside what *run* knows came."""
    known = dict((run.result or {})["history"])
    found = []
    for other in _earlier(run)[:8]:
        made_on = _as_of(other)
        for state, expected in _expected(other).items():
            for when, each in expected if state in TOLD else ():
                came = _came(known, when, state)
                if came is not None and (date.fromisoformat(when) - made_on).days >= SOONEST_DAYS:
                    months = round((date.fromisoformat(when) - made_on).days / 30.44)
                    found.append(Past(made_on, months, state, each.mean, each.low, each.high, came))
    return sorted(found, key=lambda each: (-each.made_on.toordinal(), each.months, each.state))


def looked_back(run: models.ForecastRun, *, hides: bool) -> list[tuple[date, Fan, list[float]]]:
    """Return the last earlier forecast of which a quarter has come: its day, its fans, and what came.

    Where it *hides*, without the kinds that are too small in either forecast.
    """
    known = dict((run.result or {})["history"])
    for other in _earlier(run)[:8]:
        expected, small = _expected(other), hidden(run) | hidden(other) if hides else frozenset()
        ends = [when for when, _ in expected["TOTAL"]]
        # a quarter's end of the one forecast need not be one of the other
        near = [m for m in range(QUARTER - 1, QUARTER + 2) if _came(known, ends[m], "TOTAL") is not None]
        first = near[0] if near else 0
        if first:
            told = fans(other, hidden=small | (set(rules.STATES) - set(TOLD)), first=first)
            return [(_as_of(other), fan, _since(known, ends[first::QUARTER], fan.state)) for fan in told]
    return []


def _since(known: dict[str, list[int]], ends: Sequence[str], state: str) -> list[float]:
    """Return how many children there were at the first of *ends*, as far as it is known."""
    every = (_came(known, when, state) for when in ends)
    return [float(n) for n in takewhile(lambda n: n is not None, every) if n is not None]


def _earlier(run: models.ForecastRun) -> QuerySet[models.ForecastRun]:
    done = models.ForecastRun.objects.filter(state=states.Run.DONE, source=run.source, as_of_on__lt=run.as_of_on)
    return done.defer("upload", "fitted", "draws").order_by("-as_of_on", "-asked_at")


def _came(known: dict[str, list[int]], when: str, state: str) -> int | None:
    """Return how many children there were at *when*, or on the nearest day that is known; None when none is near."""
    day = date.fromisoformat(when)
    away, counts = min(((abs((date.fromisoformat(each) - day).days), n) for each, n in known.items()), default=(99, []))
    if away > NEAR_DAYS:
        return None
    return sum(counts) if state == "TOTAL" else counts[rules.STATES.index(state)]


def learnt(*, run_id) -> Any:
    """Return what a forecast learnt, for the sliders.

    Raises:
        Refused: another version of the engine kept it.
    """
    kept = models.ForecastRun.objects.values_list("fitted", flat=True).get(pk=run_id)
    try:
        return fitted.unpack(bytes(kept or b""))
    except ValueError as changed:
        raise Refused("The engine has changed since this forecast: run it again to use the sliders.") from changed


def prices_now(*, on: date) -> dict[str, float]:
    """Return the mean pounds a week of what is committed on the day *on*, by kind of home; kinds without are left out."""
    state_of = {"fostering": "IFA", "residential": "RES", "supported": "SUP"}
    fees: dict[str, list[float]] = {}
    for each in budget.commitments().filter(start_on__lte=on, end_on__gt=on):
        if state := next((s for word, s in state_of.items() if word in each.category), None):
            fees.setdefault(state, []).append(float(each.weekly_fee))
    return {state: round(sum(paid) / len(paid), 2) for state, paid in fees.items()}


def prices_to_start(*, on: date) -> dict[str, float]:
    """Return the prices that a forecast starts from: what is bought at today's mean, and nothing for homes that the
    envelope does not pay, the council's own and others."""
    usual = dict(zip(rules.STATES, DEFAULT_PRICES, strict=True))
    return usual | {"IH": 0.0, "OTH": 0.0} | prices_now(on=on)
