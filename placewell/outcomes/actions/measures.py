"""Measures about a concern: a note or notice that holds at once, and what one person proposes and another decides."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.contracts import actions as contract_actions
from placewell.contracts import queries as contracts
from placewell.contracts.states import ChangeKind
from placewell.kernel.errors import Refused
from placewell.kernel.periods import day_of

from .. import models
from ..rules import ladder
from ._ladder import entry_of, make, open_concern, suspend
from ._providers import require_words


@transaction.atomic
def warn(
    *,
    concern_id: UUID,
    words: str,
    by: User,
    now: dt.datetime,
    due_on: dt.date | None = None,
    improvements: Sequence[tuple[str, dt.date]] = (),
) -> models.Measure:
    """Write a note to the provider; with *due_on* an improvement notice that must be met by that day, with what is to be
    put right by when. It holds at once, and the provider may reply.

    Raises:
        NotAllowed; NotFound; Refused: the day is not to come, nothing is to be put right, or one is in force already.
    """
    require(by, Permission.MANAGE_PERFORMANCE, now=now)
    kind = ladder.Kind.NOTICE if due_on else ladder.Kind.NOTE
    concern = open_concern(concern_id, kind)
    require_words(words, "Say what the provider is told.")
    if due_on:
        _require_days(due_on, improvements, day_of(now))
    made = make(concern, kind, words, ladder.Measure.IN_FORCE, by, now, due_on=due_on)
    models.Improvement.objects.bulk_create(
        models.Improvement(provider_id=concern.provider_id, measure=made, what=what, due_on=each)
        for what, each in improvements
    )
    record(**entry_of(made, by, now))
    return made


def _require_days(due_on: dt.date, improvements: Sequence[tuple[str, dt.date]], today: dt.date) -> None:
    if due_on <= today:
        raise Refused("A notice is to be met by a day after today.")
    if not improvements or not all(what.strip() for what, _ in improvements):
        raise Refused("Say what is to be put right: at least one thing.")
    if any(not today <= each <= due_on for _, each in improvements):
        raise Refused("Each thing is put right between today and the day of the notice.")


@transaction.atomic
def propose_suspension(
    *, concern_id: UUID, words: str, due_on: dt.date, by: User, now: dt.datetime, only_home: bool = False
) -> models.Measure:
    """Propose that no new placements be made with the provider (or in the concern's home alone), to be looked at again on
    *due_on*: the provider is told and may reply, and another person decides.

    Raises:
        NotAllowed; NotFound; Refused: too early on the ladder, the day is not to come, or the concern is about no one home.
    """
    require(by, Permission.MANAGE_PERFORMANCE, now=now)
    concern = _suspendable(concern_id, words, due_on, now)
    given = {"due_on": due_on, "home": _home_of(concern) if only_home else None}
    made = make(concern, ladder.Kind.SUSPENSION, words, ladder.Measure.PROPOSED, by, now, **given)
    record(**entry_of(made, by, now))
    return made


@transaction.atomic
def suspend_at_once(
    *, concern_id: UUID, words: str, due_on: dt.date, by: User, now: dt.datetime, only_home: bool = False
) -> models.Measure:
    """Stop new placements with the provider (or in the concern's home alone) at once, where children may be at risk:
    another person confirms it afterwards.

    Raises:
        NotAllowed; NotFound; Refused: it is not so grave, the day is not to come, or the concern is about no one home.
    """
    require(by, Permission.SUSPEND_PLACEMENTS, now=now)
    concern = _suspendable(concern_id, words, due_on, now)
    about, severity = ladder.ConcernKind(concern.kind), ladder.Severity(concern.severity)
    if not ladder.may_be_immediate(concern=about, severity=severity):
        raise Refused("At once only where children are at risk, or after a notice of the regulator: propose it.")
    made = make(
        concern,
        ladder.Kind.SUSPENSION,
        words,
        ladder.Measure.IN_FORCE,
        by,
        now,
        due_on=due_on,
        home=_home_of(concern) if only_home else None,
        is_immediate=True,
    )
    record(**entry_of(made, by, now))
    suspend(made, by, now)
    return made


def _home_of(concern: models.Concern) -> Any:
    if concern.home is None:
        raise Refused("The concern is about no one home: stop the provider, or raise a concern about the home.")
    return concern.home


def _suspendable(concern_id: UUID, words: str, due_on: dt.date, now: dt.datetime) -> models.Concern:
    require_words(words, "Say what the provider is told.")
    if due_on <= day_of(now):
        raise Refused("The suspension is looked at again on a day after today.")
    return open_concern(concern_id, ladder.Kind.SUSPENSION)


@transaction.atomic
def propose_contract_step(
    *,
    concern_id: UUID,
    contract_id: UUID,
    words: str,
    ground: str,
    effective_on: dt.date,
    by: User,
    now: dt.datetime,
    tier: int | None = None,
) -> models.Measure:
    """Propose another *tier*, or (without one) the end of a contract on *effective_on*; another person decides the change.

    Raises:
        NotAllowed; NotFound; Refused: too early on the ladder, another's contract, or a change that makes no sense.
    """
    require(by, Permission.MANAGE_PERFORMANCE, now=now)
    kind = ladder.Kind.TIER if tier else ladder.Kind.TERMINATION
    concern = open_concern(concern_id, kind)
    contract = contracts.contract(contract_id=contract_id)
    if contract.provider_id != concern.provider_id:
        raise Refused("That contract is another provider's.")
    change = contract_actions.propose_change(
        framework_id=contract.lot.framework_id,
        contract_id=contract.pk,
        kind=ChangeKind.TIER if tier else ChangeKind.EXIT,
        tier=tier,
        words=words,
        ground=ground,
        effective_on=effective_on,
        by=by,
        now=now,
    )
    given = {"contract": contract, "change": change, "due_on": effective_on}
    made = make(concern, kind, words, ladder.Measure.PROPOSED, by, now, **given)
    record(**entry_of(made, by, now))
    return made
