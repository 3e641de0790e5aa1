"""How often placements break down in a council's own SSDA903 episodes."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from placewell.kernel.errors import BadInput, Fault

# REASON_PLACE_CHANGE codes of the unplanned group: at the carer's, the child's or the authority's request, approval removed
# or standards not met (SSDA903 guide, reason for placement change).
BREAKDOWN = {"CREQB", "CREQO", "CHILD", "LAREQ", "STAND", "ALLEG", "APPRR"}
NEEDED = ("DECOM", "DEC", "REASON_PLACE_CHANGE")


def observed_rate(rows: Iterable[Mapping[str, str | None]], where: str) -> float:
    """Return breakdowns per child-year of ended episodes; dates dd/mm/yyyy or ISO; raises BadInput."""
    faults, days, broken = [], 0, 0
    for line, row in enumerate(rows, 2):
        missing = [name for name in NEEDED if name not in row]
        if missing:
            raise BadInput([Fault(where, f"has no column {', '.join(missing)}")])
        start, end = _day(row["DECOM"]), _day(row["DEC"])
        if start is None or (row["DEC"] and end is None):
            faults.append(Fault(f"{where}:{line}", "DECOM and DEC must be dates, dd/mm/yyyy"))
        elif end is not None:
            days += max(0, (end - start).days)
            broken += row["REASON_PLACE_CHANGE"] in BREAKDOWN
    if faults:
        raise BadInput(faults)
    if not days or not broken:
        raise BadInput([Fault(where, "shows no breakdown of a placement: nothing to calibrate on")])
    return 365 * broken / days


def _day(text: str | None) -> date | None:
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text or "", form).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None
