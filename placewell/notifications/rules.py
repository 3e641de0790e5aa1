"""What is told, in which words, when it comes by mail, and when a manager is told too: dated data and plain sums."""

import datetime as dt
import tomllib
from collections.abc import Collection, Set
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from placewell.kernel.periods import ENGLAND, day_of
from placewell.kernel.working_days import add_working_days

from .states import Timing

MORNING = dt.time(7)  # when what is sent daily and weekly goes out
MONDAY = 0
MOST_LINES = 12  # of a mail; the page has the rest


@dataclass(frozen=True)
class Kind:
    """One kind of notification: its words, whose offices are told, when it is mailed, when a manager hears (working days)."""

    code: str
    group: str
    words: str
    needs: tuple[str, ...]
    timing: Timing
    escalate: int = 0


@cache
def _versions() -> list[dict]:
    text = (files("placewell.notifications") / "tables" / "kinds.toml").read_text()
    return sorted(tomllib.loads(text)["version"], key=lambda each: each["valid_from"])


def _version(on: dt.date) -> dict:
    return next((each for each in reversed(_versions()) if each["valid_from"] <= on), _versions()[0])


def kinds(*, on: dt.date) -> dict[str, Kind]:
    """Return the kinds of notification of the day *on*, by code, in the order of their groups."""
    found = _version(on)["kinds"]
    return {
        code: Kind(code, row["group"], row["words"], tuple(row["needs"]), Timing(row["timing"]), row.get("escalate", 0))
        for code, row in found.items()
    }


def above(role: str, *, on: dt.date) -> tuple[str, ...]:
    """Return the offices that are told of what stands with somebody of *role*, nearest first; none for a provider's."""
    return tuple(_version(on)["above"].get(role, ()))


def told_to_providers(record: str, *, on: dt.date) -> frozenset[str]:
    """Return the events of records of the kind *record* that a provider's staff who follow one are told of; none of any
    other kind."""
    return frozenset(_version(on)["providers"].get(record, ()))


def words_of(event: str, *, on: dt.date) -> str:
    """Return what happened to what is followed, in words: the table's, else those of the event's own name."""
    plain = event.partition(".")[2].replace(".", " ").replace("_", " ").capitalize()
    return str(_version(on)["events"].get(event, plain))


def mail_at(timing: Timing, now: dt.datetime) -> dt.datetime | None:
    """Return when what is told at *now* goes out by mail; None for never."""
    if timing == Timing.NEVER:
        return None
    if timing == Timing.AT_ONCE:
        return now
    day = day_of(now)
    while True:
        morning = dt.datetime.combine(day, MORNING, ENGLAND)
        if morning > now and (timing == Timing.DAILY or day.weekday() == MONDAY):
            return morning
        day += dt.timedelta(days=1)


def is_late(kind: Kind, told_at: dt.datetime, *, on: dt.date, holidays: Set[dt.date]) -> bool:
    """Tell whether a manager hears of it by the day *on*."""
    return bool(kind.escalate) and add_working_days(day_of(told_at), kind.escalate, holidays) < on


def mail_words(told: Collection[Kind], links: Collection[str]) -> tuple[str, str]:
    """Return the subject and the whole body of one mail about *told* (a kind for each), with a link for each: no word in
    it comes from anywhere but the table of kinds."""
    count = len(told)
    subject = next(iter(told)).words if count == 1 else f"You have {count} things to read in Placewell"
    lines = [f"{kind.words}:\n{link}" for kind, link in list(zip(told, links, strict=True))[:MOST_LINES]]
    if count > MOST_LINES:
        lines.append(f"And {count - MOST_LINES} more.")
    things = "1 thing" if count == 1 else f"{count} things"
    return subject, "\n\n".join([f"You have {things} to read: sign in.", *lines])
