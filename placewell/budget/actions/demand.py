"""Demand approval: the council's setting, the request that the system opens by itself, questions, and what waits."""

import datetime as dt
from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from typing import Any

from django.db import IntegrityError, transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.accounts.queries import worker
from placewell.audit.actions import record
from placewell.governance.actions import ask_approval
from placewell.governance.queries import delegations, locked_decision, require_in_force, why_not_in_force
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.money import ZERO, pounds
from placewell.kernel.periods import day_of

from .. import models, queries, rules, states
from ._room import Passed, limits_passed, locked_envelopes

COVER = 0.8  # leave is asked for what is enough with this chance
ROUND_TO = Decimal(1000)


@transaction.atomic
def set_demand_policy(*, chance: Decimal, start_on: dt.date, by: User, now: dt.datetime) -> models.DemandPolicy:
    """Set at which chance of passing a limit demand approval is sought, from *start_on* on.

    Raises:
        NotAllowed; Refused: it is no chance, or the day has passed.
    """
    require(by, Permission.SET_ENVELOPE, now=now)
    if not 0 < chance < 1:
        raise Refused("Give a chance between 1 and 99 per cent.")
    if start_on < day_of(now):
        raise Refused("It can hold from today at the earliest.")
    given = {"chance": chance, "set_by": by}
    policy, _ = models.DemandPolicy.objects.update_or_create(start_on=start_on, defaults=given)
    record(what="budget.demand_policy.set", subject=policy, by=by, now=now, after={"chance": str(chance)})
    return policy


@transaction.atomic
def take_forecast(
    *,
    label: str,
    made_on: dt.date,
    months: Sequence[tuple[dt.date, Decimal, Decimal, Decimal]],
    by: User,
    now: dt.datetime,
) -> models.Forecast:
    """Take what a forecast expects to be spent in each of *months*: (first day, low, middle, high), pounds, at 10, 50
    and 90 per cent. From now on it stands in the place of the run-rate.

    Raises:
        NotAllowed; Refused: there is no month, or its three values are not in order.
    """
    require(by, Permission.SEE_BUDGET, now=now)
    if not months or any(not 0 <= low <= middle <= high for _, low, middle, high in months):
        raise Refused("A forecast has months, each with three amounts in order.")
    kept = [[day.replace(day=1).isoformat(), *(str(value) for value in values)] for day, *values in months]
    made = models.Forecast.objects.create(label=label, made_on=made_on, months=kept, taken_by=by, taken_at=now)
    record(what="budget.forecast.taken", subject=made, by=by, now=now, after={"label": label, "months": len(kept)})
    return made


@transaction.atomic
def check_demand(*, by: User, now: dt.datetime) -> list[models.DemandRequest]:
    """Open a request for each limit that demand would pass with the chance that the council set, and return them.

    The system asks in its own name; one open request for a limit is enough, and leave that was given counts.

    Raises:
        NotAllowed.
    """
    require(by, Permission.ASK_APPROVAL, now=now)
    on, opened = day_of(now), list[models.DemandRequest]()
    for decision in queries.decisions_with_money(on=on):
        locked_decision(decision_id=decision.pk)
        if why_not_in_force(decision, on=on):
            continue
        asked = queries.policy(on=on)
        crossed = [each for each in queries.outlooks(decision_id=decision.pk, on=on) if each.chance >= asked]
        opened += [made for each in crossed if (made := _open(decision, each, ZERO, by, now))]
    for made in opened:
        record(what="budget.demand.opened", subject=made, by=by, now=now, after=_asked(made), told=made.approval.title)
    return opened


def _open(
    decision, outlook: queries.Outlook, least: Decimal, by: User, now: dt.datetime
) -> models.DemandRequest | None:
    """Open one request, unless one for the same limit waits; *least* pounds are asked for in any case."""
    on = day_of(now)
    same = {"crossing": outlook.crossing, "financial_year": outlook.year, "category": outlook.category}
    waits = models.DemandRequest.objects.filter(decision=decision, approval__state="requested", **same)
    delegation = delegations(act="approve_demand", on=on).filter(decision=decision).first()
    if delegation is None or waits.exists():
        return None
    wanted = max(least, outlook.at(COVER) - outlook.limit, ROUND_TO)
    amount = (wanted / ROUND_TO).to_integral_value(ROUND_CEILING) * ROUND_TO
    figures = _figures(outlook, on)
    if by.organisation is None:
        raise Refused("Only the council asks for demand approval.")
    system = by if by.office(on=on) == "worker" else worker(council=by.organisation)
    approval = ask_approval(
        delegation_id=delegation.pk,
        title=f"Demand: beyond {outlook.words}",
        amount=amount,
        evidence=_evidence(outlook, figures, amount),
        by=system,
        now=now,
    )
    return models.DemandRequest.objects.create(
        decision=decision,
        approval=approval,
        limit=outlook.limit,
        expected=outlook.at(0.5),
        chance=Decimal(str(round(min(outlook.chance, 0.99), 2))),
        figures=figures,
        opened_at=now,
        **same,
    )


def _asked(made: models.DemandRequest) -> dict[str, str]:
    amount, year = str(made.approval.amount), str(made.financial_year)
    return {"crossing": made.crossing, "year": year, "lot": made.category, "amount": amount}


