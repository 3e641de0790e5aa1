"""Plans of visits: asked for, worked out by the engine, taken into use by a person, changed with reasons."""

import datetime as dt
import secrets
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from procrastinate.contrib.django import app

from placewell.accounts.models import Team, User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.children import queries as children
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models, queries, rules, states

LIVE = (states.Plan.ASKED, states.Plan.READY)


@transaction.atomic
def ask_plan(
    *,
    team_id: UUID,
    first_on: dt.date,
    wishes: list[queries.Wish] | None = None,
    asked_for: str = "",
    by: User,
    now: dt.datetime,
) -> models.Plan:
    """Ask for a team's visits to be planned from *first_on*; where a plan is in use, as little of it moves as will do.

    *wishes* are visits that a person wants where they say, each with a reason; what was asked for before and not taken
    into use is dropped.

    Raises:
        NotAllowed; NotFound; Refused: the day is past, or a wish is not on a working day of the plan.
    """
    require(by, Permission.PLAN_VISITS, now=now)
    team = Team.objects.select_for_update().filter(pk=team_id).first()
    if team is None:
        raise NotFound("There is no such team.")
    if first_on < day_of(now):
        raise Refused("A plan cannot begin in the past.")
    days = queries.working_days(first_on, rules.planning(first_on)["horizon_days"])
    for wish in wishes or ():
        if wish.on not in days:
            raise Refused(f"{wish.on:%-d %B %Y} is not a working day of the plan.")
    for old in models.Plan.objects.select_for_update().filter(team=team, state__in=LIVE):
        change_state(
            row=old, to=states.Plan.DROPPED, what="visits.plan.dropped", **_how(by, now), reason="another was asked for"
        )
    last = models.Plan.objects.filter(team=team).aggregate(last=Max("number"))["last"] or 0
    plan = models.Plan.objects.create(
        team=team,
        number=last + 1,
        first_on=first_on,
        before=models.Plan.objects.filter(team=team, state=states.Plan.IN_USE).first(),
        asked_for=asked_for,
        wishes=[wish.as_json() for wish in wishes or ()],
        asked_by=by,
        asked_at=now,
    )
    after = {"first_on": str(first_on), "wishes": len(plan.wishes)}
    record(what="visits.plan.asked", subject=plan, by=by, now=now, after=after, reason=asked_for)
    # in the same transaction: a plan is asked for and queued, or neither
    app.configure_task("visits.make_plan").defer(plan_id=str(plan.pk), council_id=str(plan.council_id))
    return plan


@transaction.atomic
def pose_plan(*, plan_id: UUID, by: User, now: dt.datetime) -> dict[str, Any] | None:
    """Write down what the engine is asked for a plan, and return it whole; None when it is no longer wanted.

    Raises:
        NotAllowed; NotFound.
    """
    require(by, Permission.PLAN_VISITS, now=now)
    plan = _locked(plan_id)
    if plan.state != states.Plan.ASKED:
        return None
    asked = queries.question(plan, by=by)
    plan.draw = queries.lots(plan, asked, new_seed=secrets.token_hex(16))
    plan.problem = {
        "points": asked.points,
        "days": [day.isoformat() for day in asked.days],
        "nowhere": asked.nowhere,
        "unallocated": asked.unallocated,
        "missing": asked.missing,
        **asked.problem,
    }
    plan.share = 0.05
    plan.save(update_fields=["problem", "draw", "share"])
    if not asked.problem["workers"]:
        why = "No social worker of this team has a place to start from: set the team's base, and who is in the team."
        plan.fault = why
        change_state(row=plan, to=states.Plan.FAILED, what="visits.plan.failed", **_how(by, now), reason=why)
        return None
    record(what="visits.plan.posed", subject=plan, by=by, now=now, after={"visits": len(asked.problem["visits"])})
    settings = rules.planning(plan.first_on)
    return {
        "problem": asked.with_travel(),
        "before": queries.previous(plan, asked.days),
        "draw": plan.draw,
        # somebody waits at a screen when a plan is made anew for a reason
        "seconds": settings["again_seconds" if plan.before_id and plan.asked_for else "seconds"],
        "enough": settings["enough_p"],
    }


@transaction.atomic
def note_progress(*, plan_id: UUID, share: float, by: User, now: dt.datetime) -> None:
    """Keep how far the engine is with a plan, for the page that waits."""
    require(by, Permission.PLAN_VISITS, now=now)
    models.Plan.objects.filter(pk=plan_id, state=states.Plan.ASKED).update(share=min(0.99, max(0.05, share)))


@transaction.atomic
def answer_plan(*, plan_id: UUID, worked: queries.Worked, by: User, now: dt.datetime) -> None:
    """Keep the engine's answer to a plan that is still wanted; what moving each visit would cost follows in a job."""
    require(by, Permission.PLAN_VISITS, now=now)
    plan = _locked(plan_id)
    if plan.state != states.Plan.ASKED:
        return
    plan.result, plan.told, plan.draw, plan.share = worked.result, worked.told, worked.draw, 1.0
    after = {"objective": plan.result["objective"], "bound": plan.result["bound"]}
    after |= {"unannounced": len(queries.unannounced(plan))} if plan.draw else {}
    change_state(row=plan, to=states.Plan.READY, what="visits.plan.ready", **_how(by, now), after=after)
    app.configure_task("visits.price_plan").defer(plan_id=str(plan.pk), council_id=str(plan.council_id))


