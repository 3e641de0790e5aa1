"""What is going on today in the made-up council: children who wait, offers, approvals, a void, a grade that fell."""

import csv
import datetime as dt
import io
from decimal import Decimal

from placewell.budget import queries as budget
from placewell.children import actions as children_actions
from placewell.children import queries as children
from placewell.gateways.given_files import GivenFile
from placewell.governance import actions as governance
from placewell.governance.queries import approvals, delegations
from placewell.market import actions as market
from placewell.market import register
from placewell.placements import actions as placements
from placewell.placements import queries
from placewell.storage.context import Scope, acting, enter

from . import money, people, plans, population, ssda903, telling
from . import waiting as waits

DEMAND = "Demand in the last quarter"
WAIT = 11  # children who wait for a home now


def add(cast: people.Cast, made: plans.Population, homes: dict, provider_ids: dict, *, on: dt.date) -> None:
    """Add today's referrals at each stage, and what else waits on somebody."""
    now = dt.datetime(on.year, on.month, on.day, 8, 30, tzinfo=dt.UTC)
    waiting = could_move(cast, made, on)[:WAIT]
    telling.begin(cast, waiting[:8], homes, made, now=now - dt.timedelta(days=2))
    stages = (
        waits.draft,
        waits.draft,
        waits.ready,
        waits.by_tiers,
        waits.offered,
        waits.accepted,
        waits.recommended,
        waits.accepted,
        waits.moved_in,
        waits.compared,
        waits.turned_down,
    )
    written = []
    for place, (child, stage) in enumerate(zip(waiting, stages, strict=False)):
        written.append(stage(cast, child, now - dt.timedelta(hours=5 * place + 1), on))
        enter(Scope.of_council(cast.council.pk))
    _together(cast, made, waiting, now, on)
    _with_mother(cast, made, waiting, now, on)
    _covered(cast, now, on)
    _voids(cast, homes, made, on, now)
    _restrict(cast, made, on, now)
    _grade_falls(cast, made, homes, on, now)
    money.add(cast, written[3:5], written[5:6], on=on, now=now)
    delegation = delegations(act="approve_demand", on=on).first()
    governance.ask_approval(
        delegation_id=delegation.pk,
        title=DEMAND,
        amount=Decimal("350000.00"),
        evidence=f"{_money_told(on)} {len(waiting)} children wait for a home.",
        by=cast.by["commissioner"],
        now=now,
    )


def is_there() -> bool:
    """Tell whether today's work was added: the last stage of building."""
    council = people.council()
    with acting(Scope.of_council(council.pk)):
        return approvals().filter(title=DEMAND).exists()


def could_move(cast: people.Cast, made: plans.Population, on: dt.date) -> list:
    """Return children with the council's own carers whose placements are coming to an end, or were thought to."""
    seen = {c.return_id: c for c in children.children(for_user=cast.by["manager"], on=on)}
    ready = [
        plan
        for plan in made.children
        if plan.left_on is None
        and plan.stays[-1].kind == population.OWN
        and 6 <= population.age_on(plan.born_on, on) <= 14
    ]
    return [seen[ssda903.identifier(plan)] for plan in ready]


def _voids(cast: people.Cast, homes: dict, made: plans.Population, on: dt.date, now: dt.datetime) -> None:
    """Two homes have a place that cannot be used for a while."""
    free = [plan for plan in made.homes if plan.category == "residential" and not plan.stays][:2]
    for plan in free:
        market.record_void(
            home_id=homes[plan.number].pk,
            places=1,
            start_on=on,
            end_on=on + dt.timedelta(days=21),
            reason="repairs",
            note="The bathroom is being done.",
            by=cast.by["commissioner"],
            now=now,
        )


