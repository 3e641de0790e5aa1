"""The event-driven simulation, compiled. Each child in each future has a random stream of their own."""

import numpy as np
from numba import njit

from placewell.engines.forecast.hazards import AGE_EDGES, CARE_EDGES, STAY_EDGES

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX1 = np.uint64(0xBF58476D1CE4E5B9)
MIX2 = np.uint64(0x94D049BB133111EB)
ADULT = 18 * 365.25
NEVER = 1e18


@njit(cache=True, inline="always")
def _mix(z):  # type: ignore[no-untyped-def]
    """Scramble 64 bits (SplitMix64: Steele, Lea and Flood 2014)."""
    z = (z ^ (z >> np.uint64(30))) * MIX1
    z = (z ^ (z >> np.uint64(27))) * MIX2
    return z ^ (z >> np.uint64(31))


@njit(cache=True, inline="always")
def _unit(state):  # type: ignore[no-untyped-def]
    """Return a number in (0, 1) from a stream's state."""
    return (np.float64(_mix(state) >> np.uint64(11)) + 0.5) * (1.0 / 9007199254740992.0)


@njit(cache=True, inline="always")
def _stream(seed, draw, who):  # type: ignore[no-untyped-def]
    """Return the start of the stream of one child in one future."""
    return _mix(_mix(np.uint64(seed) + GOLDEN * np.uint64(draw + 1)) ^ (GOLDEN * np.uint64(who + 1)))


@njit(cache=True)
def uniforms(seed, first, last, what, width):  # type: ignore[no-untyped-def]
    """Return [draw, width] numbers in (0, 1), the same for a draw whichever block computes it."""
    out = np.empty((last - first, width))
    for draw in range(first, last):
        state = _stream(seed, draw, (1 << 40) + what)
        for k in range(width):
            state += GOLDEN
            out[draw - first, k] = _unit(state)
    return out


@njit(cache=True, inline="always")
def _arrive(state, month, u, edits, edit_w, edit_to):  # type: ignore[no-untyped-def]
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


@njit(cache=True, inline="always")
def _month(t, month_end, months):  # type: ignore[no-untyped-def]
    """Return the month that holds day *t*: month_end[m] ≤ t < month_end[m + 1]."""
    m = min(int(t * (1.0 / 30.4375)), months - 1)
    while m > 0 and month_end[m] > t:
        m -= 1
    while m < months - 1 and month_end[m + 1] <= t:
        m += 1
    return m


@njit(cache=True, inline="always")
def _edited(out, t, s, m, born, stay0, edits, edit_w):  # type: ignore[no-untyped-def]
    """Return the hazard of leaving and the extra hazard of moving under the edits in force."""
    extra = 0.0
    for e in range(len(edits)):
        kind = edits[e, 0]
        if kind == 3.0 and (edits[e, 1] < 0.0 or edits[e, 1] == s):
            out *= max(0.0, 1.0 + (edits[e, 2] - 1.0) * edit_w[e, m])
        elif kind == 1.0 and edits[e, 1] == s and t - born >= edits[e, 3] and t - stay0 >= edits[e, 4]:
            extra += edits[e, 2] * edit_w[e, m]
    return out, extra


@njit(cache=True)
def _goes(pick, s, t, m, born, stay0, hazard, cell, edits, edit_w, edit_to):  # type: ignore[no-untyped-def]
    """Return where a mover goes: *pick* ≥ 0 within the ordinary hazards, below within the edits' (counted from 0)."""
    to = s
    if pick >= 0.0:
        for k in range(5):
            if k == 2 and s != 2:
                continue
            pick -= hazard[cell, k]
            to = k
            if pick < 0.0:
                break
        return to
    pick = -pick
    for e in range(len(edits)):
        if edits[e, 0] == 1.0 and edits[e, 1] == s and t - born >= edits[e, 3] and t - stay0 >= edits[e, 4]:
            rate = edits[e, 2] * edit_w[e, m]
            if pick < rate:
                for k in range(5):
                    if edit_to[e, k] > 0.0:
                        to = k
                        pick -= edit_to[e, k] * rate
                        if pick < 0.0:
                            break
                break
            pick -= rate
    return to


