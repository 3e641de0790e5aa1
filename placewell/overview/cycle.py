"""The whole cycle on a page: how analyse, plan, do and review stand today, in counts that open to their lists.

The figures are of the council as a whole, counted in its own name; no child is told of, whoever reads them.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.http import urlencode

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

YEAR = dt.timedelta(days=365)
MEASURES = {  # of the outcomes: what the cycle tells of each
    "placements_3": "of children had three or more placements in a year",
    "long_term": "of children long in care have stayed two years in one placement",
    "far": "of children live more than 20 miles from home",
}
IN_WORDS = {
    "residential": "children's homes",
    "supported": "supported accommodation",
    "family_assessment": "family assessment",
}
NEARLY_SPENT = 0.97
LIKELY_TO_PASS = 0.2
WAITS_LONG_DAYS = 28


@dataclass(frozen=True)
class Figure:
    """One number, what it counts, the list behind it where the reader may open it, and whether it asks for attention."""

    figure: str
    words: str
    url: str = ""
    warns: bool = False
    share: float | None = None  # of a whole, from 0 to 1: drawn as a bar under the figure
    note: str = ""  # for those who read it here, and not in what is published
    parts: tuple[int, int] | None = None  # how many of how many children or cases the figure tells
    stays_inside: bool = False  # published, it would tell by subtraction a count that is held back

    @property
    def filled(self) -> int:
        """How much of the bar is filled, from 0 to 100."""
        return round(100 * min(max(self.share or 0, 0), 1))


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

    def placements(self, **filters: str) -> str:
        """Return the address of the list of placements with these filters, likewise."""
        return self.link(Permission.SEE_PLACEMENTS, "placements:list", "?" + urlencode(filters))


def stages(*, council: Organisation, reader: User, on: dt.date) -> list[Stage]:
    """Return the four stages with their figures of the day *on*."""
    today = Today(reader, accounts.worker(council=council), on)
    found = visits.facts(for_user=today.counted_as, on=on)
    now, then = children.in_care(on, on - YEAR)
    return [
        Stage("Analyse", "How many children, and in which homes?", tuple(_analyse(today, now, then.everyone))),
        Stage(
            "Plan",
            "Do we buy what they need within what Cabinet agreed, and what is to be decided?",
            tuple(_plan(today)),
        ),
        Stage(
            "Do",
            "Does each child find a home near their own, and is each seen in time?",
            tuple(_do(today, found, now.restricted)),
        ),
        Stage("Review", "What became of it, and what is at risk?", tuple(_review(today, council))),
    ]


def _analyse(today: Today, now: children.InCare, then: int):
    more = now.everyone - then
    note = f"{abs(more):,} {'more' if more > 0 else 'fewer'} than a year ago" if more else "As many as a year ago"
    if now.restricted:
        note += f"; the list leaves out {now.restricted} whose record is open to named people alone"
    everyone = today.link(Permission.SEE_CHILDREN, "children:list")
    yield Figure(f"{now.everyone:,}", "children in care", everyone, note=note)
    yield from _need(today)
    bought = placements.live_placements().values("agreement__category").annotate(sum=Count("pk"))
    for row in bought.order_by("-sum"):
        category = row["agreement__category"]
        link = today.placements(when="now", category=category)
        yield Figure(f"{row['sum']:,}", f"in {IN_WORDS.get(category, category)} that we buy", link)
    told = "with our own foster carers, relatives, parents or elsewhere that we do not buy"
    yield Figure(f"{now.not_bought:,}", told, everyone and everyone + "?in_care=ours", stays_inside=True)


def _need(today: Today):
    """Yield what the council's own forecast, or else the newest, expects, and where homes are missing."""
    run = needs.councils_forecast() or needs.latest_forecast()
    may = today.reader.may(Permission.SEE_NEED, on=today.on)
    if run is None or not run.result:
        yield Figure("None", "forecast is done yet", reverse("needs:runs") if may else "", True)
        return
    last, expected = next(each for each in needs.fans(run, hidden=frozenset(need_rules.STATES))).rows[-1]
    told = f"children forecast for {last}: nine times in ten {expected.low:,.0f} to {expected.high:,.0f}"
    yield Figure(f"{expected.mean:,.0f}", told, reverse("needs:run", args=[run.pk]) if may else "")