def _together(cast: people.Cast, made: plans.Population, waiting: list, now: dt.datetime, on: dt.date) -> None:
    """Brothers and sisters who live with the council's own carers wait for one home."""
    seen = {c.return_id: c for c in children.children(for_user=cast.by["manager"], on=on)}
    busy = {child.pk for child in waiting}
    families: dict[int, list] = {}
    for plan in made.children:
        at_home_with_us = plan.left_on is None and plan.stays[-1].kind == population.OWN
        if not at_home_with_us or population.age_on(plan.born_on, on) >= 14:
            continue
        if (child := seen[ssda903.identifier(plan)]).pk not in busy:
            families.setdefault(plan.family, []).append(child)
    group = next((found for found in families.values() if len(found) > 1), None)
    if group is None:
        return
    first = waits.write(cast, group[0], now, on)
    placements.plan_siblings(
        referral_id=first.pk,
        sibling_ids=[child.pk for child in group[1:3]],
        together=True,
        reason="",
        by=cast.by["placements"],
        now=now,
    )


def _with_mother(cast: people.Cast, made: plans.Population, waiting: list, now: dt.datetime, on: dt.date) -> None:
    """A small child is to live with the mother where she is helped and assessed."""
    seen = {c.return_id: c for c in children.children(for_user=cast.by["manager"], on=on)}
    taken = {child.pk for child in waiting}
    for plan in made.children:
        if plan.left_on is not None or plan.stays[-1].kind != population.OWN or population.age_on(plan.born_on, on) > 3:
            continue
        child = seen[ssda903.identifier(plan)]
        if child.pk in taken or queries.referrals(for_user=cast.by["placements"], on=on).filter(child=child).exists():
            continue
        referral = waits.write(cast, child, now - dt.timedelta(hours=2), on)
        placements.change_referral(
            referral_id=referral.pk,
            categories=["fostering", "family_assessment"],
            with_parent="mother",
            parent_needs="Help with routines at night. Her parenting is to be assessed within twelve weeks.",
            by=cast.by["placements"],
            now=now - dt.timedelta(hours=2),
        )
        return


def _covered(cast: people.Cast, now: dt.datetime, on: dt.date) -> None:
    """A social worker is on leave, and the placements officer covers."""
    placements.cover_for(
        away_id=cast.workers[0].pk,
        covered_by_id=cast.by["placements"].pk,
        start_on=on,
        end_on=on + dt.timedelta(days=4),
        note="On leave until then.",
        by=cast.by["placements"],
        now=now,
    )


def _money_told(on: dt.date) -> str:
    year = next(each for each in budget.position(on=on) if each.is_current)
    return f"£{year.committed:,.0f} of this year's £{year.envelope:,.0f} is committed already."


def _restrict(cast: people.Cast, made: plans.Population, on: dt.date, now: dt.datetime) -> None:
    """One child's record is for the people named only."""
    seen = {c.return_id: c for c in children.children(for_user=cast.by["manager"], on=on)}
    one = next(plan for plan in reversed(made.children) if plan.left_on is None and plan.stays[-1].home is not None)
    children_actions.restrict_child(
        child_id=seen[ssda903.identifier(one)].pk,
        is_restricted=True,
        user_ids=[cast.by["placements"].pk, cast.by["reviewing"].pk],
        reason="A member of the family works for the council.",
        by=cast.by["manager"],
        now=now,
    )


def _grade_falls(cast: people.Cast, made: plans.Population, homes: dict, on: dt.date, now: dt.datetime) -> None:
    """Last week's inspection of one children's home brought its grade down, and the register says so."""
    plan = next(
        each
        for each in made.homes
        if each.category == "residential"
        and each.stays
        and made.providers[each.provider].grade in ("good", "outstanding")
    )
    registration = homes[plan.number].registration
    row = {
        "urn": registration.urn,
        "kind": "Children's home",
        "registered_on": f"{registration.registered_on:%d/%m/%Y}",
        "status": "Active",
        "name": registration.name or "REDACTED",
        "region": "East of England",
        "authority_name": "Thurrock",
        "sector": "Private",
        "places": str(plan.places),
        "owner": made.providers[plan.provider].name,
        "inspected_on": f"{on - dt.timedelta(days=7):%d/%m/%Y}",
        "grade": "Requires improvement to be good",
    }
    text = io.StringIO()
    csv.writer(text).writerows([[register.COLUMNS[name][0] for name in row], row.values()])
    market.import_register(
        files=[GivenFile("register.csv", text.getvalue().encode())],
        as_at=on - dt.timedelta(days=1),
        is_part=True,
        by=cast.by["commissioner"],
        now=now,
    )
