"""Build the made-up council through the rooms' own actions, in the order in which things happened."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone

from placewell.budget import actions as budget
from placewell.children import actions as children
from placewell.children import queries as children_queries
from placewell.contracts import actions as contracts
from placewell.contracts.rules import LotTerms
from placewell.gateways.postcodes import starting_with
from placewell.governance import actions as governance
from placewell.kernel.periods import financial_year, financial_year_period
from placewell.placements import actions as placements
from placewell.storage.context import Scope, acting

from . import (
    analysis,
    decision,
    governing,
    live_contracts,
    monitoring,
    outcomes,
    people,
    plans,
    population,
    searches,
    ssda903,
    stays,
    supply,
    tendering,
    today,
    visiting,
)

PERSONAS = people.PERSONAS
NEAR = [f"RM{n}" for n in (15, 16, 17, 18, 19, 20)] + ["SS17"]
AROUND = (
    [f"SS{n}" for n in (0, 1, 2, 3, 7, 8, 12, 13, 14, 15, 16)]
    + [f"RM{n}" for n in (11, 12, 13, 14)]
    + ["CM13", "CM14", "DA11", "DA12"]
)
FAR = ["CO1", "CO2", "CO4", "CT1", "CT2", "IP1", "IP2", "LU1", "NR1", "PE1", "SG1", "TN2"]
CATEGORIES = ("fostering", "residential", "supported", "family_assessment")
OUTGOING_PLACEMENTS = 8
AT_ONCE = 100
Progress = Callable[[float, float, str], None]


def is_current() -> bool:
    """Tell whether the council has been built, to its last stage."""
    return people.exists() and today.is_there()


@contextmanager
def _in_haste() -> Iterator[None]:
    """Set no savepoint at each action, since a stage is kept whole or not at all; plan each kind of query once."""
    connection = connections["default"]
    before, connection.features.uses_savepoints = connection.features.uses_savepoints, False
    _set("plan_cache_mode", "force_generic_plan")
    try:
        yield
    finally:
        _set("plan_cache_mode", "auto")
        connection.features.uses_savepoints = before


def _set(name: str, value: str) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("select set_config(%s, %s, false)", [name, value])


@_in_haste()
def build(*, progress: Progress = lambda *_: None, on: dt.date | None = None) -> None:
    """Build the council as it stands on the day *on* (today), a stage at a time; the last stage marks it as whole.

    Each stage is kept before the next: the database then knows the size of its tables and plans well. Whoever
    finds a council that is not whole starts from an empty database (`is_current`).
    """
    on = on or timezone.localdate()
    settings.CHECKPOINTS.unlink(missing_ok=True)  # a new council's trail begins anew
    progress(0, 100, "making up the children and the homes")
    near, around, far = ([_spot(found) for found in starting_with(area)][::3] for area in (NEAR, AROUND, FAR))
    made = population.make(today=on, near=near, around=around, far=far)
    searches.mark(made)
    with transaction.atomic():
        cast = people.gather(now=_at(dt.date(2017, 9, 1)))
    scope = Scope.of_council(cast.council.pk)
    progress(5, 100, "the decision, providers, homes and prices")
    with acting(scope):
        decided = _decide(cast, made.start_on)
        lots, outgoing = _frameworks(cast, decided, made.start_on, on)
        homes, provider_ids, old = supply.add(cast, made, lots, outgoing)
        bidders = [provider_ids[each.number] for each in made.providers if each.category == "residential"][:3]
        tender = tendering.begin(cast, decided, bidders, on=on, now=_at(on, 8))
    progress(25, 100, "the children, from the return")
    _know_sizes()
    with acting(scope):
        _children(cast, made, progress)
    _know_sizes()
    for part in _placements(made, old):
        with acting(scope):
            _record_placements(cast, made, homes, part)
        progress(40 + 55 * part[-1].share, 100, "placements since the contract began")
        if part[0].share == 0:
            _know_sizes()
    progress(95, 100, "today's work")
    with acting(scope):
        tendering.finish(cast, *tender, now=_at(on, 8))
        governing.go_on(cast, on=on)
        live_contracts.add(cast, lots, outgoing, homes, on=on)
        visiting.add(cast, made, on=on, now=_at(on, 8))
        stays.add(cast, on=on)
        searches.give_up(cast, made, on=on)
        monitoring.add(cast, lots, on=on)
        outcomes.add(cast, on=on, now=_at(on, 8))
        today.add(cast, made, homes, provider_ids, on=on)
    progress(97, 100, "a forecast")
    analysis.add(cast, made, on=on)
    _know_sizes()
    progress(100, 100, "done")


def _know_sizes() -> None:
    """Let the database count the tables that hold something, so that it plans well."""
    with connections["owner"].cursor() as cursor:
        filled = "from pg_stat_user_tables where pg_relation_size(relid) > 0"
        cursor.execute(f"select string_agg(relid::regclass::text, ', ') {filled}")
        cursor.execute(f"analyze {cursor.fetchone()[0]}")


def _at(day: dt.date, hour: int = 10) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, hour, tzinfo=dt.UTC)


def _spot(found) -> plans.Spot:
    postcode, spot = found
    return plans.Spot(postcode, spot.easting, spot.northing)


def _decide(cast: people.Cast, start_on: dt.date):
    """Take the decision, publish it, and set the envelopes once it is in force."""
    by, planned = cast.by["democratic"], governing.give_notice(cast)
    decided = governance.record_decision(
        terms=decision.DECISION, planned_id=planned, by=by, now=_at(decision.TAKEN_ON, 20)
    )
    governance.publish_decision(decision_id=decided.pk, on=decision.PUBLISHED_ON, by=by, now=_at(decision.PUBLISHED_ON))
    first = financial_year(start_on)
    for year in range(first, first + decision.YEARS):
        budget.set_envelope(
            decision_id=decided.pk,
            financial_year=year,
            amount=decision.ANNUAL,
            by=cast.by["finance"],
            now=_at(start_on - dt.timedelta(days=60)),
        )
    return decided


def _frameworks(cast: people.Cast, decided, start_on: dt.date, on: dt.date):
    """Set up the outgoing contract, and the council's own, awarded by the two offices."""
    by, before = cast.by["commissioner"], _at(start_on - dt.timedelta(days=40))
    terms = [
        LotTerms(number, category, title) for number, (category, title) in enumerate(decision.DECISION.lots, start=1)
    ]
    old = contracts.set_up_framework(
        reference="EASTERN-2014",
        title="Eastern Region placements contract (placements made before it ended run off)",
        legal_regime="pcr2015",
        decision_id=decided.pk,
        is_outgoing=True,
        start_on=dt.date(2014, 4, 1),
        end_on=financial_year_period(financial_year(on)).end,
        lots=[LotTerms(1, "fostering", "Fostering")],
        by=by,
        now=before,
    )
    own = contracts.set_up_framework(
        reference="PS/2017/539",
        title="External placements for looked after children",
        legal_regime="pcr2015",
        decision_id=decided.pk,
        start_on=start_on,
        end_on=start_on.replace(year=start_on.year + decision.YEARS),
        lifetime_ceiling=decision.ANNUAL * decision.YEARS,
        reopens_every_months=12,
        lots=terms,
        by=by,
        now=before,
    )
    _award(cast, decided, own, before)
    return {lot.category: lot for lot in own.lots.all()}, old.lots.get()


