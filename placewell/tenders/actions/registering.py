"""What a provider registers once for every tender."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.gateways import safe_files
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.money import pounds
from placewell.kernel.periods import day_of
from placewell.market import queries as market

from .. import models, queries, rules

NAMES = frozenset(
    "legal_name legal_form company_number charity_number vat_number unique_number address website contact_email "
    "is_small is_voluntary".split()
)


def _ours(by: User):
    if by.organisation_id is None:
        raise Refused("You belong to no provider.")
    return by.organisation_id


@transaction.atomic
def save_profile(*, fields: Mapping[str, Any], by: User, now: dt.datetime) -> models.Profile:
    """Save who the provider of *by* is; every field of `NAMES` is given.

    Raises:
        NotAllowed; Refused: a company has no company number.
    """
    require(by, Permission.BID, now=now)
    if fields["legal_form"] == "company" and not fields["company_number"]:
        raise Refused("A company has a company number.")
    found = models.Profile.objects.filter(provider=_ours(by)).first() or models.Profile(provider_id=_ours(by))
    for name in NAMES:
        setattr(found, name, fields[name])
    found.saved_at = now
    found.save()
    record(what="tenders.profile.saved", subject=found, by=by, now=now, after={"legal_name": found.legal_name})
    return found


@transaction.atomic
def add_connected(
    *, name: str, link: str, company_number: str, since_on: dt.date | None, by: User, now: dt.datetime
) -> models.Connected:
    """Add a person or company that is connected with the provider."""
    require(by, Permission.BID, now=now)
    if models.Connected.objects.filter(provider=_ours(by), name=name, link=link).exists():
        raise Refused(f"{name} is on the list already.")
    made = models.Connected.objects.create(
        provider_id=_ours(by), name=name, link=link, company_number=company_number, since_on=since_on
    )
    record(what="tenders.connected.added", subject=made, by=by, now=now, after={"link": link})
    return made


@transaction.atomic
def remove_connected(*, connected_id, by: User, now: dt.datetime) -> None:
    """Take somebody off the list of those connected with the provider."""
    require(by, Permission.BID, now=now)
    found = models.Connected.objects.filter(pk=connected_id, provider=_ours(by)).first()
    if found is None:
        raise NotFound("There is nobody of this name on the list.")
    record(what="tenders.connected.removed", subject=found, by=by, now=now, before={"link": found.link})
    found.delete()


@transaction.atomic
def add_paper(
    *,
    kind: str,
    by: User,
    now: dt.datetime,
    number: str = "",
    cover: Decimal | None = None,
    from_on: dt.date | None = None,
    expires_on: dt.date | None = None,
    name: str = "",
    data: bytes = b"",
) -> models.Paper:
    """Add insurance, a registration or a policy; a newer one of its kind (and URN) takes the older one's place.

    Raises:
        NotAllowed; Refused: something is missing, it is over already, the URN is not this provider's, or the file is not safe.
    """
    require(by, Permission.BID, now=now)
    form = queries.paper_forms().get(kind)
    if form is None:
        raise Refused("There is no such paper.")
    if faults := rules.paper_faults(form, number, cover, expires_on, has_file=bool(data), on=day_of(now)):
        raise Refused("\n".join(faults))
    if kind == rules.REGISTRATION and not market.registrations(for_user=by).filter(urn=number).exists():
        raise Refused(f"The register shows no registration {number} of yours. Check the URN on the certificate.")
    if data:
        name = safe_files.scrubbed(name)
        safe_files.refuse_unsafe(name, data)
    made = models.Paper(
        provider_id=_ours(by), kind=kind, number=number, cover=cover, from_on=from_on, expires_on=expires_on, added_at=now
    )  # fmt: skip
    if data:
        made.name, made.body, made.size, made.digest = name, data, len(data), hashlib.sha256(data).hexdigest()
    older = models.Paper.objects.filter(provider=_ours(by), kind=kind, set_aside_at=None)
    if kind == rules.REGISTRATION:
        older = older.filter(number=number)
    older.update(set_aside_at=now)
    made.save()
    after = {"kind": kind, "expires_on": str(expires_on or ""), "cover": pounds(cover) if cover else ""}
    record(what="tenders.paper.added", subject=made, by=by, now=now, after=after)
    return made


@transaction.atomic
def set_paper_aside(*, paper_id, by: User, now: dt.datetime) -> models.Paper:
    """Take a paper out: it is offered in no new bid. Bids that hold it keep it."""
    require(by, Permission.BID, now=now)
    found = models.Paper.objects.select_for_update(of=("self",)).filter(pk=paper_id, provider=_ours(by)).first()
    if found is None or found.set_aside_at is not None:
        raise NotFound("There is no such paper.")
    found.set_aside_at = now
    found.save()
    record(what="tenders.paper.set_aside", subject=found, by=by, now=now, before={"kind": found.kind})
    return found
