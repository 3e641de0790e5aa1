"""The read-only API for other systems: a key each, the same permissions and the same scope as people have.

Children are given by their pseudonymous reference alone.
"""

import datetime as dt
from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import NinjaAPI, Query, Schema
from ninja.security import HttpBearer
from pydantic import Field

from placewell.accounts import queries as accounts
from placewell.accounts.models import User
from placewell.accounts.permissions import Permission
from placewell.budget import queries as budget
from placewell.budget.rules import day_is_told, ends_in
from placewell.children import queries as children
from placewell.kernel.errors import NotAllowed, NotFound
from placewell.market import queries as market
from placewell.placements import queries as placements
from placewell.storage.context import enter


class Key(HttpBearer):
    """A connected system's key, in the Authorization header."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """Return the system whose key this is, and act for its council."""
        user = accounts.user_of_key(digest=accounts.digest(token), on=timezone.localdate())
        if user is not None:
            enter(user.scope)
        return user


api = NinjaAPI(
    title="Placewell",
    version="1",
    description="Read-only. Dates are ISO 8601, money is pounds as a string, distances are not given.",
    auth=Key(),
    docs_url=None,
)


class Problem(Schema):
    """What went wrong."""

    detail: str


class Page(Schema):
    """Where to start and how many to give."""

    offset: int = Field(0, ge=0, le=10_000_000)
    limit: int = Field(100, ge=1, le=1000)


class ChildOut(Schema):
    """A child, without a name."""

    id: UUID
    reference: str
    sex: str
    age: int
    is_unaccompanied: bool
    is_looked_after: bool


class HomeOut(Schema):
    """A home, by district and not by address."""

    id: UUID
    reference: str
    provider: str
    kind: str
    district: str
    age_from: int | None
    age_to: int | None
    accepts: str
    grade: str


class VacancyOut(Schema):
    """A home's places tonight."""

    home: str
    places: int
    free: int


class PlacementOut(Schema):
    """A placement."""

    id: UUID
    child: str
    home: str
    provider: str
    start_on: dt.date
    end_on: dt.date | None
    state: str


class CommitmentOut(Schema):
    """Money promised for nights."""

    id: UUID
    provider: str
    category: str
    weekly_fee: Decimal
    start_on: dt.date
    end_on: dt.date | None = Field(description="The day after the last night, once it has come.")
    ends_in: str = Field(
        description="The financial year of the last night. A day ahead is not told: it may be a birthday."
    )
    total: Decimal | None = Field(description="What it costs in all, once it has ended.")


ERRORS = {401: Problem, 403: Problem, 404: Problem, 422: Problem}


def _require(request: HttpRequest, permission: Permission) -> User:
    user: User = request.auth  # type: ignore[attr-defined]
    if not (
        user.may(Permission.READ_BY_MACHINE, on=timezone.localdate()) and user.may(permission, on=timezone.localdate())
    ):
        raise NotAllowed("This key may not read that.")
    return user


@api.exception_handler(NotAllowed)
def not_allowed(request: HttpRequest, refusal: NotAllowed):
    """Answer 403."""
    return api.create_response(request, {"detail": str(refusal)}, status=403)


@api.exception_handler(NotFound)
def not_found(request: HttpRequest, refusal: NotFound):
    """Answer 404."""
    return api.create_response(request, {"detail": str(refusal)}, status=404)


def _cut(rows, page: Page) -> list:
    return list(rows[page.offset : page.offset + page.limit])


@api.get("/children", response={200: list[ChildOut], **ERRORS})
def list_children(request: HttpRequest, page: Query[Page]):
    """Give the children of the council, without names."""
    user, today = _require(request, Permission.SEE_CHILDREN), timezone.localdate()
    rows = _cut(children.children(for_user=user, on=today).order_by("reference"), page)
    looked_after = children.current_episodes(child_ids=[row.pk for row in rows], on=today)
    return [_child(row, today, row.pk in looked_after) for row in rows]


@api.get("/children/{child_id}", response={200: ChildOut, **ERRORS})
def one_child(request: HttpRequest, child_id: UUID):
    """Give one child, without a name."""
    user, today = _require(request, Permission.SEE_CHILDREN), timezone.localdate()
    row = children.child(child_id=child_id, for_user=user, on=today)
    return _child(row, today, children.current_episode(child_id=row.pk, on=today) is not None)


def _child(row, on: dt.date, looked_after: bool) -> dict:
    return {
        "id": row.pk,
        "reference": row.reference,
        "sex": row.sex,
        "age": children.age(row, on=on),
        "is_unaccompanied": row.is_unaccompanied,
        "is_looked_after": looked_after,
    }


@api.get("/homes", response={200: list[HomeOut], **ERRORS})
def list_homes(request: HttpRequest, page: Query[Page]):
    """Give the homes of the market."""
    user = _require(request, Permission.SEE_MARKET)
    return [
        {
            "id": row.pk,
            "reference": row.reference,
            "provider": row.provider.name,
            "kind": row.kind,
            "district": row.district,
            "age_from": row.age_from,
            "age_to": row.age_to,
            "accepts": row.accepts,
            "grade": row.registration.grade,
        }
        for row in _cut(market.homes(for_user=user), page)
    ]


@api.get("/vacancies", response={200: list[VacancyOut], **ERRORS})
def list_vacancies(request: HttpRequest, page: Query[Page]):
    """Give each open home's places tonight."""
    user = _require(request, Permission.SEE_MARKET)
    rows = market.vacancies(for_user=user, on=timezone.localdate())
    return [{"home": row.home.reference, "places": row.places, "free": row.free} for row in _cut(rows, page)]


@api.get("/placements", response={200: list[PlacementOut], **ERRORS})
def list_placements(request: HttpRequest, page: Query[Page]):
    """Give the placements of the council."""
    user = _require(request, Permission.SEE_PLACEMENTS)
    return [
        {
            "id": row.pk,
            "child": row.child.reference,
            "home": row.home.reference,
            "provider": row.provider.name,
            "start_on": row.start_on,
            "end_on": row.end_on,
            "state": row.state,
        }
        for row in _cut(placements.placements(for_user=user, on=timezone.localdate()), page)
    ]


@api.get("/commitments", response={200: list[CommitmentOut], **ERRORS})
def list_commitments(request: HttpRequest, page: Query[Page]):
    """Give the live commitments."""
    _require(request, Permission.SEE_BUDGET)
    return [_commitment(row, timezone.localdate()) for row in _cut(budget.commitments(), page)]


def _commitment(row, on: dt.date) -> dict:
    has_ended = day_is_told(row.end_on, on=on, sees_children=False)
    return {
        "id": row.pk,
        "provider": row.provider.name,
        "category": row.category,
        "weekly_fee": row.weekly_fee,
        "start_on": row.start_on,
        "end_on": row.end_on if has_ended else None,
        "ends_in": ends_in(row.end_on),
        "total": row.total if has_ended else None,
    }
