"""Reads of forecasts and what they say."""

import csv
import io
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from placewell.budget import queries as budget
from placewell.children import queries as children
from placewell.engines.forecast.problem import DEFAULT_PRICES
from placewell.kernel.errors import NotFound, Refused

from .. import fitted, forecasting, models, rules, states

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


def fans(run: models.ForecastRun, *, hidden: Set[str] = frozenset()) -> list[Fan]:
    """Return the picture of each kind of home but the *hidden*, everybody together first, at the horizon's quarters."""
    result = run.result or {}
    past = result["history"]
    rows: dict[str, list[tuple[str, rules.Expected]]] = {}
    for name, when, state, mean, _sd, *quantiles in result["census"]:
        if name == "baseline":
            named = dict(zip(rules.QUANTILES, map(float, quantiles), strict=True))
            rows.setdefault(state, []).append((when, rules.Expected(float(mean), named)))
    found = []
    for state in ("TOTAL", "RES", "IFA", "IH", "SUP", "OTH"):
        if state in hidden:
            continue
        ahead = rows[state][3::3]
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
    earlier = models.ForecastRun.objects.filter(
        state=states.Run.DONE, source=run.source, as_of_on__lt=run.as_of_on
    ).defer("upload", "fitted", "draws")
    for other in earlier[:8]:
        for name, when, state, mean, _sd, *quantiles in (other.result or {})["census"]:
            near = (
                _nearest(known, date.fromisoformat(when)) if name == "baseline" and state in ("TOTAL", "RES") else None
            )
            made_on = _as_of(other)
            if near is not None and when > made_on.isoformat():
                low, high = float(quantiles[1]), float(quantiles[-2])
                came = sum(near) if state == "TOTAL" else near[rules.STATES.index(state)]
                months = round((date.fromisoformat(when) - made_on).days / 30.44)
                found.append(Past(made_on, months, state, float(mean), low, high, came))
    return found


def _nearest(known: dict[str, list[int]], when: date) -> list[int] | None:
    near = [(abs((date.fromisoformat(day) - when).days), n) for day, n in known.items()]
    away, counts = min(near, default=(99, None))
    return counts if away <= 15 else None


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
