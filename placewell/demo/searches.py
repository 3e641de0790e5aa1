"""Searches of the past year in the made-up council: children whom the desk placed, day by day, and some who stayed where they were."""

import datetime as dt
import random
from uuid import UUID

from placewell.contracts import queries as contracts
from placewell.placements import actions as placements
from placewell.placements.states import DeclineReason

from . import people, plans, population, stays, today
from . import waiting as waits

DAY = dt.timedelta(days=1)
OF_EACH_SEX = 12  # of fewer than ten nothing is told
NOT_SINCE, NOT_BEFORE = 35 * DAY, 365 * DAY  # of today
MOST_OTHERS = 7
# Days from the first line of a referral to the first night: of children who move, and of those who come into care.
WAITED, WAITED_AT_HOME = (22, 34, 17, 9, 46, 13, 26, 31), (3, 5, 10, 4, 7, 16)
LONG = 14  # days that leave time to ask tier by tier
FIRST_ASKED, FIRST_TAKEN = 4, 0.7
WHY_NOT = dict.fromkeys(DeclineReason, 1) | {
    DeclineReason.NO_VACANCY: 4,
    DeclineReason.NEED: 3,
    DeclineReason.MATCHING_WITH_RESIDENTS: 3,
}
MOST_OFFERS = 3
GIVEN_UP = 3  # children who waited in vain


def mark(made: plans.Population) -> None:
    """Choose the stays that began in the last year for which the desk looked: as many of girls as of boys, over all its
    months, and enough of children who are not White for their figures to be told beside the others'."""
    for sex in "FM":
        rows = [plan for plan in made.children if plan.sex == sex and _may_be_searched(plan, made)]
        rows.sort(key=lambda plan: (plan.stays[-1].start_on, plan.number))
        white = [plan for plan in rows if plan.ethnicity.startswith("W")]
        others = _spread([plan for plan in rows if plan not in white], MOST_OTHERS)
        for number, plan in enumerate([*others, *_spread(white, OF_EACH_SEX - len(others))]):
            days = WAITED_AT_HOME if _comes_into_care(plan) else WAITED
            plan.stays[-1].waited = days[number % len(days)]


