"""The button by which a page's record is followed."""

from django import template
from django.utils import timezone

from .. import queries

register = template.Library()


@register.inclusion_tag("notifications/follow.html", takes_context=True)
def follow_button(context, record: str, record_id) -> dict:
    """Show the button to follow the record, or to follow it no more; nothing to those who may not."""
    request = context["request"]
    shown = queries.may_follow(record, request.user, on=timezone.localdate())
    return {
        "shown": shown,
        "record": record,
        "record_id": record_id,
        "followed": shown and queries.is_followed(record=record, record_id=record_id, user=request.user),
        "here": request.get_full_path(),
        "csrf_token": context.get("csrf_token"),
    }
