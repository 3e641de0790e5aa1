"""One child's measures: the same counting as the council's, over one record."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from placewell.accounts.models import Organisation

from .. import rules
from .counted import measure_all
from .measured import loaded


@dataclass(frozen=True)
class ChildMeasure:
    """What a measure says of one child: whether it is of the child at all, and what is told."""

    measure: rules.Measure
    told: tuple[str, ...]
    is_well: bool | None  # None: neither well nor not


def of_child(*, child_id: UUID, of: Organisation, on: dt.date) -> list[ChildMeasure]:
    """Return every measure that counts a child on the day *on*; the caller has read the child's record."""
    records = loaded(council_area=of.area_code, child_id=child_id)
    found = []
    for measured in measure_all(records, on=on).values():
        if not measured.cases:
            continue
        low = measured.measure.good == "low"
        share = measured.hits / measured.over if measured.over else 0
        well = None if measured.measure.unit == "mean" or 0 < share < 1 else (share == 0) == low
        told = tuple(case.told or ("Yes" if case.hits else "No") for case in measured.cases)
        found.append(ChildMeasure(measured.measure, told, well))
    return found
