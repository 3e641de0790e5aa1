"""Stop new placements in one home, or with a provider in all of its homes, and let them start again."""

import datetime as dt

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import NotFound, Refused
from placewell.market import queries as market
from placewell.notifications.actions import tell_followers

from .. import models
from ._steps import require_another


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
    who = {"reference": measure, "stopped_by": wanted_by, "stopped_at": now}
    made = models.HomeStop.objects.create(home=home, provider_id=home.provider_id, **who)
    record(what="contracts.home.stopped", subject=made, by=by, now=now, after=_told(made))
    tell_followers([home], "contracts.home.stopped", by=by, now=now)
    return made


@transaction.atomic
def stop_provider(*, provider_id, measure: str, wanted_by: User, by: User, now: dt.datetime) -> models.HomeStop:
    """Stop new placements in every home of a provider, those to come among them, also where no contract covers them.

    Raises:
        NotAllowed; NotFound; Refused: they are stopped already.
    """
    require(by, Permission.SUSPEND_PLACEMENTS, now=now)
    market.lock_provider(provider_id=provider_id)  # whoever adds a contract waits, and then sees the stop
    market.lock_homes_of(provider_id=provider_id)
    if models.HomeStop.objects.filter(provider_id=provider_id, home=None, ended_at=None).exists():
        raise Refused("New placements with this provider are stopped already.")
    who = {"reference": measure, "stopped_by": wanted_by, "stopped_at": now}
    made = models.HomeStop.objects.create(provider_id=provider_id, **who)
    record(what="contracts.provider.stopped", subject=made, by=by, now=now, after=_told(made))
    tell_followers([("market.provider", provider_id)], "contracts.provider.stopped", by=by, now=now)
    return made


@transaction.atomic
def release_home(*, home_id, measure: str, reason: str, by: User, now: dt.datetime) -> models.HomeStop:
    """Let new placements in one home start again; somebody else than who wanted the stop does it.

    Raises:
        NotAllowed; NotFound: nothing of that *measure* is stopped there; Refused: *by* wanted it.
    """
    require(by, Permission.SUSPEND_PLACEMENTS, now=now)
    stop = _released(measure, by, now, home=home_id)
    record(what="contracts.home.released", subject=stop, by=by, now=now, after=_told(stop), reason=reason)
    tell_followers([stop.home], "contracts.home.released", by=by, now=now)
    return stop


@transaction.atomic
def release_provider(*, provider_id, measure: str, reason: str, by: User, now: dt.datetime) -> models.HomeStop:
    """Let new placements with a provider start again; somebody else than who wanted the stop does it.

    Raises:
        NotAllowed; NotFound: nothing of that *measure* is stopped; Refused: *by* wanted it.
    """
    require(by, Permission.SUSPEND_PLACEMENTS, now=now)
    stop = _released(measure, by, now, home=None, provider=provider_id)
    record(what="contracts.provider.released", subject=stop, by=by, now=now, after=_told(stop), reason=reason)
    tell_followers([("market.provider", provider_id)], "contracts.provider.released", by=by, now=now)
    return stop


def _released(measure: str, by: User, now: dt.datetime, **where) -> models.HomeStop:
    found = models.HomeStop.objects.select_for_update(of=("self",)).filter(reference=measure, ended_at=None, **where)
    if (stop := found.select_related("home").first()) is None:
        raise NotFound("Nothing is stopped here.")
    require_another(stop.stopped_by_id, by)
    stop.ended_by, stop.ended_at = by, now
    stop.save(update_fields=["ended_by", "ended_at"])
    return stop


def _told(stop: models.HomeStop) -> dict[str, str]:
    home = stop.home.reference if stop.home else "every home"
    return {"home": home, "provider": str(stop.provider_id), "measure": stop.reference}
