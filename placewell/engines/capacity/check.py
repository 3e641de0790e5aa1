"""An independent judge of a written answer: recomputes it from the JSON of the problem, in whole numbers, place by place."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

Json = Mapping[str, Any]


def yearly(problem: Json, price: int, year: int) -> int:
    """Return what a place costs in *year* (from 0) at a weekly price of year 1."""
    return int(price * problem["weeks"] * problem["indexation_pct"][year] // 100)


def scenario_cost(problem: Json, award: Mapping[str, int], s: int) -> tuple[list[int], int]:
    """Return the cost above what is committed of each year, and their sum, in hundredths of a pound, in scenario *s*."""
    years = []
    for year in range(problem["years"]):
        cost = 0
        for kind, name in enumerate(problem["types"]):
            wanted = 100 * problem["demand"][s][year][kind]
            spot = problem["spot_price_week"][s][year][kind] * problem["weeks"]
            offers = [(spot, 100 * problem["spot_cap"][kind])]
            for bid in problem["bids"]:
                places = award.get(bid["id"], 0)
                if bid["type"] != name or not places or bid["start_year"] > year + 1:
                    continue
                sure = bid["usable_pct"] * bid["guarantee_pct"] // 100
                wanted -= places * sure
                extra = bid.get("extra_price_week")
                if bid["form"] == "cost_volume" and extra is not None:
                    offers.append((yearly(problem, extra, year), places * (bid["usable_pct"] - sure)))
            emergency = spot * problem["emergency_factor_pct"] // 100
            for price, supply in sorted(offers):
                if wanted <= 0 or price > emergency:
                    break
                bought = min(wanted, supply)
                cost += bought * price
                wanted -= bought
            cost += max(wanted, 0) * emergency
        years.append(cost)
    return years, sum(years)


def broken_rules(problem: Json, award: Mapping[str, int]) -> list[str]:
    """Return each rule of the format that *award* breaks."""
    bids = {bid["id"]: bid for bid in problem["bids"]}
    faults = [f"{key} is no bid" for key in award if key not in bids]
    chosen = {key: places for key, places in award.items() if key in bids and places}
    groups = [bids[key]["xor_group"] for key in chosen if bids[key].get("xor_group") is not None]
    if len(groups) > len(set(groups)):
        faults.append("two bids of one group")
    for key, places in chosen.items():
        bid = bids[key]
        if bid["quality"] < problem["quality_min"]:
            faults.append(f"{key} is below the least quality")
        if not bid["min_beds"] <= places <= bid["max_beds"]:
            faults.append(f"{key} has {places} places")
        if bid.get("requires") is not None and bid["requires"] not in chosen:
            faults.append(f"{key} stands without {bid['requires']}")
    for year in range(problem["years"]):
        live = [(bids[key], places) for key, places in chosen.items() if bids[key]["start_year"] <= year + 1]
        if committed(problem, award, year) > problem["budget_year"] * problem["commit_cap_pct"] // 100:
            faults.append(f"year {year + 1} commits too much")
        for provider in {bid["provider"] for bid, _ in live}:
            own = sum(yearly(problem, b["price_week"], year) * n for b, n in live if b["provider"] == provider)
            if own > problem["budget_year"] * problem["provider_cap_pct"] // 100:
                faults.append(f"{provider} has too much in year {year + 1}")
    return faults


def committed(problem: Json, award: Mapping[str, int], year: int) -> int:
    """Return what is paid in *year* whether used or not."""
    return sum(
        yearly(problem, bid["price_week"], year) * bid["guarantee_pct"] // 100 * award.get(bid["id"], 0)
        for bid in problem["bids"]
        if bid["start_year"] <= year + 1
    )


def objective(problem: Json, award: Mapping[str, int]) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    """Return the exact (objective, mean, CVaR, quality credit) of *award*."""
    many = len(problem["demand"])
    fixed = sum(committed(problem, award, year) for year in range(problem["years"]))
    costs = sorted(fixed + Fraction(scenario_cost(problem, award, s)[1], 100) for s in range(many))
    worst = max(1, many * (100 - problem["alpha_pct"]) // 100)
    mean, cvar = sum(costs, Fraction(0)) / many, sum(costs[-worst:], Fraction(0)) / worst
    credit = 0
    for bid in problem["bids"]:
        live = problem["years"] - bid["start_year"] + 1
        better = problem["quality_value"] * (bid["quality"] - problem["quality_min"])
        credit += better * problem["weeks"] * live * award.get(bid["id"], 0)
    risk = Fraction(problem["lambda_pct"], 100)
    return (1 - risk) * mean + risk * cvar - credit, mean, cvar, Fraction(credit)


def check(problem: Json, answer: Json) -> list[str]:
    """Return every way in which *answer* is not what it says about *problem*; none when it is right."""
    award = answer["award"]
    faults = broken_rules(problem, award)
    if faults:
        return faults
    told = ("objective", "mean", "cvar", "quality_credit")
    for name, true in zip(told, objective(problem, award), strict=True):
        away = abs(Fraction(answer[name]) - true)
        if away * 10**9 > max(Fraction(1), abs(true)):
            faults.append(f"{name} is {float(true)}, not {answer[name]}")
    if answer["bound"] > answer["objective"]:
        faults.append("the bound lies above the objective")
    sums = [committed(problem, award, year) for year in range(problem["years"])]
    if answer["committed_by_year"] != sums:
        faults.append("committed_by_year is otherwise")
    many = len(problem["demand"])
    over = [0] * problem["years"]
    for s in range(many):
        for year, cost in enumerate(scenario_cost(problem, award, s)[0]):
            over[year] += 100 * sums[year] + cost > 100 * problem["budget_year"]
    if any(
        abs(share - count / many) > 1e-9 for share, count in zip(answer["p_over_budget_by_year"], over, strict=True)
    ):
        faults.append("p_over_budget_by_year is otherwise")
    return faults