@transaction.atomic
def keep_prices(*, plan_id: UUID, prices: dict[str, Any], by: User, now: dt.datetime) -> None:
    """Keep with a plan that is still wanted what each of its visits would cost elsewhere, the others as they are.

    Raises:
        NotAllowed; NotFound.
    """
    require(by, Permission.PLAN_VISITS, now=now)
    plan = _locked(plan_id)
    if plan.state in (states.Plan.READY, states.Plan.IN_USE):
        plan.prices = prices
        plan.save(update_fields=["prices"])
        record(what="visits.plan.priced", subject=plan, by=by, now=now, after={"visits": len(prices)})


@transaction.atomic
def fail_plan(*, plan_id: UUID, why: str, by: User, now: dt.datetime) -> None:
    """Keep why a plan could not be made."""
    require(by, Permission.PLAN_VISITS, now=now)
    plan = _locked(plan_id)
    if plan.state == states.Plan.ASKED:
        plan.fault = why
        change_state(row=plan, to=states.Plan.FAILED, what="visits.plan.failed", **_how(by, now), reason=why)


@transaction.atomic
def use_plan(*, plan_id: UUID, by: User, now: dt.datetime) -> models.Plan:
    """Take a plan into use in the place of the team's earlier one; confirmations of visits that stay put come along.

    Raises:
        NotAllowed; NotFound; WrongState; Refused: the plan it was made from is no longer the one in use.
    """
    require(by, Permission.PLAN_VISITS, now=now)
    plan = _locked(plan_id)
    Team.objects.select_for_update().get(pk=plan.team_id)
    current = models.Plan.objects.select_for_update().filter(team=plan.team_id, state=states.Plan.IN_USE).first()
    if (current and current.pk) != plan.before_id:
        raise Refused("Another plan was taken into use meanwhile. Ask for this one again.")
    kept = {}
    if current is not None:
        kept = {
            (row.child_id, row.on, row.worker_id, row.start_min): row
            for row, _ in queries.still_to_come(current, first_on=plan.first_on)
        }
        change_state(row=current, to=states.Plan.REPLACED, what="visits.plan.replaced", **_how(by, now))
    change_state(row=plan, to=states.Plan.IN_USE, what="visits.plan.used", **_how(by, now))
    reasons = {(row["child"], row["number"]): row["reason"] for row in plan.wishes}
    rows = []
    for each in queries.entries(plan):
        same = kept.get((each.child_id, each.on, each.worker_id, each.start_min))
        rows.append(
            models.PlannedVisit(
                plan=plan,
                child_id=each.child_id,
                number=each.number,
                worker_id=each.worker_id,
                on=each.on,
                start_min=each.start_min,
                end_min=each.end_min,
                due_on=each.due_on,
                is_unannounced=each.is_unannounced,
                lock_reason=reasons.get((str(each.child_id), each.number), same.lock_reason if same else ""),
                confirmed_with=same.confirmed_with if same and not each.is_unannounced else "",
                confirmed_at=same.confirmed_at if same and not each.is_unannounced else None,
            )
        )
    models.PlannedVisit.objects.bulk_create(rows)
    return plan


@transaction.atomic
def drop_plan(*, plan_id: UUID, reason: str = "", by: User, now: dt.datetime) -> models.Plan:
    """Drop a plan that was asked for and is not in use."""
    require(by, Permission.PLAN_VISITS, now=now)
    plan = _locked(plan_id)
    change_state(row=plan, to=states.Plan.DROPPED, what="visits.plan.dropped", **_how(by, now), reason=reason)
    return plan


@transaction.atomic
def confirm_visit(*, planned_id: UUID, with_whom: str, by: User, now: dt.datetime) -> models.PlannedVisit:
    """Record with whom a planned visit was agreed; it then stays where it is when the team is planned again.

    Raises:
        NotAllowed; NotFound; Refused: nobody is named, or the plan is no longer in use.
    """
    require(by, Permission.RECORD_VISIT, now=now)
    row = models.PlannedVisit.objects.select_for_update(of=("self",)).filter(pk=planned_id).first()
    if row is None:
        raise NotFound("There is no such visit in a plan.")
    children.child(child_id=row.child_id, for_user=by, on=day_of(now))
    if models.Plan.objects.get(pk=row.plan_id).state != states.Plan.IN_USE:
        raise Refused("That plan is no longer in use.")
    if row.is_unannounced:
        raise Refused("This visit is unannounced: nobody is told before, so there is nothing to agree.")
    if not with_whom.strip():
        raise Refused("Say with whom it was agreed.")
    row.confirmed_with, row.confirmed_at = with_whom.strip(), now
    row.save(update_fields=["confirmed_with", "confirmed_at"])
    record(what="visits.planned.confirmed", subject=row, by=by, now=now, after={"on": str(row.on)})
    return row


def _how(by: User, now: dt.datetime) -> dict[str, Any]:
    """Return what each step of a plan is taken with."""
    return {"steps": states.PLAN_STEPS, "by": by, "now": now}


def _locked(plan_id: UUID) -> models.Plan:
    plan = models.Plan.objects.select_for_update(of=("self",)).filter(pk=plan_id).first()
    if plan is None:
        raise NotFound("There is no such plan.")
    return plan
