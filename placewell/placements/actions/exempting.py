"""Ask for leave to place outside the contracts: the search that failed is the evidence, frozen as it stands."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.governance import actions as governance
from placewell.governance.queries import delegations
from placewell.kernel.errors import Refused
from placewell.kernel.periods import day_of
from placewell.market import queries as market

from .. import models, queries
from ._locks import locked_referral


@transaction.atomic
def draft_exemption(
    *, referral_id: UUID, provider_id: UUID, is_retrospective: bool, by: User, now: dt.datetime, **wanted: Any
) -> Any:
    """Draft an exemption to buy a home for this child from *provider_id*; who was asked on the contract comes with it.

    *wanted* is the rest of `governance.actions.Wanted`.

    Raises:
        NotAllowed; NotFound; BadInput: what is missing; Refused: no decision lets anything be exempted.
    """
    require(by, Permission.ASK_EXEMPTION, now=now)
    referral = locked_referral(referral_id)
    delegation = delegations(act="exempt", on=day_of(now)).first()
    if delegation is None:
        raise Refused("No decision in force lets a placement be bought without competition.")
    provider = market.provider(provider_id=provider_id, for_user=by)
    made = governance.draft_exemption(
        delegation_id=delegation.pk,
        wanted=governance.Wanted(
            source=queries.source_of(referral),
            supplier=provider.name,
            supplier_id=provider.pk,
            child_reference=referral.child.reference,
            needs=_needs(referral),
            **wanted,
        ),
        search_log=queries.evidence(referral),
        is_retrospective=is_retrospective,
        by=by,
        now=now,
    )
    record(what="placements.exemption.drafted", subject=referral, by=by, now=now, after={"exemption": made.reference})
    return made


def _needs(referral: models.Referral) -> list[str]:
    """Return the child's needs by their codes, and the level: nothing that names the child."""
    return sorted({referral.need_level, *referral.needs, *(["solo"] if referral.is_solo else [])})
