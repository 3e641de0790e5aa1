"""Who lives in the made-up council: providers, homes, children, and three years of their placements.

Pure and deterministic: the same seed, day and postcodes give the same council. Numbers are shaped like the
official statistics of a council of this size (Department for Education, Children looked after in England,
2025): about 280 children, seven in ten fostered, one in five in homes or supported accommodation.
"""

import datetime as dt
import random
from collections.abc import Mapping, Sequence, Set
from decimal import Decimal

from placewell.kernel.money import ZERO, for_nights
from placewell.kernel.periods import (
    Period,
    age_on,
    birthday,
    financial_year,
    financial_year_period,
    split_by_financial_year,
)

from . import words
from .plans import ChildPlan, HomePlan, Population, ProviderPlan, Spot, StayPlan

SEED = 110459
DAY = dt.timedelta(days=1)
YEAR_DAYS = 365.25
ENTRIES_A_DAY = 0.325
MEAN_STAY_DAYS = 1250
DEAREST_YEAR = 9_950_000.0
OWN, AGENCY, RESIDENTIAL, SUPPORTED, FAMILY, PARENTS = (
    "own_fostering",
    "fostering",
    "residential",
    "supported",
    "family_assessment",
    "parents",
)
BOUGHT = (AGENCY, RESIDENTIAL, SUPPORTED, FAMILY)

# ages up to and with → how likely each kind of placement is
MIX = (
    (0, {OWN: 0.50, AGENCY: 0.34, FAMILY: 0.10, PARENTS: 0.06}),
    (4, {OWN: 0.54, AGENCY: 0.36, FAMILY: 0.01, PARENTS: 0.09}),
    (9, {OWN: 0.52, AGENCY: 0.40, RESIDENTIAL: 0.03, PARENTS: 0.05}),
    (15, {OWN: 0.44, AGENCY: 0.38, RESIDENTIAL: 0.15, PARENTS: 0.03}),
    (17, {OWN: 0.28, AGENCY: 0.22, RESIDENTIAL: 0.12, SUPPORTED: 0.38}),
)
# weekly fees in pounds at today's prices: lowest, usual, highest
FEES = {
    AGENCY: (780, 930, 1250),
    RESIDENTIAL: (3600, 4900, 7800),
    SUPPORTED: (450, 850, 1800),
    FAMILY: (2900, 3600, 4400),
}
KIND_OF_HOME = {
    AGENCY: "foster_home",
    RESIDENTIAL: "childrens_home",
    SUPPORTED: "supported_accommodation",
    FAMILY: "family_centre",
}
# category → (providers, homes of each at least, at most, places at least, at most)
SUPPLY = {
    AGENCY: (24, 8, 12, 1, 3),
    RESIDENTIAL: (22, 2, 5, 2, 5),
    SUPPORTED: (10, 6, 9, 1, 4),
    FAMILY: (4, 1, 2, 4, 6),
}


# category → the share of its homes that stays in the borough, and around it; the others are far away
STAYS_NEAR = {AGENCY: (0.16, 0.24), RESIDENTIAL: (0.3, 0.22)}
FOR_THE_YOUNG = 0.3  # of foster homes that could take any age, for children under ten
SOLO = 0.6  # of children's homes are for one child


def contract_start(today: dt.date) -> dt.date:
    """Return the day on which the made-up contract began: 1 April, three financial years ago."""
    return financial_year_period(financial_year(today) - 3).start


def make(
    *, today: dt.date, near: Sequence[Spot], around: Sequence[Spot], far: Sequence[Spot] = (), seed: int = SEED
) -> Population:
    """Make the council as it stands on *today*.

    *near* are postcodes inside the council's area, *around* those of its neighbours, *far* those more than twenty miles
    away, where the homes are that the council lacks.
    """
    rng = random.Random(seed)  # noqa: S311 - repeatable on purpose
    providers, homes = _supply(rng, near, around)
    if far:
        _spread(homes, set(near), far)
    start_on = contract_start(today)
    children = _children(rng, today, start_on, near)
    by_category: Mapping[str, list[HomePlan]] = {c: [h for h in homes if h.category == c] for c in BOUGHT}
    for child in children:
        _way_through_care(rng, child, today, start_on, by_category, near)
    _fit_prices(homes, children)
    for child in children:  # who lives alone needs to
        last = child.stays[-1] if child.stays else None
        if last and last.home is not None and "solo" in homes[last.home].features:
            child.needs.append("solo")
    return Population(start_on, today, providers, homes, children)


def _fit_prices(homes: list[HomePlan], children: list[ChildPlan]) -> None:
    """Scale every price so that the dearest financial year takes up most of the envelope, and none passes it."""
    sums: dict[int, Decimal] = {}
    for child in children:
        for stay in child.stays:
            if stay.weekly_fee is not None:
                last = stay.end_on or child.left_on or promised_until(child, stay)
                for year, period in split_by_financial_year(Period(stay.start_on, last)):
                    sums[year] = sums.get(year, ZERO) + for_nights(Decimal(stay.weekly_fee), period.nights)
    factor = DEAREST_YEAR / float(max(sums.values()))
    for each in [*homes, *(stay for child in children for stay in child.stays)]:
        if each.weekly_fee is not None:
            each.weekly_fee = int(each.weekly_fee * factor / 5) * 5


