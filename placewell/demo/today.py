"""What is going on today in the made-up council: children who wait, offers, approvals, a void, a grade that fell."""

import csv
import datetime as dt
import io
from decimal import Decimal

from placewell.budget import queries as budget
from placewell.children import actions as children_actions
from placewell.children import queries as children
from placewell.contracts import queries as contracts
from placewell.gateways.given_files import GivenFile
from placewell.governance import actions as governance
from placewell.governance.queries import approvals, delegations
from placewell.kernel.periods import day_of
from placewell.market import actions as market
from placewell.market import register
from placewell.placements import actions as placements
from placewell.placements import queries
from placewell.placements.states import satisfied_of
from placewell.storage.context import Scope, acting, enter

from . import money, people, plans, population, ssda903, stays, telling

DEMAND = "Demand in the last quarter"
TEXTS = {
    "summary": "A thoughtful child who loves football, drawing and dogs, and who needs adults that stay.",
    "needs_and_care": "Warm, steady care with clear routines. Settles best where bedtimes and mealtimes are the same each day.",
    "risks_and_safety": "Can run off when frightened. A calm adult nearby helps; there is a safety plan.",
    "health": "Registered with a GP and dentist. No medication.",
    "education": "Attends school every day and would like to stay there.",
    "family_time": "Sees mum on Saturdays with a worker there, two hours.",
    "history": "Two foster homes in three years. The first ended when the carers retired; goodbyes matter.",
    "identity": "Likes to cook what grandma cooked.",
    "child_views": "“I want to stay at my school and I want a room with a door that shuts.”",
    "parent_views": "Mum asks for somewhere that she can reach by train.",
}


def add(cast: people.Cast, made: plans.Population, homes: dict, provider_ids: dict, *, on: dt.date) -> None:
    """Add today's referrals at each stage, and what else waits on somebody."""
    now = dt.datetime(on.year, on.month, on.day, 8, 30, tzinfo=dt.UTC)
    waiting = _who_waits(cast, made, on)
    telling.begin(cast, waiting[:8], homes, made, now=now - dt.timedelta(days=2))
    stages = (_draft, _draft, _ready, _by_tiers, _offered, _accepted, _recommended, _accepted, _moved_in)
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


def _who_waits(cast: people.Cast, made: plans.Population, on: dt.date) -> list:
    """Return children with the council's own carers whose placements are coming to an end, youngest referrals first."""
    seen = {c.return_id: c for c in children.children(for_user=cast.by["manager"], on=on)}
    ready = [
        plan
        for plan in made.children
        if plan.left_on is None
        and plan.stays[-1].kind == population.OWN
        and 6 <= population.age_on(plan.born_on, on) <= 14
    ]
    return [seen[ssda903.identifier(plan)] for plan in ready[:9]]


def _write(cast: people.Cast, child, now: dt.datetime, on: dt.date, urgency: str = "planned"):
    return placements.write_referral(
        child_id=child.pk,
        categories=["fostering"],
        urgency=urgency,
        needed_on=on + dt.timedelta(days=12),
        expected_end_on=on + dt.timedelta(days=600),
        need_level="standard",
        care_plan="LTFOST18",
        **TEXTS,
        by=cast.by["placements"],
        now=now,
    )


def _draft(cast, child, now, on):
    return _write(cast, child, now, on)


def _ready(cast, child, now, on):
    referral = _write(cast, child, now, on, "urgent")
    placements.ready_referral(referral_id=referral.pk, by=cast.by["placements"], now=now)
    return referral


def _by_tiers(cast, child, now, on):
    """The first tier is asked; the council gives the second longer than is usual."""
    placements.set_tier_clock(
        category="fostering",
        urgency="urgent",
        tier=2,
        hours=12,
        working=True,
        start_on=on,
        by=cast.by["commissioner"],
        now=now,
    )
    referral = _ready(cast, child, now, on)
    placements.start_cascade(referral_id=referral.pk, by=cast.by["placements"], now=now)
    return referral


