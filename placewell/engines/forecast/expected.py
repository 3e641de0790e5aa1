"""The other path: expected numbers without chance, by carrying each cohort's mass over states and time in placement.

A cohort is a child here today, or the entrants of one step of time and one cell of age. Its age and time in care are
known; only its state and time in placement are spread out, so the mass lives on a small grid (state × time steps in
placement), and each step of a month multiplies hazards at its middle. Used by sliders and to check the simulation.
"""

import numpy as np
from numba import njit

from placewell.engines.forecast.entries import ENTRY_AGES
from placewell.engines.forecast.fit import Fit
from placewell.engines.forecast.hazards import AGE_EDGES, CARE_EDGES, STAY_EDGES, YEAR, Floats
from placewell.engines.forecast.kernels import ADULT
from placewell.engines.forecast.scenarios import BASELINE, Scenario, as_arrays
from placewell.engines.forecast.solve import monthly_levels

PER_YEAR = 12
LONG = 2 * PER_YEAR + 1  # steps in placement told apart; from two years on the hazard is constant


@njit(cache=True)
def _cohort(mass, first, last, born, adult, care, weight, hazard, levels, month_of, step, edges,  # type: ignore[no-untyped-def]
            edits, edit_w, edit_to, out):  # fmt: skip
    """Carry one cohort's mass [state, steps in placement] from step *first* to *last*, adding to out [step, state]."""
    ages, stays, cares = edges[0], edges[1], edges[2]
    long = mass.shape[1]
    new = np.zeros_like(mass)
    goes = np.zeros(5)
    fresh = np.zeros(5)
    kept = np.zeros(5)
    for k in range(first, last):
        m = month_of[k]
        left = min(1.0, max(0.0, (adult - k * step) / step))
        if left <= 0.0:
            return
        middle = (k + 0.5 * left) * step
        a = min(max(np.searchsorted(ages, middle - born, side="right") - 1, 0), 7)
        c = min(np.searchsorted(cares, middle - care, side="right") - 1, 5)
        new[:] = 0.0
        for s in range(5):
            # who has just moved is half a step in the new place, and may leave from there within the step
            leave = hazard[((s * 8 + a) * 6) * 6 + c, 5] * levels[0, m]
            kept[s] = np.exp(-0.5 * step * left * leave)
        for s in range(5):
            for j in range(long):
                here = mass[s, j]
                if here <= 1e-7:
                    continue
                stay = (j + 0.5) * step
                d = min(np.searchsorted(stays, stay, side="right") - 1, 5)
                cell = ((s * 8 + a) * 6 + d) * 6 + c
                leave = hazard[cell, 5] * levels[0, m]
                for e in range(len(edits)):
                    if edits[e, 0] == 3.0 and (edits[e, 1] < 0.0 or edits[e, 1] == s):
                        leave *= max(0.0, 1.0 + (edits[e, 2] - 1.0) * edit_w[e, m])
                for to in range(5):
                    goes[to] = hazard[cell, to] * (levels[1, m] if to == 2 and s != 2 else levels[2, m])
                for e in range(len(edits)):
                    fits = edits[e, 0] == 1.0 and edits[e, 1] == s
                    if fits and middle - born >= edits[e, 3] and stay >= edits[e, 4]:
                        for to in range(5):
                            goes[to] += edits[e, 2] * edit_w[e, m] * edit_to[e, to]
                rate = leave + goes.sum()
                if len(edits):
                    _divert(goes, fresh, m, edits, edit_w, edit_to)
                stayed = here * np.exp(-rate * step * left)
                new[s, min(j + 1, long - 1)] += stayed
                moved = (here - stayed) / rate if rate > 0.0 else 0.0
                for to in range(5):
                    # arrived in mid-step: half stand at the start of the grid, half a step on
                    new[to, 0] += 0.5 * moved * goes[to] * kept[to]
                    new[to, 1] += 0.5 * moved * goes[to] * kept[to]
        mass[:] = new
        if left < 1.0:
            return
        for s in range(5):
            out[k + 1, s] += weight * mass[s].sum()


@njit(cache=True)
def _divert(goes, fresh, m, edits, edit_w, edit_to):  # type: ignore[no-untyped-def]
    """Send the diverted share of what arrives in a state to where the edit says, in the order of the edits."""
    fresh[:] = goes
    for e in range(len(edits)):
        if edits[e, 0] == 0.0:
            s = int(edits[e, 1])
            share = fresh[s] * edits[e, 2] * edit_w[e, m]
            fresh[s] -= share
            goes[s] -= share
            for to in range(5):
                goes[to] += share * edit_to[e, to]


@njit(cache=True)
def _expected(people, hazard, levels, arrivals, entry_ages, month_of, step, long, edges, edits, edit_w, edit_to):  # type: ignore[no-untyped-def]  # fmt: skip
    steps = len(month_of)
    out = np.zeros((steps + 1, 5))
    fresh = np.zeros(5)
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
        _cohort(mass, 0, steps, people[i, 1], people[i, 2], people[i, 4], 1.0, hazard, levels, month_of, step, edges,
                edits, edit_w, edit_to, out)  # fmt: skip
    cells = len(entry_ages) - 1
    came = np.zeros((steps + 1, cells, 5))
    for k in range(steps):
        m = month_of[k]
        for a in range(cells):
            goes = arrivals[k, a].copy()
            age = 0.5 * (entry_ages[a] + entry_ages[a + 1])
            for e in range(len(edits)):
                if edits[e, 0] == 2.0 and age >= edits[e, 3]:
                    goes *= max(0.0, 1.0 + (edits[e, 2] - 1.0) * edit_w[e, m])
            _divert(goes, fresh, m, edits, edit_w, edit_to)
            # half as if they came at the step's start, half at its end: exact to second order
            came[k, a] += 0.5 * goes
            came[k + 1, a] += 0.5 * goes
            out[k + 1] += 0.5 * goes
    for k in range(steps + 1):
        for a in range(cells):
            total = came[k, a].sum()
            if total <= 1e-12:
                continue
            mass = np.zeros((5, long))
            mass[:, 0] = came[k, a] / total
            born = k * step - 0.5 * (entry_ages[a] + entry_ages[a + 1])
            _cohort(mass, k, steps, born, born + ADULT, k * step, total, hazard, levels, month_of, step, edges,
                    edits, edit_w, edit_to, out)  # fmt: skip
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
    edges = (AGE_EDGES, STAY_EDGES, CARE_EDGES)
    hazard = fitted.rates.hazard[0]
    out = _expected(fitted.people, hazard, steps[0], arrivals, ENTRY_AGES, month_of, step, LONG, edges, *edits)
    result: Floats = out[::PER_YEAR]
    return result
