"""Mend what a return says badly but not beyond doubt: dates of birth, starts and ends that are missing or impossible."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from placewell.engines.forecast.dates import as_date, as_day, eighteenth
from placewell.engines.forecast.load import BAD, OPEN, Dropped, Tables
from placewell.engines.forecast.problem import Days

GOLDEN = 0.618033988749895  # multiples of it, less their whole part, are spread evenly
IMPOSSIBLE = round(25 * 365.25)  # nobody comes into care this old: the date of birth is wrong


def name_rows(tables: Tables, which: Days, reason: str) -> None:
    """List rows with the reason why they were set aside or mended."""
    rows = tables.episodes
    for at in which:
        child = rows["child"][at]
        name = tables.children[child] if child >= 0 else ""
        tables.dropped.append(Dropped(tables.files[rows["file"][at]], int(rows["row"][at]), name, reason))


def collection_ends(tables: Tables) -> Days:
    """Return by file the 31 March that ends its collection, judged by its latest starts."""
    rows = tables.episodes
    ends = np.full(len(tables.files), -OPEN)
    for at in range(len(tables.files)):
        starts = np.sort(rows["decom"][(rows["file"] == at) & (rows["decom"] < OPEN) & (rows["decom"] > BAD)])
        if len(starts):
            latest = as_date(starts[-1 - len(starts) // 200])
            ends[at] = as_day(date(latest.year + (latest > date(latest.year, 3, 31)), 3, 31))
    return ends


def mend_births(tables: Tables, born: Days) -> int:
    """Give children without a possible date of birth the age of whoever came in about the same day to such a home.

    *born* is changed in place; returns how many. Their number matters to the forecast more than their exact age."""
    rows = tables.episodes
    usable = (rows["child"] >= 0) & (rows["decom"] > BAD) & (rows["decom"] < OPEN) & (rows["status"] != 1)
    index = np.flatnonzero(usable)
    index = index[np.lexsort((rows["decom"][index], rows["child"][index]))]
    child, decom = rows["child"][index], rows["decom"][index]
    first = np.append(True, child[1:] != child[:-1]) if len(child) else np.zeros(0, bool)
    last = np.append(first[1:], True) if len(child) else first
    who, came, latest, kind = child[first], decom[first], decom[last], rows["kind"][index][first]
    unborn = (born[who] < OPEN) & (latest < born[who])
    wrong = (born[who] == OPEN) | unborn | ((born[who] < OPEN) & (came - born[who] > IMPOSSIBLE))
    good = ~wrong & (came - born[who] < 6570) & (came >= born[who])
    if not good.any() or not wrong.any():
        return 0
    name_rows(tables, index[first][wrong], "no possible date of birth; the age of a child who came in alike is taken")
    for at in np.flatnonzero(wrong):
        alike = np.flatnonzero(good & (kind == kind[at])) if (good & (kind == kind[at])).any() else np.flatnonzero(good)
        donor = alike[np.argmin(np.abs(came[alike] - came[at]))]
        birthday = came[at] - (came[donor] - born[who[donor]])
        born[who[at]] = max(birthday, latest[at] - 6392)  # not yet 17½ when last seen to start
    return int(wrong.sum())


def mend_starts(tables: Tables) -> int:
    """Take for an unreadable DECOM the end of the child's episode before it, or what an earlier collection said.

    Where nothing else is told of a child, take the start or the length of another's episode, spread evenly."""
    rows = tables.episodes
    decom, dec, child, file = (rows[name] for name in ("decom", "dec", "child", "file"))
    unread = ((decom == OPEN) | (decom == BAD)) & (child >= 0) & (rows["status"] != 1)
    which = np.flatnonzero(unread)
    if not len(which):
        return 0
    order = np.argsort(child, kind="stable")
    ordered = child[order]
    there = np.sort(decom[(dec == OPEN) & ~unread & (file == file.max())])  # starts of those in care now
    closed = ~unread & (dec > decom) & (dec < OPEN)
    lengths = np.sort((dec - decom)[closed])
    mended: list[int] = []
    for at in which:
        mine = order[np.searchsorted(ordered, child[at], "left") : np.searchsorted(ordered, child[at], "right")]
        mine = mine[~unread[mine]]
        until = dec[at] if BAD < dec[at] < OPEN else OPEN
        before = mine[(file[mine] == file[at]) & (dec[mine] > decom[mine]) & (dec[mine] <= until) & (dec[mine] < OPEN)]
        told = mine[(file[mine] < file[at]) & ((dec[mine] == OPEN) | (dec[mine] == dec[at])) & (decom[mine] < until)]
        if len(told) and (not len(before) or decom[told].max() >= dec[before].max()):
            decom[at] = decom[told].max()
        elif len(before):
            decom[at] = dec[before].max()
        elif not (file[mine] >= file[at]).any() and len(there) and len(lengths):
            spread = (len(mended) + 1) * GOLDEN % 1
            start = there[int(len(there) * spread)], until - lengths[int(len(lengths) * spread)]
            decom[at] = start[int(until < OPEN)]
        else:
            continue
        mended.append(int(at))
    name_rows(tables, np.array(mended, np.int64), "DECOM is not a date; it is taken from the child's other episodes")
    return len(mended)


def mend_ends(tables: Tables, order: Days, ends: Days) -> int:
    """Give the last episode of a child an end where it has a reason for leaving but no possible date; return how many.

    *order* holds the rows in use by child and start. The end is taken half-way to the collection's own; without a
    reason for leaving the child is taken to be there still."""
    rows = tables.episodes
    child, decom, dec = rows["child"][order], rows["decom"][order], rows["dec"][order]
    final = np.append(child[1:] != child[:-1], True)
    impossible = (dec == BAD) | (dec < decom)
    # some systems fill REC in episodes that go on: believe it only where that is the exception
    filled = rows["rec"][order][dec == OPEN] > 0
    believed = len(filled) > 0 and filled.mean() < 0.25
    left = final & (rows["rec"][order] == 2) & (impossible | (dec == OPEN) & believed)
    recent = final & (rows["rec"][order] == 1) & (dec < OPEN) & (dec >= ends.max() - 365)  # the next row is missing
    stays = final & ((impossible & ~left) | recent)
    name_rows(tables, order[recent], "moved on (X1), and the next episode is missing; taken to be there still")
    close = ends[rows["file"][order]] + 1
    rows["dec"][order[left]] = np.maximum((decom + (close - decom) // 2)[left], decom[left] + 1)
    rows["dec"][order[stays]] = OPEN
    name_rows(
        tables, order[left & (dec == OPEN)], "a reason for leaving but no DEC; an end half-way to the collection's"
    )
    return int(left.sum() + stays.sum())


def eighteenths(born: Days) -> NDArray[np.int64]:
    """Return 18th birthdays by child, OPEN where the date of birth is unknown."""
    return np.where(born < OPEN, eighteenth(np.where(born < OPEN, born, 0)), OPEN)
