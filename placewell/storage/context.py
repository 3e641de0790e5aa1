"""For whom the current transaction acts. The database reads this context in its row security policies.

Without a context no scoped row can be read or written.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import connections, transaction
from django.db.models import Func, UUIDField, Value
from django.db.models.functions import Cast

COUNCIL, PROVIDER, PUBLIC, TELLING, NOBODY = "council", "provider", "public", "telling", ""
_SET = (
    "select set_config('placewell.scope', %s, true), set_config('placewell.council', %s, true), "
    "set_config('placewell.provider', %s, true), set_config('placewell.person', %s, true)"
)
_READ = (
    "select coalesce(current_setting('placewell.scope', true), '') as kind, "
    "nullif(current_setting('placewell.council', true), '')::uuid as council, "
    "nullif(current_setting('placewell.provider', true), '')::uuid as provider, "
    "nullif(current_setting('placewell.person', true), '')::uuid as person"
)


@dataclass(frozen=True)
class Scope:
    """Whose rows a transaction may touch."""

    kind: str = NOBODY
    council: UUID | None = None
    provider: UUID | None = None
    # Who is signed in, for rows that only named people of a provider may read.
    person: UUID | None = None

    @classmethod
    def of_council(cls, council: UUID) -> "Scope":
        """Staff, jobs and commands of one council."""
        return cls(COUNCIL, council=council)

    @classmethod
    def of_provider(cls, provider: UUID, person: UUID | None = None) -> "Scope":
        """Staff of one provider; *person* is who of them."""
        return cls(PROVIDER, provider=provider, person=person)


PUBLIC_SCOPE = Scope(PUBLIC)
# For the one step that tells whoever follows a record: neither side's own transaction sees whom it tells of the other.
TELLING_SCOPE = Scope(TELLING)
NO_SCOPE = Scope()


def enter(scope: Scope, *, using: str = "default") -> None:
    """Set the context of the running transaction; it ends with the transaction."""
    if not connections[using].in_atomic_block:
        raise transaction.TransactionManagementError("a scope lives inside a transaction")
    with connections[using].cursor() as cursor:
        cursor.execute(_SET, _words(scope))


def _words(scope: Scope) -> list[str]:
    return [scope.kind, *(str(each or "") for each in (scope.council, scope.provider, scope.person))]


@contextmanager
def acting(scope: Scope) -> Iterator[None]:
    """Open a transaction that acts for *scope*, and give an outer one its own scope back: for jobs and commands."""
    with transaction.atomic():
        with connections["default"].cursor() as cursor:
            # one statement: what is materialized has been read before the rest is set
            cursor.execute(f"with before as materialized ({_READ}) {_SET}, before.* from before", _words(scope))
            before = Scope(*cursor.fetchone()[4:])
        yield
        enter(before)


def running() -> Scope:
    """Return the scope of the running transaction."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_READ)
        return Scope(*cursor.fetchone())


def current_council() -> Cast:
    """Return the database expression for the council of the running context: a column default."""
    return _setting("placewell.council")


def current_provider() -> Cast:
    """Return the database expression for the provider of the running context: a column default."""
    return _setting("placewell.provider")


def _setting(name: str) -> Cast:
    setting = Func(Value(name), Value(True), function="current_setting")
    return Cast(Func(setting, Value(""), function="nullif"), UUIDField())