@njit(cache=True, error_model="numpy")
def _live(  # type: ignore[no-untyped-def]
t, s, born, adult, stay0, care0, rng, total, hazard, levels, month_end, every, edits, edit_w, edit_to,
          census, exits, moves, days):  # fmt: skip
    """Follow one child from day *t* in state *s* to the horizon, the 18th birthday or leaving care.

    census holds changes at month ends, to be summed up afterwards."""
    months = len(month_end) - 1
    horizon = month_end[months]
    stop = min(horizon, adult)
    if stop <= t:
        return
    m = _month(t, month_end, months)
    census[m if month_end[m] >= t else m + 1, s] += 1
    a, c = 0, 0
    while a < 7 and t - born >= AGE_EDGES[a + 1] - 1e-7:
        a += 1
    while c < 5 and t - care0 >= CARE_EDGES[c + 1] - 1e-7:
        c += 1
    next_age = born + AGE_EDGES[a + 1] if a < 7 else NEVER
    next_care = care0 + CARE_EDGES[c + 1] if c < 5 else NEVER
    edge = min((m // every + 1) * every, months)
    since = t  # start of what is not yet counted in this state
    while True:
        d = 0
        while d < 5 and t - stay0 >= STAY_EDGES[d + 1] - 1e-7:
            d += 1
        next_stay = stay0 + STAY_EDGES[d + 1] if d < 5 else NEVER
        rng += GOLDEN
        left = -np.log(_unit(rng))
        happened = False
        while True:
            cell = ((s * 8 + a) * 6 + d) * 6 + c
            out = total[cell, 0] * levels[0, m]
            res = total[cell, 1] * levels[1, m]
            mov = total[cell, 2] * levels[2, m]
            extra = 0.0
            if len(edits):
                out, extra = _edited(out, t, s, m, born, stay0, edits, edit_w)
            rate = out + res + mov + extra
            upto = min(min(min(next_age, next_care), min(next_stay, month_end[edge])), stop)
            if left < rate * (upto - t):
                t += left / rate
                happened = True
                break
            left -= rate * (upto - t)
            t = upto
            if t >= stop:
                break
            if t >= next_stay:
                d += 1
                next_stay = stay0 + STAY_EDGES[d + 1] if d < 5 else NEVER
            if t >= next_care:
                c += 1
                next_care = care0 + CARE_EDGES[c + 1] if c < 5 else NEVER
            if t >= next_age:
                a += 1
                next_age = born + AGE_EDGES[a + 1] if a < 7 else NEVER
            if t >= month_end[edge]:
                m = edge
                edge = min(m + every, months)
        y = min(int(since * (1.0 / 365.25)), len(days) - 1)
        while since < t:
            until = t if y == len(days) - 1 else min(t, month_end[12 * (y + 1)])
            if until > since:
                days[y, s] += until - since
                since = until
            y += 1
            if y >= len(days):
                break
        since = t
        if not happened and stop >= horizon:
            return
        at = _month(t, month_end, months)
        year = at // 12
        census[at if month_end[at] >= t else at + 1, s] -= 1
        if not happened:
            exits[year, s] += 1
            return
        rng += GOLDEN
        pick = _unit(rng) * rate
        rng += GOLDEN
        if pick < out:
            exits[year, s] += 1
            return
        if pick < out + res:
            to = 2
        elif pick < out + res + mov:
            to = _goes((pick - out - res) / levels[2, m], s, t, m, born, stay0, hazard, cell, edits, edit_w, edit_to)
        else:
            to = _goes(-(pick - out - res - mov), s, t, m, born, stay0, hazard, cell, edits, edit_w, edit_to)
        if len(edits):
            to = _arrive(to, at, _unit(rng), edits, edit_w, edit_to)
        if to != s:
            moves[year, to] += 1
        census[at if month_end[at] >= t else at + 1, to] += 1
        s = to
        stay0 = t


@njit(cache=True, error_model="numpy")
def _come(  # type: ignore[no-untyped-def]
seed, draw, flow, sizes, cells, entry_ages, month_end, edits, edit_w, edit_to, lives, streams, n, entries):  # fmt: skip
    """Add who comes into care in one future to *lives* and *streams* from row *n* on; returns them and how many."""
    months = flow.shape[1] - 1
    for stream in range(flow.shape[0]):
        rng, cells_s = _stream(seed, draw, (1 << 41) + stream), cells[stream]
        who = (1 << 20) * (stream + 1)
        reached, m = 0.0, 0
        while True:
            rng += GOLDEN
            reached -= np.log(_unit(rng))
            while m < months and flow[stream, m + 1] <= reached:
                m += 1
            if m >= months:
                break
            share = (reached - flow[stream, m]) / (flow[stream, m + 1] - flow[stream, m])
            t = month_end[m] + share * (month_end[m + 1] - month_end[m])
            rng += GOLDEN
            group = min(np.searchsorted(sizes[stream], _unit(rng)), 4) + 1
            for _ in range(group):
                who += 1
                own = _stream(seed, draw, who) + GOLDEN
                cell = min(np.searchsorted(cells_s, _unit(own)), cells.shape[1] - 1)
                own += GOLDEN
                low, high = entry_ages[cell // 5], entry_ages[cell // 5 + 1]
                age = low + _unit(own) * (high - low)
                own += GOLDEN
                state = _arrive(cell % 5, m, _unit(own), edits, edit_w, edit_to)
                own += GOLDEN
                factor = 1.0
                for e in range(len(edits)):
                    if edits[e, 0] == 2.0 and age >= edits[e, 3]:
                        factor *= max(0.0, 1.0 + (edits[e, 2] - 1.0) * edit_w[e, m])
                copies = int(factor)
                copies += _unit(own) < factor - copies
                for copy in range(copies):
                    if n == len(lives):
                        lives = np.concatenate((lives, np.empty_like(lives)))
                        streams = np.concatenate((streams, np.empty_like(streams)))
                    entries[m // 12, state] += 1
                    lives[n, 0], lives[n, 1], lives[n, 2], lives[n, 3] = t, state, t - age, t - age + ADULT
                    lives[n, 4], lives[n, 5] = t, t
                    streams[n] = own if copy == 0 else _stream(seed, draw, (1 << 42) + who * 64 + copy)
                    n += 1
    return lives, streams, n


@njit(cache=True, nogil=True, error_model="numpy")
def simulate(  # type: ignore[no-untyped-def]
seed, first, last, people, total, hazard, levels, flow, sizes, cells, entry_ages, month_end, every,
             edits, edit_w, edit_to):  # fmt: skip
    """Run futures first…last−1; returns census, entries, exits, moves in (counts) and days in care by year."""
    months = len(month_end) - 1
    years = months // 12
    size = last - first
    census = np.zeros((size, months + 2, 5), np.int32)
    entries = np.zeros((size, years, 5), np.int32)
    exits = np.zeros((size, years, 5), np.int32)
    moves = np.zeros((size, years, 5), np.int32)
    days = np.zeros((size, years, 5))
    here = len(people)
    lives, streams = np.zeros((2 * here + 1000, 6)), np.zeros(2 * here + 1000, np.uint64)
    lives[:here, 1:] = people
    for i in range(size):
        draw = first + i
        r = draw % len(total)
        # taken once per future: taking a slice costs as much as a step of a child's life
        total_r, hazard_r, levels_i = total[r], hazard[r], levels[i]
        census_i, exits_i, moves_i, days_i = census[i], exits[i], moves[i], days[i]
        for p in range(here):
            streams[p] = _stream(seed, draw, p)
        lives, streams, n = _come(seed, draw, flow[i], sizes, cells[r], entry_ages, month_end, edits, edit_w, edit_to,
                                  lives, streams, here, entries[i])  # fmt: skip
        for p in range(n):
            _live(lives[p, 0], int(lives[p, 1]), lives[p, 2], lives[p, 3], lives[p, 4], lives[p, 5], streams[p],
                  total_r, hazard_r, levels_i, month_end, every, edits, edit_w, edit_to, census_i, exits_i, moves_i,
                  days_i)  # fmt: skip
        for k in range(months):
            for s in range(5):
                census_i[k + 1, s] += census_i[k, s]
    return census[:, : months + 1], entries, exits, moves, days
