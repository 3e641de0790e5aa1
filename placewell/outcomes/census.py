"""The regional placement census as one table: a row for each child looked after on its day, by reference and without a name.

What is not held here stays empty, and is said: nothing is guessed.
"""

import datetime as dt
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from placewell.accounts.models import User
from placewell.budget import queries as budget
from placewell.children import queries as children
from placewell.contracts import queries as contracts
from placewell.kernel.money import to_penny
from placewell.kernel.periods import age_on
from placewell.market import queries as market
from placewell.placements import queries as placements


@dataclass(frozen=True)
class Census:
    """The table, and what a person should look at before sending it."""

    on: dt.date
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    notes: tuple[str, ...]


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads((files("placewell.outcomes") / "tables" / "census.toml").read_text())


def census(*, for_user: User, on: dt.date) -> Census:
    """Return the census of the day *on* over the children whom *for_user* may see."""
    seen = children.filtered(children.children(for_user=for_user, on=on), on=on, in_care=True)
    every = list(children.with_current_episode(seen, on=on))
    in_care = sum(1 for each in children.care_records() if _covers(each.episodes, on))
    stays = {stay.child_id: stay for stay in _stays(for_user, on)}
    blocked = {row.home_id for row in contracts.blocks() if row.start_on <= on < row.end_on and row.state == "agreed"}
    funders: dict[str, list] = {}
    for share in budget.funding():
        if share.start_on <= on and (share.end_on is None or share.end_on > on):
            funders.setdefault(share.source, []).append(share)
    company = Counter(stay.home_id for stay in stays.values())
    confined = children.deprived_of_liberty(child_ids=[child.pk for child in every], on=on)
    rows = []
    for child in every:
        stay = stays.get(child.pk)
        shares = funders.get(f"placements.agreement:{stay.agreement_id}", []) if stay else []
        rows.append((*_child(child, for_user, on), *_home(child, stay, blocked, shares, company, on, confined)))
    return Census(on, tuple(_words()["columns"]), tuple(rows), tuple(_notes(rows, in_care - len(every))))


def _covers(episodes: Sequence[Any], on: dt.date) -> bool:
    return any(row.start_on <= on and (row.end_on is None or row.end_on > on) for row in episodes)


def _stays(for_user: User, on: dt.date):
    rows = placements.placements(for_user=for_user, on=on).filter(start_on__lte=on).exclude(end_on__lte=on)
    rows = rows.exclude(state="not_started").exclude(state="planned")
    return rows.select_related("child", "provider", "home__registration", "agreement__offer__invitation__referral")


def _child(child, for_user: User, on: dt.date) -> tuple:
    alone = child.is_unaccompanied and (child.unaccompanied_until is None or child.unaccompanied_until > on)
    return (
        *("Looked after", for_user.organisation.name if for_user.organisation else "", child.reference),
        *(age_on(child.born_on, on), child.sex, child.ethnicity, "Y" if alone else "N"),
    )


def _home(child, stay, blocked, shares, company: Counter, on: dt.date, confined: Mapping) -> tuple:
    words = _words()
    liberty = confined.get(child.pk, "No")
    if stay is None:
        code = child.placement_now
        provision = next((text for start, text in words["placed"].items() if code.startswith(start)), "")
        return (child.since, "", *[""] * 5, provision, "", "", "", "", "", "", "", liberty, "")
    agreement, home, offer = stay.agreement, stay.home, stay.agreement.offer
    referral = offer.invitation.referral if offer else None
    sourced = "block" if home.pk in blocked else "contract" if agreement.contract_id else "none"
    kind = "with_parent" if referral is not None and referral.with_parent else "provision"
    provision = words[kind].get(home.kind, "")
    total = agreement.weekly_fee(on=on)
    borne = {share.funder: to_penny(total * share.percent / 100) for share in shares}
    education, health = (borne.get(name, Decimal(0)) for name in ("education", "health"))
    packages = any(line.kind in ("education", "health") for line in agreement.price_lines.all())
    alone, wanted = company[home.pk] == 1, referral is not None and referral.is_solo
    solo = ("required_used" if alone else "required") if wanted else "used" if _is_solo(home) and alone else "neither"
    return (
        *(stay.start_on, words["sourced"][sourced], stay.provider.name, stay.provider.company_number),
        *(home.registration.urn if home.kind == "foster_home" else "", home.reference, home.registration.urn),
        *(provision, "Ofsted", _distance(child, home)),
        *(total, total - education - health, education, health, "Y" if packages else "N", liberty, words["solo"][solo]),
    )


def _is_solo(home) -> bool:
    return "solo" in home.features


def _distance(child, home) -> str:
    """Return that no reason is asked for where the child lives near home; else nothing: the reason is not held here."""
    miles = market.distance_miles(child.home_postcode, home.postcode) if child.home_postcode and home.postcode else None
    return "N/A" if miles is not None and miles <= 20 else ""


def _notes(rows: Sequence[tuple], unseen: int):
    names = _words()["columns"]
    if unseen:
        yield f"{unseen} restricted records are not in it: send them by hand."
    for name in ("Type of provision", "Placing at distance reason", "Total weekly cost", "Provider company number"):
        place = names.index(name)
        if empty := sum(row[place] == "" for row in rows):
            yield f"{name}: empty in {empty:,} of {len(rows):,} rows."
