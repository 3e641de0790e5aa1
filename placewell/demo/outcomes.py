"""The made-up council's outcomes: goals of placements and their scores, and what is recorded of health, school and family."""

import datetime as dt
import random
from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from placewell.children import queries as children
from placewell.kernel.periods import age_on, months_after
from placewell.outcomes import actions
from placewell.outcomes.states import Area, Score, Stage
from placewell.placements import queries as placements

from . import people

DAY = dt.timedelta(days=1)
GOALS = {
    Area.STABILITY: (
        "To stay in one home for this school year.",
        "No move, and the child says that it feels like home.",
    ),
    Area.EDUCATION: (
        "To be in school every day and catch up in reading.",
        "Attendance over 95 in a hundred; the reading age.",
    ),
    Area.HEALTH: ("To sleep through the night and eat breakfast.", "The carers' log, and how mornings go."),
    Area.FAMILY: ("To see grandma every other Saturday.", "The visits held, and how the child is after them."),
    Area.SAFETY: ("To say where I am when I am out late.", "No time missing in three months."),
    Area.INDEPENDENCE: ("To cook three meals and keep to a budget.", "Done without help, three weeks running."),
}
OWN_WORDS = (
    "I don't want to move again.",
    "I want to read the big books.",
    "I want to see my nan and my dog.",
    "I want to learn to cook what mum cooked.",
    "I just want people to ask me first.",
)
EVIDENCE = "The carers' log, what school says, and what the child said at the visit."
CHANCES = {Score.WORSE: 6, Score.NONE: 12, Score.SOME: 27, Score.MOST: 33, Score.REACHED: 22}
TERMS = ((9, 4, 12, 18, 140), (1, 6, 3, 27, 112), (4, 15, 7, 20, 118))  # first day, last day, sessions
MONTHS = 18


def add(cast: people.Cast, *, on: dt.date, now: dt.datetime) -> None:
    """Record the outcomes of everybody in care, hand the records of homes down to the search, and keep two months of fairness."""
    by = cast.by["manager"]
    rng = random.Random(on.toordinal() + 11)  # noqa: S311 - repeatable on purpose
    actions.take_over_facts(rows=_facts(by, on, rng), by=by, now=now)
    actions.take_over_goals(rows=_goals(by, on, rng), by=by, now=now)
    actions.hand_down_records(by=cast.by["system"], now=now)
    ended = on.replace(day=1) - DAY
    for as_of in (ended.replace(day=1) - DAY, ended):
        actions.keep_fairness(as_of=as_of, by=cast.by["system"], now=now)


def _facts(by, on: dt.date, rng: random.Random) -> Iterator[tuple[UUID, actions.RecordedFact]]:
    """Yield what is recorded of each child in care over the last year and a half."""
    since = months_after(on, -MONTHS)
    care = {each.child: each for each in children.care_records()}
    for child in children.filtered(children.children(for_user=by, on=on), on=on, in_care=True):
        record = care[child.pk]
        first = max(since, min(row.start_on for row in record.episodes))
        age = age_on(child.born_on, on)
        for fact in _health(age, first, on, rng):
            yield child.pk, fact
        if 4 <= age <= 17:
            for fact in _school(first, on, rng):
                yield child.pk, fact
        for start in _every(first, on, 91):
            planned = Decimal(rng.choice((6, 12, 12, 13)))
            held = max(Decimal(0), planned - rng.choice((0, 0, 1, 1, 2, 4)))
            period = {"last_on": min(start + 90 * DAY, on - DAY), "amount": held, "out_of": planned}
            if period["last_on"] > start:
                yield child.pk, actions.RecordedFact("family_time", start, "Family time log", **period)


def _health(age: int, first: dt.date, on: dt.date, rng: random.Random) -> Iterator[actions.RecordedFact]:
    for start in _every(first, on, 340):
        if rng.random() < 0.86:
            yield actions.RecordedFact("teeth", start, "The dentist's letter")
        answer = "up_to_date" if rng.random() < 0.9 else "behind"
        yield actions.RecordedFact("immunisation", start, "Health record", answer=answer)
        if 4 <= age <= 16 and rng.random() < 0.85:
            score = Decimal(min(40, max(0, round(rng.gauss(14, 6)))))
            yield actions.RecordedFact("sdq", start, "Questionnaire of the carers", amount=score)


def _school(first: dt.date, on: dt.date, rng: random.Random) -> Iterator[actions.RecordedFact]:
    for start in _every(first, on, 118):
        if rng.random() < 0.93:
            yield actions.RecordedFact("pep", start, "Virtual school", answer=rng.choice(("good", "good", "improve")))
    usual = min(1.0, max(0.55, rng.gauss(0.93, 0.06)))
    for year in range(first.year - 1, on.year + 1):
        for month, day, last_month, last_day, sessions in TERMS:
            start, last = dt.date(year, month, day), dt.date(year, last_month, last_day)
            if first <= start and last < on:
                came = round(sessions * min(1.0, usual + rng.uniform(-0.03, 0.03)))
                amounts = {"amount": Decimal(came), "out_of": Decimal(sessions)}
                yield actions.RecordedFact("attendance", start, "The school's register", last_on=last, **amounts)
    if rng.random() < 0.09:
        days = Decimal(rng.randint(1, 5))
        yield actions.RecordedFact("suspension", on - rng.randint(10, 300) * DAY, "The school's letter", amount=days)


def _every(first: dt.date, on: dt.date, days: int) -> Iterator[dt.date]:
    start = first + 20 * DAY
    while start < on - DAY:
        yield start
        start += days * DAY


def _goals(by, on: dt.date, rng: random.Random) -> Iterator[actions.PastGoal]:
    """Yield two goals of most placements of now and of the last two years, scored where their day has come, a few left to score."""
    recent = Q(start_on__gt=months_after(on, -24)) | Q(end_on=None)
    rows = placements.placements(for_user=by, on=on).filter(recent, start_on__lte=on)
    for stay in rows.exclude(state="not_started").prefetch_related(None).order_by("start_on", "child__return_id"):
        if rng.random() < 0.07:
            continue
        for area in rng.sample(list(GOALS), 2):
            scores = tuple(_scores(stay, on, rng))
            what, known_by = GOALS[area]
            agreed = actions.AgreedGoal(
                what, known_by, min(stay.start_on + 5 * DAY, on), "the child, the carers and the school",
                own_words=rng.choice(OWN_WORDS),
            )  # fmt: skip
            worker = stay.child.social_worker_id or by.pk
            yield actions.PastGoal(stay.pk, area, agreed, worker, scores)


def _scores(stay, on: dt.date, rng: random.Random):
    half_year = months_after(stay.start_on, 6)
    for stage, day in ((Stage.SIX_MONTHS, half_year), (Stage.END, stay.end_on)):
        if day is None or day > on or (stage == Stage.SIX_MONTHS and stay.end_on and stay.end_on < half_year):
            continue
        if rng.random() < 0.9:
            chances = dict(CHANCES)
            if stay.was_planned is False:
                chances[Score.WORSE], chances[Score.REACHED] = 25, 4
            score = rng.choices(list(chances), list(chances.values()))[0]
            yield stage, score, EVIDENCE, min(day + rng.randint(0, 14) * DAY, on)
