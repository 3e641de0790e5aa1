"""Change frameworks and contracts, uplift prices in bulk, plan re-opening rounds."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.urls import reverse

from placewell.accounts import queries as accounts
from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.budget.rules import Line
from placewell.governance.queries import require_in_force
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.money import ZERO
from placewell.kernel.periods import day_of, months_after
from placewell.notifications.actions import tell

from .. import models, queries, rules, states
from ._steps import count, decided, locked_framework, require_no_block


@transaction.atomic
def propose_change(
    *,
    framework_id,
    kind: str,
    words: str,
    ground: str,
    effective_on: dt.date,
    by: User,
    now: dt.datetime,
    contract_id=None,
    tier: int | None = None,
    rank: int | None = None,
) -> models.Change:
    """Ask for a change of a framework or a contract: another person decides. *effective_on* is the new end of an
    extension or an exit; *ground* says what allows it (the contract's own terms, or the law that governs it).

    Raises:
        NotAllowed; NotFound; Refused: the framework is not in use, or the change makes no sense.
    """
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    framework = locked_framework(framework_id)
    if framework.state != states.Framework.AWARDED:
        raise Refused("Only a framework that is in use is changed.")
    if not words.strip() or not ground.strip():
        raise Refused("Say what changes, and what allows it.")
    kind = states.ChangeKind(kind)
    contract = _contract_of(framework, contract_id) if contract_id else None
    _require_sense(kind, framework, contract, effective_on, tier, day_of(now))
    made = models.Change.objects.create(
        framework=framework,
        contract=contract,
        kind=kind,
        words=words,
        ground=ground,
        effective_on=effective_on,
        tier=tier if kind == states.ChangeKind.TIER else None,
        rank=rank if kind == states.ChangeKind.TIER else None,
        asked_by=by,
        asked_at=now,
    )
    after = {"kind": kind, "effective_on": str(effective_on)}
    record(what="contracts.change.proposed", subject=made, by=by, now=now, after=after, reason=words)
    able = Permission.DECIDE_VARIATION
    people = accounts.colleagues_who_may(able, organisation_id=by.organisation_id, on=day_of(now))
    tell("change", made, people, path=reverse("contracts:change", args=[made.pk]), by=by, now=now)
    return made


def _contract_of(framework: models.Framework, contract_id) -> models.Contract:
    found = (
        models.Contract.objects.select_for_update(of=("self",)).filter(pk=contract_id, lot__framework=framework).first()
    )
    if found is None or found.state == states.Contract.ENDED:
        raise Refused("There is no such contract on this framework any more.")
    return found


def _require_sense(kind, framework, contract, effective_on: dt.date, tier, today: dt.date) -> None:
    if kind == states.ChangeKind.EXTENSION:
        if contract is not None:
            raise Refused("A framework is extended, with every contract on it.")
        latest = months_after(framework.end_on, framework.extension_months)
        if not framework.end_on < effective_on <= latest:
            raise Refused(
                f"Its terms allow {framework.extension_months} months more: until {latest:%-d %B %Y} at the latest."
                if framework.extension_months
                else "Its terms allow no extension."
            )
        return
    if kind in (states.ChangeKind.EXIT, states.ChangeKind.TIER) and contract is None:
        raise Refused("Say whose contract changes.")
    if kind == states.ChangeKind.TIER and not tier:
        raise Refused("Say to which tier.")
    if kind == states.ChangeKind.EXIT and not max(today, contract.start_on) < effective_on < contract.end_on:
        raise Refused("A contract ends on a day after today and before its end as it stands.")


@transaction.atomic
def decide_change(*, change_id, agree: bool, because: str, by: User, now: dt.datetime) -> models.Change:
    """Agree to a change, or refuse it; what was agreed holds at once.

    Raises:
        NotAllowed, WrongState; NotFound; Refused: *by* asked for it, or the decision behind an extension is not in force
            or does not allow as many years.
    """
    require(by, Permission.DECIDE_VARIATION, now=now)
    found = models.Change.objects.select_related("framework").filter(pk=change_id).first()
    if found is None:
        raise NotFound("There is no such change.")
    if agree and found.kind == states.ChangeKind.EXTENSION and not found.framework.is_outgoing:
        _require_years(found, now)
    change = models.Change.objects.select_for_update(of=("self",)).get(pk=change_id)
    change_state(**decided(change, agree, because, "contracts.change", by, now))
    if agree:
        _carry_out(change, by, now)
    return change


@transaction.atomic
def withdraw_change(*, change_id, reason: str, by: User, now: dt.datetime) -> models.Change:
    """Take a change back that nobody has decided yet.

    Raises:
        NotAllowed, WrongState; NotFound.
    """
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    change = models.Change.objects.select_for_update(of=("self",)).filter(pk=change_id).first()
    if change is None:
        raise NotFound("There is no such change.")
    change_state(
        row=change,
        to=states.Asked.WITHDRAWN,
        steps=states.ASKED_STEPS,
        what="contracts.change.withdrawn",
        by=by,
        now=now,
        reason=reason,
    )
    return change


def _require_years(change: models.Change, now: dt.datetime) -> None:
    framework = change.framework
    decision = require_in_force(decision_id=framework.decision_id, on=day_of(now))
    if decision.years and change.effective_on > months_after(framework.start_on, 12 * decision.years):
        raise Refused(f"Decision {decision.number} allows {decision.years} years: a longer one needs another decision.")


def _carry_out(change: models.Change, by: User, now: dt.datetime) -> None:
    framework = locked_framework(change.framework_id)
    match states.ChangeKind(change.kind):
        case states.ChangeKind.EXTENSION:
            _count_longer(framework, change.effective_on, by, now)
            live = models.Contract.objects.filter(lot__framework=framework, end_on=framework.end_on)
            live.exclude(state=states.Contract.ENDED).update(end_on=change.effective_on)
            more = (
                (change.effective_on.year - framework.end_on.year) * 12
                + change.effective_on.month
                - framework.end_on.month
            )
            framework.extension_months = max(framework.extension_months - max(more, 1), 0)
            framework.end_on = change.effective_on
            framework.save()
        case states.ChangeKind.EXIT:
            _contract_of(framework, change.contract_id)
            leaves = models.Block.objects.filter(contract=change.contract_id)
            require_no_block(leaves, change.effective_on, what="let the provider leave")
            models.Contract.objects.filter(pk=change.contract_id).update(end_on=change.effective_on)
        case states.ChangeKind.TIER:
            models.Contract.objects.filter(pk=change.contract_id).update(tier=change.tier, rank=change.rank)
        case states.ChangeKind.TERMS:
            pass  # the words are the change


def _count_longer(framework: models.Framework, until: dt.date, by: User, now: dt.datetime) -> None:
    """Count against the ceiling the nights of running placements that an extension takes in, at today's prices."""
    more = ZERO
    for row in models.CallOff.objects.select_for_update().filter(
        contract__lot__framework=framework, moved_on=None, end_on__gt=framework.end_on
    ):
        line = Line("longer", row.weekly_fee, framework.end_on, row.end_on)
        added = rules.counted([line], framework.end_on, until)
        row.amount += added
        row.save()
        more += added
    count(framework, more, source=f"contracts.framework:{framework.pk}", statutory_duty="", by=by, now=now)


@transaction.atomic
def propose_uplift(
    *,
    framework_id,
    index: str,
    index_percent: Decimal,
    cap_percent: Decimal,
    effective_on: dt.date,
    reason: str,
    by: User,
    now: dt.datetime,
) -> models.Uplift:
    """Ask that every price of a framework rise on *effective_on* by the lower of an index and a cap (percent).

    Raises:
        NotAllowed; NotFound; Refused: the framework is not in use that day, prices from then on are set already, one is
            proposed already, or there is nothing to raise.
    """
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    framework = locked_framework(framework_id)
    if framework.state != states.Framework.AWARDED or not framework.start_on < effective_on < framework.end_on:
        raise Refused("The framework is not in use on that day.")
    if rules.uplift_percent(index_percent, cap_percent) <= 0:
        raise Refused("The lower of the index and the cap is nought or less: no price rises.")
    if framework.uplifts.filter(state=states.Asked.PROPOSED).exists():
        raise Refused("An uplift is proposed already: decide that one first.")
    _require_no_later_price(framework, effective_on)
    made = models.Uplift.objects.create(
        framework=framework,
        index=index,
        index_percent=index_percent,
        cap_percent=cap_percent,
        effective_on=effective_on,
        reason=reason,
        asked_by=by,
        asked_at=now,
    )
    after = {"index": str(index_percent), "cap": str(cap_percent), "effective_on": str(effective_on)}
    record(what="contracts.uplift.proposed", subject=made, by=by, now=now, after=after, reason=reason)
    return made


def _require_no_later_price(framework: models.Framework, effective_on: dt.date) -> None:
    later = models.Rate.objects.filter(contract__lot__framework=framework, start_on__gte=effective_on)
    if first := later.select_related("contract").order_by("start_on").first():
        raise Refused(
            f"{first.contract.reference} has a price from {first.start_on:%-d %B %Y} already: prices are set in order of "
            "their days."
        )


@transaction.atomic
def decide_uplift(*, uplift_id, agree: bool, because: str, by: User, now: dt.datetime) -> models.Uplift:
    """Agree to an uplift: each price that runs on its day ends there, and the higher one begins; or refuse it.

    Raises:
        NotAllowed, WrongState; NotFound; Refused: *by* asked for it, or a price from that day on was set meanwhile.
    """
    require(by, Permission.DECIDE_VARIATION, now=now)
    found = models.Uplift.objects.filter(pk=uplift_id).first()
    if found is None:
        raise NotFound("There is no such uplift.")
    framework = locked_framework(found.framework_id)
    uplift = models.Uplift.objects.select_for_update(of=("self",)).get(pk=uplift_id)
    if agree:
        _require_no_later_price(framework, uplift.effective_on)
        running = list(queries.rates_running(framework_id=framework.pk, on=uplift.effective_on))
        percent = rules.uplift_percent(uplift.index_percent, uplift.cap_percent)
        raised = [rules.raised(rate.weekly_fee, percent) for rate in running]
        models.Rate.objects.filter(pk__in=[rate.pk for rate in running]).update(end_on=uplift.effective_on)
        models.Rate.objects.bulk_create(
            models.Rate(
                council_id=rate.council_id,
                contract_id=rate.contract_id,
                ages=rate.ages,
                need_level=rate.need_level,
                weekly_fee=fee,
                start_on=uplift.effective_on,
                end_on=rate.end_on,
            )
            for rate, fee in zip(running, raised, strict=True)
        )
        uplift.rates = len(running)
    change_state(**decided(uplift, agree, because, "contracts.uplift", by, now))
    return uplift


@transaction.atomic
def plan_round(
    *, framework_id, opens_on: dt.date, closes_on: dt.date, starts_on: dt.date, notice: str, by: User, now: dt.datetime
) -> models.ReopeningRound:
    """Plan a round in which new providers may join; those on the framework keep their places and need do nothing."""
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    framework = locked_framework(framework_id)
    if framework.is_outgoing or framework.state != states.Framework.AWARDED:
        raise Refused("Only a framework of the council's own that is in use is re-opened.")
    if not framework.start_on <= opens_on < closes_on <= starts_on < framework.end_on:
        raise Refused("It opens, closes and starts in that order, while the framework runs.")
    number = framework.rounds.count() + 1
    made = models.ReopeningRound.objects.create(
        framework=framework, number=number, opens_on=opens_on, closes_on=closes_on, starts_on=starts_on, notice=notice
    )
    record(
        what="contracts.round.planned",
        subject=made,
        by=by,
        now=now,
        after={"number": number, "opens_on": str(opens_on)},
    )
    return made


@transaction.atomic
def join_round(*, contract_id, round_id, by: User, now: dt.datetime) -> models.Contract:
    """Record in which round a provider joined."""
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    found = models.ReopeningRound.objects.filter(pk=round_id).first()
    if found is None:
        raise NotFound("There is no such round.")
    framework = locked_framework(found.framework_id)
    contract = _contract_of(framework, contract_id)
    if contract.start_on < found.starts_on:
        raise Refused("Whoever joins in a round starts on its day or later.")
    contract.round = found
    contract.save()
    record(what="contracts.contract.joined", subject=contract, by=by, now=now, after={"round": found.number})
    return contract