def _award(cast: people.Cast, decided, own, before: dt.datetime) -> None:
    """Award the council's own framework: asked by the commissioner, agreed and decided by the two offices."""
    by = cast.by["commissioner"]
    award = decided.delegations.get(act="award")
    asked = governance.ask_approval(
        delegation_id=award.pk,
        title="Award of the framework for external placements",
        amount=decision.ANNUAL * decision.YEARS,
        evidence="Tenders were scored by the published method; the report recommends sixty providers in four lots.",
        by=by,
        now=before,
    )
    governance.respond(
        approval_id=asked.pk,
        role=decision.HOLDER,
        agrees=True,
        views="Agreed: more homes near the borough.",
        by=cast.by["holder"],
        now=before + dt.timedelta(days=2),
    )
    governance.decide_approval(
        approval_id=asked.pk,
        approve=True,
        reasons="The evaluation followed the published method and the homes are near.",
        alternatives="To award fewer lots: rejected, because it would leave one kind of home without a contract.",
        by=cast.by["director"],
        now=before + dt.timedelta(days=3),
    )
    contracts.award_framework(framework_id=own.pk, approval_id=asked.pk, by=by, now=before + dt.timedelta(days=4))
    governing.record_award(cast, asked.pk, on=(before + dt.timedelta(days=5)).date())


