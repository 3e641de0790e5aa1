"""From episodes as filed to stays in placements: mend what can be mended, set aside what cannot, count both."""

from datetime import date, timedelta

import numpy as np
from numba import njit

from placewell.engines.forecast import codes
from placewell.engines.forecast.dates import as_date, as_day
from placewell.engines.forecast.load import BAD, OPEN, Tables
from placewell.engines.forecast.mend import collection_ends, eighteenths, mend_births, mend_ends, mend_starts, name_rows
from placewell.engines.forecast.problem import Days, Spells
from placewell.kernel.errors import BadInput, Fault

GAP = 31  # days between an X1 ending and the next episode that are taken for a slip of the pen
COUNTS = ("short_breaks", "same_placement_merged", "temporary_merged", "clipped_overlaps", "filled_gaps")


def build_spells(tables: Tables) -> tuple[Spells, dict[str, int]]:
    """Return the spells of all children and what was merged; rows set aside are added to *tables.dropped*."""
    rows = tables.episodes
    size = len(tables.children)
    born = np.full(size, OPEN)
    for who, day in tables.born.items():
        born[who] = day
    ends = collection_ends(tables)
    mended = {"births": mend_births(tables, born), "starts": mend_starts(tables)}
    adult = eighteenths(born)
    keep, counts = _set_aside(tables, born, adult)
    counts |= {f"mended_{name}": count for name, count in mended.items()}
    if not keep.any():
        raise BadInput([Fault("episodes.csv", "no row can be used; see the reasons in dropped.csv")])
    index = np.flatnonzero(keep)
    order = index[np.lexsort((index, rows["file"][index], rows["decom"][index], rows["child"][index]))]
    child, decom = rows["child"][order], rows["decom"][order]
    last = np.ones(len(order), bool)
    last[:-1] = (child[1:] != child[:-1]) | (decom[1:] != decom[:-1])
    counts["older_rows_replaced"] = int((~last).sum())
    order = order[last]
    counts["mended_ends"] = int((rows["dec"][order] < rows["decom"][order]).sum())
    counts["ends_taken"] = mend_ends(tables, order, ends)
    counts["vanished"] = _close_vanished(tables, order, adult, ends)
    columns = [rows[name][order] for name in ("child", "decom", "dec", "kind", "same", "rec")]
    merged = np.zeros(len(COUNTS), np.int64)
    found = np.empty((len(order), 7), np.int64)
    found = found[: _walk(*columns, adult, merged, found)]  # type: ignore[call-arg]
    counts |= {name: int(count) for name, count in zip(COUNTS, merged, strict=True) if name not in counts}
    home = np.full(size, -1)
    home[rows["child"][order]] = rows["home"][order]
    uasc = np.zeros(size, bool)
    uasc[list(tables.uasc)] = True
    child, start, end, state, care, to, unbroken = (found[:, k].copy() for k in range(7))
    return Spells(child, start, end, state, care, to, unbroken, born, uasc, home), counts


def _close_vanished(tables: Tables, order: Days, adult: Days, ends: Days) -> int:
    """Close at its collection's end what was open there and is in no later collection; return how many."""
    rows = tables.episodes
    file = rows["file"][order]
    gone = (rows["dec"][order] == OPEN) & (ends[file] < ends.max())
    rows["dec"][order[gone]] = ends[file[gone]] + 1
    rows["rec"][order[gone]] = 1  # a next episode that does not begin a period of care closes the gap
    child = rows["child"][order]
    final = np.append(child[1:] != child[:-1], True)
    name_rows(tables, order[gone & final], "open in this collection and in no later one; counted to this one's end")
    grown = final & (rows["dec"][order] == OPEN) & (adult[child] < ends.max())
    name_rows(tables, order[grown], "never closed, and 18 since; counted at most to the 18th birthday")
    return int((gone & final).sum())


def _set_aside(tables: Tables, born: Days, adult: Days) -> tuple[np.ndarray, dict[str, int]]:
    """Return which rows can be used; name the others, and those that are used only in part."""
    rows = tables.episodes
    child, decom, dec = rows["child"], rows["decom"], rows["dec"]
    known = np.where(child >= 0, child, 0)
    day_of_birth, birthday = born[known], adult[known]
    blank = (child < 0) & (decom == OPEN)
    short = rows["status"] == 1
    reasons = (
        (child < 0, "no CHILD", False),
        ((decom == OPEN) | (decom == BAD), "DECOM is not a date", False),
        (day_of_birth == OPEN, "the child has no date of birth in header.csv or uasc.csv", False),
        (decom < day_of_birth, "the episode starts before the child was born", False),
        (decom >= birthday, "the episode starts on or after the 18th birthday", False),
        (dec == BAD, "DEC is not a date; the next episode's start is taken, or an end in between", True),
        (
            dec < decom,
            "the episode ends before it starts; the next episode's start is taken, or an end in between",
            True,
        ),
        (rows["kind"] < 0, "PLACE and PLACE_PROVIDER are not a known pair; counted with the placement around it", True),
        (rows["status"] < 0, "LS is not a known code; the row is counted", True),
    )
    told = blank | short
    keep = ~told
    for wrong, reason, usable in reasons:
        now = wrong & ~told
        told |= now
        keep &= ~now | usable
        name_rows(tables, np.flatnonzero(now), reason)
    return keep, {"short_breaks": int(short.sum()), "rows_named_in_dropped": len(tables.dropped)}


