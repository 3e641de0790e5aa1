"""A second implementation of tender-score-1, from its text alone: whole numbers over one common denominator."""

import math
from decimal import Decimal


def whole(*values):
    """Return *values* as integers over one power of ten, and that power."""
    power = 10 ** max(0, *(-Decimal(v).as_tuple().exponent for v in values))
    return [int(Decimal(v) * power) for v in values], power


def score(tender):
    """Return ([(id, numerator, denominator)] best first, ids dropped), denominators positive, in lowest terms."""
    fields = [tender[k] for k in ("weight_quality", "weight_price", "ceiling", "quality_min")]
    bids = tender["bids"]
    grid, one = whole(*fields, *(b["price"] for b in bids), *(b["quality"] for b in bids))
    wq, wp, ceiling, least = grid[:4]
    n = len(bids)
    rows = [(b["id"], p, q) for b, p, q in zip(bids, grid[4 : 4 + n], grid[4 + n :], strict=True)]
    left = [row for row in rows if row[2] >= least and row[1] <= ceiling]
    prices = sorted(p for _, p, _ in left)
    table = []
    for key, p, q in left:
        if tender["formula"] == "quality_to_price":  # price over one; ceiling·quality over one squared
            top, bottom = ceiling * (q - least) - 250 * p * one, 250 * one * one
        else:
            a, b = part(tender["formula"], p, prices, ceiling)
            top, bottom = wq * q * b + 100 * one * wp * a, 100 * one * one * b
        shrink = math.gcd(top, bottom)
        table.append((key, top // shrink, bottom // shrink, p))
    common = math.lcm(1, *(row[2] for row in table))
    table.sort(key=lambda row: row[0])
    table.sort(key=lambda row: row[3])
    table.sort(key=lambda row: row[1] * (common // row[2]), reverse=True)
    return [row[:3] for row in table], {row[0] for row in rows} - {row[0] for row in left}


def part(formula, p, prices, ceiling):
    """Return the share of the price weight as (numerator, denominator)."""
    low, high, n, total = prices[0], prices[-1], len(prices), sum(prices)
    if formula == "absolute_ceiling":
        return ceiling - p, ceiling
    if formula == "relative_lowest":
        return (1, 1) if p == low else (low, p)
    if formula == "relative_range":
        return (high - p, high - low) if high > low else (1, 1)
    if total == 0:
        return 1, 2
    return min(2 * total, max(0, 3 * total - 2 * n * p)), 2 * total


def reversals(tender):
    """Return {losing bid: who wins without it} where that is another."""
    table, _ = score(tender)
    found = {}
    for key, _, _ in table[1:]:
        rest = {**tender, "bids": [b for b in tender["bids"] if b["id"] != key]}
        winner = score(rest)[0][0][0]
        if winner != table[0][0]:
            found[key] = winner
    return found
