"""The words and codes in which a child's record is told."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Word:
    """One need or risk: what it asks of a home, and the tag that homes use for it."""

    code: str
    words: str
    kind: str  # feature, skill, poses, vulnerable_to
    tag: str


KINDS = {
    "skill": "Needs somebody skilled in",
    "feature": "Needs a home with",
    "poses": "Risks to others and to themselves",
    "vulnerable_to": "At risk from others",
}


@cache
def needs_table() -> dict[str, Word]:
    """Return every need and risk by its code."""
    return {
        row["code"]: Word(row["code"], row["words"], row["kind"], row.get("tag", row["code"]))
        for row in _table("needs")["need"]
    }


def vocabulary() -> dict[str, str]:
    """Return the codes of needs and risks, each with its words."""
    return {code: word.words for code, word in needs_table().items()}


@cache
def codes() -> dict[str, dict[str, str]]:
    """Return the code lists of the return: list → code → words."""
    return {name: {code: row["words"] for code, row in rows.items()} for name, rows in code_tables().items()}


@cache
def code_tables() -> dict[str, dict[str, dict]]:
    """Return the code lists whole: list → code → its words and the years in which it counts."""
    return {name: rows for name, rows in _table("codes").items() if isinstance(rows, dict)}


def words_of(list_name: str, code: str) -> str:
    """Return what *code* means, or the code itself when the list hasn't it."""
    return codes()[list_name].get(code, code)


def _table(name: str) -> dict:
    return tomllib.loads((files("placewell.children") / "tables" / f"{name}.toml").read_text())
