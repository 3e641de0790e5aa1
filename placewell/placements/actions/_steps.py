"""Steps that several actions of the desk share: locked rows, references, and what follows from a choice."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.crypto import get_random_string

from placewell.accounts.models import User
from placewell.audit.actions import change_state, change_states, record, record_each
from placewell.contracts import queries as contracts
from placewell.governance.queries import holidays
from placewell.kernel.errors import Refused
from placewell.kernel.periods import day_of

from .. import models, queries, states
from ..rules import consultations, sentence
from ._mails import tell_council, tell_of_invitations, tell_provider, tell_providers

REOPENED: dict[str, Any] = {
    "to": states.Invitation.SENT,
    "steps": states.INVITATION_STEPS,
    "what": "placements.invitation.reopened",
}
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def new_reference(prefix: str) -> str:
    """Return a reference that says nothing about the child and can be read out on the telephone."""
    return f"{prefix}-{get_random_string(6, LETTERS)}"


def require_home_open(offer: models.Offer) -> None:
    """Refuse a home in which new placements are stopped."""
    if why := contracts.stopped().why(home_id=offer.home_id, provider_id=offer.provider_id):
        raise Refused(f"This home cannot be chosen: {why}.")


def close_invitations(
    referral: models.Referral, *, by: User, now: dt.datetime, why: str, but: UUID | None = None
) -> None:
    """Close what is still open with providers, and lapse their offers; *but* is the invitation that won.

    However many were asked, the questions to the database are as many.
    """
    asked = {each.pk: each for each in _locked_by_name(referral, but=states.Invitation.CLOSED) if each.pk != but}
    live = [states.Offer.MADE, states.Offer.RECOMMENDED]
    offers = list(models.Offer.objects.select_for_update().filter(invitation__in=asked, state__in=live).order_by("pk"))
    given: dict[str, Any] = {"by": by, "now": now, "reason": why}
    change_states(
        rows=offers, to=states.Offer.LAPSED, steps=states.OFFER_STEPS, what="placements.offer.lapsed", **given
    )
    tell_providers([asked[each.invitation_id] for each in offers], states.Told.DECIDED, now=now)
    to, steps, what = states.Invitation.CLOSED, states.INVITATION_STEPS, "placements.invitation.closed"
    change_states(rows=list(asked.values()), to=to, steps=steps, what=what, **given)
    tell_of_invitations(asked, what, by=by, now=now)


LABELS = {
    "needed_on": "needed from",
    "expected_months": "how long",
    "until_18": "how long",
    "need_level": "level of need",
    "is_solo": "whether the child must be the only one there",
    "categories": "kinds of home",
    "history": "earlier homes",
    "not_with": "with whom the child cannot live",
    "emotional": "feelings and behaviour",
    "sdq": "strengths and difficulties",
    "ehc_plan": "education, health and care plan",
    "documents": "documents that are ready",
}


def tell_of_change(referral: models.Referral, *, by: User, now: dt.datetime) -> int:
    """Show each provider who was asked the referral as it stands now, with what changed; return how many were told."""
    shown, told = queries.shown(referral, on=day_of(now)), []
    for invitation in referral.invitations.select_for_update().order_by("pk").exclude(state=states.Invitation.CLOSED):
        changed = [name for name, value in shown.items() if (invitation.shown.get(name) or None) != (value or None)]
        if changed:
            invitation.shown = shown
            words = sentence(list(dict.fromkeys(LABELS.get(name, name.replace("_", " ")) for name in changed)))
            told.append((invitation, f"The council changed: {words}."))
    models.Invitation.objects.bulk_update([each for each, _ in told], ["shown"])
    write_messages(told, states.Message.CHANGE, by=by, now=now)
    return len(told)


def write_messages(
    told: Sequence[tuple[models.Invitation, str]], kind: states.Message, *, by: User, now: dt.datetime
) -> list[models.Message]:
    """Write to many providers of the council's at once, each its own words, in as many questions as to one."""
    made = models.Message.objects.bulk_create(
        _message(invitation, kind, words, by=by, now=now) for invitation, words in told
    )
    record_each(what=f"placements.{kind.value}.written", subjects=[(each, {}) for each in made], by=by, now=now)
    tell_providers([invitation for invitation, _ in told], states.Told.MESSAGE, now=now)
    return made


def _message(invitation: models.Invitation, kind: states.Message, words: str, **given: Any) -> models.Message:
    owners = {"council_id": invitation.council_id, "provider_id": invitation.provider_id}
    return models.Message(invitation=invitation, kind=kind, words=words, at=given.pop("now"), **owners, **given)


def write_message(
    invitation: models.Invitation, kind: states.Message, words: str, *, by: User, now: dt.datetime, answers=None
) -> models.Message:
    """Write one message to or from a provider."""
    made = _message(invitation, kind, words, by=by, now=now, answers=answers)
    made.save()
    record(what=f"placements.{kind.value}.written", subject=made, by=by, now=now)
    if kind == states.Message.QUESTION:
        tell_council(invitation, states.Told.QUESTION, now=now)
    else:
        tell_provider(invitation, states.Told.MESSAGE, now=now)
    return made


def end_released(agreement: models.Agreement, *, by: User, now: dt.datetime) -> None:
    """Close what the provider's people were shown: the child does not live there (any more)."""
    for row in agreement.released.select_for_update().filter(ended_at=None):
        row.ended_at = now
        row.save()
        record(what="placements.detail.closed", subject=row, by=by, now=now)


