"""Add providers to lots, set dated rates, suspend and end contracts."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.db.models import Q

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.governance.queries import require_in_force
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of
from placewell.market import queries as market
from placewell.notifications.actions import tell_followers

from .. import models, queries, rules, states
from ._steps import require_no_block


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
    """Put a provider on a lot of an awarded framework. While a measure has stopped the provider's placements the new contract
    is suspended too, and begins when the measure is lifted.

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
    queries.require_no_hold(framework)
    contract = models.Contract(
        lot=lot, provider_id=provider_id, reference=reference, tier=tier, rank=rank, start_on=start_on, end_on=end_on
    )
    stopped = models.Contract.objects.filter(provider_id=provider_id, state=states.Contract.SUSPENDED)
    if one := stopped.exclude(suspended_for="").first():
        contract.state, contract.suspended_for = states.Contract.SUSPENDED, one.suspended_for
        contract.suspended_by_id, contract.is_waiting = one.suspended_by_id, True
    contract.supplier, contract.company_number = contract.provider.name, contract.provider.company_number
    contract.save()
    record(
        what="contracts.contract.added",
        subject=contract,
        by=by,
        now=now,
        after={"lot": str(lot.pk), "provider": str(provider_id), "tier": tier, "measure": contract.suspended_for},
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
    price = rules.Price(age_from, age_to, need_level, weekly_fee)
    (rate,) = _set_prices(_contract(contract_id), [price], start_on)
    record(what="contracts.rate.set", subject=rate, by=by, now=now, after={**_told(price), "start_on": str(start_on)})
    return rate


@transaction.atomic
def set_card(
    *, contract_id, prices: Sequence[rules.Price], start_on: dt.date, by: User, now: dt.datetime
) -> list[models.Rate]:
    """Set a provider's whole rate card from *start_on*: all of *prices*, or none of them. Earlier prices stay.

    Raises:
        NotAllowed; Refused: as for one price, or two of *prices* are for the same child.
    """
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    contract = _contract(contract_id)
    rates = _set_prices(contract, prices, start_on)
    after = {"start_on": str(start_on), "prices": [_told(price) for price in prices]}
    record(what="contracts.card.set", subject=contract, by=by, now=now, after=after)
    return rates


def _set_prices(contract: models.Contract, prices: Sequence[rules.Price], start_on: dt.date) -> list[models.Rate]:
    """End what runs for the ages and needs of *prices*, and write them; the contract is locked."""
    there = list(models.Rate.objects.filter(Q(end_on=None) | Q(start_on__gte=start_on), contract=contract))
    made: list[models.Rate] = []
    for price in prices:
        ages = NumericRange(price.age_from, price.age_to + 1)
        for rate in [*made, *there]:
            if rate.need_level != price.need_level or not (
                rate.ages.lower < ages.upper and ages.lower < rate.ages.upper
            ):
                continue
            if rate.start_on >= start_on:
                raise Refused(
                    "There is a price for these ages from that day or later: prices are set in order of their days."
                )
            if rate.ages.lower < ages.lower or rate.ages.upper > ages.upper:
                raise Refused(f"The price that runs is for ages {rate.ages.lower} to {rate.last_age}: set all of them.")
            rate.end_on = start_on
            rate.save()
        given = {"need_level": price.need_level, "weekly_fee": price.weekly_fee, "start_on": start_on}
        made.append(models.Rate(contract=contract, ages=ages, **given))
    return models.Rate.objects.bulk_create(made)


def _told(price: rules.Price) -> dict[str, str]:
    """Return a price as the trail keeps it."""
    ages = f"{price.age_from}-{price.age_to}"
    return {"ages": ages, "need_level": price.need_level, "weekly_fee": str(price.weekly_fee)}


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
def suspend_contract(
    *,
    contract_id,
    reason: str,
    by: User,
    now: dt.datetime,
    until: dt.date | None = None,
    measure: str = "",
    wanted_by: User | None = None,
) -> models.Contract:
    """Stop new placements with a provider on a lot, until the day *until* where it is known: from then on they may be
    made again without anybody's doing. Children who live there stay.

    *measure* names the measure about the provider that it follows from; *wanted_by* who proposed that (*by* themselves
    otherwise), and whoever wanted it does not lift it.

    Raises:
        NotAllowed, WrongState; NotFound; Refused: the day is not in the future.
    """
    require(by, Permission.SUSPEND_PLACEMENTS, now=now)
    if until is not None and until <= day_of(now):
        raise Refused("A suspension ends on a day after today.")
    contract = _contract(contract_id)
    if queries.is_suspension_over(contract, on=day_of(now)):
        contract.state = states.Contract.ACTIVE  # the suspension before ran out by itself
    contract.suspended_until, contract.suspended_for = until, measure
    contract.suspended_by, contract.resumed_by = wanted_by or by, None
    change_state(
        row=contract,
        to=states.Contract.SUSPENDED,
        steps=states.CONTRACT_STEPS,
        what="contracts.contract.suspended",
        by=by,
        now=now,
        reason=reason,
        after={"until": str(until or ""), "measure": measure},
    )
    record(what="contracts.provider.told", subject=contract, by=by, now=now, reason=reason)
    tell_followers([contract.provider], "contracts.contract.suspended", by=by, now=now)
    return contract


@transaction.atomic
def resume_contract(*, contract_id, reason: str, by: User, now: dt.datetime, measure: str = "") -> models.Contract:
    """Let new placements with a provider start again; somebody else than who wanted the suspension does it, and one that
    follows from a measure about the provider ends with that *measure* alone.

    Raises:
        NotAllowed, WrongState; NotFound; Refused: *by* wanted it, or it belongs to a measure.
    """
    require(by, Permission.SUSPEND_PLACEMENTS, now=now)
    contract = _contract(contract_id)
    if contract.state == states.Contract.SUSPENDED:
        if contract.suspended_for != measure:
            raise Refused(f"It is suspended by {contract.suspended_for}: lift that, and the contract resumes.")
        _require_another(contract.suspended_by_id, by)
        contract.resumed_by, contract.suspended_for, contract.is_waiting = by, "", False
    to, what = states.Contract.ACTIVE, "contracts.contract.resumed"
    change_state(row=contract, to=to, steps=states.CONTRACT_STEPS, what=what, by=by, now=now, reason=reason)
    record(what="contracts.provider.told", subject=contract, by=by, now=now, reason=reason)
    tell_followers([contract.provider], "contracts.contract.resumed", by=by, now=now)
    return contract


@transaction.atomic
def hold_suspended(*, contract_id, measure: str, by: User, now: dt.datetime) -> models.Contract:
    """Let a contract that is suspended on its own page stay so at least as long as *measure* lasts; with an empty *measure*
    that has ended, and the suspension goes on as it was made.

    Raises:
        NotAllowed; NotFound; Refused: it is not suspended.
    """
    require(by, Permission.SUSPEND_PLACEMENTS, now=now)
    contract = _contract(contract_id)
    if contract.state != states.Contract.SUSPENDED:
        raise Refused("This contract is not suspended.")
    before, contract.suspended_for = contract.suspended_for, measure
    contract.save(update_fields=["suspended_for"])
    was, after = {"measure": before}, {"measure": measure}
    record(what="contracts.contract.held_suspended", subject=contract, by=by, now=now, before=was, after=after)
    return contract


def _require_another(wanted_by_id, by: User) -> None:
    if wanted_by_id == by.pk:
        raise Refused("Whoever wanted the suspension does not lift it: another person must.")


@transaction.atomic
def stop_home(*, home_id, measure: str, wanted_by: User, by: User, now: dt.datetime) -> models.HomeStop:
    """Stop new placements in one home, as the *measure* about it says. Children who live there stay.

    Raises:
        NotAllowed; NotFound; Refused: they are stopped there already.
    """
    require(by, Permission.SUSPEND_PLACEMENTS, now=now)
    home = market.locked_home(home_id=home_id, for_user=by)  # whoever chooses this home waits, and then sees the stop
    if models.HomeStop.objects.filter(home=home, ended_at=None).exists():
        raise Refused("New placements in this home are stopped already.")
    made = models.HomeStop.objects.create(
        home=home, provider_id=home.provider_id, reference=measure, stopped_by=wanted_by, stopped_at=now
    )
    after = {"home": home.reference, "measure": measure}
    record(what="contracts.home.stopped", subject=made, by=by, now=now, after=after)
    tell_followers([home], "contracts.home.stopped", by=by, now=now)
    return made


@transaction.atomic
def release_home(*, home_id, measure: str, reason: str, by: User, now: dt.datetime) -> models.HomeStop:
    """Let new placements in one home start again; somebody else than who wanted the stop does it.

    Raises:
        NotAllowed; NotFound: nothing of that *measure* is stopped there; Refused: *by* wanted it.
    """
    require(by, Permission.SUSPEND_PLACEMENTS, now=now)
    found = models.HomeStop.objects.select_for_update(of=("self",)).filter(home=home_id, reference=measure)
    if (stop := found.filter(ended_at=None).select_related("home").first()) is None:
        raise NotFound("Nothing is stopped in this home.")
    _require_another(stop.stopped_by_id, by)
    stop.ended_by, stop.ended_at = by, now
    stop.save(update_fields=["ended_by", "ended_at"])
    after = {"home": stop.home.reference, "measure": measure}
    record(what="contracts.home.released", subject=stop, by=by, now=now, after=after, reason=reason)
    tell_followers([stop.home], "contracts.home.released", by=by, now=now)
    return stop


@transaction.atomic
def end_contract(*, contract_id, reason: str, by: User, now: dt.datetime) -> models.Contract:
    """End a provider's contract on a lot.

    Raises:
        NotAllowed, WrongState; NotFound; Refused: places that were bought in block under it are still paid.
    """
    require(by, Permission.MANAGE_CONTRACTS, now=now)
    _contract(contract_id)
    require_no_block(models.Block.objects.filter(contract=contract_id), day_of(now), what="the contract")
    contract = _move(contract_id, states.Contract.ENDED, "contracts.contract.ended", reason, by, now)
    record(what="contracts.provider.told", subject=contract, by=by, now=now, reason=reason)
    return contract
