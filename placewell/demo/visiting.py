"""The made-up council's visits: where teams start, what was made so far, who is away, and one team's plan in use."""

import datetime as dt
import random
import time
from decimal import Decimal
from uuid import UUID, uuid5

from placewell.children import queries as children
from placewell.visits import actions, queries, states
from placewell.visits.rules import months_after, stays

from . import people, plans

BASES = ("RM17 6SL", "SS17 0PP", "RM15 5LJ")
EVERY = (25, 41)  # days between visits, so that most are in time
MISSED = 0.04
ALONE = 0.85
PLAN_SECONDS = 1.0
KEYS = UUID("0d9b7a2c-6f57-4b7e-8f0e-0a4d0f6c2b11")
DAY = dt.timedelta(days=1)


def add(cast: people.Cast, made: plans.Population, *, on: dt.date, now: dt.datetime) -> None:
    """Add the visits of everybody in care as they stand on the day *on*."""
    manager = cast.by["manager"]
    for team, postcode in zip(cast.teams, BASES, strict=True):
        actions.set_base(team_id=team.pk, postcode=postcode, by=manager, now=now)
    actions.take_over_visits(rows=list(_past(manager, made.start_on, on)), by=manager, now=now)
    _recent(cast, on, now)
    actions.set_unannounced_share(
        percent=10, reason="Some visits see the home as it is every day.", by=manager, now=now
    )
    worker = cast.workers[1]
    away = {"start_on": on + 7 * DAY, "last_on": on + 11 * DAY, "kind": states.Away.LEAVE}
    actions.record_away(worker_id=worker.pk, **away, by=worker, now=now)
    own = children.children(for_user=cast.by["worker"], on=on)
    for weekday, child in enumerate(children.filtered(own, on=on, in_care=True, worker=cast.by["worker"].pk)[:3]):
        actions.keep_weekly_time(
            child_id=child.pk,
            kind=states.Busy.FAMILY_TIME,
            weekday=weekday,
            start_min=16 * 60,
            end_min=18 * 60,
            from_on=on,
            last_on=None,
            confirmed_by="The carer",
            note="With grandmother",
            by=cast.by["worker"],
            now=now,
        )
    _interviews(cast, on, now)
    actions.hand_down_costs(by=manager, now=now)
    plan = actions.ask_plan(team_id=cast.teams[0].pk, first_on=on, by=manager, now=now)
    asked = actions.pose_plan(plan_id=plan.pk, by=cast.by["system"], now=now)
    if asked is not None:
        worked = queries.work_out(
            asked["problem"], None, seconds=PLAN_SECONDS, clock=time.monotonic, draw=asked["draw"]
        )
        actions.answer_plan(plan_id=plan.pk, worked=worked, by=cast.by["system"], now=now)
        actions.use_plan(plan_id=plan.pk, by=manager, now=now)


def _interviews(cast: people.Cast, on: dt.date, now: dt.datetime) -> None:
    """Record what came of the interviews after children were missing; one of the latest is still to be offered."""
    rng, manager = random.Random(on.toordinal()), cast.by["manager"]  # noqa: S311 - repeatable on purpose
    every = [(known, each) for known in queries.facts(for_user=manager, on=on) for each in known.returns]
    for number, (known, each) in enumerate(sorted(every, key=lambda pair: pair[1].back_on)[:-1]):
        offered = min(each.back_on + DAY * rng.choice((0, 1, 1, 2, 3, 6)), on)
        told = actions.Interview(states.Interview.NOT_OFFERED, note="The child was back for a night only.")
        if number % 6:
            told = actions.Interview(
                states.Interview.DECLINED if number % 3 == 0 else states.Interview.HELD,
                offered_on=offered,
                settled_on=min(offered + DAY, on),
                held_by="" if number % 3 == 0 else "Open Door youth advocacy",
                is_independent=number % 3 != 0,
            )
        actions.record_interview(child_id=known.child.pk, went_on=each.went_on, told=told, by=manager, now=now)


def _past(manager, start_on: dt.date, on: dt.date):
    """Yield the visits and assessments of each child in care since the contract began."""
    rng = random.Random(on.toordinal())  # noqa: S311 - repeatable on purpose
    every = queries.facts(for_user=manager, on=on)
    episodes = children.episodes_in_order(child_ids=[known.child.pk for known in every])
    for known in every:
        child = known.child
        for stay in stays(queries.spells_of(episodes[child.pk])):
            day, last = stay.start_on + DAY * rng.randint(1, 7), min(stay.end_on or on, on - DAY)
            while day < last:
                if day >= start_on:
                    alone = rng.random() < ALONE
                    yield actions.Past(child.pk, "visit", day, is_seen_alone=alone, by_id=child.social_worker_id)
                day += DAY * (rng.randint(*EVERY) + (30 if rng.random() < MISSED else 0))
        first, step = known.in_care_since + 12 * DAY, 5 if known.child.born_on > on - 5 * 366 * DAY else 11
        for number in range(40):
            if (assessed := months_after(first, number * step)) < on:
                yield actions.Past(child.pk, "health", assessed)


def _recent(cast: people.Cast, on: dt.date, now: dt.datetime) -> None:
    """Record what the persona has written down of late: one of them waits to be signed off, one asks for a review."""
    worker = cast.by["worker"]
    own = list(children.filtered(children.children(for_user=worker, on=on), on=on, in_care=True, worker=worker.pk)[:3])
    for number, child in enumerate(own):
        found = actions.Seen(
            is_seen=True,
            is_seen_alone=number != 1,
            where=states.Where.HOME,
            why_not_alone="The child asked for the carer to stay." if number == 1 else "",
            views="Likes the new room and wants to see the old friends more often.",
            own_words="I want to stay here until I finish school.",
            observed="Calm at tea time; the room has what it needs.",
            is_welfare_safeguarded=number != 2,
            concerns="The carer is worn out and has no break planned." if number == 2 else "",
            late_reason="The child was on a school trip.",
            miles=Decimal("12.4"),
        )
        to_do = [actions.ToDo("Arrange a weekend with grandmother", worker.pk, on + 10 * DAY)] if number == 0 else []
        actions.record_visit(
            child_id=child.pk,
            sent_key=uuid5(KEYS, str(child.pk)),
            made_on=on - DAY,
            found=found,
            to_do=to_do,
            by=worker,
            now=now,
        )
