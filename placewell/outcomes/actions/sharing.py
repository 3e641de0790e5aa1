"""Providers read their own figures, as the council has them, and say what they have to say to them."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import Refused
from placewell.kernel.periods import day_of
from placewell.market import queries as market

from .. import models, queries
from ._providers import require_words, tell_council, tell_provider


@transaction.atomic
def share_figures(*, by: User, now: dt.datetime, provider_id: UUID | None = None) -> int:
    """Share with each provider under contract (or with one) its own figures of the last twelve months, and nobody else's;
    return with how many. The worker does so on the first of each month.

    Raises:
        NotAllowed; NotFound; Refused: that provider has today's already.
    """
    require(by, Permission.MANAGE_PERFORMANCE, now=now)
    on = day_of(now)
    if provider_id:
        market.provider(provider_id=provider_id, for_user=by)
    has = set(models.Figures.objects.filter(as_of=on).values_list("provider_id", flat=True))
    if provider_id in has:
        raise Refused("The provider has the figures of today already.")
    found = queries.performances(on=on)
    under_contract = queries.contracted(start=on, end=on + dt.timedelta(days=1))
    wanted = {provider_id} if provider_id else under_contract - has
    made = models.Figures.objects.bulk_create(
        models.Figures(
            provider_id=owner,
            as_of=on,
            shared_by=by,
            shared_at=now,
            **queries.figures_to_share(owner, found.get(owner)),
        )
        for owner in sorted(wanted)
    )
    for row in made:
        tell_provider(row.provider_id, path=reverse("outcomes:own_figures", args=[row.pk]), now=now, kind="figures")
    record(what="outcomes.figures.shared", subject=by, by=by, now=now, after={"providers": len(made), "as_of": str(on)})
    return len(made)


@transaction.atomic
def reply_to_figures(*, figures_id: UUID, words: str, by: User, now: dt.datetime) -> models.FiguresReply:
    """Say what the provider has to say to its own figures; the council reads it beside them.

    Raises:
        NotAllowed; NotFound: they are not the provider's own; Refused: nothing is said.
    """
    require(by, Permission.ANSWER_COUNCIL, now=now)
    figures = queries.own_figures(figures_id=figures_id, for_user=by)
    require_words(words, "Write what you have to say.")
    given = {"council_id": figures.council_id, "provider_id": figures.provider_id}
    made = models.FiguresReply.objects.create(figures=figures, words=words, by=by, at=now, **given)
    record(what="outcomes.figures.answered", subject=made, by=by, now=now)
    about = market.provider(provider_id=figures.provider_id, for_user=by)
    asked, council = Permission.MANAGE_PERFORMANCE, figures.council_id
    tell_council("reply", about, asked, name="outcomes:provider", by=by, now=now, council_id=council)
    return made
