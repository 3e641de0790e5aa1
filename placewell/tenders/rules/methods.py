"""How bids are judged: the published method, what makes it whole, and what it computes."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from ..states import Answer, Formula, Part
from .visits import VisitTerms

ACT_IN_FORCE = dt.date(2025, 2, 24)  # Procurement Act 2023; what began earlier stays under PCR 2015
LEAST_STANDSTILL = (
    8  # working days, where a voluntary standstill is stated: Procurement Act 2023 s.51(4), read November 2026
)
RELATIVE = (Formula.RELATIVE_LOWEST, Formula.RELATIVE_RANGE, Formula.AVERAGE)


@dataclass(frozen=True)
class Asked:
    """A question as published. *lot* is the number of the only lot it is for; None for all."""

    number: int
    part: Part
    text: str
    kind: Answer = Answer.TEXT
    guidance: str = ""
    most_words: int | None = None
    weight: Decimal = Decimal(0)  # per cent of quality
    pass_mark: int | None = None
    is_required: bool = True
    lot: int | None = None
    visits: VisitTerms | None = None  # of a criterion that is computed from where the homes are


@dataclass(frozen=True)
class Line:
    """A price that a bid must give: ages (both included), level of need, and its share in the price that is compared."""

    age_from: int
    age_to: int
    need_level: str
    share: Decimal = Decimal(1)

    @property
    def what(self) -> tuple[int, int, str]:
        """What the price is for, whatever its share."""
        return self.age_from, self.age_to, self.need_level


@dataclass(frozen=True)
class LotPlan:
    """A lot to advertise. *ceiling* is the highest weekly price (pounds) that may be bid."""

    number: int
    category: str
    title: str
    ceiling: Decimal | None = None
    lines: tuple[Line, ...] = ()
    value: Decimal | None = None  # what is expected to be spent on it over the whole term, pounds with VAT


@dataclass(frozen=True)
class Method:
    """How bids are judged: published with the notice and locked from then on."""

    formula: Formula = Formula.ABSOLUTE_CEILING
    weight_quality: Decimal = Decimal(70)
    weight_price: Decimal = Decimal(30)
    quality_min: Decimal = Decimal(0)
    lots_per_bidder: int | None = None
    tie_order: tuple[str, ...] = ("quality", "price")
    standstill_days: int | None = None
    marks: tuple[tuple[int, str], ...] = ()
    lots: tuple[LotPlan, ...] = ()
    questions: tuple[Asked, ...] = field(default=())
    timetable: tuple[tuple[dt.date, str], ...] = ()


@dataclass(frozen=True)
class Weights:
    """How quality and price are weighed, apart from lots and questions."""

    formula: Formula
    weight_quality: Decimal
    weight_price: Decimal
    quality_min: Decimal
    tie_order: tuple[str, ...]
    marks: tuple[tuple[int, str], ...]
    lots_per_bidder: int | None = None
    standstill_days: int | None = None

    def of(self, method: Method) -> Method:
        """Return *method* weighed so."""
        return replace(method, **vars(self))


def plain(number: Decimal) -> str:
    """Return *number* without zeros that say nothing: 60, 12.5."""
    return format(number.normalize(), "f")


def regime(on: dt.date) -> str:
    """Return the law of a procurement that began on the day *on*."""
    return "pa2023" if on >= ACT_IN_FORCE else "pcr2015"


def method_faults(method: Method) -> list[str]:
    """Return what keeps a method from being published, in words; nothing when it is whole."""
    faults = []
    if not method.lots:
        faults.append("There is no lot.")
    if method.weight_quality + method.weight_price != 100:
        faults.append("The weights of quality and price do not add up to 100.")
    marks = [mark for mark, _ in method.marks]
    if len(set(marks)) < 2:
        faults.append("The scale needs at least two marks, each with its meaning.")
    for lot in method.lots:
        weights = [
            each.weight for each in method.questions if each.part is Part.QUALITY and each.lot in (None, lot.number)
        ]
        if sum(weights) != 100:
            faults.append(
                f"The weights of the quality questions for lot {lot.number} add up to {plain(sum(weights, Decimal(0)))}, not 100."
            )
        if not lot.lines:
            faults.append(f"Lot {lot.number} asks for no price.")
        if lot.ceiling is None and method.formula in (Formula.ABSOLUTE_CEILING, Formula.QUALITY_TO_PRICE):
            faults.append(f"Lot {lot.number} has no price ceiling, which the price formula needs.")
    faults += [
        f"Question {each.number}: the pass mark {each.pass_mark} is not on the scale."
        for each in method.questions
        if each.pass_mark is not None and marks and each.pass_mark not in marks
    ]
    if method.standstill_days is not None and method.standstill_days < LEAST_STANDSTILL:
        faults.append(f"A standstill that is stated lasts at least {LEAST_STANDSTILL} working days.")
    return faults


def formula_warning(formula: str) -> str:
    """Return what to know before *formula* is chosen; "" when nothing speaks against it."""
    if formula in RELATIVE:
        return (
            "Under this formula the points of one bid hang on the prices of the others: a losing bid that is withdrawn "
            "can change who wins. The absolute formula does not have this."
        )
    return ""


def compared_price(lines: Sequence[Line], fees: Sequence[Decimal]) -> Fraction:
    """Return the price (pounds a week) that is compared: the mean of *fees*, each by its line's share."""
    shares = [Fraction(line.share) for line in lines]
    return sum((share * Fraction(fee) for share, fee in zip(shares, fees, strict=True)), Fraction(0)) / sum(shares)


def why_no_price(plan: LotPlan, fees: Mapping[int, Decimal]) -> str:
    """Return why a bid's *fees* (by line, pounds a week) cannot be compared on a lot as it stands; "" when they can.

    Only a bid from before an amendment, which was not submitted anew, lacks a price or passes the ceiling.
    """
    for at, line in enumerate(plan.lines):
        what = f"for ages {line.age_from} to {line.age_to}, {line.need_level}"
        if at not in fees:
            return f"it gives no price {what}, which an amendment asked for after it was submitted"
        if plan.ceiling is not None and fees[at] > plan.ceiling:
            return f"its price {what} is over the ceiling, which an amendment lowered after it was submitted"
    return ""


def quality(questions: Sequence[Asked], marks: Mapping[int, int | Fraction], most: int) -> Fraction:
    """Return a bid's quality, 0 to 100: each mark over *most*, by the question's weight."""
    return sum((Fraction(each.weight) * marks[each.number] / most for each in questions), Fraction(0))
