"""Which providers and homes a person may see."""

from django.db.models import Q

from placewell.accounts.models import Organisation, User


def _own(user: User, field: str) -> Q:
    if user.organisation is None or not user.is_active:
        return Q(pk__in=[])
    if user.organisation.kind == Organisation.Kind.COUNCIL:
        return Q()
    return Q(**{field: user.organisation_id})


def homes(user: User) -> Q:
    """Return the condition for the homes (and registrations) of *user*: a council's staff all, a provider's its own."""
    return _own(user, "provider")


def providers(user: User) -> Q:
    """Return the condition for the providers that *user* may see."""
    return _own(user, "organisation")