def _sent(cast, child, now, on):
    referral = _ready(cast, child, now, on)
    ours = cast.by["provider"].organisation_id
    asked = [c.provider_id for c in contracts.by_tier(category="fostering", on=on + dt.timedelta(days=12))][:6]
    placements.send_referral(
        referral_id=referral.pk,
        provider_ids=list(dict.fromkeys([ours, *asked])),
        answer_by=now + dt.timedelta(days=3),
        by=cast.by["placements"],
        now=now,
    )
    return referral


def _offered(cast, child, now, on):
    """The provider's persona offers its best home for the child."""
    referral = _sent(cast, child, now, on)
    ours = cast.by["provider"].organisation_id
    found = [
        each
        for each in queries.search(referral, for_user=cast.by["placements"], on=on).best
        if each.home.provider_id == ours
    ]
    if not found:
        return referral
    invitation = referral.invitations.get(provider_id=ours)
    enter(Scope.of_provider(ours))
    placements.make_offer(
        invitation_id=invitation.pk,
        home_id=found[0].home.pk,
        weekly_fee=found[0].weekly_fee or Decimal("900.00"),
        earliest_on=on + dt.timedelta(days=12),
        how_needs_are_met="Carers of nine years' experience, twenty minutes from school, with a dog that likes children.",
        effect_on_residents="One teenager lives here and looks forward to company.",
        by=cast.by["provider"],
        now=now,
    )
    enter(Scope.of_council(cast.council.pk))
    placements.tell_considered(
        offer_id=queries.offers(referral_id=referral.pk).get().pk,
        to=[cast.by["provider"].pk],
        must_know="\n".join(queries.kept_back(referral, on=on)) or "Nothing was kept back.",
        by=cast.by["placements"],
        now=now,
    )
    return referral


def _recommended(cast, child, now, on):
    referral = _offered(cast, child, now, on)
    if offer := queries.offers(referral_id=referral.pk).first():
        placements.recommend_offer(
            offer_id=offer.pk,
            recommendation="Nearest to school of the homes that can take the child, and the carers know the work.",
            by=cast.by["placements"],
            now=now,
        )
    return referral


def _accepted(cast, child, now, on):
    referral = _recommended(cast, child, now, on)
    for offer in queries.offers(referral_id=referral.pk):
        for each in offer.consultations.filter(answered_on=None):
            placements.record_consultation(
                consultation_id=each.pk,
                answer="Agrees that the school and the family are near enough for this to hold.",
                on=day_of(now),
                by=cast.by["placements"],
                now=now,
            )
        for consent in queries.consents(offer_id=offer.pk):
            placements.decide_consent(
                consent_id=consent.pk,
                approve=True,
                satisfied=dict.fromkeys(satisfied_of(consent.kind), True),
                reasons="The school stays the same and the family can reach the home.",
                by=cast.by["director"],
                now=now,
            )
        manager = cast.by["manager"]
        within = queries.covers(queries.offer_cost(offer, referral), user=manager, on=day_of(now))
        placements.accept_offer(
            offer_id=offer.pk,
            reasons="The child keeps the school and has the door that shuts; the other homes are further away.",
            by=manager if within else cast.by["director"],
            now=now,
        )
    return referral


def _moved_in(cast, child, now, on):
    """A child moved in two days ago; the carers have read the plan, and one letter is still to go."""
    referral = _accepted(cast, child, now - dt.timedelta(days=6), on - dt.timedelta(days=14))
    if offer := queries.offers(referral_id=referral.pk).filter(state="accepted").first():
        stays.move_in(cast, offer.pk, on=on - dt.timedelta(days=2), now=now)
    return referral


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
    first = _write(cast, group[0], now, on)
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
        referral = _write(cast, child, now - dt.timedelta(hours=2), on)
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
