"""Episodes: where a child lives and under which legal status, from one day to another."""

import dataclasses
import datetime as dt
from uuid import UUID

from django.db import transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import record
from placewell.kernel.errors import BadInput, Fault, Refused
from placewell.kernel.periods import day_of

from .. import models, queries, rules


@transaction.atomic
def start_episode(
    *,
    child_id: UUID,
    start_on: dt.date,
    start_reason: str,
    legal_status: str,
    main_need: str,
    placement_type: str,
    placement_provider: str = "",
    home_postcode: str = "",
    placement_postcode: str = "",
    urn: str = "",
    by: User,
    now: dt.datetime,
) -> models.Episode:
    """Start an episode: the child comes into care, moves, or the legal status changes.

    Raises:
        Refused: another episode has not ended, or a later one is there already.
        BadInput: an entry rule of the return is broken.
    """
    require(by, Permission.RECORD_EPISODE, now=now)
    child = queries.locked_child(child_id=child_id, for_user=by, on=day_of(now))
    row = rules.EpisodeRow(
        start_on=start_on,
        start_reason=start_reason,
        legal_status=legal_status,
        main_need=main_need,
        placement_type=placement_type,
        placement_provider=placement_provider,
        home_postcode=home_postcode,
        placement_postcode=placement_postcode,
        urn=urn,
    )
    breaches = rules.episode_breaches(row, born_on=child.born_on, codes=queries.codes())
    _stop_on(breach for breach in breaches if breach.is_error or breach.rule in rules.STOP_ENTRY)
    last = queries.episodes(child_id=child_id).first()
    if last is not None and (last.end_on is None or last.end_on > start_on):
        raise Refused("Another episode has not ended by that day: end it first.")
    episode = models.Episode.objects.create(child=child, **dataclasses.asdict(row))
    record(
        what="children.episode.started",
        subject=episode,
        by=by,
        now=now,
        after={"start_on": str(start_on), "legal_status": legal_status, "placement_type": placement_type},
        told=f"An episode of {child.reference} started on {start_on}",
    )
    return episode


@transaction.atomic
def end_episode(
    *, child_id: UUID, end_on: dt.date, end_reason: str, change_reason: str = "", by: User, now: dt.datetime
) -> models.Episode:
    """End the child's open episode.

    Raises:
        Refused: no episode is open.
        BadInput: an entry rule of the return is broken.
    """
    require(by, Permission.RECORD_EPISODE, now=now)
    child = queries.locked_child(child_id=child_id, for_user=by, on=day_of(now))
    episode = models.Episode.objects.filter(child=child, end_on=None).first()
    if episode is None:
        raise Refused("This child has no open episode.")
    episode.end_on, episode.end_reason, episode.change_reason = end_on, end_reason, change_reason
    fields = {field.name: getattr(episode, field.name) for field in dataclasses.fields(rules.EpisodeRow)}
    breaches = rules.episode_breaches(rules.EpisodeRow(**fields), born_on=child.born_on, codes=queries.codes())
    _stop_on(b for b in breaches if b.is_error and b.field in ENDING and b.rule not in rules.HAS_HAPPENED)
    episode.save()
    record(
        what="children.episode.ended",
        subject=episode,
        by=by,
        now=now,
        after={"end_on": str(end_on), "end_reason": end_reason, "change_reason": change_reason},
        told=f"An episode of {child.reference} ended on {end_on}",
    )
    return episode


@transaction.atomic
def move_episode(
    *,
    child_id: UUID,
    on: dt.date,
    start_reason: str,
    change_reason: str,
    placement_type: str,
    placement_provider: str = "",
    placement_postcode: str = "",
    urn: str = "",
    legal_status: str = "",
    by: User,
    now: dt.datetime,
) -> models.Episode:
    """End the open episode with X1 and start the next the same day; what isn't given stays as it was."""
    require(by, Permission.RECORD_EPISODE, now=now)
    before = end_episode(child_id=child_id, end_on=on, end_reason="X1", change_reason=change_reason, by=by, now=now)
    after = start_episode(
        child_id=child_id,
        start_on=on,
        start_reason=start_reason,
        legal_status=legal_status or before.legal_status,
        main_need=before.main_need,
        placement_type=placement_type,
        placement_provider=placement_provider,
        home_postcode=before.home_postcode,
        placement_postcode=placement_postcode,
        urn=urn,
        by=by,
        now=now,
    )
    record(
        what="children.child.moved",
        subject=after,
        by=by,
        now=now,
        reason=change_reason,
        told=f"{before.child.reference} moved on {on}",
    )
    return after


ENDING = frozenset({"DEC", "REC", "REASON_PLACE_CHANGE"})


def _stop_on(breaches) -> None:
    if faults := [Fault(breach.field, f"{breach.why} (rule {breach.rule})") for breach in breaches]:
        raise BadInput(faults)