def _spread(rows: list[plans.ChildPlan], most: int) -> list[plans.ChildPlan]:
    """Return at *most* so many of *rows*, evenly spread."""
    count = min(most, len(rows))
    return [rows[number * len(rows) // count] for number in range(count)]


def _comes_into_care(plan: plans.ChildPlan) -> bool:
    return len(plan.stays) == 1


def _may_be_searched(plan: plans.ChildPlan, made: plans.Population) -> bool:
    """Tell whether a child lives in a home that we buy, since less than a year, and came there straight from another or
    into care."""
    last = plan.stays[-1] if plan.stays and plan.left_on is None else None
    if last is None or last.home is None or last.end_on is not None or plan.is_unaccompanied:
        return False
    before = plan.entered_on if _comes_into_care(plan) else plan.stays[-2].end_on
    return before == last.start_on and NOT_SINCE <= made.today - last.start_on <= NOT_BEFORE


def place(cast: people.Cast, made: plans.Population, plan: plans.ChildPlan, child) -> None:
    """Look for the home of a child's last stay as the desk did then, choose it among what was offered, and let the child move in."""
    stay, rng = plan.stays[-1], random.Random(plan.number)  # noqa: S311 - repeatable on purpose
    start = dt.datetime.combine(stay.start_on, dt.time(9), dt.UTC)
    entry = {"legal_status": plan.legal_status, "main_need": plan.main_need} if _comes_into_care(plan) else {}
    assert stay.home is not None
    assert stay.waited is not None
    waited, written = stay.waited, start - stay.waited * DAY
    referral = waits.write(
        cast,
        child,
        written,
        stay.start_on,
        "urgent" if waited < 8 else "planned",
        categories=[stay.kind],
        needed_on=stay.start_on,
        expected_end_on=population.promised_until(plan, stay),
        need_level=rng.choice(("standard", "standard", "enhanced")),
    )
    by, chosen_at = cast.by["placements"], start - 2 * DAY + dt.timedelta(hours=7)
    placements.ready_referral(referral_id=referral.pk, by=by, now=written + dt.timedelta(hours=3))
    asked_at = written + dt.timedelta(hours=5)
    until, planned = chosen_at - dt.timedelta(hours=2), cast.homes[f"H{stay.home + 1001}"]
    if waited > LONG and made.providers[made.homes[stay.home].provider].tier == 2:
        asked_at = _ask_by_tiers(cast, referral, at=asked_at, rng=rng)
    else:
        _ask(cast, referral, planned.provider_id, number=plan.number, at=asked_at, until=chosen_at)
    home = _home_taken(cast, made, plan, referral, rng)
    mine = people.staff_of(cast, home.provider_id, now=asked_at)
    _others_answer(cast, referral, but=mine, most=MOST_OFFERS - 1, asked_at=asked_at, until=until, rng=rng)
    at = _at_work(asked_at + dt.timedelta(hours=rng.uniform(2, 30)), until)
    made_offer = waits.offer(cast, referral, home, stay.weekly_fee, by=mine, now=at, words=plan.number)
    waits.recommend(cast, made_offer, chosen_at - dt.timedelta(hours=1))
    waits.choose(cast, referral, made_offer, chosen_at)
    signed = stays.move_in(cast, made_offer, mine, on=stay.start_on, **entry)
    stays.sign_plan(cast, signed.pk, mine, now=start + DAY + dt.timedelta(hours=2))


def _ask(
    cast: people.Cast, referral, provider_id: UUID | None, *, number: int, at: dt.datetime, until: dt.datetime
) -> None:
    """Ask the first providers of the lot, two further down, and the one whose home will be taken."""
    on = referral.needed_on
    lot = [row.provider_id for row in contracts.by_tier(category=referral.categories[0], on=on)]
    further = [lot[(FIRST_ASKED + 2 * number + each) % len(lot)] for each in range(2)]
    asked = [*lot[:FIRST_ASKED], *further, *([provider_id] if provider_id else [])]
    waits.ask(cast, referral, asked, now=at, answer_by=min(at + 3 * DAY, until - dt.timedelta(hours=1)))


def _home_taken(cast: people.Cast, made: plans.Population, plan: plans.ChildPlan, referral, rng: random.Random):
    """Return the home that the child comes to: mostly among the first that the search showed of those asked, where the plan
    of the whole council has a place until the end; else the one that was planned."""
    stay, until = plan.stays[-1], population.promised_until(plan, plan.stays[-1])
    asked = set(referral.invitations.filter(state="sent").values_list("provider_id", flat=True))
    able = [
        made.homes[int(home.reference[1:]) - 1001]
        for home, _ in waits.shown(cast, referral)
        if home.provider_id in asked
    ]
    able = [each for each in able if each.number != stay.home and each.takes(plan, stay.start_on, until)]
    assert stay.home is not None
    if able and rng.random() < FIRST_TAKEN:
        found, held = able[0], (stay.start_on, until, plan.sex, str(plan.number))
        made.homes[stay.home].stays.remove(held)
        found.stays.append(held)
        stay.home, stay.weekly_fee, stay.spot = found.number, found.weekly_fee, found.spot
    return cast.homes[f"H{stay.home + 1001}"]


def _ask_by_tiers(cast: people.Cast, referral, *, at: dt.datetime, rng: random.Random) -> dt.datetime:
    """Ask the first tier, of whom everybody declines, and then the second; return when that was."""
    for row in contracts.by_tier(category=referral.categories[0], on=referral.needed_on):
        people.staff_of(cast, row.provider_id, now=at)
    placements.start_cascade(referral_id=referral.pk, by=cast.by["placements"], now=at)
    _others_answer(cast, referral, but=None, most=0, asked_at=at, until=at + 2 * DAY, rng=rng, silent=0)
    placements.step_cascades(by=cast.by["system"], now=at + 2 * DAY)
    return at + 2 * DAY


def _at_work(at: dt.datetime, until: dt.datetime) -> dt.datetime:
    """Return *at*, or the next morning when that is at night; never after *until*."""
    if not 8 <= at.hour < 18:
        at = at.replace(hour=9) + (DAY if at.hour >= 18 else 0 * DAY)
    return min(at, until)


def _others_answer(
    cast: people.Cast,
    referral,
    *,
    but,
    most: int,
    asked_at: dt.datetime,
    until: dt.datetime,
    rng: random.Random,
    silent: float = 1 / 12,
) -> None:
    """Let the others who were asked answer before *until*: at *most* so many offer, a share of them is *silent*."""
    best = waits.best_of_each(cast, referral)
    asked = referral.invitations.filter(state="sent").order_by("provider__name")
    for provider_id in asked.values_list("provider_id", flat=True):
        if provider_id == (but and but.organisation_id) or rng.random() < silent:
            continue
        by = people.staff_of(cast, provider_id, now=asked_at)
        at = _at_work(asked_at + dt.timedelta(hours=rng.uniform(1, 50)), until)
        if most and provider_id in best and rng.random() < 0.5:
            most -= 1
            home, fee = best[provider_id]
            made = waits.offer(cast, referral, home, fee, by=by, now=at, words=most)
            if rng.random() < 0.2:
                waits.withdraw(cast, made, by=by, now=until)
        else:
            waits.decline(cast, referral, _why_not(rng), by=by, now=at)


def _why_not(rng: random.Random) -> DeclineReason:
    return rng.choices(list(WHY_NOT), list(WHY_NOT.values()))[0]


def give_up(cast: people.Cast, made: plans.Population, *, on: dt.date) -> None:
    """Look for homes for children with the council's own carers for whom nobody offers one: they stay, and it is closed."""
    for number, child in enumerate(today.could_move(cast, made, on)[today.WAIT : today.WAIT + GIVEN_UP]):
        written = dt.datetime.combine(on - (190 - 34 * number) * DAY, dt.time(9), dt.UTC)
        referral = waits.ready(cast, child, written, written.date())
        _ask(cast, referral, None, number=number, at=written + dt.timedelta(hours=2), until=written + 9 * DAY)
        given = {"asked_at": written + dt.timedelta(hours=2), "until": written + 8 * DAY}
        rng = random.Random(number)  # noqa: S311 - repeatable on purpose
        _others_answer(cast, referral, but=None, most=0, **given, rng=rng)
        reason = "Nobody could offer a home near the school; the carers keep the child with help at night."
        by, now = cast.by["placements"], written + (14 + 3 * number) * DAY
        placements.close_referral(referral_id=referral.pk, reason=reason, by=by, now=now)
