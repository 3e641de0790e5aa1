"""The event-driven simulation, compiled. Each child in each future has a random stream of their own.

Hazards are constant within a band of age, time in placement and time in care, but for their levels, which follow the
calendar; so a band is passed, or an event found in it, by what the levels sum up to at its two ends. Changes are noted
at month ends and by year, to be summed up afterwards."""

import numpy as np
from numba import njit

from placewell.engines.forecast.arrivals import GOLDEN, MIX1, MIX2, NEVER, arrive, comes, mix, part, returns_on, unit
from placewell.engines.forecast.hazards import AGE_EDGES, CARE_EDGES, STAY_EDGES, place
from placewell.engines.forecast.returns import RETURN_AGES

# where bands begin, the last never to end
AGE_BEGINS, CARE_BEGINS, STAY_BEGINS = (np.append(edges[:-1], NEVER) for edges in (AGE_EDGES, CARE_EDGES, STAY_EDGES))


@part
def _change(t, s, to, month_by, month_end, census, days):  # type: ignore[no-untyped-def]
    """Note who is in state *to* from day *t* on and was in *s*, −1 out of care; return the year.

    census takes changes by month; days lacks who was there all the year."""
    m = month_by[np.int64(np.ceil(t))]
    year = m // 12
    rest = month_end[12 * year + 12] - t
    if s >= 0:
        census[m + 1, s] -= 1
        days[year, s] -= rest
    if to >= 0:
        census[m + 1, to] += 1
        days[year, to] += rest
    return year


@part
def _told_to_move(t, s, born, stay0, stop, rng, edits, edit_w, edit_to, month_by, month_end):  # type: ignore[no-untyped-def]
    """Return when before *stop* an edit moves who is in state *s*, and where to, or −1; every edit has its own clock."""
    to = -1
    for e in range(len(edits)):
        if edits[e, 0] == 1.0 and edits[e, 1] == s:
            own = rng + MIX1 * np.uint64(e + 1)
            waits = -np.log(unit(own)) / edits[e, 2]
            now = max(max(t, born + edits[e, 3]), stay0 + edits[e, 4])
            while now < stop:
                m = month_by[np.int64(now) + 1]
                upto = min(stop, month_end[m + 1])
                if waits < edit_w[e, m] * (upto - now):
                    stop = now + waits / edit_w[e, m]
                    pick = unit(own + MIX2)
                    to = 0
                    while to < 4 and pick >= edit_to[e, to]:
                        pick -= edit_to[e, to]
                        to += 1
                    break
                waits -= edit_w[e, m] * (upto - now)
                now = upto
    return stop, to


