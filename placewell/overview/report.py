"""The quarterly report for Cabinet and the corporate parenting board, from the same queries as the cycle's page.

It is published, so counts of one to four children are held back.
"""

import datetime as dt
from typing import Any

from placewell.accounts.models import Organisation, User
from placewell.outcomes import queries as outcomes

from . import cycle

OF_CHILDREN = ("child", "placement", "ending", "that we buy")
HELD_BACK = "c"


def quarter(on: dt.date) -> str:
    """Return the quarter of the financial year in which a day lies, in words."""
    number = (on.month - 4) % 12 // 3 + 1
    year = on.year if on.month >= 4 else on.year - 1
    return f"quarter {number} of {year} to {year + 1}"


def quarterly(*, council: Organisation, reader: User, on: dt.date) -> dict[str, Any]:
    """Return what the report says, as the document template reads it."""
    stages = cycle.stages(council=council, reader=reader, on=on)
    records = outcomes.council(of=council)
    told = outcomes.trend(records, on=on, small=False)
    areas: dict[str, list[tuple[str, str, str, str]]] = {}
    for rows in told.values():
        now, before = rows[-1], rows[-2] if len(rows) > 1 else None
        row = (now.measure.title, now.figure, now.counts, before.figure if before else "–")
        areas.setdefault(now.measure.area, []).append(row)
    return {
        "title": f"Homes for looked-after children: {quarter(on)}",
        "council": council.name,
        "reference": f"As it stood on {on:%-d %B %Y}",
        "lede": f"For Cabinet and the corporate parenting board, as it stands on {on:%-d %B %Y}.",
        "stages": [
            {
                "name": stage.name,
                "asks": stage.asks,
                "figures": [(published(figure), figure.words) for figure in stage.figures],
            }
            for stage in stages
        ],
        "outcomes_lede": (
            "Shares are of the day, or of the twelve months that end with it. "
            f"{HELD_BACK} stands where fewer than {outcomes.SMALLEST} children are counted."
        ),
        "areas": [{"name": name, "rows": rows} for name, rows in areas.items()],
        "definitions": [
            (rows[0].measure.title, rows[0].measure.definition, rows[0].measure.source) for rows in told.values()
        ],
    }


def published(figure: cycle.Figure) -> str:
    """Return a figure as it may be published: one to four children, placements or endings are held back, and shares that
    tell of so few on either side."""
    counts = [int(figure.figure)] if figure.figure.isdecimal() else []
    if figure.parts:
        hits, over = figure.parts
        counts += [hits, over - hits]
    small = any(0 < count < outcomes.SMALLEST for count in counts)
    return HELD_BACK if small and any(word in figure.words for word in OF_CHILDREN) else figure.figure
