"""The whole cycle on a page: how analyse, plan, do and review stand today, in counts that open to their lists.

The figures are of the council as a whole, counted in its own name; no child is told of, whoever reads them.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Min, Q
from django.urls import reverse

from placewell.accounts import queries as accounts
from placewell.accounts.models import Organisation, User
from placewell.accounts.permissions import Permission
from placewell.budget import queries as budget
from placewell.children import queries as children
from placewell.contracts import queries as contracts
from placewell.governance import queries as governance
from placewell.kernel.periods import day_of
from placewell.market import queries as market
from placewell.needs import queries as needs
from placewell.needs import rules as need_rules
from placewell.outcomes import queries as outcomes
from placewell.placements import queries as placements
from placewell.tenders import queries as tenders
from placewell.visits import queries as visits

QUARTER = dt.timedelta(days=91)
YEAR = dt.timedelta(days=365)
MEASURES = {  # of the outcomes: what the cycle tells of each
    "placements_3": "of children had three or more placements in a year",
    "long_term": "of children long in care have stayed two years in one placement",
}
NEARLY_SPENT = 0.97
NEAR_MILES = 20  # as the official statistics count distance
WAITS_LONG_DAYS = 28
OPEN_REFERRALS = ("draft", "ready", "sent")


@dataclass(frozen=True)
class Figure:
    """One number, what it counts, the list behind it where the reader may open it, and whether it asks for attention."""

    figure: str
    words: str
    url: str = ""
    warns: bool = False


@dataclass(frozen=True)
class Stage:
    """One stage of the cycle: its name, what it asks, and its figures."""

    name: str
    asks: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Today:
    """For whom the figures are counted, in whose name, and on which day."""

    reader: User
    counted_as: User
    on: dt.date

    def link(self, permission: Permission, name: str, query: str = "") -> str:
        """Return the address of a list, or nothing when the reader may not open it."""
        return reverse(name) + query if self.reader.may(permission, on=self.on) else ""


def stages(*, council: Organisation, reader: User, on: dt.date) -> list[Stage]:
    """Return the four stages with their figures of the day *on*."""
    today = Today(reader, accounts.worker(council=council), on)
    found, in_care = visits.facts(for_user=today.counted_as, on=on), children.in_care(on=on)
    return [
        Stage("Analyse", "How many children, and in which homes?", tuple(_analyse(today, *in_care))),
        Stage("Plan", "Have we bought what they need, within what Cabinet agreed?", tuple(_plan(today))),
        Stage(
            "Do",
            "Does each child find a home near their own, and is each seen in time?",
            tuple(_do(today, found, in_care[1])),
        ),
        Stage("Review", "What became of it?", tuple(_review(today, council))),
    ]


def _analyse(today: Today, count: int, restricted: int):
    link = today.link(Permission.SEE_CHILDREN, "children:list")
    told = f", {restricted} of them restricted to named people and not in the list" if restricted else ""
    yield Figure(f"{count:,}", f"children in care{told}", link)
    then, _ = children.in_care(on=today.on - YEAR)
    yield Figure(f"{count - then:+,}".replace("-", "−"), "than a year ago", link)
    yield from _need(today)
    bought = placements.live_placements().values("agreement__category").annotate(sum=Count("pk"))
    for row in bought.order_by("-sum"):
        words = row["agreement__category"].replace("_", " ")
        yield Figure(
            f"{row['sum']:,}", f"in {words} that we buy", today.link(Permission.SEE_PLACEMENTS, "placements:list")
        )


def _need(today: Today):
    """Yield what the council's own forecast, or else the newest, expects, and where homes are missing."""
    run = needs.councils_forecast() or needs.latest_forecast()
    if run is None or not run.result:
        yield Figure("None", "forecast is done yet", today.link(Permission.SEE_NEED, "needs:runs"), True)
        return
    last, expected = next(each for each in needs.fans(run, hidden=frozenset(need_rules.STATES))).rows[-1]
    link = today.link(Permission.SEE_NEED, "needs:runs")
    told = f"children expected in {last}, between {expected.low:,.0f} and {expected.high:,.0f}"
    yield Figure(f"{expected.mean:,.0f}", told, link)