@njit
def _put(out, n, child, start, end, state, care, unbroken):  # type: ignore[no-untyped-def]
    """Write a stay; a row written as one tuple takes seconds to compile."""
    out[n, 0], out[n, 1], out[n, 2], out[n, 3], out[n, 4], out[n, 5] = child, start, end, state, care, 5
    out[n, 6] = unbroken


@njit(cache=True)
def _walk(child, decom, dec, kind, same, x1, adult, merged, out):  # type: ignore[no-untyped-def]
    """Walk each child's episodes in order and join them into *out*, columns as in Spells up to *unbroken*; return how many."""
    size, n = len(child), 0
    open_spell, pending, temporary = False, False, False
    end, care, pending_start = 0, 0, 0
    for i in range(size):
        c = child[i]
        first = i == 0 or child[i - 1] != c
        follows = i + 1 < size and child[i + 1] == c
        if first:
            open_spell, pending = False, False
        start, stop = decom[i], dec[i]
        if stop < start:
            if not follows:
                continue
            stop = decom[i + 1]
        if follows:
            after = decom[i + 1]
            if stop > after:
                stop = after
                merged[3] += dec[i] != 2_000_000
            elif stop < after and x1[i] == 1 and (after - stop <= 31 or same[i + 1] < 2):
                stop = after
                merged[4] += 1
        stop = min(stop, adult[c])
        if stop <= start:
            continue
        goes_on = (open_spell or pending) and start == end
        if not goes_on:
            if pending:
                _put(out, n, c, pending_start, end, 4, care, end)
                n += 1
            open_spell, pending = False, False
            # who is first seen in a later home came into care before it
            care = start - 1 if first and same[i] != 2 else start
        state = kind[i]
        if state < 0 or state > 4:
            merged[2] += 1
            if open_spell:
                out[n - 1, 2] = stop
            elif not pending:
                pending, pending_start = True, start
            temporary = True
        elif open_spell and out[n - 1, 3] == state and (same[i] == 1 or temporary):
            merged[1] += same[i] == 1
            out[n - 1, 2] = stop
            temporary = False
        else:
            if open_spell:
                out[n - 1, 5] = state
            _put(out, n, c, start, stop, state, care, stop)
            if pending:
                out[n, 1], out[n, 6] = pending_start, start
            n += 1
            open_spell, pending, temporary = True, False, False
        end = stop
        if pending and not follows:
            _put(out, n, c, pending_start, end, 4, care, end)
            n += 1
            pending = False
    for k in range(n):
        if out[k, 5] == 5 and out[k, 2] >= adult[out[k, 0]] - 3:
            out[k, 5] = 7
        elif out[k, 2] >= 2_000_000:
            out[k, 5] = 6
    return n


def find_window(spells: Spells, as_of: int | None) -> tuple[int, int]:
    """Return (first day from which everybody in care is in the data, the as-of day)."""
    dates = np.sort(np.concatenate([spells.start, spells.end[spells.to <= codes.EXIT]]))
    dates = dates[dates < OPEN]
    if as_of is None:
        latest = as_date(dates[-1 - len(dates) // 500])
        march = as_day(date(latest.year if latest <= date(latest.year, 3, 31) else latest.year + 1, 3, 31))
        pace = 365.0 / max(1, int((dates > dates[-1 - len(dates) // 500] - 365).sum()))
        near = march - as_day(latest) <= max(45.0, 6 * pace)
        as_of = march if near else as_day(as_date(march).replace(year=as_date(march).year - 1))
    exits = spells.end[(spells.to >= codes.EXIT) & (spells.to != codes.CENSORED) & (spells.end <= as_of)]
    years = (as_of - exits) // 365.25
    counts = np.bincount(years.astype(np.int64)) if len(years) else np.zeros(1, np.int64)
    typical = np.median(counts[counts > 0][:5]) if counts.any() else 1.0
    back = 0
    while back < min(len(counts), 10) and counts[back] >= max(1.0, 0.3 * typical):
        back += 1
    if dates[-1] < as_of - 730:
        last = as_date(dates[-1]).isoformat()
        raise BadInput([Fault("--as-of", f"{as_date(as_of).isoformat()} is years after the data, which end on {last}")])
    if back == 0 and not spells.census(as_of).any():
        raise BadInput([Fault("episodes.csv", f"nobody is in care on {as_date(as_of).isoformat()}; give --as-of")])
    back = max(back, 1)  # where nobody left last year, prior belief must do
    try:
        start = as_date(as_of).replace(year=as_date(as_of).year - back)
    except ValueError:
        start = as_date(as_of) - timedelta(days=round(365.25 * back))
    return as_day(start) + 1, int(as_of)
