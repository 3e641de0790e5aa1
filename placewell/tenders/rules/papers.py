"""Papers that providers register once: what is wrong with them, and when they are over."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

REGISTRATION = "registration"


@dataclass(frozen=True)
class PaperForm:
    """A paper that tenders ask providers for; *numbered* is what its number is called."""

    code: str
    title: str
    group: str
    asked: bool = True
    expires: bool = False
    filed: bool = True
    numbered: str = ""
    has_cover: bool = False
    least_cover: int | None = None


def paper_faults(
    form: PaperForm, number: str, cover: Decimal | None, expires_on: dt.date | None, *, has_file: bool, on: dt.date
) -> list[str]:
    """Return what keeps a paper from being taken on the day *on*, in words."""
    told = []
    if form.numbered and not number.strip():
        told.append(f"{form.title} needs its number: {form.numbered}.")
    if form.expires and expires_on is None:
        told.append(f"{form.title} needs the day on which it ends or is due for review.")
    if expires_on is not None and expires_on <= on:
        told.append("This is over already: add the one that holds now.")
    if (form.has_cover or form.least_cover) and cover is None:
        told.append(f"{form.title} needs the sum that it covers.")
    if form.least_cover and cover is not None and cover < form.least_cover:
        told.append(f"{form.title} covers at least £{form.least_cover:,} by law.")
    if form.filed and not has_file:
        told.append(f"{form.title} needs its file.")
    return told


def paper_standing(form: PaperForm, ends: Sequence[dt.date | None], *, on: dt.date, days: int) -> str:
    """Return what is wrong with a paper on the day *on* in a few words: missing, over, or over within *days*; "" when nothing."""
    if not ends:
        return "missing" if form.asked else ""
    dated = [each for each in ends if each is not None]
    if not dated:
        return ""
    first = min(dated)
    if first <= on:
        return f"over since {first:%-d %B %Y}"
    return f"ends on {first:%-d %B %Y}" if first <= on + dt.timedelta(days=days) else ""
