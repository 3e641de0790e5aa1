"""Publish a tender, re-open it in a later year, or cancel it."""

import datetime as dt

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.contracts import actions as contracting
from placewell.contracts import queries as contracts
from placewell.governance.queries import require_in_force
from placewell.kernel.errors import Refused
from placewell.kernel.periods import day_of
from placewell.notifications.actions import tell_followers

from .. import models, ocds, queries, rules, states
from . import _steps, planning


@transaction.atomic
def publish_tender(
    *,
    procurement_id,
    tenders_by_at: dt.datetime | None,
    questions_by_at: dt.datetime | None,
    by: User,
    now: dt.datetime,
    text: str = "",
    proposed_id=None,
    no_engagement_notice: str = "",
) -> models.Procurement:
    """Publish the tender notice: the method is locked from here, and bids may come until the deadline.

    A direct award publishes its transparency notice instead, which names *proposed_id*, and takes no bids. One for a child's
    own choice publishes nothing at all.

    Raises:
        NotAllowed, WrongState; Refused: the decision is not in force, the method is not whole, the deadline is not ahead
            by the database's clock, fewer than two key holders are ready, or a notice that comes first is missing.
    """
    require(by, Permission.RUN_TENDER, now=now)
    procurement = _steps.planned(procurement_id)
    require_in_force(decision_id=procurement.decision_id, on=day_of(now))
    procurement.no_engagement_notice = no_engagement_notice or procurement.no_engagement_notice
    if missing := queries.missing_notices(procurement):
        raise Refused("\n".join(missing))
    method = queries.method(procurement)
    takes_bids = queries.procedures()[procurement.procedure].takes_bids
    if takes_bids:
        _require_ready(procurement, method, tenders_by_at, questions_by_at)
        procurement.tenders_by_at, procurement.questions_by_at = tenders_by_at, questions_by_at
    elif not rules.is_silent(procurement.procedure, procurement.ground):
        if proposed_id is None:
            raise Refused("Say whom the contract is meant for: the transparency notice names them.")
        procurement.proposed_id = proposed_id
    kind = states.Notice.TENDER if takes_bids else states.Notice.TRANSPARENCY
    procurement.save()
    notice = _steps.publish_notice(procurement, kind, text or procurement.description, method, now)
    if procurement.procedure == states.Procedure.MINI_COMPETITION:
        _invite(procurement, method, day_of(now))
    change_state(
        row=procurement,
        to=states.Procurement.PUBLISHED,
        steps=states.PROCUREMENT_STEPS,
        what="tenders.procurement.published",
        by=by,
        now=now,
        after={"notice": notice.number, "method": notice.digest, "deadline": str(tenders_by_at or "")}
        if notice
        else {},
        told=f"The tender {procurement.reference} was published." if notice else "",
    )
    tell_followers([procurement], "tenders.procurement.published", by=by, now=now)
    if takes_bids:
        _steps.first_decoys(procurement.pk)
    return procurement


def _require_ready(procurement, method: rules.Method, tenders_by_at, questions_by_at) -> None:
    if faults := rules.method_faults(method):
        raise Refused("\n".join(faults))
    if tenders_by_at is None or tenders_by_at <= queries.moment():
        raise Refused("The deadline must be ahead, by the database's clock.")
    if questions_by_at is not None and questions_by_at > tenders_by_at:
        raise Refused("Questions close before bids do.")
    holders = list(procurement.holders.all())
    if len(holders) < 2 or not all(each.is_confirmed for each in holders):
        raise Refused("At least two officers must each have made and confirmed their opening key.")


def _invite(procurement, method: rules.Method, on: dt.date) -> None:
    """Keep the providers whose contracts under the framework cover a lot: a mini-competition is open to them alone."""
    framework = contracts.framework(framework_id=procurement.framework_id)
    wanted = {lot.category for lot in method.lots}
    found = {
        each.provider_id
        for lot in framework.lots.all()
        if lot.category in wanted
        for each in lot.contracts.all()
        if not contracts.why_not_covering(contracts.contract(contract_id=each.pk), on=on)
    }
    if not found:
        raise Refused("No provider has a live contract on these lots of the framework.")
    for provider_id in sorted(found):
        models.Invitee.objects.create(procurement=procurement, provider_id=provider_id)


