"""What allows a placement to be bought, told as a chain that a person can walk."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Step:
    """One link of the chain: what it is, its title, what it says, and the record behind it."""

    what: str
    title: str
    text: str
    kind: str
    pk: str
    broken: str = ""


@dataclass(frozen=True)
class LotTerms:
    """A lot to set up: its number, category and title."""

    number: int
    category: str
    title: str


@dataclass(frozen=True)
class Price:
    """A weekly fee (pounds) for ages *age_from* to *age_to*, both included, at one level of need."""

    age_from: int
    age_to: int
    need_level: str
    weekly_fee: Decimal


def why_not_covering(
    *, contract_state: str, start_on: dt.date, end_on: dt.date, framework_state: str, on: dt.date
) -> str:
    """Return why a provider's contract does not cover the day *on*, in words; "" when it does."""
    if framework_state != "awarded":
        return "the framework has not been awarded" if framework_state == "draft" else "the framework has ended"
    if contract_state != "active":
        return f"the provider's contract is {contract_state}"
    if not start_on <= on < end_on:
        return "the provider's contract does not run on that day"
    return ""


def over_card(weekly_fee: Decimal, card: Decimal | None) -> Decimal | None:
    """Return by how much *weekly_fee* passes the rate card; None when there is no price on it for this child."""
    return None if card is None else max(Decimal(0), weekly_fee - card)