def _plan(today: Today):
    yield from _money(today)
    running = tenders.under_way(tenders.procurements()).count()
    yield Figure(
        f"{running:,}",
        f"tender{'s'[: running != 1]} under way",
        today.link(Permission.SEE_TENDERS, "tenders:list", "?state=running"),
    )
    ending = list(contracts.ending(on=today.on).values_list("pk", flat=True))
    soon = len(ending)
    leaving = f"contract{'s'[: soon != 1]} that we are leaving"
    link = today.link(Permission.SEE_CONTRACTS, "contracts:list")
    if link and soon == 1:
        link = reverse("contracts:leaving", args=ending)
    yield Figure(f"{soon:,}", leaving, link, soon > 0)
    yield from _decisions(today)


def _money(today: Today):
    """Yield what is committed and what is expected by the year's end, against the envelope."""
    link = today.link(Permission.SEE_BUDGET, "budget:position")
    current = next((year for year in budget.position(on=today.on) if year.is_current and year.envelope), None)
    if current is None or current.envelope is None:
        yield Figure("None", "envelope for this year", link, True)
        return
    whole, share = current.envelope + current.allowed_beyond, current.share
    told = f"promised to providers for {current.words}, of an envelope of {_millions(whole)}"
    yield Figure(_millions(current.committed), told, link, share is not None and share > NEARLY_SPENT, share)
    expected = budget.year_outlook(year=current.year, limit=whole, on=today.on)
    if expected is None:
        return
    chance, high = expected.chance, _millions(expected.at(0.95))
    likely = f"{chance:.0%}" if chance >= 0.01 else "less than 1%"
    told = f"expected for the whole of {current.words}: {likely} likely to pass the envelope"
    link = today.link(Permission.SEE_BUDGET, "budget:outturn")
    middle, note = expected.at(0.5), f"more than {high} one time in twenty"
    yield Figure(_millions(middle), told, link, chance > LIKELY_TO_PASS, float(middle / whole), note)


def _millions(amount: Decimal) -> str:
    return f"£{amount / 1_000_000:.2f}m"


def _decisions(today: Today):
    """Yield what waits to be decided: approvals asked for, and what stands on the forward plan."""
    asked = governance.approvals().filter(state="requested").count()
    link = today.link(Permission.SEE_DECISIONS, "governance:approvals", "?state=requested")
    yield Figure(
        f"{asked:,}", f"approval{'s'[: asked != 1]} for a director or a member to give or refuse", link, asked > 0
    )
    planned = governance.standing().aggregate(count=Count("pk"), first=Min("due_from"))
    when = f", the next from {planned['first']:%-d %B %Y}" if planned["first"] else ""
    told = f"decision{'s'[: planned['count'] != 1]} due on the forward plan{when}"
    yield Figure(f"{planned['count']:,}", told, f"{reverse('governance:forward_plan')}?state=notified")


