"""How a provider delivers, shown where somebody decides about it."""

from django import template
from django.utils import timezone

from placewell.accounts.permissions import Permission

from .. import queries

register = template.Library()


@register.inclusion_tag("outcomes/record_told.html", takes_context=True)
def provider_record(context, provider_id) -> dict:
    """Show a provider's record; nothing to those who may not read outcomes."""
    user, on = context["request"].user, timezone.localdate()
    shown = user.may(Permission.SEE_OUTCOMES, on=on)
    rows = queries.provider_record(provider_id=provider_id, for_user=user, on=on) if shown else []
    return {"rows": rows, "provider_id": provider_id}
