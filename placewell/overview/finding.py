"""Find anything: one question over the rooms, each answering with what the reader may see."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission
from placewell.children import queries as children
from placewell.governance import queries as governance
from placewell.market import queries as market
from placewell.placements import queries as placements
from placewell.tenders import queries as tenders

MOST = 8
SHORTEST = 2


@dataclass(frozen=True)
class Hit:
    """One thing that was found: what it is called, what is said of it, and where it is."""

    title: str
    told: str
    url: str


@dataclass(frozen=True)
class Kind:
    """Hits of one kind, and whether there are more than are shown."""

    title: str
    hits: tuple[Hit, ...]
    more: bool


def find(words: str, *, user: User, on: dt.date) -> list[Kind]:
    """Return what *words* find among what *user* may see, kind by kind; nothing for fewer than two letters.

    Every kind asks one question, whatever it finds.
    """
    words = " ".join(words.split())
    if len(words) < SHORTEST:
        return []
    found = []
    for title, permission, look in KINDS:
        if user.may(permission, on=on) and (hits := tuple(look(words, user, on))):
            found.append(Kind(title, hits[:MOST], len(hits) > MOST))
    return found


def _children(words: str, user: User, on: dt.date) -> Iterator[Hit]:
    rows = children.filtered(children.children(for_user=user, on=on), on=on, words=words)
    for row in rows[: MOST + 1]:
        yield Hit(row.name, f"{row.reference}, {row.social_worker or 'nobody allocated'}", _url("children:child", row))


def _referrals(words: str, user: User, on: dt.date) -> Iterator[Hit]:
    rows = placements.referrals(for_user=user, on=on)
    for row in _with(rows, words, "reference", "child__reference")[: MOST + 1]:
        told = f"{row.child.reference}, {row.get_state_display().lower()}"
        yield Hit(f"Referral {row.reference}", told, _url("placements:referral", row))


def _agreements(words: str, user: User, on: dt.date) -> Iterator[Hit]:
    rows = placements.agreements(for_user=user, on=on)
    for row in _with(rows, words, "reference", "home__reference", "provider__name")[: MOST + 1]:
        told = f"{row.provider.name}, {row.home.reference}, {row.get_state_display().lower()}"
        yield Hit(f"Agreement {row.reference}", told, _url("placements:agreement", row))


def _homes(words: str, user: User, on: dt.date) -> Iterator[Hit]:
    rows = market.filtered(market.homes(for_user=user), words=words, by_name=market.sees_addresses(user, on=on))
    for row in rows[: MOST + 1]:
        yield Hit(
            row.reference, f"{row.get_kind_display()}, {row.provider.name}, {row.district}", _url("market:home", row)
        )


def _providers(words: str, user: User, _on: dt.date) -> Iterator[Hit]:
    for row in market.providers(for_user=user, words=words)[: MOST + 1]:
        yield Hit(row.name, row.sector, _url("market:provider", row))


def _decisions(words: str, _user: User, _on: dt.date) -> Iterator[Hit]:
    for row in _with(governance.decisions(), words, "number", "title")[: MOST + 1]:
        told = f"{row.get_state_display()}, {row.taken_on:%-d %B %Y}"
        yield Hit(f"{row.number} {row.title}", told, _url("governance:decision", row))


def _tenders(words: str, _user: User, _on: dt.date) -> Iterator[Hit]:
    for row in _with(tenders.procurements(), words, "reference", "title")[: MOST + 1]:
        yield Hit(f"{row.reference} {row.title}", row.get_state_display(), _url("tenders:tender", row))


def _with(rows, words: str, *fields: str):
    """Return the rows in which one of *fields* holds *words*."""
    asked = Q()
    for name in fields:
        asked |= Q(**{f"{name}__icontains": words})
    return rows.filter(asked)


def _url(name: str, row) -> str:
    return reverse(name, args=[row.pk])


KINDS: tuple[tuple[str, Permission, Callable[[str, User, dt.date], Iterable[Hit]]], ...] = (
    ("Children", Permission.SEE_CHILDREN, _children),
    ("Referrals", Permission.SEE_PLACEMENTS, _referrals),
    ("Agreements", Permission.SIGN_AGREEMENT, _agreements),
    ("Homes", Permission.SEE_MARKET, _homes),
    ("Providers", Permission.SEE_MARKET, _providers),
    ("Decisions", Permission.SEE_DECISIONS, _decisions),
    ("Tenders", Permission.SEE_TENDERS, _tenders),
)
