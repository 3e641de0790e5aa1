"""The stages of a child's referral in the made-up council, each brought about as people would."""

import datetime as dt
from decimal import Decimal
from uuid import UUID

from placewell.contracts import queries as contracts
from placewell.kernel.periods import age_on, day_of
from placewell.placements import actions as placements
from placewell.placements import queries
from placewell.placements.states import DeclineReason, satisfied_of
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
SMALL = {
    "summary": "A small child who laughs at dogs and buses, and who is carried everywhere at first.",
    "risks_and_safety": "None known. New people come one at a time.",
    "education": "Not at school yet. Goes to the playgroup by the library twice a week.",
    "history": "Came from home to one foster family, and knows the carers' voices.",
    "child_views": "Too young to say it in words: reaches for the blue blanket, and settles with one person nearby.",
}
OLDER = {
    "summary": "A young person who cooks, draws and stays up late, and who wants adults to say what happens next.",
    "needs_and_care": "Honest answers, rules that are explained, and somebody who is still awake at eleven.",
    "education": "In college four days a week, wants to finish the course.",
    "child_views": "“I want to finish my course here, and I want to be asked before things are decided.”",
}
# How a home says that it meets the child's needs, and what it means for those who live there.
MET = (
    (
        "Carers of nine years' experience, twenty minutes from school, with a dog that likes children.",
        "One teenager lives here and looks forward to company.",
    ),
    (
        "A quiet house with a bedroom of the child's own. One of us is always at home, and we know the school.",
        "Nobody else lives here at present.",
    ),
    (
        "We have settled children who run off before: somebody sits with them, and evenings have a plan.",
        "Two children live here who get on with everybody; bedtimes would move by half an hour.",
    ),
)
NOTES = {
    DeclineReason.NO_VACANCY: "Every place is taken until after the summer.",
    DeclineReason.NEED: "Our carers who know this work have no room at present.",
    DeclineReason.MATCHING_WITH_RESIDENTS: "A younger child lives there who would be frightened.",
    DeclineReason.STAFFING: "Two of the team are on leave for long, and nights are not covered.",
    DeclineReason.AGE_OR_REGISTRATION: "We are not registered for this age.",
    DeclineReason.LOCATION: "It would be more than an hour to school each way.",
    DeclineReason.PRICE: "We could not do this well at the price of the contract.",
    DeclineReason.TIMING: "We could, but not before the holidays.",
}


def _known(child, on: dt.date) -> dict:
    """What is known of a child of school age who has been in care for a while."""
    if not 8 <= age_on(child.born_on, on) <= 15:
        return {}
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


def write(cast: people.Cast, child, now: dt.datetime, on: dt.date, urgency: str = "planned", **parts):
    """Start a referral for a child: for twelve days from *on* and a foster home, unless *parts* say something else."""
    usual = {
        "categories": ["fostering"],
        "needed_on": on + dt.timedelta(days=12),
        "expected_end_on": on + dt.timedelta(days=600),
        "need_level": "standard",
        "care_plan": "LTFOST18",
    }
    age = age_on(child.born_on, on)
    told = usual | TEXTS | (SMALL if age < 4 else OLDER if age > 13 else {}) | parts
    return placements.write_referral(child_id=child.pk, urgency=urgency, **told, by=cast.by["placements"], now=now)


def draft(cast, child, now, on):
    """A referral is begun."""
    return write(cast, child, now, on)


def ready(cast, child, now, on, days=0):
    """A referral that was begun some *days* before is checked and can be released."""
    referral = write(cast, child, now - dt.timedelta(days=days), on, "urgent", **_known(child, on))
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


def sent(cast, child, now, on, days=0):
    """Six homes are asked."""
    referral = ready(cast, child, now, on, days)
    ours = cast.by["provider"].organisation_id
    asked = [c.provider_id for c in contracts.by_tier(category="fostering", on=on + dt.timedelta(days=12))][:6]
    ask(cast, referral, [ours, *asked], now=now, answer_by=now + dt.timedelta(days=3))
    return referral


def ask(cast: people.Cast, referral, provider_ids: list[UUID], *, now: dt.datetime, answer_by: dt.datetime) -> None:
    """Release a referral to providers, each of whom has somebody who answers."""
    asked = list(dict.fromkeys(provider_ids))
    for provider_id in asked:
        people.staff_of(cast, provider_id, now=now)
    by = cast.by["placements"]
    placements.send_referral(referral_id=referral.pk, provider_ids=asked, answer_by=answer_by, by=by, now=now)


