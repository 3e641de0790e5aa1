"""What the law asks while children live in homes, in the made-up council's own time: letters sent, plans read, meetings held."""

import datetime as dt
from uuid import UUID

from placewell.kernel.periods import day_of
from placewell.placements import actions as placements
from placewell.placements import queries
from placewell.placements.states import Delivery, Duty
from placewell.storage.context import Scope, enter

from . import people

SENT_AFTER = dt.timedelta(days=4)  # the desk's habit: an ending is written to all within the week
MET_AFTER = dt.timedelta(days=14)
NEXT = "Ring the placements team on weekdays, or the emergency duty team at night."


def add(cast: people.Cast, *, on: dt.date) -> None:
    """Write and send what endings asked for, but for those of this week; hold the meetings after breakdowns."""
    by = cast.by["placements"]
    for row, duty in queries.duties_open(for_user=by, on=on):
        after = {Duty.TERMINATION_NOTICE: SENT_AFTER, Duty.DISRUPTION_MEETING: MET_AFTER}.get(duty.kind)
        if row.end_on is None or after is None or (day := row.end_on + after) >= on:
            continue
        now = dt.datetime(day.year, day.month, day.day, 11, tzinfo=dt.UTC)
        if duty.kind == Duty.TERMINATION_NOTICE:
            send_letter(cast, row, duty.kind, now=now)
        else:
            said = {
                "who_came": "The child, the carers, the social worker and the reviewing officer.",
                "what_led_to_it": "Evenings had become hard, and help at night came late.",
                "what_was_learned": "A calm hour before bed and a worker who rings each day made the difference.",
                "actions": "The next home has night staff; the social worker visits weekly until the review.",
            }
            placements.write_document(placement_id=row.pk, kind=duty.kind, parts=said, by=by, now=now)


def send_letter(cast: people.Cast, row, kind: Duty, *, now: dt.datetime, but: int = 0) -> None:
    """Write a letter to those whom the law names and record that it went to them, to all *but* so many."""
    by, on = cast.by["placements"], day_of(now)
    to = [each.code for each in queries.told_of(row, kind, on=on) if each.must]
    given = {"parts": {"what_happens_next": NEXT}, "to": to, "how": Delivery.SECURE_EMAIL}
    letter = placements.write_document(placement_id=row.pk, kind=kind, **given, by=by, now=now)
    gone = letter.sent_to[: len(letter.sent_to) - but]
    placements.record_sent(document_id=letter.pk, to=gone, how=Delivery.SECURE_EMAIL, on=on, by=by, now=now)


def move_in(cast: people.Cast, offer_id: UUID, carer, *, on: dt.date, but: int = 0, **entry: str):
    """Let a child whose home was chosen move in on the day *on*: signed by both, told to the *carer*, with a plan and a letter
    that went to all but so many. *entry* is the legal status and main need of a child who comes into care. Return the plan."""
    by, moved = cast.by["placements"], dt.datetime(on.year, on.month, on.day, 15, tzinfo=dt.UTC)
    before = moved - dt.timedelta(days=1)
    terms = {"aims": "A home close to school while the long-term plan is made."}
    agreement = placements.draw_up_agreement(offer_id=offer_id, notice_days=28, terms=terms, by=by, now=before)
    placements.sign_for_council(agreement_id=agreement.pk, by=cast.by["manager"], now=before)
    told = {"to": [carer.pk], "must_know": "Takes off when frightened: stay calm and near. No allergies."}
    placements.disclose_child(agreement_id=agreement.pk, **told, by=by, now=before)
    enter(carer.scope)
    placements.sign_for_provider(agreement_id=agreement.pk, by=carer, now=before)
    enter(Scope.of_council(cast.council.pk))
    row = placements.start_placement(agreement_id=agreement.pk, on=on, **entry, by=by, now=moved)
    send_letter(cast, row, Duty.NOTIFICATIONS, now=moved, but=but)
    parts = {
        "day_to_day_care": "Supper at six, a story, lights out at half past eight.",
        "time_with_family": "Mum on Saturdays from ten to twelve, with a worker there.",
        "health": "Registered with the GP and the dentist near the home. The council consents to treatment.",
        "education": "Stays at the school; the carers drive.",
        "decisions_that_carers_take": "Haircuts, sleepovers with friends they know, school trips of a day.",
        "visits": "The social worker within a week, then every six weeks.",
    }
    return placements.write_document(placement_id=row.pk, kind=Duty.PLACEMENT_PLAN, parts=parts, by=by, now=moved)


def sign_plan(cast: people.Cast, plan_id: UUID, carer, *, now: dt.datetime) -> None:
    """Let the *carer* sign a placement plan."""
    enter(carer.scope)
    placements.sign_plan(document_id=plan_id, signed_as=f"{carer.name}, with the carers", by=carer, now=now)
    enter(Scope.of_council(cast.council.pk))


def comment_on_plan(cast: people.Cast, plan_id: UUID, carer, *, now: dt.datetime) -> None:
    """Let the *carer* read a placement plan and ask for something else; it is not signed yet."""
    enter(carer.scope)
    placements.read_plan(document_id=plan_id, by=carer, now=now)
    words = "Half past eight is early at weekends: could we say nine on Fridays and Saturdays?"
    placements.comment_on_plan(document_id=plan_id, words=words, by=carer, now=now)
    enter(Scope.of_council(cast.council.pk))
