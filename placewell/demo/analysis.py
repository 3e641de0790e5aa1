"""What the made-up council's analyst asked about its need."""

import datetime as dt

from django.utils import timezone

from placewell.needs import actions, jobs, queries
from placewell.storage.context import Scope, acting

from . import decision, people

SCENARIO = {
    "divert": {"kind": "divert", "from": "IFA", "to": "IH", "share": 0.35, "ramp_days": 365},
    "move": {"kind": "move", "from": "RES", "to": {"IH": 0.5, "IFA": 0.5}, "per_year": 0.3, "min_age": 8},
}


def add(cast: people.Cast, *, on: dt.date) -> None:
    """Forecast from the children in the system, with more of the council's own carers as the scenario."""
    edits = [{"start": on.isoformat()} | edit for edit in SCENARIO.values()]
    scope = Scope.of_council(cast.council.pk)
    with acting(scope):
        options = {
            "as_of": on.isoformat(), "years": 6, "draws": 1000, "seed": 1, "envelope": float(decision.ANNUAL),
            "inflation": 0.03, "prices": queries.prices_now(on=on), "scenarios": [{"name": "More own carers", "edits": edits}],
        }  # fmt: skip
        run = actions.ask_forecast(
            title=f"Need from {on:%B %Y}", options=options, by=cast.by["analyst"], now=timezone.now()
        )
    jobs.run_forecast(run_id=str(run.pk), council_id=str(cast.council.pk))  # here, so that the pages have it at once
