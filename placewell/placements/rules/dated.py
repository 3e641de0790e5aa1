"""Law and practice of the desk as dated data: who is asked, who is written to, how long a step may take."""

import datetime as dt
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ..states import Blocks, ConsentKind, Party, Urgency


@dataclass(frozen=True)
class Concerned:
    """Somebody who is asked about a home: what waits for them, and where that is written."""

    party: Party
    when: str
    blocks: Blocks
    in_emergency: Blocks
    source: str


@dataclass(frozen=True)
class Told:
    """Somebody who is written to; leaving out one who *must* be told needs a reason."""

    code: str
    words: str
    source: str
    must: bool
    may_be_left_out_for_harm: bool


@cache
def _table(name: str) -> dict:
    return tomllib.loads((files("placewell.placements") / "tables" / f"{name}.toml").read_text())


def concerned(*, consents: Collection[ConsentKind], on: dt.date) -> list[Concerned]:
    """Return who is asked about a home that needs *consents*, on the day *on*: each once, by the strictest line."""
    cases = {"always"} | {"schooling" if kind == ConsentKind.SCHOOLING else "outside_area" for kind in consents}
    found: dict[Party, Concerned] = {}
    for row in _table("concerned")["concerned"]:
        if row["valid_from"] > on or row["when"] not in cases:
            continue
        party, blocks = Party(row["party"]), Blocks(row["blocks"])
        if party not in found or found[party].blocks == Blocks.NOTHING:
            found[party] = Concerned(party, row["when"], blocks, Blocks(row["in_emergency"]), row["source"])
    return list(found.values())


def told(*, on: dt.date) -> list[Told]:
    """Return who is written to of a placement that begins or ends on the day *on*, in the order of the regulation."""
    rows = (row for row in _table("told")["told"] if row["valid_from"] <= on)
    names = ("code", "words", "source", "must", "may_be_left_out_for_harm")
    return [Told(**{name: row[name] for name in names}) for row in rows]


def hours_for(step: str, urgency: str) -> tuple[int, bool]:
    """Return how many hours *step* may take, and whether they are working hours."""
    return _table("deadlines")["hours"][step][urgency], urgency != Urgency.EMERGENCY


def _in_force(rows: list[dict], on: dt.date) -> dict:
    """Return the last of *rows* that holds on the day *on*."""
    return max((row for row in rows if row["valid_from"] <= on), key=lambda row: row["valid_from"])


def codes_of(field: str) -> dict[str, str]:
    """Return what a field of the referral may hold, code → words, as the last list has it."""
    codes: dict[str, str] = max(_table("referral")[field], key=lambda row: row["valid_from"])["codes"]
    return codes


def sdq_band(score: int | None, *, on: dt.date) -> str:
    """Return the band of a strengths and difficulties score (0 to 40) in words; "" when there is none."""
    if score is None:
        return ""
    bands = _in_force(_table("referral")["sdq"], on)["bands"]
    words: str = next(band["words"] for band in bands if band["from"] <= score <= band["to"])
    return words


def wanted_parts(referral: dict, *, age: int, on: dt.date) -> list[str]:
    """Return what would help a provider, or is asked for by the council's own practice, and is not there yet, in words.

    It stops nobody; nothing is asked for in an emergency.
    """
    if referral.get("urgency") == Urgency.EMERGENCY:
        return []
    kinds = set(referral.get("categories") or ())
    return [
        row["words"]
        for row in _table("referral")["wanted"]
        if row["valid_from"] <= on
        and kinds & set(row["categories"])
        and row["ages"][0] <= age <= row["ages"][1]
        and referral.get(row["field"]) in (None, "", [])
    ]
