"""A worker's visits as iCalendar (RFC 5545): initials and district only, since an address is the danger."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from placewell.accounts.models import User

from .. import models, states
from .facts import facts

LONDON = ZoneInfo("Europe/London")
FOLD = 74


def calendar(*, worker: User, on: dt.date) -> str:
    """Return the calendar of *worker*'s planned visits from a week before *on*, each event known by the visit."""
    # whoever shares the calendar would see them: unannounced visits stay out of it
    rows = models.PlannedVisit.objects.filter(worker=worker, plan__state=states.Plan.IN_USE, is_unannounced=False)
    rows = rows.filter(on__gte=on - dt.timedelta(days=7)).select_related("child", "plan").order_by("on", "start_min")
    found = list(rows)
    districts = {
        each.child.pk: each.stay.postcode.split(" ")[0]
        for each in facts(for_user=worker, on=on, child_ids=[row.child_id for row in found])
    }
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Placewell//Visits//EN", "X-WR-CALNAME:Visits"]
    for row in found:
        lines += _event(row, districts.get(row.child_id, ""))
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in _folded(line))


def _event(row: models.PlannedVisit, district: str) -> Iterator[str]:
    initials = "".join(name[0] for name in (row.child.given_name, row.child.family_name) if name) or "Child"
    at = " in ".join(part for part in (f"Visit {initials}", district) if part)
    yield "BEGIN:VEVENT"
    yield f"UID:{row.child_id}-{row.number}@visits.placewell"
    yield f"DTSTAMP:{row.plan.asked_at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    for name, minute in (("DTSTART", row.start_min), ("DTEND", row.end_min)):
        local = dt.datetime.combine(row.on, dt.time(minute // 60, minute % 60), LONDON)
        yield f"{name}:{local.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    yield f"SUMMARY:{_text(at)}"
    yield "CLASS:PRIVATE"
    yield f"STATUS:{'CONFIRMED' if row.confirmed_at else 'TENTATIVE'}"
    yield "END:VEVENT"


def _text(words: str) -> str:
    for mark in ("\\", ";", ","):
        words = words.replace(mark, f"\\{mark}")
    return words.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Yield a line in parts of at most 75 octets, as the format asks."""
    part = ""
    for letter in line:
        if len((part + letter).encode()) > FOLD:
            yield part
            part = " "
        part += letter
    yield part
