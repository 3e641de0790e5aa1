"""What visiting children costs as a criterion: the published terms, the homes that a bid names, and what they earn."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from placewell.gateways import postcodes

MOST_HOMES = 300
MOST_PLACES = 999


@dataclass(frozen=True)
class VisitTerms:
    """How the cost of visits is computed, as published: anybody can reckon it again.

    *bases*: where social workers' days start (easting, northing, per cent of the children). *most*: pounds a year for one
    child from which on nothing is earned. *as_of*: the day whose table of travel times holds.
    """

    bases: tuple[tuple[int, int, int], ...]
    visits_a_year: float
    min_p: Decimal
    km_p: Decimal
    as_of: dt.date
    most: Decimal


@dataclass(frozen=True)
class Home:
    """A home that a bid names: its postcode, and how many children can live there."""

    postcode: str
    places: int


@dataclass(frozen=True)
class HomeCost:
    """What visiting one child in a home costs in a year, in whole pounds; None where the postcode is not known."""

    postcode: str
    places: int
    pounds: int | None


def homes_of(text: str) -> tuple[list[Home], list[str]]:
    """Return the homes that *text* names, a line each, and what is wrong with the other lines."""
    found, wrong = [], []
    for line in filter(None, map(str.strip, text.splitlines())):
        *first, last = line.replace(",", " ").split()
        postcode = postcodes.tidy("".join(first))
        if not postcode or not last.isdecimal() or not 1 <= int(last) <= MOST_PLACES:
            wrong.append(f"“{line[:60]}” is not a postcode and a number of places, like RM17 6SL 4.")
        elif postcodes.find(postcode) is None:
            wrong.append(f"{postcode} is not a postcode that the national directory knows.")
        else:
            found.append(Home(postcode, int(last)))
    if len(found) > MOST_HOMES:
        wrong.append(f"There are {len(found)} homes; at most {MOST_HOMES} are taken.")
    return found, wrong


def visit_cost(homes: Sequence[HomeCost], most: Decimal) -> Fraction:
    """Return what a child's visits cost in a year (pounds), the mean over places; one that isn't known costs *most*."""
    places = sum(home.places for home in homes)
    if not places:
        return Fraction(most)
    costs = (home.places * (Fraction(most) if home.pounds is None else Fraction(home.pounds)) for home in homes)
    return sum(costs, Fraction(0)) / places


def visit_share(homes: Sequence[HomeCost], most: Decimal) -> Fraction:
    """Return the share of the weight, 0 to 1, that a bid earns: how far its cost lies below *most*. Hangs on no other bid."""
    return max(Fraction(0), (Fraction(most) - visit_cost(homes, most)) / Fraction(most))


def visit_words(homes: Sequence[HomeCost], most: Decimal) -> str:
    """Return the cost and what it earns, as a bidder is told."""
    cost, share = visit_cost(homes, most), visit_share(homes, most)
    return f"£{float(cost):,.2f} a year for each child, which earns {float(100 * share):.2f} per cent of the weight."


def published_bases(bases: Sequence[Sequence[int]]) -> tuple[tuple[int, int, int], ...]:
    """Return *bases* with whole per cent of the children in place of how many; a base of less than half a per cent goes."""
    whole = sum(base[2] for base in bases)
    told = [(int(base[0]), int(base[1]), round(100 * base[2] / whole)) for base in bases] if whole else []
    return tuple(base for base in told if base[2])


def visit_guidance(terms: VisitTerms) -> str:
    """Return how the criterion is reckoned, in the words that are published."""
    minute, km = (f"{pence.normalize():f}p" for pence in (terms.min_p, terms.km_p))
    return (
        "Name each home with its postcode and the number of children who can live there; for foster carers, a postcode near "
        f"them that is not their own. The cost of a home is that of {terms.visits_a_year:.1f} visits a year to one child, out "
        "and back by car from each base, weighted by its share of the children, by the travel times in force on "
        f"{terms.as_of:%-d %B %Y}, at {minute} a minute and {km} a kilometre, in whole pounds. A bid's cost is the mean over its "
        f"places. £{terms.most:,.0f} a year or more earns nothing, £0 the whole weight, and what lies between in proportion. "
        "No assessor marks it, and no other bid changes it."
    )
