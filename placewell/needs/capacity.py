"""How much to buy: pose the capacity engine's own problem from a forecast's futures and offers of places, and answer it.

The input and the answer are those of `placewell choose-capacity`, so that both say the same.
"""

import csv
import gzip
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from placewell.engines import capacity as engine
from placewell.engines.capacity.futures import Futures
from placewell.engines.forecast.codes import STATES
from placewell.kernel.errors import BadInput, Fault
from placewell.kernel.fields import parsed

from .futures import Drawn

# Kinds of place that are bought, and the kind of home of the forecast whose children want them. The council's own carers
# are offers of fostering like any other: each place with them is a child who does not go to an agency.
TYPES = {"fostering": "IFA", "residential": "RES", "supported": "SUP"}
COLUMNS = (
    "id", "provider", "type", "form", "price_week", "extra_price_week", "guarantee_pct", "usable_pct", "min_beds",
    "max_beds", "start_year", "quality", "xor_group", "requires",
)  # fmt: skip
TEXTS = {"id", "provider", "type", "form", "xor_group", "requires"}
MOST_BIDS = 300
Tell = Callable[[float, float, str], None]


def read_bids(data: bytes) -> list[dict[str, Any]]:
    """Return offers from a CSV with the engine's columns, or from JSON: a list of bids, or a whole problem that holds one.

    Raises:
        BadInput: each fault, with its row and column.
    """
    text = data.decode("utf-8-sig", errors="replace").strip()
    if text[:1] in ("[", "{"):
        raw = parsed(text.encode(), "offers")
        bids = raw.get("bids") if isinstance(raw, dict) else raw
    else:
        bids = _rows(text) if text else []
    if not isinstance(bids, list) or not bids:
        raise BadInput([Fault("offers", "there is none among what was given")])
    if len(bids) > MOST_BIDS:
        raise BadInput([Fault("offers", f"{len(bids)} are more than the {MOST_BIDS} that can be chosen among")])
    check_bids(bids)
    return bids


def _rows(text: str) -> list[dict[str, Any]]:
    reader = csv.DictReader(io.StringIO(text))
    titles = [str(title).strip() for title in reader.fieldnames or []]
    missing = [name for name in COLUMNS[:5] if name not in titles]
    unknown = [name for name in titles if name not in COLUMNS]
    if missing or unknown:
        told = [Fault("offers", f"the first row lacks {name}") for name in missing]
        raise BadInput(told + [Fault("offers", f"there is no column {name!r}") for name in unknown])
    found, faults = [], []
    usual = {"guarantee_pct": 100, "usable_pct": 100, "min_beds": 0, "start_year": 1, "quality": 100}
    for number, line in enumerate(reader, start=2):
        row: dict[str, Any] = dict.fromkeys(("extra_price_week", "xor_group", "requires")) | usual
        for name, cell in line.items():
            written = str(cell or "").strip()
            key = str(name).strip()
            if not written or key not in COLUMNS:
                continue
            if key in TEXTS:
                row[key] = written
            elif written.lstrip("£").replace(",", "").isdecimal():
                row[key] = int(written.lstrip("£").replace(",", ""))
            else:
                faults.append(Fault(f"row {number}: {key}", f"must be a whole number, not {written!r}"))
        found.append(row)
    if faults:
        raise BadInput(faults)
    return found


def check_bids(bids: Sequence[Mapping[str, Any]]) -> None:
    """Refuse offers that the engine can't read; raises BadInput with every fault."""
    try:
        engine.read(_problem("offers", _Limits(), bids, np.ones((1, 15, 3)), np.ones((1, 15, 3))))
    except BadInput as bad:  # people count offers from one
        raise BadInput(
            Fault(re.sub(r"^bids\[(\d+)\]\.?", lambda at: f"offer {int(at[1]) + 1} ", each.where).strip(), each.what)
            for each in bad.faults
        ) from None