def shown(cast: people.Cast, referral) -> list:
    """Return the homes that the search showed when homes were last asked, best first, each with its price on the card."""
    last = queries.frozen_searches(referral_id=referral.pk).last()
    return [(cast.homes[each["home"]], each["weekly_fee"]) for each in last.facts["homes"]]


def offer(cast: people.Cast, referral, home, fee, *, by, now: dt.datetime, words: int = 0, **more) -> UUID:
    """Let *by* offer a home of theirs for a referral, for the day on which it is needed unless *more* says another."""
    invitation = referral.invitations.get(provider_id=by.organisation_id)
    met, effect = MET[words % len(MET)]
    terms = {"earliest_on": referral.needed_on, "how_needs_are_met": met, "effect_on_residents": effect} | more
    enter(by.scope)
    made = placements.make_offer(
        invitation_id=invitation.pk, home_id=home.pk, weekly_fee=Decimal(fee or "900.00"), **terms, by=by, now=now
    )
    enter(Scope.of_council(cast.council.pk))
    return made.pk


def decline(cast: people.Cast, referral, reason: str, *, by, now: dt.datetime) -> None:
    """Let *by* say that no home of theirs can be offered."""
    invitation = referral.invitations.get(provider_id=by.organisation_id)
    enter(by.scope)
    note = NOTES[DeclineReason(reason)]
    placements.decline_invitation(invitation_id=invitation.pk, reason=reason, note=note, by=by, now=now)
    enter(Scope.of_council(cast.council.pk))


def withdraw(cast: people.Cast, offer_id: UUID, *, by, now: dt.datetime) -> None:
    """Let *by* take an offer back."""
    enter(by.scope)
    reason = "The carers have taken another child since, and have no room left."
    placements.withdraw_offer(offer_id=offer_id, reason=reason, by=by, now=now)
    enter(Scope.of_council(cast.council.pk))


def offered(cast, child, now, on, days=0):
    """The provider's persona offers its best home for the child."""
    referral, gloria = sent(cast, child, now - dt.timedelta(hours=22), on, days), cast.by["provider"]
    for home, fee in _homes_of(cast, referral, gloria)[:1]:
        made = offer(cast, referral, home, fee, by=gloria, now=now)
        placements.tell_considered(
            offer_id=made,
            to=[gloria.pk],
            must_know="\n".join(queries.kept_back(referral, on=on)) or "Nothing was kept back.",
            by=cast.by["placements"],
            now=now,
        )
    return referral


def _homes_of(cast: people.Cast, referral, person) -> list:
    """Return the homes of *person*'s provider that the search showed, best first, then the others for the child's age."""
    age, owner = age_on(referral.child.born_on, referral.needed_on), person.organisation_id
    best = [each for each in shown(cast, referral) if each[0].provider_id == owner]
    named = {home.pk for home, _ in best}
    others = [home for home in cast.homes.values() if home.provider_id == owner and home.pk not in named]
    return best + [(home, None) for home in others if home.age_from <= age <= home.age_to]


def compared(cast, child, now, on):
    """For a child who has waited long three homes are offered: the persona's, one dearer with its price in parts, one later."""
    referral = offered(cast, child, now - dt.timedelta(hours=20), on, days=32)
    _others_offer(cast, referral, now, 2)
    return referral


def best_of_each(cast: people.Cast, referral) -> dict[UUID, tuple]:
    """Return, for each provider among those whose homes the search showed, its best home and price, best provider first."""
    best: dict[UUID, tuple] = {}
    for home, fee in shown(cast, referral):
        best.setdefault(home.provider_id, (home, fee))
    return best


