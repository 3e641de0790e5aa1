"""What makes a published method whole, what a bid still lacks, and what a receipt says: plain values only."""

import datetime as dt
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from .states import Answer, Formula, Notice, Part, Procedure
from .states import Ground as DirectGround

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


@dataclass(frozen=True)
class Line:
    """A price that a bid must give: ages (both included), level of need, and its share in the price that is compared."""

    age_from: int
    age_to: int
    need_level: str
    share: Decimal = Decimal(1)


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
class ProcedureTerms:
    """How bidders come in under a procedure, and what follows; *method* is its OCDS code."""

    code: str
    title: str
    method: str
    takes_bids: bool = True
    reopens: bool = False
    framework: bool = False
    intention: bool = False
    invited: bool = False
    timetable: tuple[str, ...] = ()


@dataclass(frozen=True)
class NoticeForm:
    """What a law calls a notice, where an OCDS release holds it, and by when it is due."""

    kind: Notice
    regime: str
    title: str
    place: str
    document_type: str
    tag: str
    code: str = ""
    asked: bool = True  # whether the law asks for it of light-touch services
    due_days: int | None = None


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


def is_silent(procedure: str, ground: str) -> bool:
    """Tell whether nothing is ever published: a user-choice award is for one child, and a notice could tell who.

    Source: Procurement Act 2023 ss.44(3), 50(6) and 53(6), read November 2026.
    """
    return procedure == Procedure.DIRECT_AWARD and ground == DirectGround.USER_CHOICE


@dataclass(frozen=True)
class Ground:
    """A ground for exclusion: its code and title, and for how many years back it counts."""

    code: str
    title: str
    is_mandatory: bool
    look_back_years: int


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


@dataclass(frozen=True)
class Draft:
    """A bid as its bidder has it: answers by question number and lot, prices by lot and line, files by question."""

    lots: tuple[int, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    prices: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[Mapping[str, object]] = ()


def answer_key(question: int, lot: int | None) -> str:
    """Return the name of one answer in a draft."""
    return f"{question}" if lot is None else f"{lot}.{question}"


def price_key(lot: int, line: int) -> str:
    """Return the name of one price in a draft; lines count from 0."""
    return f"{lot}.{line}"


def missing(method: Method, draft: Draft) -> list[str]:
    """Return what a bid still lacks, in the order of the form; nothing when it can be submitted."""
    told = []
    if not draft.lots:
        told.append("Choose at least one lot.")
    if method.lots_per_bidder and len(draft.lots) > method.lots_per_bidder:
        told.append(f"You may bid for at most {method.lots_per_bidder} lots.")
    for each in method.questions:
        if each.lot is not None and each.lot not in draft.lots:
            continue
        name = f"Question {each.number}" + (f" (lot {each.lot})" if each.lot else "")
        said = draft.answers.get(answer_key(each.number, each.lot), "").strip()
        if each.kind is Answer.FILE:
            if each.is_required and not any(file["question"] == each.number for file in draft.files):
                told.append(f"{name} needs a file.")
        elif each.is_required and not said:
            told.append(f"{name} is not answered.")
        elif each.most_words and len(said.split()) > each.most_words:
            told.append(f"{name} has {len(said.split())} words; at most {each.most_words} are read.")
    for lot in method.lots:
        if lot.number not in draft.lots:
            continue
        for at, line in enumerate(lot.lines):
            said = draft.prices.get(price_key(lot.number, at), "")
            what = f"lot {lot.number}, ages {line.age_from} to {line.age_to}, {line.need_level}"
            if not said:
                told.append(f"There is no price for {what}.")
            elif lot.ceiling is not None and Decimal(said) > lot.ceiling:
                told.append(f"The price for {what} is over the ceiling of £{lot.ceiling:,.2f}.")
    return told


def compared_price(lines: Sequence[Line], fees: Sequence[Decimal]) -> Fraction:
    """Return the price (pounds a week) that is compared: the mean of *fees*, each by its line's share."""
    shares = [Fraction(line.share) for line in lines]
    return sum((share * Fraction(fee) for share, fee in zip(shares, fees, strict=True)), Fraction(0)) / sum(shares)


def quality(questions: Sequence[Asked], marks: Mapping[int, int], most: int) -> Fraction:
    """Return a bid's quality, 0 to 100: each mark over *most*, by the question's weight."""
    return sum((Fraction(each.weight) * marks[each.number] / most for each in questions), Fraction(0))


def receipt_text(*, reference: str, bidder: str, what: str, at: dt.datetime, deadline: dt.datetime, digest: str) -> str:
    """Return the words of a receipt, as they are signed."""
    return "\n".join(
        (
            "Placewell receipt",
            f"Tender: {reference}",
            f"Bidder: {bidder}",
            f"What: {what}",
            f"At: {at.isoformat(timespec='microseconds')} (the database's clock)",
            f"Deadline: {deadline.isoformat()}",
            f"SHA-256: {digest}",
        )
    )


REGISTRATION = "registration"
LONGEST_NAME = 120


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


def same_words(text: str) -> str:
    """Return *text* as questions are compared: case and spaces do not count."""
    return " ".join(text.casefold().split())


def reusable(method: Method, draft: Draft, said: Mapping[str, str]) -> dict[str, str]:
    """Return what of *said* (question's text → answer) fits a draft: the question reads the same, and has no answer yet."""
    known = {same_words(text): answer for text, answer in said.items() if answer}
    keys = {answer_key(each.number, each.lot): known.get(same_words(each.text), "") for each in method.questions}
    return {key: text for key, text in keys.items() if text and not draft.answers.get(key, "").strip()}


def scrubbed(name: str) -> str:
    """Return a file's name without folders, control signs, signs that turn the reading direction, or hidden endings.

    The last ending stays, and is the only one: `invoice.pdf.exe` would become `invoice_pdf.exe`, and be refused for it.
    """
    bare = unicodedata.normalize("NFKC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(each for each in bare if unicodedata.category(each)[0] not in "CZ" or each == " ")
    kept = "".join("_" if each in '<>:"|?*%;`$&' else each for each in kept)
    stem, dot, ending = kept.rstrip(" .").rpartition(".")
    if not dot:
        return kept.strip(" .")[:LONGEST_NAME] or "file"
    return f"{stem.strip(' .').replace('.', '_')[:LONGEST_NAME] or 'file'}.{ending.strip().lower()}"
