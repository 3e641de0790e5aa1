"""What the law and the procedures are, read from dated tables."""

import datetime as dt
import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path

from .. import rules, states

TABLES = Path(__file__).parents[1] / "tables"


def _table(name: str) -> dict:
    return tomllib.loads((TABLES / f"{name}.toml").read_text())


@cache
def exclusion_grounds() -> dict[str, rules.Ground]:
    """Return the grounds for exclusion by code."""
    return {each["code"]: rules.Ground(**each) for each in _table("exclusion_grounds")["grounds"]}


@cache
def procedures() -> dict[str, rules.ProcedureTerms]:
    """Return the procedures by code."""
    found = [
        rules.ProcedureTerms(**each | {"timetable": tuple(each["timetable"])})
        for each in _table("procedures")["procedures"]
    ]
    return {each.code: each for each in found}


@cache
def notice_forms() -> dict[tuple[str, str], rules.NoticeForm]:
    """Return what each notice is, by (law, kind)."""
    found = [rules.NoticeForm(**each | {"kind": states.Notice(each["kind"])}) for each in _table("notices")["notices"]]
    return {(each.regime, each.kind): each for each in found}


def notice_form(*, regime: str, kind: str) -> rules.NoticeForm | None:
    """Return what the law calls a notice of *kind*; None when it knows none."""
    return notice_forms().get((regime, kind))


def threshold(*, on: dt.date) -> Decimal:
    """Return the value (pounds, with VAT) from which light-touch services are covered by the whole law."""
    rows = [each for each in _table("notices")["thresholds"] if each["valid_from"] <= on]
    return Decimal(rows[-1]["amount"]) if rows else Decimal(0)


def pipeline_terms(*, year: int) -> rules.PipelineTerms | None:
    """Return what the law asks of the pipeline of the financial year that begins in *year*; None before it asked for any."""
    on = rules.first_day(year)
    rows = [each for each in _table("notices")["pipelines"] if each["valid_from"] <= on]
    if not rows:
        return None
    row = rows[-1]
    return rules.PipelineTerms(Decimal(row["value_over"]), Decimal(row["spend_over"]), row["days"], row["months"])


@cache
def paper_forms() -> dict[str, rules.PaperForm]:
    """Return the papers that providers are asked for, by code."""
    return {each["code"]: rules.PaperForm(**each) for each in _table("papers")["papers"]}


@cache
def remind_days() -> int:
    """Return how many days before a paper's last day it comes onto the work list."""
    return _table("papers")["remind_days"]
