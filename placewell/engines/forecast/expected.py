"""The other path: expected numbers without chance, by carrying each cohort's mass over states and time in placement.

A cohort is a child here today, or the entrants of one step of time and one cell of age. Its age and time in care are
known; only its state and time in placement are spread out, so the mass lives on a small grid (state × time steps in
placement), and each step of a month multiplies hazards at its middle. Used by sliders and to check the simulation.
"""

import numpy as np
from numba import njit

from placewell.engines.forecast.arrivals import ADULT
from placewell.engines.forecast.entries import ENTRY_AGES
from placewell.engines.forecast.fit import Fit
from placewell.engines.forecast.hazards import AGE_EDGES, CARE_EDGES, STAY_EDGES, YEAR, Floats, place
from placewell.engines.forecast.returns import RETURN_AGES, SINCE_EDGES
from placewell.engines.forecast.scenarios import BASELINE, Scenario, as_arrays
from placewell.engines.forecast.solve import monthly_levels

PER_YEAR = 12
LONG = 2 * PER_YEAR + 1  # steps in placement told apart; from two years on the hazard is constant
BAND = np.searchsorted(STAY_EDGES, (np.arange(LONG) + 0.5) * YEAR / PER_YEAR, side="right") - 1


@njit(cache=True)
def _steps(hazard, levels, step, moving, edits, edit_w, edit_to):  # type: ignore[no-untyped-def]
    """Return [which moving edits apply (as bits), month, cell, 7]: the chance to stay a step, moves to each state for
    one child there, the chance not to leave in the half step after a move.

    *moving* numbers the edits that add a hazard of moving."""
    months, cells = levels.shape[1], len(hazard)
    out = np.zeros((1 << len(moving), months, cells, 7))
    goes, fresh = np.zeros(5), np.zeros(5)
    for bits in range(len(out)):
        for m in range(months):
            for cell in range(cells):
                s = cell // (cells // 5)
                leave = hazard[cell, 5] * levels[0, m]
                for to in range(5):
                    goes[to] = hazard[cell, to] * (levels[1, m] if to == 2 and s != 2 else levels[2, m])
                for e in range(len(edits)):
                    if edits[e, 0] == 3.0 and (edits[e, 1] < 0.0 or edits[e, 1] == s):
                        leave *= max(0.0, 1.0 + (edits[e, 2] - 1.0) * edit_w[e, m])
                for b in range(len(moving)):
                    e = moving[b]
                    if bits >> b & 1 and edits[e, 1] == s:
                        for to in range(5):
                            goes[to] += edits[e, 2] * edit_w[e, m] * edit_to[e, to]
                rate = leave + goes[0] + goes[1] + goes[2] + goes[3] + goes[4]
                if len(edits):
                    _divert(goes, fresh, m, edits, edit_w, edit_to)
                keep = np.exp(-rate * step)
                out[bits, m, cell, 0] = keep
                for to in range(5):
                    out[bits, m, cell, 1 + to] = goes[to] * (1.0 - keep) / rate if rate > 0.0 else 0.0
                out[bits, m, cell, 6] = np.exp(-0.5 * step * leave)
    return out


@njit(cache=True, inline="always")
def _step_on(mass, chances, arrived):  # type: ignore[no-untyped-def]
    """Add those of *mass* who move to *arrived* [state]; return how many leave care. *chances* as in _steps."""
    leaves = mass * (1.0 - chances[0])
    for to in range(5):
        arrived[to] += mass * chances[1 + to]
        leaves -= mass * chances[1 + to]
    return leaves


