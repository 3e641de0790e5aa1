"""Who arrives in a simulated future and when, compiled: new entries, returns; and each child's random stream."""

from typing import Any

import numpy as np
from numba import njit

from placewell.engines.forecast.hazards import Floats, place
from placewell.engines.forecast.returns import RETURN_AGES, SINCE_EDGES

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX1 = np.uint64(0xBF58476D1CE4E5B9)
MIX2 = np.uint64(0x94D049BB133111EB)
ADULT = 18 * 365.25
NEVER = 1e18
# for what only other loops call: not compiled to be called from Python too, and kept in what calls it
part: Any = njit(error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)  # type: ignore[call-overload]


@part
def mix(z):  # type: ignore[no-untyped-def]
    """Scramble 64 bits (SplitMix64: Steele, Lea and Flood 2014)."""
    z = (z ^ (z >> np.uint64(30))) * MIX1
    z = (z ^ (z >> np.uint64(27))) * MIX2
    return z ^ (z >> np.uint64(31))


@part
def unit(state):  # type: ignore[no-untyped-def]
    """Return a number in (0, 1) from a stream's state."""
    return (np.float64(mix(state) >> np.uint64(11)) + 0.5) * (1.0 / 9007199254740992.0)


def uniforms(seed: int, first: int, last: int, what: int, width: int) -> Floats:
    """Return [draw, width] numbers in (0, 1), the same for a draw whichever block computes it."""
    scramble = mix.py_func
    draw, step, who = (
        np.arange(*ends, dtype=np.uint64) for ends in ((first + 1, last + 1), (1, width + 1), (what, what + 1))
    )
    start = scramble(scramble(np.uint64(seed) + GOLDEN * draw) ^ (GOLDEN * (who + np.uint64((1 << 40) + 1))))
    number = scramble(start[:, None] + GOLDEN * step) >> np.uint64(11)
    result: Floats = (number + 0.5) * (1.0 / 9007199254740992.0)
    return result


@part
def arrive(state, month, u, edits, edit_w, edit_to):  # type: ignore[no-untyped-def]
    """Divert an arrival if an edit says so; one random number decides, rescaled from edit to edit."""
    for e in range(len(edits)):
        if edits[e, 0] == 0.0 and edits[e, 1] == state:
            share = edits[e, 2] * edit_w[e, month]
            if u < share:
                u = u / share
                for k in range(5):
                    if edit_to[e, k] > 0.0:
                        state = k
                        if u < edit_to[e, k]:
                            break
                        u = (u - edit_to[e, k]) / max(1.0 - edit_to[e, k], 1e-12)
                return state
            u = (u - share) / max(1.0 - share, 1e-12)
    return state


@part
def returns_on(left, t, born, adult, rng, hazard, most, month_end, month_by, edits, edit_w):  # type: ignore[no-untyped-def]
    """Return the day on which a child who left care on day *left* and is out on day *t* comes back, or NEVER.

    hazard: [age, time since leaving] a day; *most* is what it can add up to."""
    stop = min(min(month_end[-1], adult), left + SINCE_EDGES[-1])
    rng += GOLDEN
    waits = -np.log(unit(rng))
    if waits >= most and not len(edits):
        return NEVER, rng
    a, d = 0, 0
    while t < stop:
        while a < len(hazard) - 1 and t - born >= RETURN_AGES[a + 1] - 1e-7:
            a += 1
        while d < hazard.shape[1] - 1 and t - left >= SINCE_EDGES[d + 1] - 1e-7:
            d += 1
        upto = min(stop, left + SINCE_EDGES[d + 1])
        if a < len(hazard) - 1:
            upto = min(upto, born + RETURN_AGES[a + 1])
        rate = hazard[a, d]
        if len(edits):
            m = month_by[np.int64(t) + 1]
            upto = min(upto, month_end[m + 1])
            for e in range(len(edits)):
                if edits[e, 0] == 2.0 and t - born >= edits[e, 3]:
                    rate *= max(0.0, 1.0 + (edits[e, 2] - 1.0) * edit_w[e, m])
        if waits < rate * (upto - t):
            return t + waits / rate, rng
        waits -= rate * (upto - t)
        t = upto
    return NEVER, rng


@part
def comes(  # type: ignore[no-untyped-def]
root, flow, sizes, cells, entry_ages, month_end, edits, edit_w, edit_to, lives, streams, n, entries):  # fmt: skip
    """Add who comes into care in one future to *lives* and *streams* from row *n* on; returns how many there are.

    *root* starts every stream of the future."""
    months = flow.shape[1] - 1
    for at in range(flow.shape[0]):
        rng, cells_s, sizes_s = mix(root ^ (GOLDEN * np.uint64((1 << 41) + at + 1))), cells[at], sizes[at]
        who = (1 << 20) * (at + 1)
        reached, m = 0.0, 0
        while True:
            rng += GOLDEN
            reached -= np.log(unit(rng))
            while m < months and flow[at, m + 1] <= reached:
                m += 1
            if m >= months:
                break
            share = (reached - flow[at, m]) / (flow[at, m + 1] - flow[at, m])
            t = month_end[m] + share * (month_end[m + 1] - month_end[m])
            rng += GOLDEN
            group = min(place(sizes_s, unit(rng)) + 1, 4) + 1
            for _ in range(group):
                who += 1
                own = mix(root ^ (GOLDEN * np.uint64(who + 1))) + GOLDEN
                cell = min(place(cells_s, unit(own)) + 1, cells.shape[1] - 1)
                own += GOLDEN
                low, high = entry_ages[cell // 5], entry_ages[cell // 5 + 1]
                age = low + unit(own) * (high - low)
                own += GOLDEN
                state, copies = cell % 5, 1
                if len(edits):
                    state = arrive(state, m, unit(own), edits, edit_w, edit_to)
                    factor = 1.0
                    for e in range(len(edits)):
                        if edits[e, 0] == 2.0 and age >= edits[e, 3]:
                            factor *= max(0.0, 1.0 + (edits[e, 2] - 1.0) * edit_w[e, m])
                    copies = int(factor + 1.0 - unit(own + GOLDEN))
                own += GOLDEN
                for copy in range(min(copies, len(lives) - n)):
                    entries[m // 12, state] += 1
                    lives[n, 0], lives[n, 1], lives[n, 2], lives[n, 3] = t, state, t - age, t - age + ADULT
                    lives[n, 4], lives[n, 5] = t, t
                    streams[n] = own if copy == 0 else mix(root ^ (GOLDEN * np.uint64((1 << 42) + who * 64 + copy + 1)))
                    n += 1
    return n
