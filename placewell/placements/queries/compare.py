"""Offers side by side, on what this child needs."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from placewell.accounts.models import User
from placewell.accounts.roles import title_of
from placewell.contracts import queries as contracts
from placewell.kernel.money import pounds
from placewell.kernel.periods import age_on
from placewell.market import queries as market

from .. import models, rules, states
from .desk import answers, consents_needed, offers
from .limits import able, offer_cost

OPEN = (states.Offer.MADE, states.Offer.RECOMMENDED, states.Offer.ACCEPTED)


def compare(
    row: models.Referral, *, for_user: User, on: dt.date, first: UUID | None = None
) -> tuple[list[models.Offer], list[tuple[str, list]]]:
    """Return the open offers, *first* before the others, and for each thing that matters its name and one answer for each
    offer; price last."""
    columns = sorted(offers(referral_id=row.pk).filter(state__in=OPEN), key=lambda each: each.pk != first)
    for each in columns:
        each.invitation.referral = row  # known already, with its child
    places = has_place(columns, row)
    words = market.vocabulary()
    lines = [
        ("State", [each.get_state_display() for each in columns]),
        ("A place for the whole stay", [PLACE_WORDS[places[each.pk]] for each in columns]),
    ]
    found = [answers(each, referral=row, for_user=for_user, on=on) for each in columns]
    for n, each_of in enumerate(found[0] if found else []):
        name = each_of["consideration"].replace("_", " ").capitalize()
        lines.append((name, [f"{_met(each[n]['met'])}. {each[n]['why']}" for each in found]))
    lines += [
        (f"Good at: {words['skills'][code]}", [_yes(code in each.home.skills) for each in columns])
        for code in row.needs
        if code in words["skills"]
    ]
    for code in row.required_features:
        name = words["features"].get(code, code)
        lines.append((f"Has: {name}", [_yes(code in each.home.features) for each in columns]))
    lines += [
        ("The regulator says", [each.home.registration.grade.replace("_", " ").capitalize() for each in columns]),
        ("How needs are met", [each.how_needs_are_met for each in columns]),
        ("Effect on children there", [each.effect_on_residents or "Nothing said" for each in columns]),
        ("Approvals that the law asks for", [_approvals(each) for each in columns]),
        ("Earliest day", [f"{each.earliest_on:%-d %B %Y}" for each in columns]),
        ("Price a week", [f"{pounds(each.weekly_fee)}{_against_card(each, row)}" for each in columns]),
        ("What of it is for what", [_parts(each) for each in columns]),
        ("Paid once", [pounds(each.one_off_fee) if each.one_off_fee else "Nothing" for each in columns]),
        ("Over the whole stay", [pounds(offer_cost(each, row)) for each in columns]),
        ("Who may decide", [_who(offer_cost(each, row), each.weekly_fee, on) for each in columns]),
    ]
    return columns, lines


PLACE_WORDS = {True: "Free", False: "None free, as the record stands", None: "Held for this child"}


def has_place(found: Iterable[models.Offer], row: models.Referral) -> dict[UUID, bool | None]:
    """Return for each offer whether its home has a place free from the first day to the end; None where it is held already."""
    answers: dict[UUID, bool | None] = {}
    by_start: dict[dt.date, list[models.Offer]] = {}
    for each in found:
        if each.state == states.Offer.ACCEPTED:
            answers[each.pk] = None
        else:
            by_start.setdefault(max(each.earliest_on, row.needed_on), []).append(each)
    for start_on, group in by_start.items():
        end_on = max(row.expected_end_on, start_on + dt.timedelta(days=1))
        free = market.free_places(home_ids=[each.home_id for each in group], start_on=start_on, end_on=end_on)
        answers |= {each.pk: free[each.home_id] > 0 for each in group}
    return answers


def waited_for(offer: models.Offer) -> list[str]:
    """Return what must come before an offer may be chosen, in words: who is to be heard, and which approvals are to be given."""
    heard = offer.consultations.filter(answered_on=None, blocks=states.Blocks.CHOICE).order_by("party")
    missing = offer.consents.exclude(state=states.Consent.APPROVED).order_by("kind")
    return [
        *(f"what the {each.get_party_display().lower()} says is not recorded" for each in heard),
        *(f"the approval {each.get_kind_display().lower()} is {each.get_state_display().lower()}" for each in missing),
    ]


def _approvals(offer: models.Offer) -> str:
    """Return which approvals a home needs, each with where it stands once it was asked for."""
    asked = {each.kind: each.get_state_display().lower() for each in offer.consents.all()}
    found = [
        f"{kind.value.replace('_', ' ')} ({asked.get(kind, 'asked for once it is recommended')})"
        for kind in consents_needed(offer)
    ]
    return rules.sentence(found).capitalize() or "None"


def _met(value: bool | None) -> str:
    return "Not known" if value is None else "Met" if value else "Not met"


def _yes(value: bool) -> str:
    return "Yes" if value else "No"


def _against_card(offer: models.Offer, row: models.Referral) -> str:
    """Return how the price stands to the contract's rate card."""
    category = rules.CATEGORY_OF[offer.home.kind]
    contract = contracts.covering(provider_id=offer.provider_id, category=category, on=row.needed_on)
    age = age_on(row.child.born_on, row.needed_on)
    card = contract and contracts.price(contract_id=contract.pk, age=age, need_level=row.need_level, on=row.needed_on)
    if not card:
        return ", no price on the card"
    more = offer.weekly_fee - card
    return ", as on the card" if not more else f", {pounds(abs(more))} {'over' if more > 0 else 'under'} the card"


def _parts(offer: models.Offer) -> str:
    """Return the parts of the weekly price in words."""
    found = [f"{kind} {pounds(fee)}" for kind, fee in offer.weekly_parts.items() if fee]
    return rules.sentence(found).capitalize() or "Not said"


def _who(cost: Decimal, weekly_fee: Decimal, on: dt.date) -> str:
    return rules.sentence([title_of(role) for role in able(cost, weekly_fee, on=on)])