@njit(cache=True)
def _cohort(mass, first, last, born, adult, care, weight, table, moving, month_of, step, edits, out, left):  # type: ignore[no-untyped-def]
    """Carry one cohort's mass [state, steps in placement] from step *first* to *last*, adding to out [step, state] and
    who leaves care to left [step, age as in ENTRY_AGES]."""
    long = mass.shape[1]
    arrived = np.zeros(5)
    for k in range(first, last):
        if adult < (k + 1) * step:
            return
        m = month_of[k]
        middle = (k + 0.5) * step
        a = min(max(place(AGE_EDGES, middle - born), 0), 7)
        c = min(place(CARE_EDGES, middle - care), 5)
        for s in range(5):
            arrived[s] = 0.0
        leaves = 0.0
        for s in range(5):
            last_d, bits, gone, stayed = -1, 0, 0.0, 0.0
            cell = 0
            for back in range(long):
                j = long - 1 - back  # from the longest stays down, so that mass may move up in place
                here = mass[s, j]
                if here <= 1e-7:
                    mass[s, j] = 0.0
                    continue
                d = BAND[j]
                now = 0
                for b in range(len(moving)):
                    e = moving[b]
                    now |= (middle - born >= edits[e, 3] and (j + 0.5) * step >= edits[e, 4]) << b
                if d != last_d or now != bits:
                    leaves += _step_on(gone, table[bits, m, cell], arrived)
                    last_d, bits, gone = d, now, 0.0
                    cell = ((s * 8 + a) * 6 + d) * 6 + c
                keep = here * table[bits, m, cell, 0]
                mass[s, j] = 0.0
                mass[s, min(j + 1, long - 1)] += keep
                gone += here
                stayed += keep
            leaves += _step_on(gone, table[bits, m, cell], arrived)
            out[k + 1, s] += weight * stayed
        for s in range(5):
            # arrived in mid-step: half stand at the start of the grid, half a step on; some have left again by its end
            came = arrived[s] * table[0, m, ((s * 8 + a) * 6) * 6 + c, 6]
            mass[s, 0] += 0.5 * came
            mass[s, 1] += 0.5 * came
            out[k + 1, s] += weight * came
            leaves += arrived[s] - came
        old = min(place(ENTRY_AGES, middle - born), left.shape[1] - 1)
        left[k, old] += weight * leaves


@njit(cache=True)
def _come_back(mass, at, born, k, left_at, back, homes, month_of, step, edits, edit_w, edit_to, came, out):  # type: ignore[no-untyped-def]  # fmt: skip
    """Bring back whom *mass* stands for, who left care on day *left_at* and are out from step *k* on; *at* is the day in
    step *k* from which they may return. Adds to came [step, age as in ENTRY_AGES, state] and out [step, state]."""
    goes, fresh = np.zeros(5), np.zeros(5)
    for j in range(k, len(month_of)):
        middle, m = 0.5 * (max(at, j * step) + (j + 1) * step), month_of[j]
        age, since = middle - born, middle - left_at
        if age >= ADULT or since >= SINCE_EDGES[-1] or mass < 1e-9:
            return
        a = min(place(RETURN_AGES, age), len(back) - 1)
        rate = back[a, place(SINCE_EDGES, since)]
        for e in range(len(edits)):
            if edits[e, 0] == 2.0 and age >= edits[e, 3]:
                rate *= max(0.0, 1.0 + (edits[e, 2] - 1.0) * edit_w[e, m])
        share = 1.0 - np.exp(-rate * ((j + 1) * step - max(at, j * step)))
        for to in range(5):
            goes[to] = mass * share * (homes[a, to] - (homes[a, to - 1] if to else 0.0))
        mass -= mass * share
        _divert(goes, fresh, m, edits, edit_w, edit_to)
        cell = min(place(ENTRY_AGES, age), came.shape[1] - 1)
        early = 0.5 if j > k or at < j * step else 0.0  # step k's own entrants have been carried already
        for to in range(5):  # numpy's arithmetic of whole rows is slow to compile
            came[j, cell, to] += early * goes[to]
            came[j + 1, cell, to] += (1.0 - early) * goes[to]
            out[j + 1, to] += (1.0 - early) * goes[to]


@njit(cache=True)
def _divert(goes, fresh, m, edits, edit_w, edit_to):  # type: ignore[no-untyped-def]
    """Send the diverted share of what arrives in a state to where the edit says, in the order of the edits."""
    for to in range(5):
        fresh[to] = goes[to]
    for e in range(len(edits)):
        if edits[e, 0] == 0.0:
            s = int(edits[e, 1])
            share = fresh[s] * edits[e, 2] * edit_w[e, m]
            fresh[s] -= share
            goes[s] -= share
            for to in range(5):
                goes[to] += share * edit_to[e, to]