@transaction.atomic
def cancel_tender(*, procurement_id, reason: str, by: User, now: dt.datetime) -> models.Procurement:
    """End a procurement without an award; one that was published says so in a termination notice."""
    require(by, Permission.RUN_TENDER, now=now)
    procurement = _steps.locked(procurement_id)
    was_published = procurement.state != states.Procurement.PLANNED or procurement.notices.exists()
    change_state(
        row=procurement,
        to=states.Procurement.CANCELLED,
        steps=states.PROCUREMENT_STEPS,
        what="tenders.procurement.cancelled",
        by=by,
        now=now,
        reason=reason,
        told=f"The tender {procurement.reference} was cancelled.",
    )
    if was_published:
        method, facts = queries.method(procurement), ocds.Facts(ends=reason)
        _steps.publish_notice(procurement, states.Notice.TERMINATION, reason, method, now, facts)
    tell_followers([procurement], "tenders.procurement.cancelled", by=by, now=now)
    return procurement


@transaction.atomic
def reopen_list(*, procurement_id, reference: str, start_on: dt.date, by: User, now: dt.datetime) -> models.Procurement:
    """Plan another round of a select list or an open framework, its method copied; who is on it need not apply again.

    Where the framework stands, the round is one of its own: whoever wins joins in it, beside those who are there. A round
    that was planned on the framework for *start_on* is taken, else one is planned from today.

    Raises:
        NotAllowed; Refused: the procedure has no later rounds, the earlier round is not over or was opened again already, or the
            framework is over.
    """
    require(by, Permission.RUN_TENDER, now=now)
    _steps.locked(procurement_id)  # two who click at once plan one round after the other
    first = queries.procurement(procurement_id=procurement_id)
    if not queries.procedures()[first.procedure].reopens:
        raise Refused("Only a select list, an open framework or a dynamic market is opened again.")
    if first.state != states.Procurement.CONCLUDED:
        raise Refused("The round before it is not over.")
    if later := first.rounds.exclude(state=states.Procurement.CANCELLED).first():
        raise Refused(f"It was opened again already, as {later.reference}: open that again when it is over.")
    method = queries.method(first)
    copied = planning.plan_procurement(
        reference=reference,
        title=first.title,
        description=first.description,
        procedure=first.procedure,
        decision_id=first.decision_id,
        planned_value=first.planned_value,
        start_on=start_on,
        end_on=first.end_on,
        lots=method.lots,
        legal_regime=first.legal_regime,
        framework_id=first.framework_id,
        reopens_id=first.pk,
        reopens_every_months=first.reopens_every_months,
        by=by,
        now=now,
    )
    terms = ("formula", "weight_quality", "weight_price", "quality_min", "tie_order", "marks")
    planning.set_method(
        procurement_id=copied.pk,
        **{name: getattr(method, name) for name in (*terms, "lots_per_bidder", "standstill_days")},
        by=by,
        now=now,
    )
    for asked in method.questions:
        planning.add_question(procurement_id=copied.pk, asked=asked, by=by, now=now)
    if first.framework_id is not None:
        copied.round = _round(first.framework_id, reference, start_on, by, now)
        copied.save()
    record(what="tenders.list.reopened", subject=copied, by=by, now=now, after={"earlier": str(first.pk)})
    return copied


def _round(framework_id, reference: str, starts_on: dt.date, by: User, now: dt.datetime):
    """Return the framework's round for *starts_on* that no tender has taken yet; a new one where none is planned."""
    taken = set(models.Procurement.objects.exclude(round=None).values_list("round", flat=True))
    framework = contracts.framework(framework_id=framework_id)
    for each in contracts.rounds(framework_id=framework_id, on=day_of(now)):
        if each.row.starts_on == starts_on and each.row.pk not in taken:
            return each.row
    dates = {"opens_on": max(day_of(now), framework.start_on), "closes_on": starts_on, "starts_on": starts_on}
    return contracting.plan_round(framework_id=framework_id, **dates, notice=reference, by=by, now=now)
