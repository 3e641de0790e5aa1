"""An invented council run day by day, with known truth; different in form from the engine's model.

Every day each child may leave or move with a chance that is a smooth function of age and time (no bands), entries come
in family groups with a cosine season, and levels may drift, jump or fall. The same process carries on into the future,
so that the true spread at a later day is known by running it many times from the same morning.
"""

import csv
import random
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numba import njit

from placewell.engines.forecast.dates import as_date, as_day, eighteenth
from placewell.engines.forecast.problem import Spells

ROOM = 40_000


@dataclass(frozen=True)
class Truth:
    """What is true of a council: entries a year in groups, chances a year, and how they change."""

    entries: float = 90.0
    trend: float = 0.0  # of log entries, a year
    siblings: float = 0.0  # chance of one more child in the group
    frailty: float = 0.0  # variance of a child's own factor on leaving
    drift: float = 0.0  # sd a year of log levels of entries and of leaving
    shocks: float = 0.0  # chance a year of a three-month surge of entries by 60 %
    fall_on: int = 10**6  # day from which leaving is rarer
    fall: float = 1.0
    lone: float = 4.0  # unaccompanied children a year
    years: float = 0.0  # sd of each calendar year's own log level of entries
    reversion: float = 0.0  # how fast the drifting levels come back to 0, a year
    into_res: float = 0.0  # yearly trend of the log odds of a children's home among arrivals
    form: float = 0.0  # 1: chances of leaving and moving of another shape
    returns: float = 0.0  # chance that who leaves before 18 comes back, after 250 days on average

    def numbers(self) -> np.ndarray:
        """Return the numbers in the order the kernel reads."""
        names = ("entries", "trend", "siblings", "frailty", "drift", "shocks", "fall_on", "fall", "lone", "years",
                 "reversion", "into_res", "form", "returns")  # fmt: skip
        return np.array([getattr(self, name) for name in names], float)


SMOOTH = Truth(siblings=0.15)
HARD = Truth(siblings=0.4, frailty=0.6, drift=0.10, shocks=0.4)


@njit(cache=True)
def _arrival_state(age, u, tilt):  # type: ignore[no-untyped-def]
    res = 0.03 + 0.22 / (1 + np.exp(-(age - 13.5)))
    res = 1 / (1 + (1 - res) / res * np.exp(-tilt))
    sup = 0.35 if age >= 16 else 0.0
    oth = 0.12
    if u < sup:
        return 3
    u = (u - sup) / (1 - sup)
    if u < res:
        return 2
    if u < res + oth:
        return 4
    return 0 if u < res + oth + (1 - res - oth) * (0.62 - 0.012 * age) else 1


