"""The stages of a child's referral in the made-up council, each brought about as people would."""

import datetime as dt
from decimal import Decimal

from placewell.contracts import queries as contracts
from placewell.kernel.periods import day_of
from placewell.placements import actions as placements
from placewell.placements import queries
from placewell.placements.states import satisfied_of
from placewell.storage.context import Scope, enter

from . import people, stays

TEXTS = {
    "summary": "A thoughtful child who loves football, drawing and dogs, and who needs adults that stay.",
    "needs_and_care": "Warm, steady care with clear routines. Settles best where bedtimes and mealtimes are the same each day.",
    "risks_and_safety": "Can run off when frightened. A calm adult nearby helps; there is a safety plan.",
    "health": "Registered with a GP and dentist. No medication.",
    "education": "Attends school every day and would like to stay there.",
    "family_time": "Sees mum on Saturdays with a worker there, two hours.",
    "history": "Two foster homes in three years. The first ended when the carers retired; goodbyes matter.",
    "identity": "Likes to cook what grandma cooked.",
    "child_views": "“I want to stay at my school and I want a room with a door that shuts.”",
    "parent_views": "Mum asks for somewhere that she can reach by train.",
}


def _known(on: dt.date) -> dict:
    """What is known of a child who has been in care for a while."""
    return {
        "unsafe_people": "A cousin who has taken the child to town to carry parcels. Carers ring the police if he comes.",
        "family_first": "Mum cannot keep the child safe now. An aunt in Leeds was assessed in May: she has no room. No friend was found.",
        "emotional": "Worries at night. Ten minutes of reading together help.",
        "sdq_score": 15,
        "sdq_on": on - dt.timedelta(days=150),
        "sen_status": "plan",
        "sen_need": "SLCN",
        "sen_on": on - dt.timedelta(days=210),
        "pep_on": on - dt.timedelta(days=60),
        "documents": ["risk_assessment", "care_plan", "pep", "delegated_authority"],
        "preferred_districts": "RM17, RM16",
        "authorised_by": "Lena Ross, assistant director",
        "authorised_on": on - dt.timedelta(days=1),
    }


def write(cast: people.Cast, child, now: dt.datetime, on: dt.date, urgency: str = "planned", **more):
    """Start a referral for a child."""
    return placements.write_referral(
        child_id=child.pk,
        categories=["fostering"],
        urgency=urgency,
        needed_on=on + dt.timedelta(days=12),
        expected_end_on=on + dt.timedelta(days=600),
        need_level="standard",
        care_plan="LTFOST18",
        **TEXTS,
        **more,
        by=cast.by["placements"],
        now=now,
    )


def draft(cast, child, now, on):
    """A referral is begun."""
    return write(cast, child, now, on)


def ready(cast, child, now, on):
    """A referral is checked and can be released."""
    referral = write(cast, child, now, on, "urgent", **_known(on))
    placements.ready_referral(referral_id=referral.pk, by=cast.by["placements"], now=now)
    return referral


def by_tiers(cast, child, now, on):
    """The first tier is asked; the council gives the second longer than is usual."""
    placements.set_tier_clock(
        category="fostering",
        urgency="urgent",
        tier=2,
        hours=12,
        working=True,
        start_on=on,
        by=cast.by["commissioner"],
        now=now,
    )
    referral = ready(cast, child, now, on)
    placements.start_cascade(referral_id=referral.pk, by=cast.by["placements"], now=now)
    return referral


def sent(cast, child, now, on):
    """Six homes are asked."""
    referral = ready(cast, child, now, on)
    ours = cast.by["provider"].organisation_id
    asked = [c.provider_id for c in contracts.by_tier(category="fostering", on=on + dt.timedelta(days=12))][:6]
    placements.send_referral(
        referral_id=referral.pk,
        provider_ids=list(dict.fromkeys([ours, *asked])),
        answer_by=now + dt.timedelta(days=3),
        by=cast.by["placements"],
        now=now,
    )
    return referral


def offered(cast, child, now, on):
    """The provider's persona offers its best home for the child."""
    referral = sent(cast, child, now, on)
    ours = cast.by["provider"].organisation_id
    found = [
        each
        for each in queries.search(referral, for_user=cast.by["placements"], on=on).best
        if each.home.provider_id == ours
    ]
    if not found:
        return referral
    invitation = referral.invitations.get(provider_id=ours)
    enter(Scope.of_provider(ours))
    placements.make_offer(
        invitation_id=invitation.pk,
        home_id=found[0].home.pk,
        weekly_fee=found[0].weekly_fee or Decimal("900.00"),
        earliest_on=on + dt.timedelta(days=12),
        how_needs_are_met="Carers of nine years' experience, twenty minutes from school, with a dog that likes children.",
        effect_on_residents="One teenager lives here and looks forward to company.",
        by=cast.by["provider"],
        now=now,
    )
    enter(Scope.of_council(cast.council.pk))
    placements.tell_considered(
        offer_id=queries.offers(referral_id=referral.pk).get().pk,
        to=[cast.by["provider"].pk],
        must_know="\n".join(queries.kept_back(referral, on=on)) or "Nothing was kept back.",
        by=cast.by["placements"],
        now=now,
    )
    return referral


def recommended(cast, child, now, on):
    """The offer is recommended."""
    referral = offered(cast, child, now, on)
    if offer := queries.offers(referral_id=referral.pk).first():
        placements.recommend_offer(
            offer_id=offer.pk,
            recommendation="Nearest to school of the homes that can take the child, and the carers know the work.",
            by=cast.by["placements"],
            now=now,
        )
    return referral


def accepted(cast, child, now, on):
    """The home is chosen."""
    referral = recommended(cast, child, now, on)
    for offer in queries.offers(referral_id=referral.pk):
        for each in offer.consultations.filter(answered_on=None):
            placements.record_consultation(
                consultation_id=each.pk,
                answer="Agrees that the school and the family are near enough for this to hold.",
                on=day_of(now),
                by=cast.by["placements"],
                now=now,
            )
        for consent in queries.consents(offer_id=offer.pk):
            placements.decide_consent(
                consent_id=consent.pk,
                approve=True,
                satisfied=dict.fromkeys(satisfied_of(consent.kind), True),
                reasons="The school stays the same and the family can reach the home.",
                by=cast.by["director"],
                now=now,
            )
        manager = cast.by["manager"]
        within = queries.covers(queries.offer_cost(offer, referral), user=manager, on=day_of(now))
        placements.accept_offer(
            offer_id=offer.pk,
            reasons="The child keeps the school and has the door that shuts; the other homes are further away.",
            by=manager if within else cast.by["director"],
            now=now,
        )
    return referral


def moved_in(cast, child, now, on):
    """A child moved in two days ago; the carers have read the plan, and one letter is still to go."""
    referral = accepted(cast, child, now - dt.timedelta(days=6), on - dt.timedelta(days=14))
    if offer := queries.offers(referral_id=referral.pk).filter(state="accepted").first():
        stays.move_in(cast, offer.pk, on=on - dt.timedelta(days=2), now=now)
    return referral
