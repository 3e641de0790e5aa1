"""What writes notifications: other rooms tell, a person reads, follows and chooses, the worker mails and escalates."""

from ._telling import tell, tell_followers, tell_of_each, tell_their_people
from .escalating import escalate
from .following import follow, note_opened, unfollow
from .reading import choose_timings, mark_read, mark_unread
from .sending import send_digest

__all__ = [
    "choose_timings",
    "escalate",
    "follow",
    "mark_read",
    "mark_unread",
    "note_opened",
    "send_digest",
    "tell",
    "tell_followers",
    "tell_of_each",
    "tell_their_people",
    "unfollow",
]
