"""What a bid still lacks, what of an earlier one fits it, and what its receipt says."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from ..states import Answer
from .methods import Method
from .visits import homes_of


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
    known = {lot.number for lot in method.lots}
    chosen = [number for number in draft.lots if number in known]  # an amendment may have withdrawn the others
    if not chosen:
        told.append("Choose at least one lot.")
    if method.lots_per_bidder and len(chosen) > method.lots_per_bidder:
        told.append(f"You may bid for at most {method.lots_per_bidder} lots.")
    for each in method.questions:
        if each.lot is not None and each.lot not in chosen:
            continue
        name = f"Question {each.number}" + (f" (lot {each.lot})" if each.lot else "")
        said = draft.answers.get(answer_key(each.number, each.lot), "").strip()
        if each.kind is Answer.FILE:
            if each.is_required and not any(file["question"] == each.number for file in draft.files):
                told.append(f"{name} needs a file.")
        elif each.is_required and not said:
            told.append(f"{name} is not answered.")
        elif each.kind is Answer.HOMES and said:
            told += [f"{name}: {one}" for one in homes_of(said)[1]]
        elif each.most_words and len(said.split()) > each.most_words:
            told.append(f"{name} has {len(said.split())} words; at most {each.most_words} are read.")
    for lot in method.lots:
        if lot.number not in chosen:
            continue
        for at, line in enumerate(lot.lines):
            said = draft.prices.get(price_key(lot.number, at), "")
            what = f"lot {lot.number}, ages {line.age_from} to {line.age_to}, {line.need_level}"
            if not said:
                told.append(f"There is no price for {what}.")
            elif lot.ceiling is not None and Decimal(said) > lot.ceiling:
                told.append(f"The price for {what} is over the ceiling of £{lot.ceiling:,.2f}.")
    return told


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


def same_words(text: str) -> str:
    """Return *text* as questions are compared: case and spaces do not count."""
    return " ".join(text.casefold().split())


def reusable(method: Method, draft: Draft, said: Mapping[str, str]) -> dict[str, str]:
    """Return what of *said* (question's text → answer) fits a draft: the question reads the same, and has no answer yet."""
    known = {same_words(text): answer for text, answer in said.items() if answer}
    keys = {answer_key(each.number, each.lot): known.get(same_words(each.text), "") for each in method.questions}
    return {key: text for key, text in keys.items() if text and not draft.answers.get(key, "").strip()}
