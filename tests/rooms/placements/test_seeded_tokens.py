"""Every field of a child and of the desk holds a token of its own; nobody of a provider finds one.

The fields are asked of the models, not listed: a field that is added is seeded by itself where only the council reads the
table, and must be answered for below where a provider reads it too.
"""

import datetime as dt
from collections.abc import Iterable

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core import mail
from django.db import ProgrammingError, models, transaction

from placewell.children.models import (
    Access,
    CareReview,
    MissingEpisode,
    Need,
    QuarantinedRow,
    ReturnImport,
    SiblingGroup,
    StatedRow,
)
from placewell.overview import jobs
from placewell.placements import actions, anonymise
from placewell.placements.models import HomeRecord, TierClock
from placewell.storage.context import Scope, enter
from tests.factories import accounts, market
from tests.factories import placements as desk
from tests.factories.placements import NOW, TODAY
from tests.rooms.placements.test_disclosure import BORN_ON, KEPT, RELEASED, SECRET, WORDS, crawl, found_in, rows

ROOMS = ("children", "placements")
THEIRS, SCRUBBED, CODE, RANDOM = "the provider wrote it", "scrubbed", "a code", "random, says nothing"
# Each field of a table that a provider reads, and why it may hold what it holds. ReleasedDetail is told to named people.
TOLD = {
    "placements.Invitation": {"reference": RANDOM, "shown": SCRUBBED, "decline_note": THEIRS},
    "placements.Message": {"words": SCRUBBED},
    "placements.Offer": {
        "how_needs_are_met": THEIRS,
        "effect_on_residents": THEIRS,
        "recommendation": SCRUBBED,
        "reasons": SCRUBBED,
    },
    "placements.Agreement": {"reference": RANDOM, "terms": SCRUBBED},
    "placements.PriceLine": {"kind": CODE},
    "placements.Placement": {"end_reason": CODE, "end_note": SCRUBBED},
    "placements.AgreementChange": {"reason": SCRUBBED, "parts": CODE},
    "placements.Absence": {},
    "placements.Notice": {"reason": SCRUBBED},
    "placements.Disclosure": {"stage": CODE},
    "placements.ReleasedDetail": {"name": "named people", "must_know": "named people"},
    # The placement plan alone, to those who were told who the child is; what they say of it to the same.
    "placements.StayDocument": dict.fromkeys(("title", "lede", "facts", "sent_to", "left_out"), "named people"),
    "placements.PlanAnswer": {"words": THEIRS, "signed_as": THEIRS},
}
SHORTEST = 6  # a shorter column holds a code of the return


def written_fields(model) -> list[models.Field]:
    """Return the fields of *model* in which people write words, codes with a fixed list left out."""
    kinds = (models.CharField, models.TextField, models.JSONField, ArrayField)
    return [each for each in model._meta.concrete_fields if isinstance(each, kinds) and not each.choices]


def all_models():
    return [model for room in ROOMS for model in apps.get_app_config(room).get_models()]


def unanswered(found: Iterable[tuple[str, str]]) -> set[str]:
    """Return the fields of tables that a provider reads for which nobody has answered."""
    return {f"{label}.{name}" for label, name in found if label in TOLD and name not in TOLD[label]}


def test_each_field_that_a_provider_reads_is_answered_for():
    assert (
        unanswered((model._meta.label, each.name) for model in all_models() for each in written_fields(model)) == set()
    )


def test_a_field_that_is_added_without_an_answer_is_found():
    added = [("placements.Message", "words"), ("placements.Message", "subject"), ("placements.Referral", "anything")]
    assert unanswered(added) == {"placements.Message.subject"}


@pytest.fixture
def made(council):
    """The longest way that a referral goes, with words full of tokens wherever people write."""
    made = desk.world(council, area_code="E09000033")
    group = SiblingGroup.objects.create(name="Family")
    made.child = desk.a_child(**RELEASED, **KEPT, born_on=BORN_ON, siblings=group)
    sibling = desk.a_child(given_name="Otherzq", siblings=group)
    made.by["other"] = accounts.person("provider_staff", organisation=made.provider.organisation)
    made.by["stranger"] = accounts.person("provider_staff", organisation=market.provider("Other Care").organisation)
    row = desk.referral(made, upto="ready", urgency="emergency", **dict.fromkeys(anonymise.FREE_TEXT, WORDS))
    ours = {"by": made.by["officer"], "now": NOW}
    actions.cover_for(
        away_id=made.by["manager"].pk,
        covered_by_id=made.by["officer"].pk,
        start_on=TODAY,
        end_on=NOW.date().replace(year=2027),
        note=WORDS,
        **ours,
    )
    actions.plan_siblings(referral_id=row.pk, sibling_ids=[sibling.pk], together=False, reason=WORDS, **ours)
    actions.start_cascade(referral_id=row.pk, **ours)
    actions.pause_cascade(referral_id=row.pk, reason=WORDS, **ours)
    talk(made, row)
    stay(made, choose(made, row))
    clock = {"category": "fostering", "urgency": "planned", "tier": 1, "hours": 4, "is_working_hours": True}
    TierClock.objects.create(**clock, start_on=TODAY, set_by=made.by["commissioner"])
    record_of(made)
    return made


