"""What a provider reads of its own referral: what happened, and why."""

import datetime as dt
from decimal import Decimal

from placewell.accounts.models import User
from placewell.audit import queries as audit
from placewell.contracts import queries as contracts

from .. import models
from .desk import messages

# In the order in which one follows the other, where several happened at one moment.
TITLES = {
    ("invitation", "offered"): "A home was offered",
    ("invitation", "declined"): "You could not offer a home",
    ("offer", "recommended"): "Your home was recommended to whoever decides",
    ("offer", "accepted"): "Your home was chosen",
    ("offer", "declined"): "Your offer was declined",
    ("offer", "withdrawn"): "You took the offer back",
    ("offer", "lapsed"): "Your offer lapsed",
    ("invitation", "sent"): "The referral is open to you again",
    ("invitation", "closed"): "The referral was closed",
}
KINDS = {
    "question": "You asked",
    "answer": "The council answered",
    "message": "The council wrote",
    "change": "The referral changed",
}
# Why the council recommended or chose a home is told when an agreement is made, not step by step.
UNTOLD = ("recommended", "accepted")


def what_happened(row: models.Invitation) -> list[dict]:
    """Return what happened to a referral that was sent to one provider, oldest first, each with why."""
    entries: list[tuple[dt.datetime, str, str]] = [(row.sent_at, "The referral was sent to you", "")]
    order = {title: number for number, title in enumerate(TITLES.values())}
    for change in audit.history(subjects=[row, *row.offers.all()]):
        kind = change.subject.split(":")[0].split(".")[-1]
        if title := TITLES.get((kind, change.to_state)):
            why = "" if change.to_state in UNTOLD else change.reason
            why = f"{why[:1].upper()}{why[1:]}"
            entries.append((change.at, title, why.replace("_", " ", 1) if change.to_state == "declined" else why))
    entries += [(each.at, KINDS[each.kind], each.words) for each in messages(invitation_ids=[row.pk])]
    return [
        {"at": at, "title": title, "text": text}
        for at, title, text in sorted(entries, key=lambda each: (each[0], order.get(each[1], -1)))
    ]


def stay_sought(shown: dict) -> tuple[dt.date, dt.date]:
    """Return from which day to about which day a home is sought, by what a provider is shown; until 18, of the youngest age that
    the child may have."""
    start_on = dt.date.fromisoformat(shown["needed_on"])
    if shown.get("until_18"):
        youngest = int(str(shown["age"]).split(" ")[0])
        return start_on, start_on + dt.timedelta(days=366 * max(1, 18 - youngest))
    return start_on, start_on + dt.timedelta(days=max(1, round(30.4 * (shown.get("expected_months") or 0))))


def home_words(home, *, free: int) -> str:
    """Return a home as its provider chooses it: what it is called, where it is, and whether a place is free for the stay."""
    places = f"{free} place{'' if free == 1 else 's'} free" if free else "no place free for the whole stay"
    name = f"{home.reference} {home.name}".strip()
    return ", ".join(part for part in (name, home.district, places) if part)


def own_card(row: models.Invitation, *, for_user: User) -> list[tuple[str, Decimal]]:
    """Return what the rate cards of *for_user*'s provider say for a referral: (contract, pounds a week)."""
    shown = row.shown
    if not isinstance(age := shown.get("oldest", shown["age"]), int):
        return []
    on = dt.date.fromisoformat(shown["needed_on"])
    level = {"provider_id": for_user.organisation_id, "need_level": shown["need_level"]}
    return contracts.own_prices(**level, age=age, on=on)
