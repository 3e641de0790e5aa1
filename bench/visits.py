"""Time a team's plan for the demo council, through the worker's own jobs: asked for and kept, then priced; again when a worker is sick.

    placewell demo --build-only && python -m bench.visits [--seconds 8]

Prints seconds by the clock and of this process's CPU (the plan is worked out in this process), how far from proven the plan
is, and how many visits moved. What it plans is dropped again; the plan in use stays.
"""

import argparse
import datetime as dt
import os
import time


def main() -> None:
    """Run and print."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--seconds", type=float, help="for the engine; the council's own setting without it")
    seconds = words.parse_args().seconds
    os.environ |= {"PLACEWELL_MODE": "demo", "PLACEWELL_DATABASE": "placewell_demo"}
    from placewell.cli import django_ready

    django_ready.start()
    from django.db import transaction
    from django.utils import timezone

    from placewell.accounts import queries as accounts
    from placewell.accounts.models import User
    from placewell.storage.context import Scope, acting
    from placewell.visits import actions, jobs, models, queries, rules, states

    if seconds:
        held = rules.planning(timezone.localdate())
        rules.planning = lambda _: held | {"seconds": seconds, "again_seconds": seconds}
    council = accounts.councils().get()
    scope = Scope.of_council(council.pk)
    manager = User.objects.get(email="manager@demo.example")
    with acting(scope):
        used = models.Plan.objects.get(state="in_use")
    sick = None
    for what in ("plan of the team", "a worker is sick for a week"):
        with acting(scope):
            now = timezone.now()
            if sick is None and what.startswith("a worker"):
                worker = used.visits.filter(on__gte=timezone.localdate()).order_by("on").first().worker
                week = {"start_on": timezone.localdate(), "last_on": timezone.localdate() + dt.timedelta(days=6)}
                sick = actions.record_away(worker_id=worker.pk, **week, kind=states.Away.SICK, by=manager, now=now)
            why = "somebody is sick" if sick else ""
            plan = actions.ask_plan(
                team_id=used.team_id, first_on=timezone.localdate(), asked_for=why, by=manager, now=now
            )
        began, cpu = time.perf_counter(), time.process_time()
        jobs.make_plan(plan_id=str(plan.pk), council_id=str(council.pk))
        took, cpu = time.perf_counter() - began, time.process_time() - cpu
        later = time.perf_counter()
        jobs.price_plan(plan_id=str(plan.pk), council_id=str(council.pk))
        later = time.perf_counter() - later
        with acting(scope), transaction.atomic():
            plan = models.Plan.objects.get(pk=plan.pk)
            told = plan.told or {"visits": 0, "late": 0, "gap": None, "pence": 0}
            gap = (
                "unproven"
                if told["gap"] is None
                else f"at most {100 * told['gap'] / max(1, told['pence']):.1f} % above the best"
            )
            print(
                f"{what:28} {plan.state:7} {took:5.1f} s {cpu:5.1f} s CPU  {told['visits']} visits, {told['late']} late, "
                f"{gap}, {len(queries.moved(plan))} moved, {sum(len(d) for w in plan.prices.values() for d in w.values())} prices "
                f"in {later:.1f} s more",
                flush=True,
            )
            actions.drop_plan(plan_id=plan.pk, by=manager, now=timezone.now())
    with acting(scope):
        actions.end_away(away_id=sick.pk, by=manager, now=timezone.now())


if __name__ == "__main__":
    main()