def _children(cast: people.Cast, made: plans.Population, progress: Progress) -> None:
    """Bring the children in as a return, then say what a return does not: names, school, worker, needs."""
    now, families = _at(made.today, 7), {}
    children.import_return(files=ssda903.files(made), by=cast.by["analyst"], now=now)
    by_return_id = {
        child.return_id: child for child in children_queries.children(for_user=cast.by["manager"], on=made.today)
    }
    for number, plan in enumerate(made.children):
        child = by_return_id.get(ssda903.identifier(plan))
        if child is None:
            continue
        children.change_child(
            child_id=child.pk,
            given_name=plan.given_name,
            family_name=plan.family_name,
            language=plan.language,
            religion=plan.religion,
            home_postcode=plan.spot.postcode,
            school=plan.school,
            school_postcode=plan.school_spot.postcode if plan.school else "",
            by=cast.by["manager"],
            now=now,
        )
        if plan.left_on is None:
            worker = cast.workers[plan.family % len(cast.workers)]
            children.allocate_worker(child_id=child.pk, user_id=worker.pk, by=cast.by["manager"], now=now)
            needs = dict.fromkeys([*plan.needs, *(f"poses_{risk}" for risk in plan.risks)], "")
            children.set_needs(child_id=child.pk, needs=needs, by=cast.by["manager"], now=now)
            if (eldest := families.setdefault(plan.family, child.pk)) != child.pk:
                children.join_siblings(child_id=child.pk, sibling_id=eldest, by=cast.by["manager"], now=now)
        if number % 50 == 0:
            progress(25 + 15 * number / len(made.children), 100, "the children's records")


@dataclass(frozen=True)
class Stay:
    """One placement to record: whose, which, under which contract, and how far along the list it stands (0 to 1)."""

    child: plans.ChildPlan
    stay: plans.StayPlan
    contract: UUID | None
    share: float


def _placements(made: plans.Population, old: dict) -> Iterator[list[Stay]]:
    """Yield every placement bought since the contract began, in the order of their days, some at a time.

    The first few in providers of the outgoing contract that are still there stay under it.
    """
    stays = [
        (stay.start_on, child.number, child, stay)
        for child in made.children
        for stay in child.stays
        if stay.home is not None
    ]
    stays.sort(key=lambda each: each[:2])
    left, listed = OUTGOING_PLACEMENTS, []
    for number, (start_on, _, child, stay) in enumerate(stays):
        provider = made.homes[stay.home].provider
        outgoing = provider in old and start_on == made.start_on and stay.end_on is None and left > 0
        left -= outgoing
        listed.append(Stay(child, stay, old[provider] if outgoing else None, number / len(stays)))
    for first in range(0, len(listed), AT_ONCE):
        yield listed[first : first + AT_ONCE]


def _record_placements(cast: people.Cast, made: plans.Population, homes: dict, part: list[Stay]) -> None:
    """Record some placements, and the end of those that ended."""
    rows = {c.return_id: c for c in children_queries.children(for_user=cast.by["manager"], on=made.today)}
    ids, by = {each: row.pk for each, row in rows.items()}, cast.by["placements"]
    for each in part:
        child, stay = each.child, each.stay
        if stay.is_searched:
            searches.place(cast, made, child, rows[ssda903.identifier(child)])
            continue
        placement = placements.take_over_placement(
            child_id=ids[ssda903.identifier(child)],
            home_id=homes[stay.home].pk,
            weekly_fee=Decimal(stay.weekly_fee),
            start_on=stay.start_on,
            end_on=population.promised_until(child, stay),
            contract_id=each.contract,
            by=by,
            now=_at(stay.start_on),
        )
        ended_on = stay.end_on or child.left_on
        if ended_on and ended_on <= made.today:
            placements.end_placement(
                placement_id=placement.pk,
                on=ended_on,
                change_reason=stay.change_reason or "CARPL",
                note="Ended as recorded in the return.",
                by=by,
                now=_at(ended_on),
            )
