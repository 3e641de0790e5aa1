"""Every route of a worker's day: labels grow visit by visit, and only the best orders of each set live on.

A label is (set of visits, last visit, minute free, pence). Among labels of one set and last visit, one that is neither
sooner nor cheaper than another is dropped: the dominance of Desrochers, Desrosiers and Solomon (1992), restricted to
equal sets so that no inequality between travel times is assumed. A set is a sorted row of bytes in one 64-bit key.
"""

import numpy as np
from numba import njit

LONGEST = 8  # visits in one day: as many bytes as a key holds
WIDEST = 255  # visits to choose a day from: what a byte can name
COMPLETE, CUT, LONGER = 0, 1, 2  # how an enumeration ended


@njit(cache=True)
def completion(dur, lo, hi, tt, tc, worth, closes, start, step, buckets):  # type: ignore[no-untyped-def]
    """Return the most that can still be gained from each visit at each time, letting visits repeat.

    *worth* is reward less price by visit; a row per node (0: home), a column per *step* minutes after *start*.
    *step* may not exceed the shortest visit. Times are rounded in favour, so the result is an upper bound.
    """
    n = dur.size
    best = np.full((n + 1, buckets), -1e18)
    for b in range(buckets - 1, -1, -1):
        now = start + b * step
        for i in range(n + 1):
            most = -1e18
            if now + tt[i, 0] <= closes + 1e-9:
                most = -tc[i, 0]
            for j in range(1, n + 1):
                if j == i:
                    continue
                begin = max(now + tt[i, j], lo[j - 1])
                end = begin + dur[j - 1]
                if begin > hi[j - 1] + 1e-9 or end + tt[j, 0] > closes + 1e-9:
                    continue
                gain = worth[j - 1] - tc[i, j] + best[j, int((end - start + 1e-9) // step)]
                most = max(most, gain)
            best[i, b] = most
    return best


@njit(cache=True)
def _has(key, j):  # type: ignore[no-untyped-def]
    while key != np.uint64(0):
        if key & np.uint64(255) == np.uint64(j):
            return True
        key >>= np.uint64(8)
    return False


@njit(cache=True)
def _with(key, j):  # type: ignore[no-untyped-def]
    """Return the key with byte *j* put in its place among the sorted."""
    low = np.uint64(0)
    shift = np.uint64(0)
    rest = key
    while rest != np.uint64(0) and rest & np.uint64(255) < np.uint64(j):
        low |= (rest & np.uint64(255)) << shift
        shift += np.uint64(8)
        rest >>= np.uint64(8)
    low |= np.uint64(j) << shift
    return low if rest == np.uint64(0) else low | (rest << (shift + np.uint64(8)))


@njit(cache=True)
def enumerate_day(dur, lo, hi, tt, tc, price, must, opens, closes, rew, most, gains, step, length, cap):  # type: ignore[no-untyped-def]
    """Return (sets, pence, ending) of all routes of one day whose pence less rewards stay within *most*.

    tt, tc: minutes and pence between nodes, home first (set-up within tt, none on the way home); price: pence beside
    travel; must: 1 for visits that the day must hold; gains: of `completion`, or empty; length: visits at most;
    cap: labels at most, beyond which the ending is CUT. LONGER: some route could have had more visits than *length*.
    """
    n = dur.size
    size = 1 << 12
    while size < 2 * cap:
        size <<= 1
    mask = np.uint64(size - 1)
    table = np.full(size, -1, np.int32)
    keys = np.empty(cap, np.uint64)
    last = np.empty(cap, np.uint8)
    free = np.empty(cap, np.float64)
    cost = np.empty(cap, np.int64)
    reward = np.empty(cap, np.float64)
    chain = np.empty(cap, np.int32)
    slots = np.empty(cap, np.int32)
    sets = np.empty(cap, np.uint64)
    pence = np.empty(cap, np.int64)
    routes, used, level_from, ending = 0, 0, 0, COMPLETE
    musts = must.sum()
    for level in range(length + 1):
        level_to = used
        slot_from = 0
        for label in range(level_from if level else -1, level_to if level else 0):
            here = 0 if label < 0 else int(last[label])
            now = opens if label < 0 else free[label]
            spent = 0 if label < 0 else cost[label]
            got = 0.0 if label < 0 else reward[label]
            key = np.uint64(0) if label < 0 else keys[label]
            for j in range(1, n + 1):
                begin = max(now + tt[here, j], lo[j - 1])
                if begin > hi[j - 1] + 1e-9:
                    continue
                end = begin + dur[j - 1]
                if end + tt[j, 0] > closes + 1e-9:
                    continue
                total = spent + tc[here, j] + price[j - 1]
                sum_got = got + rew[j - 1]
                if gains.size and total - sum_got - gains[j, int((end - opens + 1e-9) // step)] > most:
                    continue
                if _has(key, j):
                    continue
                if level >= length:
                    ending = max(ending, LONGER)
                    continue
                new = _with(key, j)
                spot = new * np.uint64(0x9E3779B97F4A7C15)
                spot = (spot ^ (spot >> np.uint64(29))) & mask
                while table[spot] >= 0 and keys[table[spot]] != new:
                    spot = (spot + np.uint64(1)) & mask
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
                            beaten = True
                            break
                    other = chain[other]
                if beaten:
                    continue
                if used == cap:
                    ending = CUT
                    break
                if table[spot] < 0:
                    slots[slot_from] = spot
                    slot_from += 1
                keys[used] = new
                last[used] = j
                free[used] = end
                cost[used] = total
                reward[used] = sum_got
                chain[used] = table[spot]
                table[spot] = used
                used += 1
            if ending == CUT:
                break
        for s in range(slot_from):
            other = table[slots[s]]
            table[slots[s]] = -1
            key = keys[other]
            got = reward[other]
            best = np.int64(1 << 60)
            while other >= 0:
                best = min(best, cost[other] + tc[last[other], 0])
                other = chain[other]
            held = 0
            rest = key
            while musts and rest != np.uint64(0):
                held += must[int(rest & np.uint64(255)) - 1]
                rest >>= np.uint64(8)
            if held == musts and best - got <= most:
                sets[routes] = key
                pence[routes] = best
                routes += 1
        if ending == CUT or used == level_to:
            break
        level_from = level_to
    return sets[:routes].copy(), pence[:routes].copy(), ending


@njit(cache=True)
def members(sets, cand):  # type: ignore[no-untyped-def]
    """Return the visits of each set, a row of LONGEST numbers, -1 where there is none."""
    out = np.full((sets.size, LONGEST), -1, np.int16)
    for r in range(sets.size):
        key = sets[r]
        k = 0
        while key != np.uint64(0):
            out[r, k] = cand[int(key & np.uint64(255)) - 1]
            key >>= np.uint64(8)
            k += 1
    return out
