"""Sliders: exact expected values of a scenario, without chance, quick enough to follow a hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from placewell.engines.forecast.expected import expected_census
from placewell.engines.forecast.fit import Fit
from placewell.engines.forecast.hazards import Floats
from placewell.engines.forecast.scenarios import BASELINE, read_scenario

from . import models, rules


@dataclass(frozen=True)
class Answer:
    """By kind: (name, children at the end of the last year as they would be, against the baseline); pounds by year likewise."""

    kinds: list[tuple[str, float, float]]
    pounds: list[tuple[str, float, float]]


def scenario(run: models.ForecastRun, sliders: Mapping[str, int]) -> dict[str, Any]:
    """Return the scenario that *sliders* describe, in the form of the file contract."""
    since = run.as_of_on.isoformat() if run.as_of_on else ""
    edits: list[dict[str, Any]] = []
    if sliders["divert"]:
        edits.append({"kind": "divert", "from": "IFA", "to": "IH", "share": sliders["divert"] / 100})
    if sliders["step_down"]:
        edits.append(
            {"kind": "move", "from": "RES", "to": {"IH": 0.5, "IFA": 0.5}, "per_year": sliders["step_down"] / 100}
        )
    if sliders["entries"]:
        edits.append({"kind": "entries", "factor": 1 + sliders["entries"] / 100})
    if sliders["price"]:
        edits.append({"kind": "price", "state": "RES", "factor": 1 + sliders["price"] / 100})
    return {"name": "What if", "edits": [{"start": since} | edit for edit in edits]}


@dataclass(frozen=True)
class Start:
    """What a forecast learnt, and the expected children [year, kind] if nothing is done differently."""

    fit: Fit
    plain: Floats


def start(fit: Fit) -> Start:
    """Return what every answer begins with."""
    return Start(fit, expected_census(fit, BASELINE))


def answer(begun: Start, run: models.ForecastRun, sliders: Mapping[str, int]) -> Answer:
    """Return what *sliders* would do to the forecast's own expectation: the share by which they change what is worked out
    without chance, of what its futures say on average."""
    content, plain, fit = scenario(run, sliders), begun.plain, begun.fit
    other = expected_census(fit, read_scenario(content, "sliders")) if content["edits"] else plain
    report = (run.result or {})["report"]
    prices = [report["prices_per_week"][state] for state in rules.STATES]
    dearer = [p * (1 + sliders["price"] / 100 if s == "RES" else 1) for s, p in zip(rules.STATES, prices, strict=True)]
    last = {row[2]: float(row[3]) for row in (run.result or {})["census"] if row[0] == BASELINE.name}
    kinds = []
    for k, state in enumerate(rules.STATES):
        now = last[state] * _share(float(other[-1, k]), float(plain[-1, k]))
        kinds.append((rules.SHORT[state], now, now - last[state]))
    kinds.append((rules.SHORT["TOTAL"], sum(now for _, now, _ in kinds), sum(more for _, _, more in kinds)))
    pounds = []
    means = [float(row[3]) for row in (run.result or {})["spend"] if row[0] == BASELINE.name and row[2] == "TOTAL"]
    for year, mean in enumerate(means):
        was, now = (
            float((table[year] + table[year + 1]) / 2 @ paid) for table, paid in ((plain, prices), (other, dearer))
        )
        there = mean * _share(now, was)
        pounds.append((f"Year {year + 1}", there, there - mean))
    return Answer(kinds, pounds)


def _share(now: float, was: float) -> float:
    return now / was if was else 1.0
