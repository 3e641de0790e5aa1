"""What a provider returns each quarter, and what is looked at before it counts.

Source: the council's own monitoring; the visits are those of SI 2015/541 (Children's Homes) regs 44 and 45, read 2026.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from placewell.kernel.periods import months_after


class Return(StrEnum):
    """The life of one quarter's return."""

    ASKED = "asked"
    SENT = "sent"
    SENT_BACK = "sent_back"
    ACCEPTED = "accepted"


RETURN_STEPS = {
    Return.ASKED: frozenset({Return.SENT}),
    Return.SENT: frozenset({Return.SENT_BACK, Return.ACCEPTED}),
    Return.SENT_BACK: frozenset({Return.SENT}),
    Return.ACCEPTED: frozenset({Return.SENT_BACK}),
}
FIGURES = {
    "nights": "Nights that our children stayed",
    "staff": "Staff in post on the last day",
    "leavers": "Staff who left in the quarter",
    "qualified": "Staff with the required qualification",
    "independent_visits": "Monthly independent visits made (regulation 44)",
    "missing_episodes": "Times that one of our children was missing",
    "restraints": "Restraints of our children",
    "allegations": "Allegations",
    "complaints": "Complaints by or for our children",
    "notified": "Events notified to the regulator",
}
NIGHTS_APART = 2  # nights that may differ from ours without a word
MOST_LEAVERS = 0.5  # of the staff in post


@dataclass(frozen=True)
class Remark:
    """One thing that a check found: *must* be put right, or may stand with an explanation."""

    figure: str
    words: str
    must: bool


def quarter(day: dt.date) -> dt.date:
    """Return the first day of the financial quarter in which *day* lies."""
    return dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def quarter_end(start: dt.date) -> dt.date:
    """Return the first day after the quarter that starts on *start*."""
    return months_after(start, 3)


def check(
    figures: Mapping[str, int], *, our_nights: int, our_missing: int, our_reports: Mapping[str, int], has_homes: bool
) -> list[Remark]:
    """Return what is odd about a return: what contradicts itself, and what differs from what the council knows.

    *our_reports* says how many complaints, allegations and notified events the council knows of the quarter.
    """
    if missing := [name for name in FIGURES if figures.get(name) is None]:
        return [Remark(name, "Enter a whole number, nought where there was none.", True) for name in missing]
    found: list[Remark] = []
    if any(value < 0 for value in figures.values()):
        return [Remark(name, "This cannot be below nought.", True) for name, value in figures.items() if value < 0]
    if figures["qualified"] > figures["staff"]:
        found.append(Remark("qualified", "More staff are qualified than are in post.", True))
    if has_homes and figures["independent_visits"] < 3:
        words = f"{figures['independent_visits']} of 3 monthly visits were made: say why (regulation 44)."
        found.append(Remark("independent_visits", words, False))
    if abs(figures["nights"] - our_nights) > NIGHTS_APART:
        found.append(Remark("nights", f"We have {our_nights:,} nights: say what differs.", False))
    if figures["staff"] and figures["leavers"] > MOST_LEAVERS * figures["staff"]:
        found.append(Remark("leavers", "Half of the staff or more left: say what is done.", False))
    if figures["missing_episodes"] < our_missing:
        found.append(Remark("missing_episodes", f"We know of {our_missing}: say which of them is not so.", False))
    for name, ours in our_reports.items():
        if figures[name] < ours:
            found.append(Remark(name, f"We know of {ours}: say which of them is not so.", False))
    return found
