"""Reads of referrals, invitations, offers, agreements and placements."""

import datetime as dt
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Case, Count, Q, QuerySet, When

from placewell.accounts.models import User
from placewell.budget import queries as budget
from placewell.children import queries as children
from placewell.contracts import queries as contracts
from placewell.kernel.errors import NotFound
from placewell.kernel.periods import age_on
from placewell.market import queries as market

from .. import models, rules, states


def _theirs(user: User, on: dt.date) -> Q:
    """Return the condition "of a child whom *user* may see"."""
    seen = children.children(for_user=user, on=on).values("pk")
    return Q(child__in=seen)


def referrals(*, for_user: User, on: dt.date) -> QuerySet[models.Referral]:
    """Return the referrals of children whom *for_user* may see, newest first, with how many were asked and offered."""
    live = Q(invitations__offers__state__in=[states.Offer.MADE, states.Offer.RECOMMENDED, states.Offer.ACCEPTED])
    return (
        models.Referral.objects.filter(_theirs(for_user, on))
        .select_related("child__council", "written_by", "held_by", "sibling_search")
        .annotate(
            asked=Count("invitations", distinct=True),
            offered=Count("invitations__offers", filter=live, distinct=True),
        )
        .order_by("-written_at")
    )


def referral(*, referral_id: UUID, for_user: User, on: dt.date) -> models.Referral:
    """Return one referral; raise NotFound when *for_user* may not see the child."""
    if found := referrals(for_user=for_user, on=on).filter(pk=referral_id).first():
        return found
    raise NotFound("There is no such referral.")


def sought_together(row: models.Referral) -> list[models.Referral]:
    """Return the open referrals of the brothers and sisters who are sought together with *row*'s child, itself among
    them, in a fixed order; *row* alone when it has none."""
    if row.sibling_search is None or not row.sibling_search.is_together:
        return [row]
    open_ones = row.sibling_search.referrals.exclude(state=states.Referral.CLOSED)
    return list(open_ones.select_related("child", "sibling_search").order_by("pk"))


def providers_to_ask(row: models.Referral, *, on: dt.date) -> list[contracts.Covering]:
    """Return the contracts, first tier first, of providers that could be asked and have not been:
    of those whose homes are all stopped, none."""
    asked = set(row.invitations.values_list("provider_id", flat=True))
    kinds = [kind for kind, category in rules.CATEGORY_OF.items() if category in row.categories]
    asked |= contracts.without_open_home(kinds=kinds)
    found = [c for category in row.categories for c in contracts.by_tier(category=category, on=max(on, row.needed_on))]
    return [contract for contract in found if contract.provider_id not in asked]


def invitations(*, for_user: User) -> QuerySet[models.Invitation]:
    """Return the referrals that were sent to *for_user*'s provider: those that wait for its answer first, by their hour."""
    waits = Case(When(state=states.Invitation.SENT, then=0), default=1)
    return models.Invitation.objects.filter(provider_id=for_user.organisation_id).order_by(waits, "answer_by")


def invitation(*, invitation_id: UUID, for_user: User) -> models.Invitation:
    """Return one referral as it was sent to *for_user*'s provider; raise NotFound for any other."""
    if found := invitations(for_user=for_user).filter(pk=invitation_id).first():
        return found
    raise NotFound("There is no such referral.")


def invited_together(*, invitation_id: UUID | None, for_user: User) -> list[models.Invitation]:
    """Return the open referrals to *for_user*'s provider of brothers and sisters sought together, that one among them."""
    own = invitations(for_user=for_user)
    first = own.filter(pk=invitation_id).first()
    if first is None:
        raise NotFound("There is no such referral.")
    group = first.shown.get("group")
    return list(own.filter(shown__group=group).exclude(state="closed").order_by("pk")) if group else [first]


def questions(*, for_user: User, on: dt.date) -> QuerySet[models.Message]:
    """Return the providers' questions about children whom *for_user* may see, oldest first."""
    seen = children.children(for_user=for_user, on=on).values("pk")
    found = models.Message.objects.filter(kind=states.Message.QUESTION, invitation__referral__child__in=seen)
    return found.select_related("provider", "invitation__referral__child").order_by("at")