def _others_offer(cast: people.Cast, referral, now: dt.datetime, count: int) -> None:
    """Let *count* other providers who were asked offer the best home of each; the first of the rest says no."""
    asked = list(referral.invitations.order_by("provider__name").values_list("provider_id", flat=True))
    asked.remove(cast.by["provider"].organisation_id)
    able = [(key, *best) for key, best in best_of_each(cast, referral).items() if key in asked][:count]
    for number, (provider_id, home, fee) in enumerate(able, start=1):
        price, by = Decimal(fee or "900.00") + 45 * number, people.staff_of(cast, provider_id, now=now)
        parts = {"care_fee": Decimal("180.00"), "education_fee": Decimal("60.00"), "one_off_fee": Decimal("250.00")}
        later = {"earliest_on": referral.needed_on + dt.timedelta(days=9)}
        offer(cast, referral, home, price, by=by, now=now, words=number, **({"parts": parts} if number == 1 else later))
        asked.remove(provider_id)
    for provider_id in asked[:1]:
        by = people.staff_of(cast, provider_id, now=now)
        decline(cast, referral, DeclineReason.MATCHING_WITH_RESIDENTS, by=by, now=now)


def turned_down(cast, child, now, on):
    """The persona's first home was turned down and its second taken back; another provider's offer stands."""
    referral, gloria = sent(cast, child, now - dt.timedelta(hours=47), on, days=5), cast.by["provider"]
    homes = _homes_of(cast, referral, gloria)[:2]
    if homes:
        (home, fee), at = homes[0], now - dt.timedelta(hours=42)
        first = offer(cast, referral, home, fee, by=gloria, now=at)
        reasons = "The child would share a bedroom there, and has asked for a door that shuts."
        placements.decline_offer(offer_id=first, reasons=reasons, by=cast.by["manager"], now=at + dt.timedelta(hours=4))
        home, fee = homes[-1]
        second = offer(cast, referral, home, fee, by=gloria, now=at + dt.timedelta(hours=19), words=1)
        withdraw(cast, second, by=gloria, now=at + dt.timedelta(hours=24))
    _others_offer(cast, referral, now, 1)
    return referral


def recommended(cast, child, now, on):
    """Of two offers one is recommended."""
    referral = offered(cast, child, now, on)
    _others_offer(cast, referral, now, 1)
    if first := queries.offers(referral_id=referral.pk).first():
        recommend(cast, first.pk, now)
    return referral


def recommend(cast: people.Cast, offer_id: UUID, now: dt.datetime) -> None:
    """Recommend an offer to whoever decides."""
    placements.recommend_offer(
        offer_id=offer_id,
        recommendation="Nearest to school of the homes that can take the child, and the carers know the work.",
        by=cast.by["placements"],
        now=now,
    )


def accepted(cast, child, now, on):
    """The home is chosen."""
    referral = offered(cast, child, now, on)
    first = queries.offers(referral_id=referral.pk).first()
    if first and first.home in [home for home, _ in shown(cast, referral)]:  # a home with no place cannot be chosen
        recommend(cast, first.pk, now)
        choose(cast, referral, first.pk, now)
    return referral


def choose(cast: people.Cast, referral, offer_id: UUID, now: dt.datetime) -> None:
    """Record what those whom the law names say of a recommended home, give its approvals, and choose it."""
    found = queries.offer(offer_id=offer_id)
    for each in found.consultations.filter(answered_on=None):
        placements.record_consultation(
            consultation_id=each.pk,
            answer="Agrees that the school and the family are near enough for this to hold.",
            on=day_of(now),
            by=cast.by["placements"],
            now=now,
        )
    for consent in found.consents.all():
        placements.decide_consent(
            consent_id=consent.pk,
            approve=True,
            satisfied=dict.fromkeys(satisfied_of(consent.kind), True),
            reasons="The school stays the same and the family can reach the home.",
            by=cast.by["director"],
            now=now,
        )
    manager = cast.by["manager"]
    within = queries.covers(queries.offer_cost(found, referral), user=manager, on=day_of(now))
    placements.accept_offer(
        offer_id=offer_id,
        reasons="The child keeps the school and has the door that shuts; the other homes are further away.",
        by=manager if within else cast.by["director"],
        now=now,
    )


def moved_in(cast, child, now, on):
    """A child moved in two days ago; the carers have read the plan, and one letter is still to go."""
    referral = accepted(cast, child, now - dt.timedelta(days=6), on - dt.timedelta(days=14))
    if row := queries.offers(referral_id=referral.pk).filter(state="accepted").first():
        carer = cast.by["provider"]
        plan = stays.move_in(cast, row.pk, carer, on=on - dt.timedelta(days=2), but=1)
        stays.comment_on_plan(cast, plan.pk, carer, now=now)
    return referral
