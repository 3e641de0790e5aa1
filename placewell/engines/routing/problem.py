"""What there is to plan: workers, visits, travel and prices, in minutes, whole pence and kilometres."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
import numpy.typing as npt

from placewell.engines.routing.locks import faults_of
from placewell.kernel.errors import BadInput, Fault
from placewell.kernel.fields import storable

FORMAT = "visit-plan-1"
Window = tuple[float, float]
Matrix = npt.NDArray[np.float64]

FIELDS = {
    "": "format id note horizon_days horizon_calendar_days calendar minutes km setup_min costs workers visits locked",
    "costs": "min_p km_p late_fixed late_day not_own early unplanned risk moved",
    "workers": "id start team days",
    "visits": "id child loc worker dur due earliest interval mandatory avail",
    "locked": "visit worker day start",
}


@dataclass(frozen=True)
class Costs:
    """Prices in pence; `risk` and `moved` are this engine's own and nothing unless asked for."""

    min_p: float
    km_p: float
    late_fixed: int
    late_day: int
    not_own: int
    early: float
    unplanned: int
    risk: int = 0
    moved: int = 0


@dataclass(frozen=True)
class Worker:
    """A worker, the location their days start and end at, and the minutes of each working day (None: away)."""

    id: str
    start: int
    team: str
    days: tuple[Window | None, ...]


@dataclass(frozen=True)
class Visit:
    """A visit owed; `due` and `earliest` are calendar days, `avail` the minutes in which it may start, by working day."""

    id: str
    child: str
    loc: int
    worker: int
    dur: float
    due: int
    earliest: int
    interval: int
    mandatory: bool
    avail: tuple[Window | None, ...]


@dataclass(frozen=True)
class Lock:
    """A visit that stays where it is."""

    visit: int
    worker: int
    day: int
    start: float


@dataclass(frozen=True)
class Problem:
    """A horizon of working days; `minutes[i, j]` and `km[i, j]` lead from location i to j."""

    id: str
    horizon_calendar_days: int
    calendar: tuple[int, ...]
    minutes: Matrix
    km: Matrix
    setup_min: float
    costs: Costs
    workers: tuple[Worker, ...]
    visits: tuple[Visit, ...]
    locked: tuple[Lock, ...]

    @property
    def days(self) -> int:
        """Return how many working days there are."""
        return len(self.calendar)