def _supply(
    rng: random.Random, near: Sequence[Spot], around: Sequence[Spot]
) -> tuple[list[ProviderPlan], list[HomePlan]]:
    """Return sixty providers and their homes."""
    firsts = rng.sample(words.PROVIDER_FIRST, sum(supply[0] for supply in SUPPLY.values()))
    providers, homes = [], []
    for category, (count, least, most, small, large) in SUPPLY.items():
        for rank in range(count):
            number = len(providers)
            name = f"{firsts[number]} {rng.choice(words.PROVIDER_LAST[category])}"
            grade = rng.choices(["outstanding", "good", "requires_improvement"], [2, 7, 1])[0]
            tier = 1 if rank < max(2, count // 4) else 2 if rank < count * 2 // 3 else 3
            providers.append(ProviderPlan(number, name, category, tier, rank + 1, grade))
            for _ in range(rng.randint(least, most)):
                homes.append(_home(rng, len(homes), providers[-1], (small, large), near, around))
    return providers, homes


def _spread(homes: list[HomePlan], near: Set[Spot], far: Sequence[Spot]) -> None:
    """Move homes far away, so that the council lacks some: foster homes for teenagers, children's homes, homes for one."""
    rng = random.Random(SEED + 1)  # noqa: S311 - its own, so that everything else stays as it was
    for home in homes:
        if home.category == RESIDENTIAL and rng.random() < SOLO:
            home.places = 1
            home.features = [*home.features, "solo"]
        in_borough, around = STAYS_NEAR.get(home.category, (1.0, 1.0))
        stays = in_borough if home.spot in near else around
        if home.category == AGENCY and home.age_to >= 10 and home.age_from < 10 and rng.random() < FOR_THE_YOUNG:
            home.age_to, stays = 9, 1.0
        if home.age_to >= 10 and rng.random() >= stays * (0.4 if "solo" in home.features else 1):
            home.spot = rng.choice(far)


def _home(rng, number: int, provider: ProviderPlan, places: tuple[int, int], near, around) -> HomePlan:
    low, high = {AGENCY: (0, 17), RESIDENTIAL: (8, 17), SUPPORTED: (16, 17), FAMILY: (0, 2)}[provider.category]
    if provider.category == AGENCY and rng.random() < 0.5:
        low, high = rng.choice([(0, 6), (5, 12), (8, 17), (10, 17)])
    cheap, usual, dear = FEES[provider.category]
    own_rooms = ["own_bedroom"] if provider.category in (RESIDENTIAL, SUPPORTED) else []
    return HomePlan(
        number=number,
        category=provider.category,
        provider=provider.number,
        name=f"{rng.choice(words.PROVIDER_FIRST)} {rng.choice(words.HOME_LAST)}",
        spot=rng.choice(near if rng.random() < 0.45 else around),
        places=rng.randint(*places),
        age_from=low,
        age_to=high,
        accepts=rng.choices(["any", "M", "F"], [8, 1, 1])[0],
        features=own_rooms
        + [
            f
            for f in ("ground_floor", "adapted_bathroom", "garden", "education_on_site", "waking_night_staff")
            if rng.random() < 0.15
        ],
        excludes=[risk for risk in ("fire_setting", "violence") if rng.random() < 0.12],
        skills=[
            s
            for s in (
                "attachment",
                "autism",
                "mental_health",
                "learning_disability",
                "education_support",
                "complex_health",
            )
            if rng.random() < 0.4
        ],
        languages=["English"] + [w for w in ("Polish", "Arabic", "Urdu", "Tigrinya") if rng.random() < 0.06],
        faiths=[f for f in ("Christian", "Muslim") if rng.random() < 0.25],
        weekly_fee=round(rng.triangular(cheap, dear, usual) / 5) * 5,
    )


def _children(rng: random.Random, today: dt.date, start_on: dt.date, near: Sequence[Spot]) -> list[ChildPlan]:
    """Return every child who was in care on a day since *start_on*, brothers and sisters with one family number."""
    children: list[ChildPlan] = []
    day, family = start_on - dt.timedelta(days=int(14 * YEAR_DAYS)), 0
    while (day := day + dt.timedelta(days=max(0, round(rng.expovariate(ENTRIES_A_DAY / 1.35))))) < today:
        family += 1
        size = rng.choices([1, 2, 3, 4], [76, 16, 6, 2])[0]
        surname, spot = rng.choice(words.FAMILIES), rng.choice(near)
        unaccompanied = size == 1 and rng.random() < 0.09
        stay = rng.expovariate(1 / MEAN_STAY_DAYS)
        age = rng.uniform(15.2, 17.6) if unaccompanied else _entry_age(rng)
        for sibling in range(size):
            years = age if sibling == 0 else max(0.0, min(17.0, age + rng.uniform(-6, 6)))
            born_on = day - dt.timedelta(days=int(years * YEAR_DAYS) + 1)
            leaves = min(day + dt.timedelta(days=int(stay) + 3), birthday(born_on, 18))
            if leaves <= start_on or leaves <= day:
                continue
            left_on = leaves if leaves < today else None
            children.append(_child(rng, len(children), family, surname, spot, born_on, day, left_on, unaccompanied))
    return children


def _entry_age(rng: random.Random) -> float:
    low, high = rng.choices([(0.0, 1.0), (1, 5), (5, 10), (10, 16), (16, 17.6)], [17, 16, 17, 30, 20])[0]
    return rng.uniform(low, high)


def _child(rng, number, family, surname, spot, born_on, entered_on, left_on, unaccompanied) -> ChildPlan:
    sex = "M" if rng.random() < (0.93 if unaccompanied else 0.55) else "F"
    given = rng.choice(words.ARRIVED if unaccompanied else words.BOYS if sex == "M" else words.GIRLS)
    ethnicity = rng.choices(["WBRI", "WOTH", "MWBC", "BAFR", "BCRB", "ABAN", "AOTH"], [66, 7, 7, 11, 4, 2, 3])[0]
    age = age_on(born_on, left_on or entered_on)
    risky = 0.3 if age < 9 else 1.3 if age > 12 else 0.8
    return ChildPlan(
        number=number,
        given_name=given,
        family_name=surname,
        born_on=born_on,
        sex=sex,
        ethnicity="OOTH" if unaccompanied else ethnicity,
        religion="Muslim" if unaccompanied else rng.choices(["", "Christian", "Muslim"], [6, 3, 1])[0],
        language=rng.choice(["Arabic", "Tigrinya", "Pashto"]) if unaccompanied else "English",
        spot=spot,
        school=rng.choice(words.SCHOOLS) if age >= 4 else "",
        school_spot=spot,
        family=family,
        is_unaccompanied=unaccompanied,
        legal_status="V2" if unaccompanied else rng.choices(["C2", "C1", "V2", "E1"], [60, 15, 20, 5])[0],
        main_need="N8" if unaccompanied else rng.choices(["N1", "N2", "N3", "N4", "N5", "N6"], [62, 4, 5, 9, 17, 3])[0],
        needs=[need for need, share in words.NEEDS.items() if rng.random() < share],
        risks=[risk for risk, share in words.RISKS.items() if rng.random() < share * risky],
        entered_on=entered_on,
        left_on=left_on,
    )


def _way_through_care(rng, child: ChildPlan, today: dt.date, start_on: dt.date, homes, near) -> None:
    """Add the child's placements since *start_on*, each in a home that could take the child."""
    start, last = max(child.entered_on, start_on), child.left_on or today + DAY
    while start < last:
        end = start + dt.timedelta(days=int(rng.weibullvariate(1500, 0.75)) + 5)
        sixteenth = birthday(child.born_on, 16)
        if start < sixteenth < end and rng.random() < 0.35:
            end = sixteenth + DAY * rng.randint(1, 60)
        stay = _stay(rng, child, start, end if end < last else None, min(end, last), homes, near)
        if stay.end_on:
            stay.change_reason = rng.choices(["CARPL", "CREQB", "CREQO", "CHILD", "LAREQ"], [6, 2, 1, 1, 1])[0]
        child.stays.append(stay)
        start = stay.end_on or end


def _stay(rng, child: ChildPlan, start, end, held_to, homes, near) -> StayPlan:
    """Return one placement; where no home of the kind can take the child, with the council's own carers."""
    age = age_on(child.born_on, start)
    mix = next(mix for upper, mix in MIX if age <= upper)
    kind = rng.choices(list(mix), list(mix.values()))[0]
    if kind == FAMILY:
        end = held_to = min(held_to, start + DAY * rng.randint(70, 95))
        end = end if held_to < (child.left_on or held_to + DAY) else None
    # An open stay keeps its place until the child is eighteen.
    promised_to = end or birthday(child.born_on, 18)
    left = child.stays[-1].home if child.stays else None  # nobody moves to the home that they just left
    able = [
        home
        for home in homes.get(kind, ())
        if home.number != left and home.spot != child.spot and home.takes(child, start, promised_to)
    ]
    if kind in BOUGHT and able:
        able.sort(key=lambda home: _metres(home.spot, child.spot) + rng.uniform(0, 25_000))
        home = able[0]
        home.stays.append((start, promised_to, child.sex, str(child.number)))
        return StayPlan(kind, start, end, home.number, home.weekly_fee, home.spot)
    if kind == PARENTS and child.legal_status in ("C1", "C2"):
        return StayPlan(PARENTS, start, end, None, None, child.spot)
    elsewhere = [spot for spot in near if spot != child.spot]
    return StayPlan(OWN, start, end, None, None, rng.choice(elsewhere))


def _metres(a: Spot, b: Spot) -> float:
    return ((a.easting - b.easting) ** 2 + (a.northing - b.northing) ** 2) ** 0.5


def promised_until(child: ChildPlan, stay: StayPlan) -> dt.date:
    """Return the day until which a placement is agreed: a planned end when there is one, else the 18th birthday."""
    return stay.end_on or birthday(child.born_on, 18)
