"""Who holds each row of the work list: a person wherever one can be named, else the office of those who may do it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from placewell.accounts import queries as accounts
from placewell.accounts.models import User
from placewell.accounts.permissions import Permission

from .work_items import Item


@dataclass(frozen=True)
class WithWhom:
    """Who holds a row, whether it waits on the reader, and who held it that cannot any more."""

    whose: str = ""
    is_mine: bool = True
    lost: str = ""


class Holders:
    """The people of a council as one person's list needs them; read once, and only when a row needs them."""

    def __init__(self, *, user: User, on: dt.date, covered: Mapping[UUID, str]) -> None:
        self.user, self.on, self.covered = user, on, covered

    @cached_property
    def _people(self) -> list[User]:
        return accounts.colleagues(organisation_id=self.user.organisation_id)

    def _able(self, item: Item) -> list[User]:
        """Return who may do what *item* asks for, who asked for it left out."""
        able = [each for each in self._people if each.pk != item.asked_by_id and each.may(item.needs, on=self.on)]
        return [each for each in able if item.fits is None or item.fits(each)]

    def of(self, item: Item) -> WithWhom:
        """Return who holds *item*: whoever it names and who still may; else the one whose it is by team or by office."""
        able = {each.pk: each for each in self._able(item)}
        lost = item.holder if item.holder_id and item.holder_id not in able else ""
        holder = able.get(item.holder_id) if item.holder_id else None
        holder = holder or self._by_office(list(able.values()), item)
        if holder is not None:
            is_mine = holder.pk == self.user.pk or holder.pk in self.covered
            return WithWhom(holder.name, is_mine, lost)
        titles = {role.title for each in able.values() for role in each.roles(on=self.on) if item.needs in role.may}
        return WithWhom(" or ".join(sorted(titles)), self.user.pk in able, lost)

    def _by_office(self, able: list[User], item: Item) -> User | None:
        """Return the one in the child's team, or else the one below the offices that decisions name, or the only one."""
        in_team = [each for each in able if item.team_id and item.team_id in self._teams(each)]
        below = [each for each in able if not any(role.is_office for role in each.roles(on=self.on))]
        return next((group[0] for group in (in_team, below, able) if len(group) == 1), None)

    def _teams(self, each: User) -> set[UUID | None]:
        return {post.team_id for post in each.posts_held if post.covers(self.on)}

    def is_above(self, item: Item) -> bool:
        """Tell whether the reader stands above whoever does *item*: a manager above officers, the director above managers."""
        is_office = any(role.is_office for role in self.user.roles(on=self.on))
        return not is_office or item.needs in MANAGERS


MANAGERS = (
    Permission.DECIDE_OFFER,
    Permission.APPROVE_OUT_OF_AREA,
    Permission.SIGN_AGREEMENT,
)
