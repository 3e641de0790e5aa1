"""Every route of a worker's day: labels grow visit by visit, and only the best orders of each set live on.

A label is (set of visits, last visit, minute free, pence). Among labels of one set and last visit, one that is neither
sooner nor cheaper than another is dropped: the dominance of Desrochers, Desrosiers and Solomon (1992), restricted to
equal sets so that no inequality between travel times is assumed. A set is a row of bits, as many words as it takes,
so neither the visits of a day nor those it may choose from are limited.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

COMPLETE, CUT = 0, 1  # how an enumeration ended


def _loop(function: Callable[..., Any]) -> Any:
    """Compile *function*, keeping the result for the next run where there is anywhere to keep it."""
    try:
        return njit(cache=True)(function)
    except RuntimeError:  # no folder can be written to
        return njit(function)


@_loop
def completion(dur, lo, hi, back, tt, tc, worth, opens, closes, step, buckets):  # type: ignore[no-untyped-def]
    """Return the most that can still be gained from each visit at each time, letting visits repeat.

    *worth* is reward less price by visit; a row per node (0: home), a column per *step* minutes after *opens*.
    *step* may not exceed the least time from a visit to the end of another. Times are rounded in favour, so the result
    is an upper bound.
    """
    n = dur.size
    best = np.full((n + 1, buckets), -1e18)
    for b in range(buckets - 1, -1, -1):
        now = opens + b * step
        for i in range(n, -1, -1):
            most = -1e18
            if now + tt[i, 0] <= closes + 1e-9:
                most = -tc[i, 0]
            for j in range(1, n + 1):
                if j == i:
                    continue
                begin = max(now + tt[i, j], lo[j - 1])
                end = begin + dur[j - 1]
                if begin > hi[j - 1] + 1e-9 or end + back[j] > closes + 1e-9:
                    continue
                gain = worth[j - 1] - tc[i, j] + best[j, int((end - opens + 1e-9) // step)]
                most = max(most, gain)
            best[i, b] = most
    return best


@_loop
def enumerate_day(dur, lo, hi, back, tt, tc, price, must, opens, closes, rew, most, gains, step, length, cap, beam):  # type: ignore[no-untyped-def]
    """Return (sets, pence, ending) of all routes of one day whose pence less rewards stay within *most*.

    tt, tc: minutes and pence between nodes, home first (set-up within tt, none on the way home); back: least minutes
    from the end of a visit to home; price: pence beside travel; must: 1 for visits that the day must hold; gains: of
    `completion`, or empty; length: visits at most; cap: labels of two lengths and routes at most; beam: labels of one
    length at most, the most promising kept. Where one of these two cut something off, the ending is CUT.
    """
    n = dur.size
    words = (n + 63) // 64
    size = 1 << 12
    while size < 2 * cap:
        size <<= 1
    mask = np.uint64(size - 1)
    one = np.uint64(1)
    table = np.full(size, -1, np.int32)
    keys = np.zeros((cap, words), np.uint64)
    last = np.empty(cap, np.int32)
    free = np.empty(cap, np.float64)
    cost = np.empty(cap, np.int64)
    reward = np.empty(cap, np.float64)
    chain = np.empty(cap, np.int32)
    slots = np.empty(cap, np.int32)
    hopes = np.empty(cap, np.float64)
    sets = np.empty((cap, words), np.uint64)
    pence = np.empty(cap, np.int64)
    need = np.zeros(words, np.uint64)
    new = np.zeros(words, np.uint64)
    for j in range(n):
        if must[j]:
            need[j >> 6] |= one << np.uint64(j & 63)
    routes, used, ending = 0, 0, COMPLETE
    for level in range(length):
        level_to = used
        slot_to = 0
        for label in range(0 if level else -1, level_to):
            here = 0 if label < 0 else last[label]
            now = opens if label < 0 else free[label]
            spent = 0 if label < 0 else cost[label]
            got = 0.0 if label < 0 else reward[label]
            for j in range(1, n + 1):
                begin = max(now + tt[here, j], lo[j - 1])
                if begin > hi[j - 1] + 1e-9:
                    continue
                end = begin + dur[j - 1]
                if end + back[j] > closes + 1e-9:
                    continue
                total = spent + tc[here, j] + price[j - 1]
                sum_got = got + rew[j - 1]
                hope = total - sum_got
                if gains.size:
                    hope -= gains[j, int((end - opens + 1e-9) // step)]
                    if hope > most:
                        continue
                word = (j - 1) >> 6
                bit = one << np.uint64((j - 1) & 63)
                if label >= 0 and keys[label, word] & bit:
                    continue
                mixed = np.uint64(0)
                for w in range(words):
                    new[w] = keys[label, w] if label >= 0 else np.uint64(0)
                    if w == word:
                        new[w] |= bit
                    mixed = (mixed ^ new[w]) * np.uint64(0x9E3779B97F4A7C15)
                    mixed ^= mixed >> np.uint64(29)
                spot = mixed & mask
                while table[spot] >= 0:
                    same = True
                    for w in range(words):
                        same = same and keys[table[spot], w] == new[w]
                    if same:
                        break
                    spot = (spot + one) & mask
                other = table[spot]
                beaten = False
                while other >= 0:
                    if last[other] == j:
                        if free[other] <= end and cost[other] <= total:
                            beaten = True
                            break
                        if free[other] >= end and cost[other] >= total:
                            free[other] = end
                            cost[other] = total
                            hopes[other] = hope
                            beaten = True
                            break
                    other = chain[other]
                if beaten:
                    continue
                if used == cap:
                    ending = CUT
                    break
                if table[spot] < 0:
                    slots[slot_to] = spot
                    slot_to += 1
                keys[used] = new
                last[used] = j
                free[used] = end
                cost[used] = total
                reward[used] = sum_got
                hopes[used] = hope
                chain[used] = table[spot]
                table[spot] = used
                used += 1
            if ending == CUT and used == cap:
                break
        for s in range(slot_to):
            other = table[slots[s]]
            table[slots[s]] = -1
            first = other
            best = np.int64(1 << 60)
            while other >= 0:
                if free[other] + tt[last[other], 0] <= closes + 1e-9:
                    best = min(best, cost[other] + tc[last[other], 0])
                other = chain[other]
            held = True
            for w in range(words):
                held = held and keys[first, w] & need[w] == need[w]
            if held and best < np.int64(1 << 60) and best - reward[first] <= most:
                if routes == cap:
                    return sets, pence, CUT
                sets[routes] = keys[first]
                pence[routes] = best
                routes += 1
        edge = np.inf
        if used - level_to > beam:
            ending = CUT
            edge = np.sort(hopes[level_to:used])[beam]
        kept = 0
        for label in range(level_to, used):
            if hopes[label] < edge:
                keys[kept] = keys[label]
                last[kept] = last[label]
                free[kept] = free[label]
                cost[kept] = cost[label]
                reward[kept] = reward[label]
                kept += 1
        used = kept
        if not kept:
            break
    return sets[:routes].copy(), pence[:routes].copy(), ending


@_loop
def members(sets, cand):  # type: ignore[no-untyped-def]
    """Return the visits of each set in a row, -1 where there is none."""
    one = np.uint64(1)
    widest = 1
    for r in range(sets.shape[0]):
        many = 0
        for j in range(cand.size):
            if sets[r, j >> 6] >> np.uint64(j & 63) & one:
                many += 1
        widest = max(widest, many)
    out = np.full((sets.shape[0], widest), -1, np.int32)
    for r in range(sets.shape[0]):
        k = 0
        for j in range(cand.size):
            if sets[r, j >> 6] >> np.uint64(j & 63) & one:
                out[r, k] = cand[j]
                k += 1
    return out