def _figures(outlook: queries.Outlook, on: dt.date) -> dict:
    """Return the numbers of a request, as they stand."""
    live = models.Commitment.objects.filter(decision__isnull=False, state=states.Commitment.LIVE)
    live = live.filter(category=outlook.category) if outlook.category else live

    def places(day: dt.date) -> int:
        return live.filter(start_on__lte=day, end_on__gt=day).values("source").distinct().count()

    before = on - dt.timedelta(days=365)
    return {
        "limit": str(outlook.limit),
        "committed": str(outlook.committed),
        "low": str(outlook.at(0.1)),
        "middle": str(outlook.at(0.5)),
        "high": str(outlook.at(0.9)),
        "chance": round(outlook.chance, 3),
        "basis": outlook.basis,
        "places_now": places(on),
        "places_a_year_ago": places(before),
        "a_day_now": round(outlook.daily[-1], 2),
        "a_day_before": round(outlook.daily[-13], 2) if len(outlook.daily) > 13 else None,
        "seen_on": on.isoformat(),
    }


def _evidence(outlook: queries.Outlook, figures: dict, amount: Decimal) -> str:
    """Return the evidence in words, for the offices."""
    is_lot, places = outlook.crossing is states.Crossing.LOT, max(1, figures["places_now"])
    committed = rules.coarse(outlook.committed, agreements=places) if is_lot else outlook.committed
    low, middle, high = (pounds(Decimal(figures[name])) for name in ("low", "middle", "high"))
    return (
        f"{outlook.words[0].upper()}{outlook.words[1:]} is {pounds(outlook.limit)}; {pounds(committed)} is committed. "
        f"{middle} is expected, {low} to {high} in eight cases of ten: {outlook.chance:.0%} that it is passed. "
        f"{outlook.basis}. {figures['places_now']} placements are paid for today, "
        f"{figures['places_a_year_ago']} a year ago. Leave for {pounds(amount)} beyond it is asked for. "
        "Until it is given, what does not fit waits; what a statutory duty requires goes ahead and is recorded."
    )


@transaction.atomic
def say_what_was_tried(*, request_id, tried: str, by: User, now: dt.datetime) -> models.DemandRequest:
    """Add to a request what was tried before it: for the offices, before they decide."""
    require(by, Permission.ASK_APPROVAL, now=now)
    request = _open_request(request_id)
    request.tried = tried
    request.save()
    record(what="budget.demand.tried_said", subject=request, by=by, now=now, reason=tried)
    return request


def _open_request(request_id) -> models.DemandRequest:
    found = models.DemandRequest.objects.select_for_update(of=("self",)).filter(pk=request_id).first()
    if found is None:
        raise NotFound("There is no such request.")
    if found.approval.state != "requested":
        raise Refused(f"This was {found.approval.state} already.")
    return found


@transaction.atomic
def hold(
    *,
    decision_id,
    provider_id,
    category: str,
    source: str,
    reference: str,
    lines: Sequence[rules.Line],
    by: User,
    now: dt.datetime,
) -> models.Held:
    """Let a commitment that would pass a limit wait, and open a request for demand approval for each such limit.

    Raises:
        NotAllowed; Refused: it fits (so commit it), or waits already.
    """
    require(by, Permission.COMMIT_MONEY, now=now)
    decision = require_in_force(decision_id=decision_id, on=day_of(now))
    passed = limits_passed(locked_envelopes(decision_id), rules.by_year(lines), decision=decision, category=category)
    over = [each for each in passed if not _may_pass(each)]
    if not over:
        raise Refused("This fits what is allowed: it need not wait.")
    try:
        with transaction.atomic():
            held = models.Held.objects.create(
                decision=decision,
                provider_id=provider_id,
                category=category,
                source=source,
                reference=reference,
                crossing=over[0].crossing,
                financial_year=over[0].year,
                over=over[0].over,
                cost=rules.whole_cost(lines),
                held_by=by,
                held_at=now,
            )
    except IntegrityError:
        raise Refused("This waits for demand approval already.") from None
    after = {"over": str(held.over), "limit": over[0].words}
    record(what="budget.commitment.held", subject=held, by=by, now=now, after=after)
    for each in over:
        _ask_for(decision, each, by, now)
    return held


def _may_pass(passed: Passed) -> bool:
    """Tell whether the offices gave leave to pass a limit, of which enough is left."""
    leave: dict[str, Any] = {
        "crossing": passed.crossing,
        "year": passed.year,
        "category": passed.category,
        "over": passed.over,
    }
    return queries.standing_leave(decision_id=passed.envelope.decision_id, **leave) is not None


def _ask_for(decision, passed: Passed, by: User, now: dt.datetime) -> None:
    """Open a request for a limit that something which waits would pass."""
    is_lifetime = passed.crossing is states.Crossing.LIFETIME
    year = max(queries.years_set(decision_id=decision.pk)) if is_lifetime else passed.year
    limit: dict[str, Any] = {"crossing": passed.crossing, "year": year, "category": passed.category}
    outlook = queries.outlook(decision_id=decision.pk, **limit, on=day_of(now))
    if made := _open(decision, outlook, passed.over, by, now):
        record(what="budget.demand.opened", subject=made, by=by, now=now, after=_asked(made), told=made.approval.title)