@part
def _follow(  # type: ignore[no-untyped-def]
n, lives, streams, total, hazard, pace, turn, month_by, turn_by, month_end, moving, edits, edit_w, edit_to,
            back, most, homes, census, entries, exits, moves, days):  # fmt: skip
    """Follow *n* children to the horizon or the 18th birthday, in care and out of it: state −1, out since stay0.

    All of them here, for what is given to a function is counted in and out again at a cost."""
    pieces, horizon = len(turn) - 1, month_end[-1]
    for p in range(n):
        t, s, born, adult = lives[p, 0], np.int64(lives[p, 1]), lives[p, 2], lives[p, 3]
        stay0, care0, rng = lives[p, 4], lives[p, 5], streams[p]
        stop = min(horizon, adult)
        a, c = place(AGE_BEGINS, t - born + 1e-7), place(CARE_BEGINS, t - care0 + 1e-7)
        d = place(STAY_BEGINS, t - stay0 + 1e-7)
        while True:  # one stay in a home, or out of care
            if s < 0:
                if most == 0.0:
                    break
                t, rng = returns_on(stay0, t, born, adult, rng, back, most, month_end, month_by, edits, edit_w)
                if t >= NEVER:
                    break
                to = min(place(homes[min(place(RETURN_AGES, t - born), len(homes) - 1)], unit(rng + GOLDEN)) + 1, 4)
                rng += GOLDEN + GOLDEN
                if len(edits):
                    to = arrive(to, np.int64(month_by[np.int64(np.ceil(t))]), unit(rng), edits, edit_w, edit_to)
                entries[_change(t, s, to, month_by, month_end, census, days), to] += 1
                s = to
                stay0, care0 = t, t
                a, c, d = place(AGE_BEGINS, t - born + 1e-7), 0, 0
            next_age, next_care = born + AGE_BEGINS[a + 1], care0 + CARE_BEGINS[c + 1]
            next_stay = stay0 + STAY_BEGINS[d + 1]
            until, to = stop, -1
            rng += GOLDEN
            left = -np.log(unit(rng))
            if moving:
                until, to = _told_to_move(t, s, born, stay0, stop, rng, edits, edit_w, edit_to, month_by, month_end)
            base = s * pieces if len(pace) > pieces else 0
            at = base + turn_by[np.int64(np.ceil(t))]
            out, res, mov = pace[at, 0] + pace[at, 3] * t, pace[at, 1] + pace[at, 4] * t, pace[at, 2] + pace[at, 5] * t
            while True:  # one band after the other
                cell = ((s * 8 + a) * 6 + d) * 6 + c
                upto = min(min(next_age, next_care), min(next_stay, until))
                then = base + turn_by[np.int64(np.ceil(upto))]
                out2 = pace[then, 0] + pace[then, 3] * upto
                res2 = pace[then, 1] + pace[then, 4] * upto
                mov2 = pace[then, 2] + pace[then, 5] * upto
                used = total[cell, 0] * (out2 - out) + total[cell, 1] * (res2 - res) + total[cell, 2] * (mov2 - mov)
                if left < used:
                    break
                left -= used
                t, at, out, res, mov = upto, then, out2, res2, mov2
                if t >= until:
                    break
                d += t >= next_stay  # no branches, for nobody could foretell them
                c += t >= next_care
                a += t >= next_age
                next_stay, next_care = stay0 + STAY_BEGINS[d + 1], care0 + CARE_BEGINS[c + 1]
                next_age = born + AGE_BEGINS[a + 1]
            if t < until:  # an event between t and upto
                while True:
                    out, res = total[cell, 0] * pace[at, 3], total[cell, 1] * pace[at, 4]
                    rate = out + res + total[cell, 2] * pace[at, 5]
                    used = rate * (turn[at - base + 1] - t)
                    if left < used or at >= then:
                        break
                    left -= used
                    t = turn[at - base + 1]
                    at += 1
                t = min(t + left / rate, upto)
                pick = unit(rng + GOLDEN) * rate
                if pick < out:
                    to = -1
                elif pick < out + res:
                    to = 2
                else:
                    pick = (pick - out - res) / pace[at, 5]
                    for k in range(5):
                        if k == 2 and s != 2:
                            continue
                        to = k
                        pick -= hazard[cell, k]
                        if pick < 0.0:
                            break
            rng += GOLDEN + GOLDEN
            if t >= horizon:
                break
            to = to if t < adult else -1
            if len(edits) and to >= 0:
                to = arrive(to, np.int64(month_by[np.int64(np.ceil(t))]), unit(rng), edits, edit_w, edit_to)
            if to != s:
                year = _change(t, s, to, month_by, month_end, census, days)
                if to < 0:
                    exits[year, s] += 1
                else:
                    moves[year, to] += 1
            if t >= adult:
                break
            s, stay0, d = to, t, 0


@njit(cache=True, nogil=True, error_model="numpy")
def simulate(  # type: ignore[no-untyped-def]
seed, first, people, gone, total, hazard, paces, turn, flow, sizes, cells, entry_ages, month_end, month_by, turn_by,
             moving, edits, edit_w, edit_to, back, most, homes, lives, streams,
             census, entries, exits, moves, days):  # fmt: skip
    """Run futures from *first* on, adding to census, entries, exits, moves (counts) and days in care by year."""
    here, nowhere = len(people) + len(gone), np.int64(-1)  # a plain −1 would have what it is given to compiled twice
    for p in range(len(people)):
        lives[p, 0] = 0.0
        for k in range(5):
            lives[p, k + 1] = people[p, k]
    for p in range(len(gone)):
        lives[len(people) + p, 0], lives[len(people) + p, 1] = 0.0, -1.0
        for k in range(3):
            lives[len(people) + p, k + 2] = gone[p, k]
        lives[len(people) + p, 5] = 0.0
    for r in range(len(total)):  # one table after the other, so that it stays in the processor's cache
        for i in range((r - first) % len(total), len(census), len(total)):
            root = mix(np.uint64(seed) + GOLDEN * np.uint64(first + i + 1))
            for p in range(here):
                streams[p] = mix(root ^ (GOLDEN * np.uint64(p + 1)))
            census_i, entries_i, days_i = census[i], entries[i], days[i]
            n = comes(root, flow[i], sizes, cells[r], entry_ages, month_end, edits, edit_w, edit_to,
                      lives, streams, here, entries_i)  # fmt: skip
            for p in range(here, n):
                _change(lives[p, 0], nowhere, np.int64(lives[p, 1]), month_by, month_end, census_i, days_i)
            _follow(n, lives, streams, total[r], hazard[r], paces[i], turn, month_by, turn_by, month_end, moving, edits,
                    edit_w, edit_to, back[r], most[r], homes, census_i, entries_i, exits[i], moves[i],
                    days_i)  # fmt: skip