def as_csv(bids: Sequence[Mapping[str, Any]]) -> str:
    """Return offers as the CSV that `read_bids` reads."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([["" if bid.get(name) is None else bid[name] for name in COLUMNS] for bid in bids])
    return text.getvalue()


class _Limits(dict):
    """Limits that let any offer be read."""

    def __init__(self) -> None:
        names = ("commit_cap_pct", "provider_cap_pct", "quality_min", "quality_value", "alpha_pct", "lambda_pct")
        super().__init__(dict.fromkeys((*names, "emergency_factor_pct", "budget_year"), 0))
        self.update(weeks=52, years=15, spot_cap=dict.fromkeys(TYPES, 0), indexation_pct=[100] * 15)


def pose(
    title: str, options: Mapping[str, Any], bids: Sequence[Mapping[str, Any]], drawn: Drawn, years: int
) -> dict[str, Any]:
    """Return the engine's problem over *years*: *options* are the limits, *drawn* the futures, *already* bought taken off.

    Raises:
        BadInput: the engine can't be asked this.
    """
    at = [STATES.index(state) for state in TYPES.values()]
    bought = np.array([options["already"][name] for name in TYPES])
    demand = np.maximum(drawn.children[:, :years, at].astype(int) - bought, 0)
    price = drawn.price_week[:, :years, at].astype(int)
    rise = 1 + options["rise_pct"] / 100
    limits = dict(options) | {"years": years, "indexation_pct": [round(100 * rise**year) for year in range(years)]}
    problem = _problem(title, limits, bids, demand, price)
    engine.read(problem)
    return problem


def _problem(title: str, limits: Mapping[str, Any], bids: Sequence, demand: Any, price: Any) -> dict[str, Any]:
    names = (
        "years", "weeks", "budget_year", "commit_cap_pct", "provider_cap_pct", "quality_min", "quality_value",
        "alpha_pct", "lambda_pct", "emergency_factor_pct", "indexation_pct",
    )  # fmt: skip
    return {
        "format": "award-portfolio-1",
        "id": title or "choice",
        "types": list(TYPES),
        **{name: limits[name] for name in names},
        "spot_cap": [limits["spot_cap"][name] for name in TYPES],
        "bids": [dict(bid) if isinstance(bid, Mapping) else bid for bid in bids],
        "demand": demand.astype(int).tolist(),
        "spot_price_week": price.astype(int).tolist(),
    }


def packed(problem: Mapping[str, Any]) -> bytes:
    """Return the engine's input file, compressed; the same problem is always the same bytes."""
    return gzip.compress(json.dumps(problem).encode(), 6, mtime=0)


def unpacked(kept: bytes) -> bytes:
    """Return the engine's input file."""
    return gzip.decompress(kept)


def choose(file: bytes, *, seconds: float, clock: Callable[[], float], tell: Tell | None = None) -> dict[str, Any]:
    """Return the engine's answer to its input *file*, its reasons, and what buying nothing in advance would cost.

    *clock* reads seconds; *tell* hears how far the search is.
    """
    began = clock()
    problem = engine.read(parsed(file, "problem"))
    found = engine.solve(problem, engine.Limits(seconds, began), clock, tell)
    answer = engine.as_json(found, clock() - began)
    reasons = engine.explain(found, engine.Limits(seconds, clock()), clock)
    nothing = Futures(problem).value(np.zeros(len(problem.bids), dtype=np.int64))
    return {
        "result": answer,
        "explanation": reasons,
        "sentences": engine.sentences(found, reasons),
        "nothing": {"mean": float(nothing.mean), "cvar": float(nothing.cvar)},
        "as_needed_by_year": [round(float(x) / 100) for x in found.best.recourse.mean(axis=0)],
        "high_by_year": [
            round(float(x) / 100) + sure
            for x, sure in zip(np.quantile(found.best.recourse, 0.95, axis=0), answer["committed_by_year"], strict=True)
        ],
    }


def as_file(answer: Any) -> bytes:
    """Return an answer as the command writes it."""
    return (json.dumps(answer, indent=1, ensure_ascii=False) + "\n").encode()


@dataclass(frozen=True)
class Bought:
    """An offer with its places, why it is in or out, and for a guarantee its expected use and the use from which it pays."""

    id: str
    provider: str
    type: str
    form: str
    price_week: int
    places: int
    why: str
    use: float | None
    break_even: float | None
    letter: str = ""  # by which the picture names it