def talk(made, row):
    invitation = row.invitations.get()
    made.theirs()
    asked = actions.ask_question(invitation_id=invitation.pk, words="How old?", by=made.by["staff"], now=NOW)
    made.ours()
    ours = {"by": made.by["officer"], "now": NOW}
    actions.answer_question(message_id=asked.pk, words=WORDS, to_all=True, question=WORDS, **ours)
    actions.send_message(invitation_id=invitation.pk, words=WORDS, **ours)
    actions.change_referral(referral_id=row.pk, summary=WORDS + " More.", **ours)


def choose(made, row):
    offer = desk.offer(made, row, recommended=False)
    to = [made.by["staff"].pk]
    actions.tell_considered(offer_id=offer.pk, to=to, must_know=WORDS, by=made.by["officer"], now=NOW)
    enter(made.by["staff"].scope)
    actions.read_considered(offer_id=offer.pk, by=made.by["staff"], now=NOW)
    made.ours()
    actions.recommend_offer(offer_id=offer.pk, recommendation=WORDS, by=made.by["officer"], now=NOW)
    desk.consult(made, offer)
    manager = {"by": made.by["manager"], "now": NOW}
    actions.approve_emergency(referral_id=row.pk, approve=True, reasons=WORDS, **manager)
    for consent in offer.consents.all():
        satisfied = {"wishes": True, "appropriate": True}
        director = {"by": made.by["director"], "now": NOW}
        actions.decide_consent(consent_id=consent.pk, approve=True, satisfied=satisfied, reasons=WORDS, **director)
    actions.accept_offer(offer_id=offer.pk, reasons=WORDS, **manager)
    terms = {"aims": WORDS}
    return actions.draw_up_agreement(offer_id=offer.pk, notice_days=28, terms=terms, by=made.by["officer"], now=NOW)


def stay(made, agreement):
    ours, manager = {"by": made.by["officer"], "now": NOW}, {"by": made.by["manager"], "now": NOW}
    actions.sign_for_council(agreement_id=agreement.pk, **manager)
    to = [made.by["staff"].pk]
    actions.disclose_child(agreement_id=agreement.pk, to=to, must_know=WORDS, **ours)
    made.theirs()
    actions.sign_for_provider(agreement_id=agreement.pk, by=made.by["staff"], now=NOW)
    enter(made.by["staff"].scope)
    actions.read_disclosure(agreement_id=agreement.pk, by=made.by["staff"], now=NOW)
    made.ours()
    placement = actions.start_placement(agreement_id=agreement.pk, on=TODAY, **ours)
    until = TODAY + dt.timedelta(days=500)
    actions.ask_change(placement_id=placement.pk, kind="longer", effective_on=until, reason=WORDS, **ours)
    actions.record_absence(placement_id=placement.pk, start_on=TODAY, end_on=None, reason="family", **ours)
    leaves_on = TODAY + dt.timedelta(days=90)
    actions.give_notice(placement_id=placement.pk, leaves_on=leaves_on, reason=WORDS, **manager)
    actions.record_duty_done(placement_id=placement.pk, kind="placement_plan", on=TODAY, note=WORDS, **ours)
    written = {"parts": {"what_happens_next": WORDS}, "to": ["parents"], "left_out": WORDS}
    letter = actions.write_document(placement_id=placement.pk, kind="notifications", **written, **ours)
    actions.print_copy(document_id=letter.pk, to=letter.sent_to[0], **ours)
    sent = {"to": letter.sent_to, "how": "post", "on": TODAY, "note": WORDS}
    actions.record_sent(document_id=letter.pk, **sent, **ours)
    plan = actions.write_document(placement_id=placement.pk, kind="placement_plan", parts={"health": WORDS}, **ours)
    enter(made.by["staff"].scope)
    theirs = {"document_id": plan.pk, "by": made.by["staff"], "now": NOW}
    actions.read_plan(**theirs)
    actions.comment_on_plan(words=WORDS, **theirs)
    actions.sign_plan(signed_as="A carer", **theirs)
    made.ours()
    ended = {"on": TODAY + dt.timedelta(days=1), "by": made.by["officer"], "now": NOW + dt.timedelta(days=1)}
    actions.end_placement(placement_id=placement.pk, change_reason="CREQB", note=WORDS, **ended)