class _Reader:
    """Reads fields and keeps every fault instead of stopping at the first."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, where: str, what: str) -> None:
        self.faults.append(Fault(where=where, what=what))

    def known(self, row: Mapping[str, Any], kind: str, at: str) -> None:
        """Refuse fields that the format does not have: a slip of the pen must not pass for a wish."""
        fields = FIELDS[kind].split()
        for key in row:
            if key not in fields:
                near = get_close_matches(str(key), fields, 1)
                hint = f": is {near[0]!r} meant?" if near else ""
                self.fault(f"{at}.{key}" if at else str(key), f"is not a field of the format{hint}")

    def number(self, row: Mapping[str, Any], key: str, at: str, *, low: float | None = 0, **kw: Any) -> float:
        """Return a finite number not below *low*; *default* where absent; *whole* numbers only if asked."""
        where = f"{at}.{key}" if at else key
        if key not in row:
            if "default" in kw:
                return float(kw["default"])
            self.fault(where, "is missing")
            return 0
        value = row[key]
        if not _is_number(value):
            self.fault(where, f"must be a number, not {_shown(value)}")
            return 0
        if abs(value) > 1e9:
            self.fault(where, f"{_shown(value)} is beyond what can be planned with")
            return 0
        if kw.get("whole") and value != int(value):
            self.fault(where, f"must be a whole number, not {value}")
        if low is not None and value < low:
            self.fault(where, f"must be {low} or more, not {value}")
        return float(value)

    def whole(self, row: Mapping[str, Any], key: str, at: str, *, low: float | None = 0, **kw: Any) -> int:
        return int(self.number(row, key, at, low=low, whole=True, **kw))

    def text(self, row: Mapping[str, Any], key: str, at: str) -> str:
        value = row.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str) or not value:
            self.fault(f"{at}.{key}" if at else key, "is missing" if value is None else "must be text")
            return ""
        if not storable(value):
            self.fault(f"{at}.{key}" if at else key, "holds half a character, which no file can")
        return value

    def rows(
        self, data: Mapping[str, Any], key: str, *, needed: bool = True
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield (path, row) for each row of the list *key*."""
        value = data.get(key)
        if value is None and not needed:
            return
        if not isinstance(value, list):
            self.fault(key, "is missing" if value is None else "must be a list")
            return
        for i, row in enumerate(value):
            if isinstance(row, dict):
                self.known(row, key, f"{key}[{i}]")
                yield f"{key}[{i}]", row
            else:
                self.fault(f"{key}[{i}]", "must be an object")

    def windows(self, row: Mapping[str, Any], key: str, at: str, days: int, words: str) -> tuple[Window | None, ...]:
        """Return one window or None per working day."""
        value = row.get(key)
        if not isinstance(value, list) or len(value) != days:
            self.fault(f"{at}.{key}", f"must be a list of {days}, one for each working day")
            return (None,) * days
        return tuple(self._window(one, f"{at}.{key}[{d}]", words) for d, one in enumerate(value))

    def _window(self, one: Any, where: str, words: str) -> Window | None:
        if one is None:
            return None
        if not isinstance(one, list) or len(one) != 2 or not all(_is_number(x) for x in one):
            self.fault(where, "must be null or two numbers of minutes")
            return None
        if max(abs(x) for x in one) > 1e5:
            self.fault(where, "is beyond the minutes of a working day")
            return None
        if one[1] < one[0]:
            self.fault(where, f"{words} {one[1]} before {one[0]}")
            return None
        return float(one[0]), float(one[1])

    def matrix(self, data: Mapping[str, Any], key: str) -> Matrix:
        """Return a square matrix of finite numbers that are not negative."""
        value = data.get(key)
        if not isinstance(value, list) or not value:
            self.fault(key, "must be a square list of lists")
            return np.zeros((0, 0))
        before = len(self.faults)
        for i, row in enumerate(value):
            if not isinstance(row, list) or len(row) != len(value):
                self.fault(f"{key}[{i}]", f"must be a list of {len(value)}: the matrix must be square")
                continue
            try:
                line = np.array(row)
            except (ValueError, OverflowError):
                line = np.array(["not numbers"])
            if line.ndim != 1 or line.dtype.kind not in "iuf":
                j = next((j for j, x in enumerate(row) if not _is_number(x) or not 0 <= x <= 1e6), 0)
                self.fault(f"{key}[{i}][{j}]", f"must be a number from 0 to a million, not {_shown(row[j])}")
                continue
            bad = ~(np.isfinite(line) & (line >= 0) & (line <= 1e6))
            # among numbers, true and false pass for 1 and 0
            bad[[j for j in np.flatnonzero((line == 0) | (line == 1)) if isinstance(row[j], bool)]] = True
            if bad.any():
                j = int(np.argmax(bad))
                self.fault(f"{key}[{i}][{j}]", f"must be a number from 0 to a million, not {_shown(row[j])}")
        if len(self.faults) > before:
            return np.zeros((len(value), len(value)))
        return np.array(value, dtype=np.float64)


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) or math.isfinite(value)


def _shown(value: object) -> str:
    """Return *value* as it is told in a fault, cut where it is long."""
    try:
        text = repr(value)
    except ValueError:  # a whole number of thousands of digits
        text = "a number without end"
    return text if len(text) <= 60 else text[:57] + "…"


def parse(data: object) -> Problem:
    """Return the problem that *data* (the JSON object) states, or raise BadInput with every fault by its path."""
    read = _Reader()
    if not isinstance(data, dict):
        raise BadInput([Fault(where="", what="the problem must be a JSON object")])
    if data.get("format") != FORMAT:
        read.fault("format", f"must be {FORMAT!r}, not {data.get('format')!r}")
    read.known(data, "", "")
    calendar = _calendar(read, data)
    minutes, km = read.matrix(data, "minutes"), read.matrix(data, "km")
    if minutes.shape != km.shape:
        read.fault("km", f"is {len(km)} by {len(km)}, but minutes is {len(minutes)} by {len(minutes)}")
    places = min(len(minutes), len(km))
    workers = tuple(_worker(read, row, at, places, len(calendar)) for at, row in read.rows(data, "workers"))
    _once(read, "workers", [w.id for w in workers])
    number = {w.id: i for i, w in enumerate(workers)}
    visits = tuple(_visit(read, row, at, places, len(calendar), number) for at, row in read.rows(data, "visits"))
    _once(read, "visits", [v.id for v in visits])
    costs = data.get("costs")
    if isinstance(costs, dict):
        read.known(costs, "costs", "costs")
    else:
        read.fault("costs", "is missing" if costs is None else "must be an object")
    problem = Problem(
        id=read.text(data, "id", ""),
        horizon_calendar_days=read.whole(data, "horizon_calendar_days", "", low=1),
        calendar=calendar,
        minutes=minutes,
        km=km,
        setup_min=read.number(data, "setup_min", "", default=10),
        costs=_costs(read, costs) if isinstance(costs, dict) else Costs(0, 0, 0, 0, 0, 0, 0),
        workers=workers,
        visits=visits,
        locked=tuple(_locks(read, data, number, {v.id: i for i, v in enumerate(visits)}, len(calendar))),
    )
    if not read.faults:
        read.faults += faults_of(problem)
    if read.faults:
        raise BadInput(read.faults)
    return problem


