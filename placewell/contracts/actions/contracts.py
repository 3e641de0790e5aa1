"""Add providers to lots, set dated rates, suspend and end contracts."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import NumericRange

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.governance.queries import require_in_force
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models, states


@transaction.atomic
def add_contract(
    *,
    lot_id,
    provider_id,
    reference: str,
    start_on: dt.date,
    end_on: dt.date,
    by: User,
    now: dt.datetime,
    tier: int = 1,
    rank: int | None = None,
) -> models.Contract:
    """Put a provider on a lot of an awarded framework.

    Raises:
        NotAllowed; Refused: the framework is not awarded, the dates leave it, or the provider is on the lot already.
    """
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    lot = models.Lot.objects.select_related("framework").select_for_update(of=("self",)).filter(pk=lot_id).first()
    if lot is None:
        raise NotFound("There is no such lot.")
    framework = lot.framework
    if framework.state != states.Framework.AWARDED:
        raise Refused("The framework has not been awarded.")
    if not framework.is_outgoing:
        require_in_force(decision_id=framework.decision_id, on=day_of(now))
    if start_on < framework.start_on or end_on > framework.end_on:
        raise Refused(f"The framework runs from {framework.start_on:%-d %B %Y} to {framework.end_on:%-d %B %Y}.")
    if models.Contract.objects.filter(lot=lot, provider_id=provider_id).exclude(state=states.Contract.ENDED).exists():
        raise Refused("This provider is on the lot already.")
    contract = models.Contract.objects.create(
        lot=lot, provider_id=provider_id, reference=reference, tier=tier, rank=rank, start_on=start_on, end_on=end_on
    )
    record(
        what="contracts.contract.added",
        subject=contract,
        by=by,
        now=now,
        after={"lot": str(lot.pk), "provider": str(provider_id), "tier": tier},
    )
    return contract


@transaction.atomic
def set_rate(
    *,
    contract_id,
    age_from: int,
    age_to: int,
    need_level: str,
    weekly_fee: Decimal,
    start_on: dt.date,
    by: User,
    now: dt.datetime,
) -> models.Rate:
    """Set what a provider charges from *start_on* for ages *age_from* to *age_to* (both included). Earlier prices stay.

    Raises:
        NotAllowed; Refused: a price for these ages already starts on or after that day, or the running price is for
            other ages too, which would be left without one.
    """
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    contract = _contract(contract_id)
    ages = NumericRange(age_from, age_to + 1)
    same = models.Rate.objects.filter(contract=contract, need_level=need_level, ages__overlap=ages)
    if same.filter(start_on__gte=start_on).exists():
        raise Refused("There is a price for these ages from that day or later: prices are set in order of their days.")
    for earlier in same.filter(end_on=None):
        if earlier.ages.lower < ages.lower or earlier.ages.upper > ages.upper:
            raise Refused(
                f"The price that runs is for ages {earlier.ages.lower} to {earlier.ages.upper - 1}: set all of them."
            )
        earlier.end_on = start_on
        earlier.save()
    rate = models.Rate.objects.create(
        contract=contract, ages=ages, need_level=need_level, weekly_fee=weekly_fee, start_on=start_on
    )
    record(
        what="contracts.rate.set",
        subject=rate,
        by=by,
        now=now,
        after={
            "ages": f"{age_from}-{age_to}",
            "need_level": need_level,
            "weekly_fee": str(weekly_fee),
            "start_on": str(start_on),
        },
    )
    return rate


def _contract(contract_id) -> models.Contract:
    found = models.Contract.objects.select_for_update(of=("self",)).filter(pk=contract_id).first()
    if found is None:
        raise NotFound("There is no such contract.")
    return found


def _move(contract_id, to: states.Contract, what: str, reason: str, by: User, now: dt.datetime) -> models.Contract:
    contract = _contract(contract_id)
    change_state(row=contract, to=to, steps=states.CONTRACT_STEPS, what=what, by=by, now=now, reason=reason)
    return contract


@transaction.atomic
def suspend_contract(*, contract_id, reason: str, by: User, now: dt.datetime) -> models.Contract:
    """Stop new placements with a provider on a lot; children who live there stay."""
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    contract = _move(contract_id, states.Contract.SUSPENDED, "contracts.contract.suspended", reason, by, now)
    record(what="contracts.provider.told", subject=contract, by=by, now=now, reason=reason)
    return contract


@transaction.atomic
def resume_contract(*, contract_id, reason: str, by: User, now: dt.datetime) -> models.Contract:
    """Let new placements with a provider start again."""
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    contract = _move(contract_id, states.Contract.ACTIVE, "contracts.contract.resumed", reason, by, now)
    record(what="contracts.provider.told", subject=contract, by=by, now=now, reason=reason)
    return contract


@transaction.atomic
def end_contract(*, contract_id, reason: str, by: User, now: dt.datetime) -> models.Contract:
    """End a provider's contract on a lot."""
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    contract = _move(contract_id, states.Contract.ENDED, "contracts.contract.ended", reason, by, now)
    record(what="contracts.provider.told", subject=contract, by=by, now=now, reason=reason)
    return contract