def record_of(made):
    """Write what the room of children keeps of the child, and what is handed down of homes."""
    whose = {"kind": "fostering", "as_of": TODAY, "endings_of": "all", "goals_of": "all"}
    none = dict.fromkeys(("endings", "endings_planned", "goals", "goals_reached"), 0)
    HomeRecord.objects.create(**whose, **none, stability=50, outcome=50)
    child, officer = made.child, made.by["officer"]
    Access.objects.create(child=child, user=officer, reason=WORDS)
    Need.objects.create(child=child, code="autism", detail=WORDS, since=TODAY)
    CareReview.objects.create(child=child, held_on=TODAY, participation="PN1")
    MissingEpisode.objects.create(child=child, kind="M", start_on=TODAY)
    StatedRow.objects.create(child=child, table="oc3", cells={"ACTIV": "F2"})
    given = {"digest": "d", "file_names": WORDS, "counts": {}, "by": officer, "at": NOW}
    source = ReturnImport.objects.create(**given)
    QuarantinedRow.objects.create(source=source, file="episodes.csv", row=1, child="x", rule="r", why=WORDS)


def seeded(made) -> dict[str, str]:
    """Put a token of its own into each written field that only the council reads; return field → token."""
    made.ours()
    tokens: dict[str, str] = {}
    for model in all_models():
        found = list(model.objects.all())
        assert found, f"the journey above makes no {model._meta.label}: nothing of it is proved"
        if model._meta.label in TOLD:
            continue
        for each in written_fields(model):
            if (each.max_length or 99) < SHORTEST:
                continue
            token = f"zq{len(tokens):03x}"
            for number, row in enumerate(found):
                value = getattr(row, each.name)
                new = (
                    value | {"zq": token}
                    if isinstance(value, dict)
                    else [*value, token]
                    if isinstance(value, list)
                    else f"{token}{number}"
                )
                try:
                    with transaction.atomic():
                        model.objects.filter(pk=row.pk).update(**{each.name: new})
                except ProgrammingError:  # a line that nobody may change holds tokens from the day it was written
                    break
            else:
                tokens[f"{model._meta.label}.{each.name}"] = token
    return tokens


def test_no_token_of_any_field_reaches_a_provider(made):
    tokens = seeded(made)
    assert len(tokens) > 50
    for key in ("staff", "other", "stranger"):
        seen = crawl(made.by[key]) + str(rows(made.by[key]))
        assert {field for field, token in tokens.items() if token in seen} == set()
        kept = rows(made.by[key])
        assert {table for table, text in kept.items() if found_in(text, SECRET)} <= {"placements.ReleasedDetail"}
    made.ours()
    assert jobs.send_due(by=accounts.person("worker", organisation=made.council), now=NOW)
    mailed = str([(each.subject, each.body) for each in mail.outbox])
    assert {field for field, token in tokens.items() if token in mailed} == set()
    assert not found_in(mailed, SECRET)


def test_the_council_itself_finds_every_token(made):
    """The control: each token is there to be found, by whoever may."""
    tokens = seeded(made)
    kept = str(rows(made.by["officer"]))
    assert {field for field, token in tokens.items() if token not in kept} == set()


def test_what_the_council_writes_for_a_provider_was_scrubbed(made):
    """Each field that counts as scrubbed was written with tokens in this journey, and hides them."""
    enter(Scope.of_provider(made.provider.pk))
    for label, fields in TOLD.items():
        kept = str(list(apps.get_model(label).objects.values()))
        for name in (name for name, why in fields.items() if why == SCRUBBED):
            values = str(list(apps.get_model(label).objects.values_list(name, flat=True)))
            assert anonymise.HIDDEN in values, f"{label}.{name} was never written with tokens"
            assert found_in(values, SECRET) == set(), f"{label}.{name}"
        assert label == "placements.ReleasedDetail" or not found_in(kept, SECRET)