@njit(cache=True)
def _run(seed, first, days, truth, people, n, record, log, edit):  # type: ignore[no-untyped-def]
    """Live *days* days. people: born, state, moved in, came in, factor, alive, lone, home,
    …, 11 comes of age, 12 comes back. Returns people, logged rows.

    edit: 0 none; 1 divert agency arrivals to in-house by edit[1]; 2 leaving × edit[1]; 3 entries × edit[1];
    4 extra chance a year edit[1] of moving from a children's home to in-house fostering, from 8, after a year there."""
    np.random.seed(seed)
    entries, trend, siblings, frailty, drift, shocks, fall_on, fall, lone, years, reversion, into_res, form, returns = (
        truth
    )
    level, leaving, surge, rows, home, year, of_year = 0.0, 0.0, 0, 0, n, -1, 0.0
    if people[0, 8] != 0:
        level, leaving = people[0, 9], people[0, 10]
    census = np.zeros((days // 365 + 2, 5), np.int64)
    for t in range(first, first + days):
        level += np.random.normal() * drift / 19.1 - reversion / 365.25 * level
        leaving += np.random.normal() * drift / 19.1 - reversion / 365.25 * leaving
        tilt = into_res * (t - 19800) / 365.25
        if t // 365 != year:
            year, of_year = t // 365, np.random.normal() * years
        if surge > 0:
            surge -= 1
        elif np.random.random() < shocks / 365.25:
            surge = 90
        pace = np.exp(leaving) * (fall if t >= fall_on else 1.0) * (edit[1] if edit[0] == 2 else 1.0)
        for i in range(n):
            if people[i, 5] == 0:
                if people[i, 12] == 0 or t < people[i, 12]:
                    continue
                people[i, 1] = _arrival_state((t - people[i, 0]) / 365.25, np.random.random(), tilt)
                people[i, 2], people[i, 3], people[i, 5], people[i, 12] = t, t, 1, 0
            age, s = (t - people[i, 0]) / 365.25, int(people[i, 1])
            stay, care = t - people[i, 2], t - people[i, 3]
            gone = t >= people[i, 11]
            if not gone and t > people[i, 3]:
                u = np.random.random() * 365.25
                own = (1.0, 0.8, 0.9, 0.7, 1.9)[s] * people[i, 4] * pace
                if u < 0.9 * own:  # above what the chance can be: most days need no more work
                    p = 0.22 * (0.45 + 1.6 * np.exp(-care / 250.0)) * (1 + 0.7 * np.exp(-age / 1.5))
                    if form > 0:
                        p = 0.30 * (1.0 + care / 40.0) ** -0.35 * (1.25 - 0.04 * age)
                        p += 0.5 * np.exp(-(((care - 420.0) / 150.0) ** 2)) * (age < 5)
                    gone = u < p * own
            if gone:
                people[i, 5] = 0
                if returns > 0 and np.random.random() < returns:
                    back = t + 1 + int(np.random.exponential(250.0))
                    people[i, 12] = back if back < people[i, 11] else 0
                if record:
                    log[rows] = (i, int(people[i, 2]), t, s, int(people[i, 3]))
                    rows += 1
                continue
            if t == people[i, 2]:
                continue
            if edit[0] == 4 and s == 2 and age >= 8 and stay >= 365 and np.random.random() < edit[1] / 365.25:
                people[i, 1], people[i, 2] = 0, t
                continue
            u = np.random.random() * 365.25
            if u > 2.6:
                continue
            p = 0.33 * (0.35 + 1.5 * np.exp(-stay / 160.0)) * (0.4 + age / 11.0) * (1.0, 1.0, 0.9, 0.6, 1.2)[s]
            if form > 0:
                p = 0.9 * (1.0 + stay / 30.0) ** -0.6 * (0.5 + 1.2 * (age > 11.5)) * (1.0, 1.1, 0.8, 0.5, 1.5)[s]
            if u < p:
                to = _arrival_state(age, np.random.random(), tilt)
                if s == 1 and np.random.random() < 0.35:
                    to = 1
                if edit[0] == 1 and to == 1 and np.random.random() < edit[1]:
                    to = 0
                if record:
                    log[rows] = (i, int(people[i, 2]), t, s, int(people[i, 3]))
                    rows += 1
                people[i, 1], people[i, 2] = to, t
        rate = (
            entries * np.exp(trend * t / 365.25 + level + of_year) * (1 + 0.15 * np.cos(2 * np.pi * (t - 60) / 365.25))
        )
        rate *= (1.6 if surge > 0 else 1.0) * (1 - siblings) / 365.25
        if edit[0] == 3:
            rate *= edit[1]
        lone_rate = lone / 365.25
        for kind in range(2):
            for _ in range(np.random.poisson(rate if kind == 0 else lone_rate)):
                home += 1
                more = True
                while more:
                    more = kind == 0 and np.random.random() < siblings
                    u = np.random.random()
                    age = 15.5 + 2.2 * u
                    if kind == 0:
                        age = 0.05 * u / 0.14 if u < 0.14 else 17.6 * ((u - 0.14) / 0.86) ** 0.85
                    state = _arrival_state(age, np.random.random(), tilt)
                    if edit[0] == 1 and state == 1 and np.random.random() < edit[1]:
                        state = 0
                    born = t - int(age * 365.25)
                    own = np.random.gamma(1 / frailty, frailty) if frailty > 0 else 1.0
                    people[n, :8] = np.array([float(born), state, t, t, own, 1, kind, home])
                    people[n, 11] = born + 6574
                    n += 1
        if (t - first + 1) % 365 == 0:
            for i in range(n):
                if people[i, 5] == 1:
                    census[(t - first + 1) // 365, int(people[i, 1])] += 1
    people[0, 8], people[0, 9], people[0, 10] = 1, level, leaving
    return n, rows, census


class World:
    """A council lived up to a census day."""

    def __init__(self, truth: Truth, seed: int, seen_years: int = 6) -> None:
        self.truth = truth
        self.as_of = as_day(date(2024, 3, 31))
        self.window = as_day(as_date(self.as_of).replace(year=2024 - seen_years)) + 1
        self.born = self.as_of - round(19 * 365.25)
        self.people = np.zeros((ROOM, 13))
        log = np.zeros((ROOM * 4, 5), np.int64)
        none = np.zeros(2)
        numbers = truth.numbers()
        numbers[6] += self.as_of if numbers[6] < 10**5 else 0
        # the trend is measured from the as-of date
        numbers[0] *= np.exp(-truth.trend * self.as_of / 365.25)
        self.numbers = numbers
        days = self.as_of - self.born + 1
        self.n, rows, _ = _run(seed, self.born, days, numbers, self.people, 0, True, log, none)
        self.seed = seed
        open_now = np.flatnonzero(self.people[: self.n, 5] == 1)
        still = np.stack(
            [open_now, self.people[open_now, 2], np.full(len(open_now), 2_000_000), self.people[open_now, 1],
             self.people[open_now, 3]], axis=1,
        ).astype(np.int64)  # fmt: skip
        self.log = np.concatenate([log[:rows], still])
        self.log = self.log[np.lexsort((self.log[:, 1], self.log[:, 0]))]

    def futures(self, count: int, years: int = 6, edit: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
        """Return [future, year, state] true census counts, year 0 being today."""
        out = []
        nothing = np.zeros((1, 5), np.int64)
        for k in range(count):
            people = self.people[: self.n + 6000].copy()
            _, _, census = _run(
                10_000 * self.seed + k, self.as_of + 1, 365 * years, self.numbers, people, self.n, False, nothing,
                np.array(edit),
            )  # fmt: skip
            out.append(census[: years + 1])
        return np.array(out)

    def spells(self) -> Spells:
        """Return what a perfect return would show."""
        log = self.log[self.log[:, 2] > self.window - 1]
        n = len(log)
        follows = (
            np.append((log[1:, 0] == log[:-1, 0]) & (log[1:, 1] == log[:-1, 2]), False) if n else np.zeros(0, bool)
        )
        to = np.where(follows, np.append(log[1:, 3], 0), 5)
        born = self.people[: self.n, 0].astype(np.int64)
        to = np.where((to == 5) & (log[:, 2] >= eighteenth(born)[log[:, 0]] - 3), 7, to)
        to = np.where(log[:, 2] >= 2_000_000, 6, to)
        lone = self.people[: self.n, 6] == 1
        home = self.people[: self.n, 7].astype(np.int64)
        return Spells(log[:, 0], log[:, 1], log[:, 2], log[:, 3], log[:, 4], to, log[:, 2], born, lone, home)

    def write(self, folder: Path, wrong: float = 0.0, by_year: bool = True) -> None:
        """Write the return as filed, one folder a year, with a share *wrong* of the rows spoilt."""
        chance = random.Random(self.seed)
        first = as_date(self.window).year
        last = as_date(self.as_of).year
        years = range(first + 1, last + 1) if by_year else [last]
        for year in years:
            start = as_day(as_date(self.as_of).replace(year=year - 1)) + 1 if by_year else self.window
            end = as_day(as_date(self.as_of).replace(year=year))
            self._write_year(folder / str(year) if by_year else folder, start, end, wrong, chance)

    def _write_year(self, folder: Path, start: int, end: int, wrong: float, chance: random.Random) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        places = (("U4", "PR1"), ("U6", "PR4"), ("K2", "PR4"), ("K3", "PR4"), ("P1", "PR0"))
        rows, seen = [], set()
        for at, (i, begin, stop, state, care) in enumerate(self.log):
            if stop < start or begin > end:
                continue
            seen.add(int(i))
            follows = at + 1 < len(self.log) and self.log[at + 1, 0] == i and self.log[at + 1, 1] == stop
            ended = stop <= end
            place, provider = places[state]
            row = [f"{i:06d}", _text(begin), "S" if begin == care else "P", "C2", "N1", place, provider,
                   _text(stop) if ended else "", ("X1" if follows else "E4A") if ended else "", "",
                   f"ZZ{int(self.people[i, 7])} 1AA", "", ""]  # fmt: skip
            if chance.random() < wrong:
                spoil = chance.randrange(4)
                if spoil == 0:
                    row[5] = "Q9"
                elif spoil == 1 and ended:
                    row[7] = _text(begin - 20)
                elif spoil == 2:
                    rows.append(list(row))
                elif ended:
                    row[7] = row[8] = ""
            rows.append(row)
        if wrong:
            rows.append(["999999", "01/02/1999", "S", "C2", "N1", "U4", "PR1", "", "", "", "", "", ""])
        titles = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN"
        _csv(folder / "episodes.csv", titles, rows)
        header = [[f"{i:06d}", "1", _text(int(self.people[i, 0])), "WBRI", "", "", ""] for i in sorted(seen)]
        if wrong:
            header.append(["999999", "1", "01/02/1994", "WBRI", "", "", ""])
        _csv(folder / "header.csv", "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB", header)
        lone = [[f"{i:06d}", "1", _text(int(self.people[i, 0])), ""] for i in sorted(seen) if self.people[i, 6] == 1]
        _csv(folder / "uasc.csv", "CHILD,SEX,DOB,DUC", lone)


def _text(day: int) -> str:
    return as_date(int(day)).strftime("%d/%m/%Y")


def _csv(path: Path, titles: str, rows: list[list[str]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(titles.split(","))
        writer.writerows(rows)
