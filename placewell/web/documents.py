"""Documents as accessible PDF (PDF/UA-1), set by typst. Values are handed over as data, never pasted into the source."""

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import typst

from placewell.web.templatetags.web import day, moment

ROOT = Path(__file__).resolve().parents[1]
STANDARD = "ua-1"


def pdf(template: str, data: dict[str, Any]) -> bytes:
    """Return the document that *template* (a path below the package, `placements/documents/agreement.typ`) makes of *data*.

    *data* needs a `title`. Dates, moments and amounts are written as people read them.

    Raises:
        ValueError: the title is missing.
    """
    if not data.get("title"):
        raise ValueError("a document needs a title")
    return typst.compile(
        str(ROOT / template),
        root=str(ROOT),
        format="pdf",
        pdf_standards=[STANDARD],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, default=_written)},
    )


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    return str(value)