def _plan(today: Today):
    link = today.link(Permission.SEE_BUDGET, "budget:position")
    current = next((year for year in budget.position(on=today.on) if year.is_current and year.envelope), None)
    if current is not None and current.left is not None:
        warns = current.share is not None and current.share > NEARLY_SPENT
        yield Figure(f"£{current.committed / 1_000_000:.2f}m", f"committed in {current.words}", link, warns)
        yield Figure(f"£{current.left / 1_000_000:.2f}m", "left of the envelope", link, warns)
    running = tenders.procurements().exclude(state__in=["planned", "complete", "cancelled"]).count()
    yield Figure(f"{running:,}", "tenders under way", today.link(Permission.SEE_TENDERS, "tenders:list"))
    soon = contracts.ending(on=today.on).count()
    yield Figure(
        f"{soon:,}", "contracts that we are leaving", today.link(Permission.SEE_CONTRACTS, "contracts:list"), soon > 0
    )
    asked = governance.approvals().filter(state="requested").count()
    yield Figure(
        f"{asked:,}",
        "approvals waiting for an office",
        today.link(Permission.SEE_DECISIONS, "governance:approvals"),
        asked > 0,
    )


def _do(today: Today, found: list[visits.Facts], restricted: int):
    link = today.link(Permission.SEE_PLACEMENTS, "placements:referrals")
    waiting = placements.referrals(for_user=today.counted_as, on=today.on).filter(state__in=OPEN_REFERRALS)
    told = waiting.order_by().aggregate(count=Count("pk"), first=Min("written_at"))
    longest = (today.on - day_of(told["first"])).days if told["first"] else 0
    yield Figure(
        f"{told['count']:,}",
        f"children waiting for a home, the longest for {longest} day{'s'[: longest != 1]}",
        link,
        longest > WAITS_LONG_DAYS,
    )
    began = placements.placements(for_user=today.counted_as, on=today.on).filter(start_on__gt=today.on - QUARTER)
    near, known = 0, 0
    for own, there in began.values_list("child__home_postcode", "home__postcode"):
        miles = market.distance_miles(own, there) if own and there else None
        known += miles is not None
        near += miles is not None and miles <= NEAR_MILES
    if known:
        yield Figure(
            f"{100 * near / known:.0f}%", f"of {known} placements this quarter within {NEAR_MILES} miles of home"
        )
    late = sum(each.next_due_on < today.on for each in found)
    if found:
        seen = "of children seen in time" + (", restricted records left out" if restricted else "")
        share = f"{100 * (len(found) - late) / len(found):.0f}%"
        yield Figure(
            share,
            seen,
            today.link(Permission.SEE_VISITS, "visits:due", "?kind=visit"),
            late > 0,
        )


def _review(today: Today, council: Organisation):
    link = today.link(Permission.SEE_PLACEMENTS, "placements:list")
    every = placements.placements(for_user=today.counted_as, on=today.on)
    ended = every.filter(end_on__gt=today.on - YEAR, end_on__lte=today.on).aggregate(
        all=Count("pk"), unplanned=Count("pk", filter=Q(was_planned=False))
    )
    yield Figure(f"{ended['unplanned']:,}", f"of {ended['all']:,} endings in a year were not planned", link)
    yield from _outcomes(today, council)
    fallen = market.alerts().filter(seen_at=None).count()
    yield Figure(
        f"{fallen:,}",
        "grades that fell and nobody has looked at",
        today.link(Permission.ANSWER_ALERT, "market:alerts"),
        fallen > 0,
    )
    broken = sum(1 for _ in placements.without_authority())
    yield Figure(
        f"{broken:,}",
        "placements that lack authority",
        today.link(Permission.SEE_CONTRACTS, "overview:authority"),
        broken > 0,
    )


def _outcomes(today: Today, council: Organisation):
    """Yield the outcomes, small numbers held back from whoever may not see every child."""
    small = today.reader.may(Permission.SEE_ALL_CHILDREN, on=today.on)
    records = outcomes.loaded(council_area=council.area_code, whole=False)
    found = outcomes.measure_all(records, on=today.on, codes=set(MEASURES))
    for code, words in MEASURES.items():
        told = outcomes.shown(found[code], small=small)
        may = today.reader.may(Permission.SEE_OUTCOMES, on=today.on)
        yield Figure(told.figure, words, reverse("outcomes:measure", args=[code]) if may else "")
