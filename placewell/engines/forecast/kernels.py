"""The event-driven simulation, compiled. Each child in each future has a random stream of their own."""

import numpy as np
from numba import njit

from placewell.engines.forecast.arrivals import GOLDEN, NEVER, arrive, comes, month_at, returns_on, stream, unit
from placewell.engines.forecast.hazards import AGE_EDGES, CARE_EDGES, STAY_EDGES, place
from placewell.engines.forecast.returns import RETURN_AGES, SINCE_EDGES


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

    Returns the day of leaving care before 18, or NEVER, and the child's random stream. census
    holds changes at month ends, to be summed up afterwards."""
    months = len(month_end) - 1
    horizon = month_end[months]
    stop = min(horizon, adult)
    if stop <= t:
        return NEVER, rng
    m = month_at(t, month_end, months)
    census[m if month_end[m] >= t else m + 1, s] += 1
    a, c = 0, 0
    while a < 7 and t - born >= AGE_EDGES[a + 1] - 1e-7:
        a += 1
    while c < 5 and t - care0 >= CARE_EDGES[c + 1] - 1e-7:
        c += 1
    next_age = born + AGE_EDGES[a + 1] if a < 7 else NEVER
    next_care = care0 + CARE_EDGES[c + 1] if c < 5 else NEVER
    edge = min((m // every + 1) * every, months)
    turns = month_end[edge]
    level_out, level_res, level_mov = levels[0, m], levels[1, m], levels[2, m]
    since = t  # start of what is not yet counted in this state
    while True:
        d = 0
        while d < 5 and t - stay0 >= STAY_EDGES[d + 1] - 1e-7:
            d += 1
        next_stay = stay0 + STAY_EDGES[d + 1] if d < 5 else NEVER
        fixed = min(min(next_age, next_care), min(next_stay, stop))  # the next change of band, or the end
        cell = ((s * 8 + a) * 6 + d) * 6 + c
        out0, res0, mov0 = total[cell, 0], total[cell, 1], total[cell, 2]
        rng += GOLDEN
        left = -np.log(unit(rng))
        happened = False
        while True:
            out, res, mov, extra = out0 * level_out, res0 * level_res, mov0 * level_mov, 0.0
            if len(edits):
                out, extra = _edited(out, t, s, m, born, stay0, edits, edit_w)
            rate = out + res + mov + extra
            upto = min(turns, fixed)
            used = rate * (upto - t)
            if left < used:
                t += left / rate
                happened = True
                break
            left -= used
            t = upto
            if t >= fixed:
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
                fixed = min(min(next_age, next_care), min(next_stay, stop))
                cell = ((s * 8 + a) * 6 + d) * 6 + c
                out0, res0, mov0 = total[cell, 0], total[cell, 1], total[cell, 2]
            if t >= turns:
                m = edge
                edge = min(m + every, months)
                turns = month_end[edge]
                level_out, level_res, level_mov = levels[0, m], levels[1, m], levels[2, m]
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
            return NEVER, rng
        at = month_at(t, month_end, months)
        year = at // 12
        census[at if month_end[at] >= t else at + 1, s] -= 1
        if not happened:
            exits[year, s] += 1
            return NEVER, rng
        rng += GOLDEN
        pick = unit(rng) * rate
        rng += GOLDEN
        if pick < out:
            exits[year, s] += 1
            return t, rng
        if pick < out + res:
            to = 2
        elif pick < out + res + mov:
            to = _goes((pick - out - res) / level_mov, s, t, m, born, stay0, hazard, cell, edits, edit_w, edit_to)
        else:
            to = _goes(-(pick - out - res - mov), s, t, m, born, stay0, hazard, cell, edits, edit_w, edit_to)
        if len(edits):
            to = arrive(to, at, unit(rng), edits, edit_w, edit_to)
        if to != s:
            moves[year, to] += 1
        census[at if month_end[at] >= t else at + 1, to] += 1
        s = to
        stay0 = t


@njit(cache=True, error_model="numpy", inline="always")
def _life(  # type: ignore[no-untyped-def]
t, s, born, adult, stay0, care0, rng, most, back, homes, total, hazard, levels, month_end, every,
          edits, edit_w, edit_to, census, entries, exits, moves, days):  # fmt: skip
    """Follow one child through every period of care; *s* −1 for who is out of it on day *t*, since day *stay0*."""
    left = stay0
    while True:
        if s >= 0:  # the one place that calls it, so that it is compiled in
            t, rng = _live(t, s, born, adult, stay0, care0, rng, total, hazard, levels, month_end, every, edits, edit_w,
                           edit_to, census, exits, moves, days)  # fmt: skip
            left = t
        if most == 0.0 or t >= NEVER:
            return
        t, rng = returns_on(left, t, born, adult, rng, back, most, month_end, edits, edit_w)
        if t >= NEVER:
            return
        at = month_at(t, month_end, len(month_end) - 1)
        age = min(place(RETURN_AGES, t - born), len(homes) - 1)
        rng += GOLDEN
        s = min(place(homes[age], unit(rng)) + 1, 4)
        rng += GOLDEN
        s = arrive(s, at, unit(rng), edits, edit_w, edit_to)
        entries[at // 12, s] += 1
        stay0, care0 = t, t


@njit(cache=True, nogil=True, error_model="numpy")
def simulate(  # type: ignore[no-untyped-def]
seed, first, last, people, total, hazard, levels, flow, sizes, cells, entry_ages, month_end, every,
             edits, edit_w, edit_to, back, homes, gone):  # fmt: skip
    """Run futures first…last−1; returns census, entries, exits, moves in (counts) and days in care by year."""
    months = len(month_end) - 1
    years = months // 12
    size = last - first
    census = np.zeros((size, months + 2, 5), np.int32)
    entries = np.zeros((size, years, 5), np.int32)
    exits = np.zeros((size, years, 5), np.int32)
    moves = np.zeros((size, years, 5), np.int32)
    days = np.zeros((size, years, 5))
    here = len(people) + len(gone)
    lives, streams = np.zeros((2 * here + 1000, 6)), np.zeros(2 * here + 1000, np.uint64)
    lives[: len(people), 1:] = people
    lives[len(people) : here, 1] = -1.0
    lives[len(people) : here, 2:5] = gone
    for i in range(size):
        draw = first + i
        r = draw % len(total)
        # taken once per future: taking a slice costs as much as a step of a child's life
        total_r, hazard_r, levels_i = total[r], hazard[r], levels[i]
        census_i, exits_i, moves_i, days_i = census[i], exits[i], moves[i], days[i]
        for p in range(here):
            streams[p] = stream(seed, draw, p)
        lives, streams, n = comes(seed, draw, flow[i], sizes, cells[r], entry_ages, month_end, edits, edit_w, edit_to,
                                  lives, streams, here, entries[i])  # fmt: skip
        back_r, entries_i = back[r], entries[i]
        most = 0.0  # no more than this can a hazard of return add up to
        for d in range(back.shape[2]):
            highest = 0.0
            for a in range(back.shape[1]):
                highest = max(highest, back_r[a, d])
            most += highest * (SINCE_EDGES[d + 1] - SINCE_EDGES[d])
        for p in range(n):
            _life(lives[p, 0], int(lives[p, 1]), lives[p, 2], lives[p, 3], lives[p, 4], lives[p, 5], streams[p],
                  most, back_r, homes, total_r, hazard_r, levels_i, month_end, every, edits, edit_w, edit_to,
                  census_i, entries_i, exits_i, moves_i, days_i)  # fmt: skip
        for k in range(months):
            for s in range(5):
                census_i[k + 1, s] += census_i[k, s]
    return census[:, : months + 1], entries, exits, moves, days
