"""The event-driven simulation, compiled. Each child in each future has a random stream of their own."""

import numpy as np
from numba import njit

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX1 = np.uint64(0xBF58476D1CE4E5B9)
MIX2 = np.uint64(0x94D049BB133111EB)
ADULT = 18 * 365.25


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


@njit(cache=True, error_model="numpy")
def _live(  # type: ignore[no-untyped-def]
t, s, born, adult, stay0, care0, rng, total, hazard, levels, month_end, every, edges, edits, edit_w, edit_to,
          census, exits, moves, days):  # fmt: skip
    """Follow one child from time *t* in state *s* to the horizon, the 18th birthday or leaving care."""
    months = len(month_end) - 1
    horizon = month_end[months]
    stop = min(horizon, adult)
    if stop <= t:
        return
    ages, stays, cares = edges[0], edges[1], edges[2]
    m = 0
    while m < months - 1 and month_end[m + 1] <= t:
        m += 1
    k = m if month_end[m] >= t else m + 1  # next month end at which the child is counted
    a, c = 0, 0
    while a < 7 and t - born >= ages[a + 1] - 1e-7:
        a += 1
    while c < 5 and t - care0 >= cares[c + 1] - 1e-7:
        c += 1
    since = t  # start of what is not yet counted in this state
    while True:
        d = 0
        while d < 5 and t - stay0 >= stays[d + 1] - 1e-7:
            d += 1
        rng += GOLDEN
        left = -np.log(_unit(rng))
        happened = False
        while True:
            cell = ((s * 8 + a) * 6 + d) * 6 + c
            out = total[cell, 0] * levels[0, m]
            res = total[cell, 1] * levels[1, m]
            mov = total[cell, 2] * levels[2, m]
            extra = 0.0
            for e in range(len(edits)):
                kind = edits[e, 0]
                if kind == 3.0 and (edits[e, 1] < 0.0 or edits[e, 1] == s):
                    out *= max(0.0, 1.0 + (edits[e, 2] - 1.0) * edit_w[e, m])
                elif kind == 1.0 and edits[e, 1] == s and t - born >= edits[e, 3] and t - stay0 >= edits[e, 4]:
                    extra += edits[e, 2] * edit_w[e, m]
            rate = out + res + mov + extra
            edge = min((m // every + 1) * every, months)
            upto = min(month_end[edge], stop)
            if a < 7:
                upto = min(upto, born + ages[a + 1])
            if d < 5:
                upto = min(upto, stay0 + stays[d + 1])
            if c < 5:
                upto = min(upto, care0 + cares[c + 1])
            if left < rate * (upto - t):
                t += left / rate
                happened = True
                break
            left -= rate * (upto - t)
            t = upto
            if t >= stop:
                break
            if a < 7 and t - born >= ages[a + 1] - 1e-7:
                a += 1
            if d < 5 and t - stay0 >= stays[d + 1] - 1e-7:
                d += 1
            if c < 5 and t - care0 >= cares[c + 1] - 1e-7:
                c += 1
            if t >= month_end[edge] - 1e-7:
                m = edge
        while k <= months and month_end[k] < t:
            census[k, s] += 1
            k += 1
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
        if not happened and t >= horizon - 1e-7:
            if k == months:
                census[k, s] += 1
            return
        while m < months - 1 and month_end[m + 1] <= t:
            m += 1
        year = min(m // 12, len(days) - 1)
        if not happened:
            exits[year, s] += 1
            return
        rng += GOLDEN
        pick = _unit(rng) * rate
        rng += GOLDEN
        if pick < out:
            exits[year, s] += 1
            return
        to = s
        if pick < out + res:
            to = 2
        elif pick < out + res + mov:
            pick = (pick - out - res) / levels[2, m]
            for to_ in range(5):
                if to_ == 2 and s != 2:
                    continue
                pick -= hazard[cell, to_]
                to = to_
                if pick < 0:
                    break
        else:
            pick -= out + res + mov
            for e in range(len(edits)):
                if edits[e, 0] == 1.0 and edits[e, 1] == s and t - born >= edits[e, 3] and t - stay0 >= edits[e, 4]:
                    rate_e = edits[e, 2] * edit_w[e, m]
                    if pick < rate_e:
                        for k_ in range(5):
                            if edit_to[e, k_] > 0.0:
                                to = k_
                                pick -= edit_to[e, k_] * rate_e
                                if pick < 0:
                                    break
                        break
                    pick -= rate_e
        to = _arrive(to, m, _unit(rng), edits, edit_w, edit_to)
        if to != s:
            moves[year, to] += 1
        s = to
        stay0 = t


@njit(cache=True, nogil=True, error_model="numpy")
def simulate(  # type: ignore[no-untyped-def]
seed, first, last, people, total, hazard, levels, flow, sizes, cells, entry_ages, month_end, every,
             age_edges, stay_edges, care_edges, edits, edit_w, edit_to):  # fmt: skip
    """Run futures first…last−1; returns census, entries, exits, moves in (counts) and days in care by year."""
    months = len(month_end) - 1
    years = months // 12
    size = last - first
    census = np.zeros((size, months + 1, 5), np.int32)
    entries = np.zeros((size, years, 5), np.int32)
    exits = np.zeros((size, years, 5), np.int32)
    moves = np.zeros((size, years, 5), np.int32)
    days = np.zeros((size, years, 5))
    edges = (age_edges, stay_edges, care_edges)
    for i in range(size):
        draw = first + i
        r = draw % len(total)
        # taken once per future: taking a slice costs as much as a step of a child's life
        total_r, hazard_r, levels_i = total[r], hazard[r], levels[i]
        census_i, exits_i, moves_i, days_i = census[i], exits[i], moves[i], days[i]
        for p in range(len(people)):
            _live(0.0, int(people[p, 0]), people[p, 1], people[p, 2], people[p, 3], people[p, 4],
                  _stream(seed, draw, p), total_r, hazard_r, levels_i, month_end, every, edges,
                  edits, edit_w, edit_to, census_i, exits_i, moves_i, days_i)  # fmt: skip
        for stream in range(flow.shape[1]):
            rng = _stream(seed, draw, (1 << 41) + stream)
            who = (1 << 20) * (stream + 1)
            reached, m = 0.0, 0
            while True:
                rng += GOLDEN
                reached -= np.log(_unit(rng))
                while m < months and flow[i, stream, m + 1] <= reached:
                    m += 1
                if m >= months:
                    break
                share = (reached - flow[i, stream, m]) / (flow[i, stream, m + 1] - flow[i, stream, m])
                t = month_end[m] + share * (month_end[m + 1] - month_end[m])
                rng += GOLDEN
                group = min(np.searchsorted(sizes[stream], _unit(rng)), 4) + 1
                for _ in range(group):
                    who += 1
                    own = _stream(seed, draw, who) + GOLDEN
                    cell = min(np.searchsorted(cells[r, stream], _unit(own)), cells.shape[2] - 1)
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
                        entries[i, m // 12, state] += 1
                        begin = own if copy == 0 else _stream(seed, draw, (1 << 42) + who * 64 + copy)
                        _live(t, state, t - age, t - age + ADULT, t, t, begin, total_r, hazard_r, levels_i,
                              month_end, every, edges, edits, edit_w, edit_to, census_i, exits_i, moves_i,
                              days_i)  # fmt: skip
    return census, entries, exits, moves, days
