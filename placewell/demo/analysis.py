"""What the made-up council's analyst asked about its need, what to buy, and the statement that was published."""

import datetime as dt
from typing import Any

from django.utils import timezone

from placewell.needs import actions, jobs, queries, rules
from placewell.outcomes import actions as outcomes
from placewell.storage.context import Scope, acting

from . import decision, people, plans

YEAR = dt.timedelta(days=365)
SCENARIO = {
    "divert": {"kind": "divert", "from": "IFA", "to": "IH", "share": 0.35, "ramp_days": 365},
    "move": {"kind": "move", "from": "RES", "to": {"IH": 0.5, "IFA": 0.5}, "per_year": 0.3, "min_age": 8},
}
# category → (how many providers offer, discount for paying in any case, fewest and most places)
OFFERS = {"fostering": (8, 0.93, 2, 8), "residential": (8, 0.9, 1, 3), "supported": (4, 0.92, 1, 4)}
SAID = {
    "vision": "Every child we look after lives in a home where they are known and cared for, near the people who matter to "
    "them. A teenager keeps their school and their friends; brothers and sisters stay together; nobody moves because a "
    "contract ends.",
    "children": "More than half of our children are teenagers. Some came to this country alone. Three in ten have had a "
    "disrupted placement, and those who live far away have had more of them than those who live near.",
    "homes": "Seven in ten of our children are fostered, more by our own carers than by agencies. Sixty providers are on the "
    "framework. Most children's homes in reach are run by a few of them, and most foster homes near us take young children.",
    "ahead": "We expect the number of children to stay much as it is, and more of them to be teenagers. If a third of those "
    "who would go to an agency came to our own carers instead, fewer children would need a place that we buy.",
    "gap": "We have too few foster homes for teenagers, and almost no home for a child who must live alone. Children for whom "
    "we find nothing near live more than twenty miles away, and change school.",
    "plan": "By next spring: a campaign for carers of teenagers, with a specialist fee and a carers' hub. By next summer: two "
    "small homes for one child each, bought as a block with a neighbour. Each quarter: the search records of what was not "
    "found are read with providers.",
    "voices": "The children in care council asked for carers who stay, and for bedrooms of their own. Carers asked for a "
    "night line. Providers asked to hear earlier what we will need; this statement and the forecast are our answer.",
    "money": "The plan stays within what Cabinet agreed. Places that are bought in advance cost less than those that are "
    "found in a hurry, as long as children live in them.",
    "know": "Members see each quarter how many children live within twenty miles, how many in the borough, and what was not "
    "found. The statement is written anew each year.",
}


def add(cast: people.Cast, made: plans.Population, *, on: dt.date) -> None:
    """Forecast, publish it, work out what to buy, and publish the sufficiency statement."""
    edits = [{"start": on.isoformat()} | edit for edit in SCENARIO.values()]
    scope, now = Scope.of_council(cast.council.pk), timezone.now()
    about: dict[str, Any] = {"by": cast.by["analyst"], "now": now}
    with acting(scope):
        options = {
            "as_of": on.isoformat(), "years": 6, "draws": 1000, "seed": 1, "envelope": float(decision.ANNUAL),
            "inflation": 0.03, "prices": queries.prices_to_start(on=on),
            "scenarios": [{"name": "More own carers", "edits": edits}],
        }  # fmt: skip
        # last year's, so that what came can be held against it
        then = now - YEAR
        was = options | {"as_of": (on - YEAR).isoformat(), "years": 3, "draws": 400, "scenarios": []}
        last = actions.ask_forecast(title=f"Need from {then:%B %Y}", options=was, by=cast.by["analyst"], now=then)
    jobs.run_forecast(run_id=str(last.pk), council_id=str(cast.council.pk))
    with acting(scope):
        run = actions.ask_forecast(title=f"Need from {on:%B %Y}", options=options, **about)
    jobs.run_forecast(run_id=str(run.pk), council_id=str(cast.council.pk))  # here, so that the pages have it at once
    with acting(scope):
        actions.publish_forecast(run_id=run.pk, by=cast.by["commissioner"], now=now)
        kept = actions.keep_options(
            title="Places offered for next year",
            origin="Framework providers and our own carers",
            bids=_offers(made),
            **about,
        )
        choice = actions.ask_capacity(
            title="What to buy from next April", forecast_id=run.pk, scenario="baseline", options_id=kept.pk,
            options=_limits(on), **about,
        )  # fmt: skip
    jobs.choose_capacity(run_id=str(choice.pk), council_id=str(cast.council.pk))
    with acting(scope):
        _state(cast, run.pk, on=on, now=now)


def _limits(on: dt.date) -> dict[str, Any]:
    """Return the council's own limits of the day."""
    usual = rules.capacity_settings(on)
    names = (
        "weeks", "commit_cap_pct", "provider_cap_pct", "quality_min", "quality_value", "alpha_pct", "lambda_pct",
        "emergency_factor_pct", "spot_cap", "seconds",
    )  # fmt: skip
    more = {"years": 4, "budget_year": int(decision.ANNUAL), "rise_pct": 3.0, "already": queries.blocks_now(on=on)}
    return {name: usual[name] for name in names} | more


def _offers(made: plans.Population) -> list[dict[str, Any]]:
    """Return places that could be bought in advance: a little cheaper than as needed, and paid for in any case."""
    own = {
        "id": "Our own carers", "provider": "The council", "type": "fostering", "form": "block", "price_week": 610,
        "guarantee_pct": 60, "usable_pct": 90, "min_beds": 4, "max_beds": 12, "start_year": 2, "quality": 88,
        "extra_price_week": None, "xor_group": None, "requires": None,
    }  # fmt: skip
    offers = [own]
    for category, (count, discount, least, most) in OFFERS.items():
        for plan in [each for each in made.providers if each.category == category][:count]:
            fees = [home.weekly_fee for home in made.homes if home.provider == plan.number]
            price = int(sum(fees) / len(fees) * discount / 5) * 5
            flexible = plan.rank % 3 == 0
            offers.append({
                "id": plan.name, "provider": plan.name, "type": category,
                "form": "cost_volume" if flexible else "block", "price_week": price,
                "extra_price_week": int(price * 1.08) if flexible else None, "guarantee_pct": 50 if flexible else 100,
                "usable_pct": 95, "min_beds": least, "max_beds": most, "start_year": 1,
                "quality": {"outstanding": 90, "good": 75}.get(plan.grade, 55), "xor_group": None, "requires": None,
            })  # fmt: skip
    return offers


def _state(cast: people.Cast, run_id, *, on: dt.date, now: dt.datetime) -> None:
    """Write the statement, put the figures in, and publish it."""
    about: dict[str, Any] = {"by": cast.by["analyst"], "now": now}
    start = dt.date(on.year, 4, 1) if on >= dt.date(on.year, 4, 1) else dt.date(on.year - 1, 4, 1)
    made = actions.begin_statement(
        title=f"Sufficiency statement {start.year} to {start.year + 3}",
        start_on=start,
        end_on=start.replace(year=start.year + 3),
        **about,
    )
    for key, text in SAID.items():
        actions.write_section(statement_id=made.pk, key=key, text=text, seen_id="", **about)
    actions.put_figures_in(statement_id=made.pk, forecast_id=run_id, **about)
    outcomes.hand_to_statement(statement_id=made.pk, **about)
    actions.publish_statement(statement_id=made.pk, by=cast.by["director"], now=now)
