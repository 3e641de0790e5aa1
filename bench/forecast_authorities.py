"""Forecast the children in care of England's authorities in 2025 from the statistics of 2021–2024.

    python -m bench.forecast_authorities [FOLDER]

FOLDER holds the Department for Education's tables by authority (children on 31 March, started, ceased; Open Government
Licence). Published counts are too coarse for the whole engine: this shows its yearly skeleton, stock + entries − leavers,
with what is learnt nationally, how far last year's flows speak for the next and how far they move, chosen on 2024.
"""

import csv
import gzip
import sys
from pathlib import Path

import numpy as np

from placewell.engines.forecast.backtest import crps_of

FILES = {
    "stock": ("cla_on_31_march_by_characteristics_2021_2025.csv.gz", "Age group"),
    "started": ("cla_started_by_age_need_legal_2021_2025.csv.gz", "Age on starting"),
    "ceased": ("cla_ceased_by_reason_age_2021_2025.csv.gz", "Age on ceasing"),
}
DRAWS = 400


def read(folder: Path) -> dict[str, dict[tuple[str, int], float]]:
    """Return table → (authority, year) → children."""
    out: dict[str, dict[tuple[str, int], float]] = {}
    for name, (file, group) in FILES.items():
        out[name] = {}
        with gzip.open(folder / file, "rt", encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                wanted = row["geographic_level"] == "Local authority" and row["cla_group"] == group
                if wanted and row["characteristic"] == "Total" and row["number"].isdigit():
                    out[name][row["new_la_code"], int(row["time_period"])] = float(row["number"])
    return out


def flows(tables: dict, year: int) -> tuple[np.ndarray, ...]:
    """Return stocks [authority, year], entries and leaving rates up to *year*, and the stock a year later."""
    last = range(2021, year + 1)
    codes = sorted({code for code, _ in tables["stock"]})
    codes = [c for c in codes if all((c, y) in t for t in tables.values() for y in last)]
    codes = [c for c in codes if (c, year + 1) in tables["stock"]]
    stock, came, left = (np.array([[tables[n][c, y] for y in last] for c in codes]) for n in FILES)
    truth = np.array([tables["stock"][c, year + 1] for c in codes])
    before = stock - came + left  # a year's leavers came from those there at its start and those who came
    return stock, came, left / (before + came / 2), truth


def forecast(data: tuple[np.ndarray, ...], trust: float, spread: float, rng: np.random.Generator) -> np.ndarray:
    """Return draws [authority, draw] of the next stock; *trust* in the last year against the mean of all."""
    stock, came, rate, _ = data
    entries = came[:, -1] ** trust * came.mean(1) ** (1 - trust)
    leaving = rate[:, -1] ** trust * rate.mean(1) ** (1 - trust)
    size = (len(stock), DRAWS)
    new = rng.poisson(entries[:, None] * np.exp(rng.normal(0, spread, size)))
    chance = np.clip(leaving[:, None] * np.exp(rng.normal(0, spread, size)), 0, 0.9)
    stay = rng.binomial(stock[:, -1:].astype(int), 1 - chance)
    return stay + rng.binomial(new, 1 - chance / 2)


def scores(draws: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Return the mean score and the share inside the 90 % band."""
    low, high = np.quantile(draws, (0.05, 0.95), axis=1)
    return (
        float(np.mean([crps_of(d, x) for d, x in zip(draws, truth, strict=True)])),
        float(((truth >= low) & (truth <= high)).mean()),
    )


def main() -> None:
    """Run and print."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data/dfe_cla")
    if not folder.is_dir():
        print(f"skipped: {folder} is not there")
        return
    tables = read(folder)
    past, now = flows(tables, 2023), flows(tables, 2024)
    grid = [(trust, spread) for trust in (0.0, 0.25, 0.5, 0.75, 1.0) for spread in (0.02, 0.06, 0.10, 0.14, 0.18)]
    best = min(grid, key=lambda at: scores(forecast(past, *at, np.random.default_rng(1)), past[3])[0])
    stock, truth = now[0], now[3]
    line = np.array([np.polyval(np.polyfit(np.arange(4), row, 1), 4) for row in stock])
    constant = forecast(now, 0.5, 0.0, np.random.default_rng(2))
    print(f"{len(truth)} authorities; chosen on 2024: trust in the last year {best[0]}, spread of flows {best[1]}")
    for name, draws in {
        "engine's skeleton": forecast(now, *best, np.random.default_rng(2)),
        "constant rates": constant,
        "persistence": stock[:, -1:],
        "straight line": line[:, None],
    }.items():
        score, inside = scores(draws, truth)
        width = np.mean(np.subtract(*np.quantile(draws, (0.95, 0.05), axis=1)))
        print(f"{name:18} CRPS {score:6.2f}  inside the 90 % band {inside:.2f}  width {width:6.1f}  "
              f"bias {100 * (draws.mean() / truth.mean() - 1):+.1f} %")  # fmt: skip


if __name__ == "__main__":
    main()