def with_open_questions(referral_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these referrals have a question of a provider that nobody has answered."""
    asked = models.Message.objects.filter(kind=states.Message.QUESTION, answered=None)
    return set(asked.filter(invitation__referral__in=referral_ids).values_list("invitation__referral", flat=True))


def with_open_offers(referral_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these referrals have an offer that nobody has recommended or declined."""
    made = models.Offer.objects.filter(state=states.Offer.MADE, invitation__referral__in=referral_ids)
    return set(made.values_list("invitation__referral", flat=True))


def messages(*, invitation_ids: Iterable[UUID]) -> QuerySet[models.Message]:
    """Return what was written about these invitations, oldest first, with the answers."""
    found = models.Message.objects.filter(invitation__in=list(invitation_ids))
    return found.select_related("provider", "by").prefetch_related("answered").order_by("at")


def waits_for_money(row: models.Agreement) -> bool:
    """Tell whether an agreement waits, unsigned, for demand approval."""
    return budget.held().filter(source=f"placements.agreement:{row.pk}").exists()


def offers(*, referral_id: UUID | None = None) -> QuerySet[models.Offer]:
    """Return the offers that this transaction may see, with their home and provider, dearest last."""
    found = models.Offer.objects.select_related(
        "home__registration", "provider", "made_by", "decided_by", "recommended_by", "acceptance", "invitation"
    )
    found = found.prefetch_related("consents", "consultations")
    return (found.filter(invitation__referral=referral_id) if referral_id else found).order_by("made_at")


def offer(*, offer_id: UUID) -> models.Offer:
    """Return one offer; raise NotFound when this transaction may not see it."""
    if found := offers().filter(pk=offer_id).first():
        return found
    raise NotFound("There is no such offer.")


def consents(*, offer_id: UUID | None = None) -> QuerySet[models.Consent]:
    """Return consents with what they are for, oldest first."""
    found = models.Consent.objects.select_related(
        "offer__home", "offer__invitation__referral__child", "asked_by", "decided_by"
    )
    return (found.filter(offer=offer_id) if offer_id else found).order_by("asked_at")


def consents_needed(row: models.Offer) -> list[states.ConsentKind]:
    """Return the approvals that the law asks for before a placement in the offer's home."""
    own = row.invitation.referral.child.council.area_code
    found = rules.consents_needed(home_area=row.home.area_code, own_area=own, adjoining=market.adjoining(own))
    referral = row.invitation.referral
    child = referral.child
    considered = considerations_for(row.home, referral, {})
    undisrupted = {each.consideration: each.met for each in considered}[states.Consideration.EDUCATION_UNDISRUPTED]
    if rules.schooling_needs_approval(
        born_on=child.born_on,
        on=referral.needed_on,
        has_school=bool(child.school),
        is_undisrupted=undisrupted,
        is_emergency=referral.urgency == states.Urgency.EMERGENCY,
    ):
        found.append(states.ConsentKind.SCHOOLING)
    return found


def facts(row: models.Offer, *, referral: models.Referral, for_user: User, on: dt.date) -> dict:
    """Return what stands behind a choice at this moment, to be frozen with it: the five considerations for the home,
    the price against the card, and the other offers that were there."""
    home, child = row.home, referral.child
    others = offers(referral_id=referral.pk).exclude(pk=row.pk)
    return {
        "considerations": answers(row, referral=referral, for_user=for_user, on=on),
        "weekly_fee": str(row.weekly_fee),
        "grade": home.registration.grade,
        "inspected_on": str(home.registration.inspected_on or ""),
        "age": age_on(child.born_on, on),
        "alternatives": [
            {"home": each.home.reference, "weekly_fee": str(each.weekly_fee), "state": each.state} for each in others
        ],
    }


def answers(row: models.Offer, *, referral: models.Referral, for_user: User, on: dt.date) -> list[dict]:
    """Return the five considerations for an offer's home as they stand now."""
    return [
        {"consideration": each.consideration.value, "met": each.met, "why": each.why}
        for each in considerations_for(row.home, referral, siblings_of(referral, for_user=for_user, on=on))
    ]


def siblings_of(referral: models.Referral, *, for_user: User, on: dt.date) -> dict[UUID, UUID | None]:
    """Return the brothers and sisters of the referral's child whom *for_user* may see, each with the home they live in."""
    found = [each.pk for each in children.siblings(child_id=referral.child_id, for_user=for_user, on=on)]
    homes = dict(live_placements().filter(child__in=found).values_list("child_id", "home_id")) if found else {}
    return {pk: homes.get(pk) for pk in found}


def considerations_for(home, referral: models.Referral, siblings: dict[UUID, UUID | None]) -> list[rules.Answer]:
    """Answer the statutory considerations for *home* and the child of *referral*; *siblings* as `siblings_of` gives them."""
    child, search = referral.child, referral.sibling_search
    family = child.home_postcode and home.postcode and market.distance_miles(child.home_postcode, home.postcode)
    school = child.school_postcode and home.postcode and market.distance_miles(child.school_postcode, home.postcode)
    return rules.considerations(
        home_miles=family if isinstance(family, float) else None,
        school_miles=school if isinstance(school, float) else None,
        has_school=bool(child.school),
        has_siblings_in_care=bool(siblings),
        siblings_there=home.pk in siblings.values(),
        move_together=bool(search and search.is_together),
        wants_siblings=bool(siblings) and not (search and not search.is_together),
        needs_access="physical_disability" in referral.needs,
        has_access=bool({"ground_floor", "adapted_bathroom"} & set(home.features)),
        home_area=home.area_code,
        own_area=child.council.area_code,
    )


def agreements(*, for_user: User, on: dt.date) -> QuerySet[models.Agreement]:
    """Return the agreements of children whom *for_user* may see, or of *for_user*'s provider, newest first."""
    ours = for_user.scope.kind == "provider"
    found = models.Agreement.objects.filter(Q(provider_id=for_user.organisation_id) if ours else _theirs(for_user, on))
    return found.select_related(
        "provider", "home", "contract", "drawn_up_by", "council_signed_by", "provider_signed_by"
    ).order_by("-start_on", "reference")


def agreement(*, agreement_id: UUID, for_user: User, on: dt.date) -> models.Agreement:
    """Return one agreement with its price lines; raise NotFound when *for_user* may not see it."""
    if found := agreements(for_user=for_user, on=on).prefetch_related("price_lines").filter(pk=agreement_id).first():
        return found
    raise NotFound("There is no such agreement.")


def released(*, agreement_id: UUID) -> QuerySet[models.ReleasedDetail]:
    """Return to whom it was told who the agreement's child is, with each reading: for the council all, newest first;
    for a provider's person the own row, while it is open."""
    found = models.ReleasedDetail.objects.filter(agreement=agreement_id).select_related("to", "released_by")
    return found.prefetch_related("reads").order_by("-released_at", "to__name")


def told_more(*, offer_ids: Collection[UUID]) -> dict[UUID, list[models.ReleasedDetail]]:
    """Return what was told of the child to named people of providers whose homes are considered, by offer, newest first: for
    the council all, each with its readings; for a provider's person the own row, while it is open."""
    rows = models.ReleasedDetail.objects.filter(offer__in=offer_ids).select_related("to", "released_by")
    found: dict[UUID, list[models.ReleasedDetail]] = {}
    for row in rows.prefetch_related("reads").order_by("-released_at", "to__name"):
        if row.offer_id:
            found.setdefault(row.offer_id, []).append(row)
    return found


def placements(*, for_user: User, on: dt.date) -> QuerySet[models.Placement]:
    """Return the placements of children whom *for_user* may see, newest first."""
    return (
        models.Placement.objects.filter(_theirs(for_user, on))
        .select_related("child", "home", "provider", "agreement__contract")
        .prefetch_related(
            "agreement__price_lines", "held_by", "agreement__drawn_up_by"
        )  # more joins, and plans go astray
        .order_by("-start_on", "pk")
    )


def placement(*, placement_id: UUID, for_user: User, on: dt.date) -> models.Placement:
    """Return one placement; raise NotFound when *for_user* may not see the child."""
    if found := placements(for_user=for_user, on=on).filter(pk=placement_id).first():
        return found
    raise NotFound("There is no such placement.")


def placements_of(*, child_id: UUID) -> QuerySet[models.Placement]:
    """Return one child's placements, oldest first; the caller has read the child's record."""
    found = models.Placement.objects.filter(child=child_id).select_related("home", "provider", "agreement__contract")
    return found.prefetch_related("agreement__price_lines").order_by("start_on")


def lives_now(*, child_id: UUID) -> models.Placement | None:
    """Return the placement in which a child lives now."""
    return live_placements().filter(child=child_id).first()


def live_placements() -> QuerySet[models.Placement]:
    """Return the placements in which a child lives now."""
    return models.Placement.objects.filter(state=states.Placement.STARTED)


def ended_between(*, first: dt.date, last: dt.date) -> list[tuple[UUID, UUID, str, bool]]:
    """Return of each placement that ended in those days the home, the provider, the kind of home and whether it was planned.

    No child is told of: it is for counting how placements end.
    """
    rows = models.Placement.objects.filter(end_on__gte=first, end_on__lte=last, was_planned__isnull=False)
    columns = ("home", "provider", "home__kind", "was_planned")
    return [(*row[:3], bool(row[3])) for row in rows.order_by("pk").values_list(*columns)]


def under_outgoing(*, on: dt.date) -> QuerySet[models.Placement]:
    """Return the placements that still run under a contract which the council is leaving."""
    found = live_placements().filter(agreement__contract__lot__framework__in=contracts.ending(on=on))
    return found.select_related("child", "home", "provider", "agreement__contract__lot__framework").order_by("start_on")
