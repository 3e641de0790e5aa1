"""What waits on a provider's own people: letters that may be replied to, things to put right, returns to send."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from placewell.accounts.models import User

from ..rules import ladder, returns
from .improving import measures, own_open, provider_returns

LETTERS_OF_WHAT = 80  # letters of what is to be put right


@dataclass(frozen=True)
class Duty:
    """One thing that waits on a provider: what, where it is done, and by when."""

    title: str
    path: str
    due_on: dt.date


def own_duties(*, for_user: User, on: dt.date) -> Iterator[Duty]:
    """Yield what *for_user*'s provider owes the council or may still say to it on the day *on*; a constant number of
    questions."""
    open_letters = measures(provider_id=for_user.organisation_id).filter(reply_by__gte=on, replies=None)
    for row in open_letters.exclude(state__in=ladder.MEASURE_ENDS):
        title = f"Reply to the {row.get_kind_display().lower()} {row.reference}, if you wish to"
        yield Duty(title, reverse("outcomes:reply", args=[row.pk]), row.reply_by)
    for one in own_open(for_user=for_user).filter(said_done_on=None):
        what = one.what if len(one.what) <= LETTERS_OF_WHAT else f"{one.what[: LETTERS_OF_WHAT - 1].rstrip()}…"
        yield Duty(f"Put right: {what}", reverse("outcomes:say_done", args=[one.pk]), one.due_on)
    owed = provider_returns(provider_id=for_user.organisation_id)
    for each in owed.filter(state__in=[returns.Return.ASKED, returns.Return.SENT_BACK]):
        title = f"Send the return of the quarter from {each.quarter:%-d %B %Y}"
        yield Duty(title, reverse("outcomes:send_return", args=[each.pk]), each.due_on)
