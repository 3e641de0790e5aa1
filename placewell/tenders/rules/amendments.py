"""What an amendment changes, in words that a bidder reads."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from placewell.kernel.periods import ENGLAND

from .methods import Line, LotPlan, Method, plain

WORDS = {
    "formula": "Price formula",
    "weight_quality": "Weight of quality (per cent)",
    "weight_price": "Weight of price (per cent)",
    "quality_min": "Least quality",
    "lots_per_bidder": "Most lots a bidder",
    "tie_order": "What decides between equal scores",
    "standstill_days": "Standstill (working days)",
    "marks": "Scale",
}
OF_LOT = {"title": "title", "ceiling": "highest price a week", "value": "expected value"}
OF_QUESTION = {"text": "wording", "guidance": "guidance", "most_words": "most words", "pass_mark": "pass mark"}


def _said(value: object) -> str:
    if value is None or value == "":
        return "none"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, tuple):
        return ", then ".join(" ".join(map(str, each)) if isinstance(each, tuple) else str(each) for each in value)
    return str(value).replace("_", " ")


def _differs(what: str, before: object, after: object) -> Iterator[str]:
    if before != after:
        yield f"{what}: from {_said(before)} to {_said(after)}."


def method_changes(before: Method, after: Method) -> list[str]:
    """Return each difference between two methods as a sentence, in the order in which a notice reads; nothing for none."""
    told = [one for name, what in WORDS.items() for one in _differs(what, getattr(before, name), getattr(after, name))]
    lots = {each.number: each for each in after.lots}
    for each in before.lots:
        told += _of_lot(each, lots[each.number]) if each.number in lots else [f"Lot {each.number} is withdrawn."]
    asked = {each.number: each for each in after.questions}
    for question in before.questions:
        new = asked.get(question.number, question)  # it went with its lot
        for name, what in {**OF_QUESTION, "weight": "weight (per cent of quality)"}.items():
            told += _differs(f"Question {question.number}, {what}", getattr(question, name), getattr(new, name))
    if before.timetable != after.timetable:
        told.append("The timetable moves.")
    return told


def _of_lot(before: LotPlan, after: LotPlan) -> Iterator[str]:
    for name, what in OF_LOT.items():
        yield from _differs(f"Lot {before.number}, {what}", getattr(before, name), getattr(after, name))
    for old, new in zip(before.lines, after.lines, strict=False):
        yield from _differs(f"Lot {before.number}, {_price(old)}, share", old.share, new.share)
    for new in after.lines[len(before.lines) :]:
        yield f"Lot {before.number}: a price is asked for {_price(new)}, share {plain(new.share)}."


def _price(line: Line) -> str:
    return f"ages {line.age_from} to {line.age_to}, {line.need_level}"


def date_changes(
    closed: dt.datetime | None, closes: dt.datetime, asked: dt.datetime | None, asks: dt.datetime | None
) -> list[str]:
    """Return how the days for bids and questions move, in England's time."""
    return [
        *_differs("Bids close", _moment(closed), _moment(closes)),
        *_differs("Questions close", _moment(asked), _moment(asks)),
    ]


def _moment(at: dt.datetime | None) -> str:
    return f"{at.astimezone(ENGLAND):%-d %B %Y, %H:%M}" if at else ""