def _do(today: Today, found: list[visits.Facts], restricted: int):
    link = today.link(Permission.SEE_PLACEMENTS, "placements:referrals", "?state=waiting")
    waiting = placements.waiting(placements.referrals(for_user=today.counted_as, on=today.on))
    told = waiting.order_by().aggregate(count=Count("pk"), first=Min("written_at"))
    longest = (today.on - day_of(told["first"])).days if told["first"] else 0
    yield Figure(
        f"{told['count']:,}",
        f"child{'ren' * (told['count'] != 1)} waiting for a home, the longest for {longest} day{'s'[: longest != 1]}",
        link,
        longest > WAITS_LONG_DAYS,
    )
    every = placements.placements(for_user=today.counted_as, on=today.on)
    known = placements.miles_from_home(placements.narrowed(every, on=today.on, when="began"))
    near = sum(miles <= placements.NEAR_MILES for miles in known.values())
    if known:
        yield Figure(
            f"{100 * near / len(known):.0f}%",
            f"of {len(known)} placements begun in 91 days are within {placements.NEAR_MILES} miles of home",
            today.placements(when="began"),
            share=near / len(known),
            parts=(near, len(known)),
        )
    late = sum(each.next_due_on < today.on for each in found)
    if found:
        share, note = (len(found) - late) / len(found), f"{late} overdue" if late else "none overdue"
        note += "; restricted records left out" * bool(restricted)
        link = today.link(Permission.SEE_VISITS, "visits:due", "?kind=visit")
        parts = (len(found) - late, len(found))
        yield Figure(
            f"{share:.0%}", "of children have been visited as often as the law asks", link, late > 0, share, note, parts
        )


def _review(today: Today, council: Organisation):
    every = placements.placements(for_user=today.counted_as, on=today.on)
    rows = placements.narrowed(every, on=today.on, when="ended").order_by()
    found = rows.aggregate(ended=Count("pk"), unplanned=Count("pk", filter=Q(was_planned=False)))
    ended, unplanned = found["ended"], found["unplanned"]
    told = f"of {ended:,} placements that we buy and that ended in a year were not planned"
    yield Figure(f"{unplanned:,}", told, today.placements(when="unplanned"), parts=(unplanned, ended))
    yield from _outcomes(today, council)
    yield from _risks(today)


def _risks(today: Today):
    """Yield what is known to be wrong: providers, grades, and what lacks authority."""
    link = today.link(Permission.SEE_OUTCOMES, "outcomes:concerns", "?state=open")
    raised, stopped = outcomes.open_and_suspended()
    yield Figure(f"{raised:,}", f"open concern{'s'[: raised != 1]} about providers", link, raised > 0)
    told = f"suspension{'s'[: stopped != 1]} of new placements in force"
    yield Figure(
        f"{stopped:,}", told, today.link(Permission.SEE_OUTCOMES, "outcomes:providers", "?only=suspended"), stopped > 0
    )
    fallen = market.alerts().filter(seen_at=None).count()
    # Who answers for none reads of it among what waits about providers.
    link = today.link(Permission.ANSWER_ALERT, "market:alerts") or today.link(
        Permission.SEE_OUTCOMES, "outcomes:waiting", "?words=grade+fell"
    )
    yield Figure(
        f"{fallen:,}", f"home{'s'[: fallen != 1]} whose inspection grade fell, not looked into yet", link, fallen > 0
    )
    broken = sum(1 for _ in placements.without_authority())
    link = today.link(Permission.SEE_CONTRACTS, "overview:authority")
    yield Figure(
        f"{broken:,}", f"placement{'s'[: broken != 1]} that lack{'s'[: broken == 1]} authority", link, broken > 0
    )


def _outcomes(today: Today, council: Organisation):
    """Yield the outcomes, small numbers held back from whoever may not see every child."""
    small = today.reader.may(Permission.SEE_ALL_CHILDREN, on=today.on)
    records = outcomes.loaded(council_area=council.area_code, whole=False)
    days = (outcomes.measure_all(records, on=day, codes=set(MEASURES)) for day in (today.on, today.on - YEAR))
    now, then = ({code: outcomes.shown(each, small=small) for code, each in day.items()} for day in days)
    may = today.reader.may(Permission.SEE_OUTCOMES, on=today.on)
    for code, words in MEASURES.items():
        note = "" if then[code].value is None else f"{then[code].figure} a year ago"
        yield Figure(now[code].figure, words, reverse("outcomes:measure", args=[code]) if may else "", note=note)