def _once(read: _Reader, key: str, ids: list[str]) -> None:
    seen: dict[str, int] = {}
    for i, one in enumerate(ids):
        if one and one in seen:
            read.fault(f"{key}[{i}].id", f"{one!r} is already {key}[{seen[one]}]")
        seen.setdefault(one, i)


def _calendar(read: _Reader, data: Mapping[str, Any]) -> tuple[int, ...]:
    days = read.whole(data, "horizon_days", "", low=1)
    value = data.get("calendar")
    if not isinstance(value, list) or any(isinstance(c, bool) or not isinstance(c, int) for c in value):
        read.fault("calendar", "must be a list with the calendar day of each working day, whole numbers")
        return (0,) * days if days <= 3660 else ()
    if len(value) != days:
        read.fault("calendar", f"has {len(value)} days, but horizon_days is {days}")
    for i, day in enumerate(value):
        if abs(day) > 1e6:
            read.fault(f"calendar[{i}]", f"{_shown(day)} is beyond what can be planned with")
        elif i and day <= value[i - 1]:
            read.fault(f"calendar[{i}]", f"{day} must come after {_shown(value[i - 1])}")
    return tuple(day if abs(day) <= 1e6 else 0 for day in value)


def _costs(read: _Reader, row: Mapping[str, Any]) -> Costs:
    whole = {key: read.whole(row, key, "costs") for key in ("late_fixed", "late_day", "not_own", "unplanned")}
    own = {key: read.whole(row, key, "costs", default=0) for key in ("risk", "moved")}
    prices = {key: read.number(row, key, "costs") for key in ("min_p", "km_p", "early")}
    return Costs(**whole, **own, **prices)  # type: ignore[arg-type]


def _place(read: _Reader, row: Mapping[str, Any], key: str, at: str, places: int) -> int:
    place = read.whole(row, key, at)
    if place >= places > 0:
        read.fault(f"{at}.{key}", f"location {place} is not in the matrix of {places}")
    return place


def _worker(read: _Reader, row: Mapping[str, Any], at: str, places: int, days: int) -> Worker:
    return Worker(
        id=read.text(row, "id", at),
        start=_place(read, row, "start", at, places),
        team=read.text(row, "team", at),
        days=read.windows(row, "days", at, days, "the day closes at"),
    )


def _visit(read: _Reader, row: Mapping[str, Any], at: str, places: int, days: int, number: dict[str, int]) -> Visit:
    worker = read.text(row, "worker", at)
    if worker and worker not in number:
        read.fault(f"{at}.worker", f"nobody knows the worker {worker!r}")
    mandatory = row.get("mandatory", True)
    if not isinstance(mandatory, bool):
        read.fault(f"{at}.mandatory", f"must be true or false, not {mandatory!r}")
    return Visit(
        id=read.text(row, "id", at),
        child=read.text(row, "child", at),
        loc=_place(read, row, "loc", at, places),
        worker=number.get(worker, 0),
        dur=read.number(row, "dur", at),
        due=read.whole(row, "due", at, low=None),
        earliest=read.whole(row, "earliest", at, low=None),
        interval=read.whole(row, "interval", at, low=1),
        mandatory=bool(mandatory),
        avail=read.windows(row, "avail", at, days, "the window ends at"),
    )


def _locks(
    read: _Reader, data: Mapping[str, Any], workers: dict[str, int], visits: dict[str, int], days: int
) -> Iterator[Lock]:
    seen: set[str] = set()
    for at, row in read.rows(data, "locked", needed=False):
        visit, worker = read.text(row, "visit", at), read.text(row, "worker", at)
        day = read.whole(row, "day", at)
        start = read.number(row, "start", at)
        if visit and visit not in visits:
            read.fault(f"{at}.visit", f"nobody knows the visit {visit!r}")
        if worker and worker not in workers:
            read.fault(f"{at}.worker", f"nobody knows the worker {worker!r}")
        if day >= days:
            read.fault(f"{at}.day", f"day {day} is not one of the {days} working days")
        if visit in seen:
            read.fault(f"{at}.visit", f"{visit!r} is locked twice")
        seen.add(visit)
        yield Lock(visits.get(visit, 0), workers.get(worker, 0), day, start)
