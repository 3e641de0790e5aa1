"""Referrals: written, checked, released to providers, closed."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from django.db import IntegrityError, transaction

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record, record_each
from placewell.children import queries as children
from placewell.contracts import queries as contracts
from placewell.governance.queries import holidays
from placewell.kernel.errors import Refused
from placewell.kernel.periods import birthday, day_of
from placewell.kernel.working_days import add_working_days
from placewell.market import queries as market
from placewell.notifications.actions import tell_followers

from .. import models, queries, rules, states
from ._locks import locked_referral, locked_together
from ._mails import tell_providers
from ._steps import close_invitations, finish_cascade, new_reference, tell_of_change

FIELDS = models.FIELDS


@transaction.atomic
def write_referral(*, child_id: UUID, by: User, now: dt.datetime, **parts) -> models.Referral:
    """Start a referral for a child, as a draft; *parts* are any of `FIELDS`.

    Raises:
        NotAllowed; NotFound: the child is not theirs to see; Refused: one is open already, or the dates make no sense.
    """
    require(by, Permission.WRITE_REFERRAL, now=now)
    child = children.child(child_id=child_id, for_user=by, on=day_of(now))
    known = {name: value for name, value in parts.items() if name in FIELDS}
    _require_known_postcodes(known)
    known["expected_end_on"] = rules.expected_end(
        wanted=known["expected_end_on"], eighteenth=birthday(child.born_on, 18)
    )
    if known["expected_end_on"] <= known["needed_on"]:
        raise Refused("The placement would end before it starts, or after the child turns 18.")
    try:
        with transaction.atomic():
            referral = models.Referral.objects.create(
                child=child, reference=new_reference("R"), written_by=by, written_at=now, **known
            )
    except IntegrityError:
        raise Refused("This child has an open referral already: carry on with that one.") from None
    record(
        what="placements.referral.written",
        subject=referral,
        by=by,
        now=now,
        after={"child": child.reference, "urgency": referral.urgency},
        told=f"A referral was written for {child.reference}.",
    )
    return referral


@transaction.atomic
def change_referral(*, referral_id: UUID, by: User, now: dt.datetime, **parts) -> models.Referral:
    """Change a referral. A ready one goes back to draft; once it is sent, each provider who was asked sees the new text
    and is told what changed.

    Raises:
        NotAllowed; Refused: a home was chosen, the referral is closed, or it would end before it starts.
    """
    require(by, Permission.WRITE_REFERRAL, now=now)
    referral = locked_referral(referral_id)
    is_sent = referral.state == states.Referral.SENT
    if not is_sent and referral.state not in (states.Referral.DRAFT, states.Referral.READY):
        raise Refused("A home was chosen, or the referral is closed: write another.")
    if "expected_end_on" in parts:
        eighteenth = birthday(referral.child.born_on, 18)
        parts["expected_end_on"] = rules.expected_end(wanted=parts["expected_end_on"], eighteenth=eighteenth)
    _require_known_postcodes(parts)
    before = {name: str(getattr(referral, name)) for name in parts if name in FIELDS}
    for name, value in parts.items():
        if name in FIELDS:
            setattr(referral, name, value)
    if referral.expected_end_on <= referral.needed_on:
        raise Refused("The placement would end before it starts.")
    if not is_sent:
        referral.state = states.Referral.DRAFT
    referral.save()
    changed = sorted(name for name, value in before.items() if value != str(getattr(referral, name)))
    told = tell_of_change(referral, by=by, now=now) if is_sent else 0
    after = {"changed": changed, "providers_told": told}
    record(what="placements.referral.changed", subject=referral, by=by, now=now, after=after)
    return referral


def _require_known_postcodes(parts: dict) -> None:
    """Refuse a postcode that nobody knows: a search could not keep the child away from it."""
    for district in rules.postcodes(parts.get("preferred_districts") or ""):
        if not rules.is_district(district):
            raise Refused(f"{district} is no first half of a postcode: write for example RM17.")
    for postcode in rules.postcodes(parts.get("no_go_postcodes") or ""):
        if market.grid(postcode) is None:
            raise Refused(f"{postcode} is no postcode that we know: the search could not keep away from it.")


@transaction.atomic
def copy_last_referral(
    *, child_id: UUID, needed_on: dt.date, expected_end_on: dt.date, urgency: str, by: User, now: dt.datetime
) -> models.Referral:
    """Start a draft from the child's last referral: its words, with new dates.

    Raises:
        NotAllowed; NotFound; Refused: there is none to copy, or as for a new one.
    """
    require(by, Permission.WRITE_REFERRAL, now=now)
    child = children.child(child_id=child_id, for_user=by, on=day_of(now))
    last = models.Referral.objects.filter(child=child).order_by("-written_at").first()
    if last is None:
        raise Refused("This child has no earlier referral to copy.")
    dates = {"needed_on": needed_on, "expected_end_on": expected_end_on, "urgency": urgency}
    parts = {name: getattr(last, name) for name in FIELDS} | dates
    referral = write_referral(child_id=child.pk, **parts, by=by, now=now)
    record(what="placements.referral.copied", subject=referral, by=by, now=now, after={"from": last.reference})
    return referral


@transaction.atomic
def ready_referral(*, referral_id: UUID, by: User, now: dt.datetime) -> models.Referral:
    """Mark a referral as checked and ready to be released.

    Raises:
        Refused: something that a provider needs is missing, and what.
    """
    require(by, Permission.WRITE_REFERRAL, now=now)
    referral = locked_referral(referral_id)
    if missing := rules.missing_parts({name: getattr(referral, name) for name in FIELDS}):
        raise Refused(f"Still missing: {rules.sentence(missing)}.")
    change_state(
        row=referral,
        to=states.Referral.READY,
        steps=states.REFERRAL_STEPS,
        what="placements.referral.ready",
        by=by,
        now=now,
    )
    return referral


@transaction.atomic
def send_referral(
    *, referral_id: UUID, provider_ids: Sequence[UUID], answer_by: dt.datetime, by: User, now: dt.datetime
) -> list[models.Invitation]:
    """Release the anonymised referral to providers under contract, as the officer saw it; with it those of brothers
    and sisters who are sought together.

    Raises:
        Refused: nobody was chosen, the answer is due in the past, or a provider has no contract that covers it.
    """
    require(by, Permission.SEND_REFERRAL, now=now)
    referrals = locked_together(referral_id)
    for referral in referrals:
        _require_open(referral)
        _begin_emergency(referral, by, now)
    if not provider_ids:
        raise Refused("Choose at least one provider.")
    if answer_by <= now:
        raise Refused("The answer must be due in the future.")
    sent = []
    # As the officer sees it at this moment; brothers and sisters who are sought together are one search.
    result = queries.search(referrals[0], for_user=by, on=day_of(now))
    for referral in referrals:
        made = _release(referral, dict.fromkeys(provider_ids), answer_by, by, now)
        _freeze(referral, result, made, by, now)
        sent += made
    tell_followers([each.child for each in referrals], "placements.referral.sent", by=by, now=now)
    tell_providers(sent, states.Told.REFERRAL, now=now)
    told = [(each, {"provider": str(each.provider_id)}) for each in sent]
    record_each(what="placements.invitation.sent", subjects=told, by=by, now=now)
    return sent


def _freeze(
    referral: models.Referral, result: queries.Result, sent: Sequence[models.Invitation], by: User, now: dt.datetime
) -> None:
    """Keep what the search showed when these were asked: the evidence stands as it stood, whatever changes later."""
    facts = queries.as_it_stood(
        result,
        shown=sent[0].shown,
        asked=models.Invitation.objects.filter(pk__in=[each.pk for each in sent]).values_list(
            "provider__name", flat=True
        ),
        answer_by=sent[0].answer_by,
    )
    row = models.FrozenSearch.objects.create(referral=referral, asked=len(sent), facts=facts, by=by, at=now)
    after = {"looked_at": result.looked_at, "able": result.able, "asked": len(sent)}
    record(what="placements.search.frozen", subject=row, by=by, now=now, after=after)


def _require_open(referral: models.Referral) -> None:
    """Refuse to ask more providers once a home was chosen or the referral is closed."""
    if referral.state in (states.Referral.MATCHED, states.Referral.CLOSED):
        raise Refused("A home was chosen, or the referral is closed: nobody else is asked.")


def _begin_emergency(referral: models.Referral, by: User, now: dt.datetime) -> None:
    """Let an emergency be searched for from its draft, and ask for the approval that comes afterwards."""
    if referral.urgency != states.Urgency.EMERGENCY:
        return
    if referral.state == states.Referral.DRAFT:
        ready_referral(referral_id=referral.pk, by=by, now=now)
        referral.refresh_from_db(fields=["state"])
    due_on = add_working_days(day_of(now), rules.EMERGENCY_APPROVAL_DAYS, holidays())
    asked, made = models.EmergencyApproval.objects.get_or_create(
        referral=referral, defaults={"asked_by": by, "asked_at": now, "due_on": due_on}
    )
    if made:
        record(what="placements.emergency.asked", subject=asked, by=by, now=now, after={"due_on": str(due_on)})


def _release(
    referral: models.Referral, provider_ids: Iterable[UUID], answer_by: dt.datetime, by: User, now: dt.datetime
) -> list[models.Invitation]:
    """Release one referral to providers."""
    view = queries.view(referral, on=day_of(now))
    sent = _invite(referral, list(provider_ids), view.shown, answer_by, by, now)
    if (coarser := view.coarser).changes or view.is_rare:
        after = {"changes": coarser.changes, "alike_at_first": coarser.alike_at_first, "alike": coarser.alike}
        record(what="placements.referral.made_coarser", subject=referral, by=by, now=now, after=after)
    if referral.state != states.Referral.SENT:
        change_state(
            row=referral,
            to=states.Referral.SENT,
            steps=states.REFERRAL_STEPS,
            what="placements.referral.sent",
            by=by,
            now=now,
            after={"providers": len(sent)},
            told=f"Referral {referral.reference} was released to {len(sent)} providers.",
        )
    return sent


def _invite(
    referral: models.Referral,
    provider_ids: Collection[UUID],
    shown: dict,
    answer_by: dt.datetime,
    by: User,
    now: dt.datetime,
) -> list[models.Invitation]:
    """Send *shown* to providers; refuse one that neither a contract nor an exemption covers."""
    on = referral.needed_on
    if referral.invitations.filter(provider__in=provider_ids).exists():
        raise Refused("A provider that you chose has been asked already: it stands among those who were asked.")
    covered = {str(provider) for provider, _ in contracts.cover(categories=referral.categories, on=on)[0]}
    for provider_id in provider_ids:
        if str(provider_id) not in covered and not any(
            any(queries.cover(referral, provider_id=provider_id, category=category, on=on))
            for category in referral.categories
        ):
            raise Refused(
                "A provider that you chose has neither a contract in force nor an exemption for this placement."
            )
    kinds = [kind for kind, category in rules.CATEGORY_OF.items() if category in referral.categories]
    if contracts.without_open_home(kinds=kinds) & set(provider_ids):
        raise Refused("A provider that you chose has no home of these kinds in which new placements may be made.")
    given = {"referral": referral, "shown": shown, "sent_by": by, "sent_at": now, "answer_by": answer_by}
    given |= {"council_id": referral.council_id}
    return models.Invitation.objects.bulk_create(
        models.Invitation(provider_id=each, reference=new_reference("S"), **given) for each in provider_ids
    )


@transaction.atomic
def close_referral(*, referral_id: UUID, reason: str, by: User, now: dt.datetime) -> models.Referral:
    """Close a referral without a placement: the child stays, goes home, or was placed otherwise."""
    require(by, Permission.WRITE_REFERRAL, now=now)
    referral = locked_referral(referral_id)
    if referral.state == states.Referral.MATCHED:
        raise Refused("An offer has been accepted: withdraw that first.")
    referral.closed_at = now
    change_state(
        row=referral,
        to=states.Referral.CLOSED,
        steps=states.REFERRAL_STEPS,
        what="placements.referral.closed",
        by=by,
        now=now,
        reason=reason,
    )
    finish_cascade(referral, by=by, now=now)
    close_invitations(referral, by=by, now=now, why="The child does not need a home any more.")
    return referral