def duty_done(placement: models.Placement, kind: states.Duty, *, on: dt.date, by: User, now: dt.datetime) -> None:
    """Record that what the law asks for was done, the first time that it was."""
    given = {"done_on": on, "by": by}
    done, is_first = models.DutyDone.objects.get_or_create(placement=placement, kind=kind, defaults=given)
    if is_first:
        record(what="placements.duty.done", subject=done, by=by, now=now, after={"kind": kind, "on": str(on)})


def log_tier(
    cascade: models.Cascade, what: str, *, by: User, now: dt.datetime, asked: int = 0, reason: str = ""
) -> None:
    """Write one line of the log of tiers."""
    models.TierStep.objects.create(
        cascade=cascade,
        number=cascade.steps.count() + 1,
        what=what,
        tier=cascade.tier,
        asked=asked,
        due_at=cascade.due_at,
        reason=reason,
        by=by,
        at=now,
    )


def finish_cascade(referral: models.Referral, *, by: User, now: dt.datetime) -> None:
    """Stop the clock of a referral that is settled; the caller holds the referral's lock."""
    cascade = models.Cascade.objects.select_for_update().filter(referral=referral).first()
    if cascade is not None and cascade.state != states.Cascade.FINISHED:
        cascade.due_at = None
        log_tier(cascade, "finished", by=by, now=now)
        change_state(
            row=cascade,
            to=states.Cascade.FINISHED,
            steps=states.CASCADE_STEPS,
            what="placements.cascade.finished",
            by=by,
            now=now,
        )


def _locked_by_name(referral: models.Referral, *, but: states.Invitation) -> list[models.Invitation]:
    """Return what was sent of *referral* to providers, but for the state *but*, by their names: so it stands in the trail.

    It is locked in the order of the keys, as everywhere.
    """
    sent = referral.invitations.select_related("provider").select_for_update(of=("self",)).order_by("pk")
    return sorted(sent.exclude(state=but), key=lambda each: each.provider.name)


def reopen_invitations(referral: models.Referral, *, by: User, now: dt.datetime) -> None:
    """Ask everybody again who had been asked, with as long to answer as the first time."""
    asked = _locked_by_name(referral, but=states.Invitation.SENT)
    for invitation in asked:
        invitation.answer_by = now + (invitation.answer_by - invitation.sent_at)
    change_states(rows=asked, **REOPENED, by=by, now=now, reason="The child still needs a home.", also=["answer_by"])


def reopen(invitation: models.Invitation, *, by: User, now: dt.datetime, why: str) -> None:
    """Let a provider answer a referral once more; the caller holds the invitation's lock."""
    change_state(row=invitation, **REOPENED, by=by, now=now, reason=why)


def make_agreement(
    *,
    child,
    home,
    contract,
    category: str,
    weekly_fee: Decimal,
    start_on: dt.date,
    end_on: dt.date,
    by: User,
    offer=None,
    **fields,
) -> models.Agreement:
    """Write an agreement and its price lines: the parts of the offer, or one line where there is none."""
    agreement = models.Agreement.objects.create(
        child=child,
        provider_id=home.provider_id,
        home=home,
        offer=offer,
        contract=contract,
        reference=new_reference("A"),
        category=category,
        start_on=start_on,
        end_on=end_on,
        drawn_up_by=by,
        **fields,
    )
    parts = offer.weekly_parts if offer else {"accommodation": weekly_fee}
    lines = [(kind, fee, end_on) for kind, fee in parts.items() if fee or kind == "accommodation"]
    if offer and offer.one_off_fee:
        lines.append((models.PriceLine.ONE_OFF, offer.one_off_fee * 7, start_on + dt.timedelta(days=1)))
    given = {"agreement": agreement, "provider_id": home.provider_id, "start_on": start_on}
    models.PriceLine.objects.bulk_create(
        models.PriceLine(kind=kind, weekly_fee=fee, end_on=until, **given) for kind, fee, until in lines
    )
    return agreement


# What the referral itself says already.
SAID = {states.Party.CHILD: "child_views", states.Party.PARENTS: "parent_views"}


def ask_those_concerned(offer: models.Offer, referral: models.Referral, *, by: User, now: dt.datetime) -> None:
    """Ask whom the law names about the offer's home; what the referral tells already counts as their answer."""
    wanted = consultations(
        consents=queries.consents_needed(offer),
        is_emergency=referral.urgency == states.Urgency.EMERGENCY,
        needed_on=referral.needed_on,
        on=day_of(now),
        holidays=holidays(),
    )
    for each in wanted:
        said = getattr(referral, SAID[each.party]) if each.party in SAID else ""
        known = {"answer": said, "answered_on": day_of(now), "recorded_by": by} if said else {}
        given = {"blocks": each.blocks, "source": each.source, "due_on": each.due_on, "asked_by": by, "asked_at": now}
        row, made = models.Consultation.objects.get_or_create(offer=offer, party=each.party, defaults=given | known)
        if made:
            after = {"party": each.party, "due_on": str(each.due_on), "in_referral": bool(said)}
            record(what="placements.consultation.asked", subject=row, by=by, now=now, after=after)


def require_answers(offer: models.Offer, *blocks: states.Blocks) -> None:
    """Refuse the next step while somebody whom it waits for has not been heard."""
    waiting = offer.consultations.filter(answered_on=None, blocks__in=blocks).order_by("due_on", "party")
    if parties := [f"the {each.get_party_display().lower()}" for each in waiting]:
        raise Refused(f"Record first what these say of this home: {sentence(parties)}.")
