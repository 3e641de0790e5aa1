"""Organisations, people, teams, and the posts that people hold."""

import datetime as dt
from functools import cached_property

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from placewell.storage.context import NO_SCOPE, Scope
from placewell.storage.models import CouncilRecord, Record

from .permissions import Permission
from .roles import ROLES, Role


class Organisation(Record):
    """A council, or the owner of homes. A person belongs to one; row security is by it."""

    class Kind(models.TextChoices):
        COUNCIL = "council"
        PROVIDER = "provider"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=200)
    # The Office for National Statistics' code of a council's area, E06000034 for one.
    area_code = models.CharField(max_length=9, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["council", "provider"]), name="organisation_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name


class People(BaseUserManager):
    """Finds people by their e-mail address, whatever its case."""

    def get_by_natural_key(self, username):
        """Return the person with this address."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, Record):
    """A person (or a machine) who signs in."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="people", null=True)
    is_active = models.BooleanField(default=True)

    objects = People()
    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def posts_held(self) -> list["Post"]:
        """Every post of this person, past and to come, read once."""
        return sorted(self.posts.all(), key=lambda post: post.start_on)

    def roles(self, *, on: dt.date) -> list[Role]:
        """Return the roles held on the day *on*."""
        return [ROLES[post.role] for post in self.posts_held if post.role in ROLES and post.covers(on)]

    def may(self, permission: Permission, *, on: dt.date) -> bool:
        """Tell whether a post held on the day *on* allows *permission*."""
        return self.is_active and any(permission in role.may for role in self.roles(on=on))

    def holds(self, role: str, *, on: dt.date) -> bool:
        """Tell whether this person holds the office *role* on the day *on*."""
        return self.is_active and any(held.code == role for held in self.roles(on=on))

    def office(self, *, on: dt.date) -> str:
        """Return the code of the first role held on the day *on*, as the trail names it."""
        return next((role.code for role in self.roles(on=on)), "")

    @property
    def scope(self) -> Scope:
        """Whose rows this person's transactions may touch."""
        if not self.is_active or self.organisation is None:
            return NO_SCOPE
        if self.organisation.kind == Organisation.Kind.COUNCIL:
            return Scope.of_council(self.organisation.pk)
        return Scope.of_provider(self.organisation.pk, person=self.pk)


class Team(CouncilRecord):
    """A team of social workers, within which visits may be covered."""

    name = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["council", "name"], name="team_name_once")]

    def __str__(self) -> str:
        return self.name


class Post(Record):
    """A role that a person holds from one day to another."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=60)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="posts", null=True)
    start_on = models.DateField()
    end_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(end_on=None) | Q(end_on__gt=F("start_on")), name="post_ends_after_start"
            ),
        ]

    @property
    def title(self) -> str:
        """What people call the role."""
        return ROLES[self.role].title if self.role in ROLES else self.role

    def covers(self, day: dt.date) -> bool:
        """Tell whether the post is held on *day*."""
        return self.start_on <= day and (self.end_on is None or day < self.end_on)


class Token(Record):
    """An outside system's key: kept as a hash, shown once."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=100)
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True)