@dataclass(frozen=True)
class YearCost:
    """Pounds of a year: paid in any case, bought as needed on average, all of it in one future of twenty, the chance over."""

    number: int
    sure: int
    as_needed: int
    high: int
    p_over: float


@dataclass(frozen=True)
class Off:
    """What ten per cent more or fewer children would change."""

    words: str
    mean: float
    cvar: float
    regret: float
    moves: str


@dataclass(frozen=True)
class Told:
    """An answer as people read it; pounds over the whole contract unless a year is named."""

    budget: int
    scenarios: int
    lead: str
    proven: str
    mean: float
    cvar: float
    nothing_mean: float
    nothing_cvar: float
    chosen: list[Bought]
    left: list[Bought]
    blocks: list[Bought]
    years: list[YearCost]
    off: list[Off]


def told(run: Any) -> Told:
    """Return the answer of a choice that is done as people read it."""
    problem = json.loads(unpacked(bytes(run.problem)))
    result, reasons, nothing = run.result["result"], run.result["explanation"], run.result["nothing"]
    bids = {bid["id"]: bid for bid in problem["bids"]}
    rows = [_bought(bids[row["bid"]], row) for row in reasons["bids"]]
    bought = sorted((row for row in rows if row.places), key=lambda row: (row.type, -row.places, row.id))
    chosen = [replace(row, letter=_letter(n)) for n, row in enumerate(bought)]
    years = [
        YearCost(n, sure, needed, high, over)
        for n, (sure, needed, high, over) in enumerate(
            zip(
                result["committed_by_year"], run.result["as_needed_by_year"], run.result["high_by_year"],
                result["p_over_budget_by_year"], strict=True,
            ),
            start=1,
        )
    ]  # fmt: skip
    gap = result["objective"] - result["bound"]
    return Told(
        budget=problem["budget_year"],
        scenarios=len(problem["demand"]),
        lead=_lead(chosen, result["mean"], nothing["mean"]),
        proven="No other mix costs less: proven to one part in a million."
        if reasons["proven"]
        else f"The time was up before it was proven: another mix may cost up to £{gap:,.0f} less.",
        mean=result["mean"],
        cvar=result["cvar"],
        nothing_mean=nothing["mean"],
        nothing_cvar=nothing["cvar"],
        chosen=chosen,
        left=[row for row in rows if not row.places],
        blocks=[row for row in chosen if row.use is not None and row.break_even is not None],
        years=years,
        off=[_off(each) for each in reasons["demand_off"]],
    )


def _letter(number: int) -> str:
    """Return A to Z, then A2, B2 and so on."""
    turn, at = divmod(number, 26)
    return chr(65 + at) + (str(turn + 1) if turn else "")


def _bought(bid: Mapping[str, Any], row: Mapping[str, Any]) -> Bought:
    use = row.get("use") or {}
    words = row["why"][:1].upper() + row["why"][1:]
    return Bought(
        bid["id"], bid["provider"], bid["type"], bid["form"], bid["price_week"], row["places"], words,
        use.get("expected"), use.get("break_even"),
    )  # fmt: skip


def _lead(chosen: Sequence[Bought], mean: float, nothing: float) -> str:
    if not chosen:
        return "Buy nothing in advance: no offer is cheaper than what can be had as needed."
    sums = {kind: sum(row.places for row in chosen if row.type == kind) for kind in TYPES}
    what = ", ".join(f"{n} {kind} {'place' if n == 1 else 'places'}" for kind, n in sums.items() if n)
    saved = nothing - mean
    less = f"£{saved:,.0f} less" if saved >= 0 else f"£{-saved:,.0f} more"
    guard = "" if saved >= 0 else ", for the sake of the bad years"
    return f"Buy {what} in advance. That costs {less} on average than buying nothing in advance{guard}."


def _off(each: Mapping[str, Any]) -> Off:
    pct = each["demand_pct"] - 100
    moves = ", ".join(f"{by:+d} of {key}" for key, by in each["changes"].items()).replace("-", "−")
    return Off(
        words=f"{abs(pct)}% {'more' if pct > 0 else 'fewer'} children",
        mean=each["mean"],
        cvar=each["cvar"],
        regret=each["regret"],
        moves=moves or "The same",
    )