@njit(cache=True)
def _newcomers(arrivals, entry_ages, month_of, edits, edit_w, edit_to, came, out):  # type: ignore[no-untyped-def]
    """Add *arrivals* [step, age, state], edited, to came [step, age, state] and out [step, state]."""
    goes, fresh = np.zeros(5), np.zeros(5)
    for k in range(len(month_of)):
        m = month_of[k]
        for a in range(arrivals.shape[1]):
            factor = 1.0
            age = 0.5 * (entry_ages[a] + entry_ages[a + 1])
            for e in range(len(edits)):
                if edits[e, 0] == 2.0 and age >= edits[e, 3]:
                    factor *= max(0.0, 1.0 + (edits[e, 2] - 1.0) * edit_w[e, m])
            for to in range(5):
                goes[to] = arrivals[k, a, to] * factor
            _divert(goes, fresh, m, edits, edit_w, edit_to)
            for to in range(5):
                # half as if they came at the step's start, half at its end: exact to second order
                came[k, a, to] += 0.5 * goes[to]
                came[k + 1, a, to] += 0.5 * goes[to]
                out[k + 1, to] += 0.5 * goes[to]


@njit(cache=True)
def _expected(  # type: ignore[no-untyped-def]
people, table, moving, arrivals, entry_ages, month_of, step, long, edits, edit_w, edit_to, back, returning,
              homes, gone):  # fmt: skip
    steps, today = len(month_of), np.int64(0)  # a plain 0 would have all it is given to compiled twice
    out = np.zeros((steps + 1, 5))
    left = np.zeros((steps, len(entry_ages) - 1))
    for i in range(len(people)):
        mass = np.zeros((5, long))
        s = int(people[i, 0])
        position = -people[i, 3] / step  # between two steps of the grid: share out by nearness
        j = min(int(position), long - 1)
        part = position - j if j < long - 1 else 0.0
        mass[s, j] = 1.0 - part
        if j < long - 1:
            mass[s, j + 1] = part
        out[0, s] += 1.0
        _cohort(mass, today, steps, people[i, 1], people[i, 2], people[i, 4], 1.0, table, moving, month_of, step, edits,
                out, left)  # fmt: skip
    cells = len(entry_ages) - 1
    came = np.zeros((steps + 1, cells, 5))
    _newcomers(arrivals, entry_ages, month_of, edits, edit_w, edit_to, came, out)
    for i in range(len(gone) if returning else 0):
        _come_back(1.0, 0.0, gone[i, 0], today, gone[i, 2], back, homes, month_of, step, edits, edit_w, edit_to, came,
                   out)  # fmt: skip
    for k in range(steps + 1):
        for a in range(cells):
            total = 0.0
            for s in range(5):
                total += came[k, a, s]
            if total <= 1e-12:
                continue
            mass = np.zeros((5, long))
            for s in range(5):
                mass[s, 0] = came[k, a, s] / total
            born = k * step - 0.5 * (entry_ages[a] + entry_ages[a + 1])
            _cohort(mass, k, steps, born, born + ADULT, k * step, total, table, moving, month_of, step, edits,
                    out, left)  # fmt: skip
            if returning and k < steps:
                middle = (k + 0.5) * step
                born = middle - 0.5 * (entry_ages[a] + entry_ages[a + 1])
                _come_back(left[k, a], middle, born, k, middle, back, homes, month_of, step, edits, edit_w, edit_to,
                           came, out)  # fmt: skip
    return out


def expected_census(fitted: Fit, scenario: Scenario = BASELINE) -> Floats:
    """Return expected children [year 0…n, state] under the best estimate of every rate, levels on the middle path."""
    steps, flow = monthly_levels(fitted, 0, 0, 1, certain=True)
    offsets = fitted.offsets
    step = YEAR / PER_YEAR
    size = fitted.years * PER_YEAR
    month_of = np.minimum(np.searchsorted(offsets, (np.arange(size) + 0.5) * step, side="right") - 1, len(offsets) - 2)
    arrivals = np.zeros((size, len(ENTRY_AGES) - 1, 5))
    for k, stream in enumerate(fitted.streams):
        group = float((stream.sizes * np.arange(1, len(stream.sizes) + 1)).sum())
        by_step = np.diff(np.interp(np.arange(size + 1) * step, offsets, flow[0, k]))
        arrivals += by_step[:, None, None] * group * stream.cells[0].reshape(-1, 5)
    edits = as_arrays(scenario.edits, fitted.as_of, offsets)
    moving = np.flatnonzero(edits[0][:, 0] == 1.0)
    table = _steps(fitted.rates.hazard[0], steps[0], step, moving, *edits)
    out = _expected(fitted.people, table, moving, arrivals, ENTRY_AGES, month_of, step, LONG, *edits,
                    fitted.returns.hazard[0], fitted.returns.per_day > 0, fitted.returns.homes, fitted.returns.left)  # fmt: skip
    result: Floats = out[::PER_YEAR]
    return result
