"""What waits on a person, by deadline: one's own, that of colleagues one covers for, and what is late enough for a manager."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from placewell.accounts import queries as accounts
from placewell.accounts.models import User
from placewell.accounts.permissions import Permission

from .. import states
from . import work_items as items
from .covers import covered_by
from .deadlines import Clock

KINDS = {
    "referral": "Referrals",
    "question": "Questions",
    "consultation": "Who must be asked",
    "decision": "Decisions",
    "approval": "Approvals",
    "agreement": "Agreements",
    "duty": "Plans, letters, meetings",
    "notice": "Notice given",
}


@dataclass(frozen=True)
class Work:
    """One thing to do: its words, where to do it, and until when.

    *whose* names who holds it, "" when it is for whoever may do it; *is_mine* tells whether it waits on the reader:
    theirs, a colleague's for whom they cover, nobody's in particular, or so late that a manager should see it.
    """

    title: str
    url: str
    when: str
    due_at: dt.datetime
    kind: str = "approval"
    whose: str = ""
    is_late: bool = False
    is_urgent: bool = False
    is_mine: bool = True
    note: str = ""

    @property
    def order(self) -> tuple:
        """Emergencies and what is late first, then by deadline."""
        return (not (self.is_urgent or self.is_late), self.due_at, self.title)

    @property
    def kind_words(self) -> str:
        """The kind as the list calls it."""
        return KINDS.get(self.kind, "")


Items = Callable[[User, Clock], list[items.Item]]
LATE_FOR_MANAGERS: Sequence[Items] = (items.to_refer, items.to_answer, items.to_ask, items.duties, items.to_move_on)
WAITING: Sequence[tuple[Permission, Items]] = (
    (Permission.SEND_REFERRAL, items.to_refer),
    (Permission.SEND_REFERRAL, items.to_answer),
    (Permission.WRITE_REFERRAL, items.to_refer),
    (Permission.WRITE_REFERRAL, items.to_ask),
    (Permission.DECIDE_OFFER, items.to_decide),
    (Permission.DECIDE_OFFER, items.emergencies),
    (Permission.APPROVE_OUT_OF_AREA, items.to_approve(states.ConsentKind.OUT_OF_AREA, states.ConsentKind.SCHOOLING)),
    (Permission.APPROVE_AT_DISTANCE, items.to_approve(states.ConsentKind.AT_DISTANCE)),
    (Permission.APPROVE_OUT_OF_AREA, items.to_complete(states.ConsentKind.OUT_OF_AREA)),
    (Permission.APPROVE_AT_DISTANCE, items.to_complete(states.ConsentKind.AT_DISTANCE)),
    (Permission.SIGN_AGREEMENT, items.to_sign),
    (Permission.SIGN_AGREEMENT, items.changes_to_sign),
    (Permission.START_PLACEMENT, items.to_start),
    (Permission.START_PLACEMENT, items.duties),
    (Permission.SEND_REFERRAL, items.to_move_on),
    (Permission.MAKE_AGREEMENT, items.to_draw_up),
    (Permission.MAKE_OFFER, items.sent_to_us),
)


def waiting_for(*, user: User, now: dt.datetime) -> list[Work]:
    """Return what waits on the placements desk at *now* for *user* and for others whose work *user* could do, first due first.

    What nobody holds who still works on the desk is everybody's: nothing falls between.
    """
    clock = Clock.at(now)
    is_manager = user.may(Permission.DECIDE_OFFER, on=clock.on)
    own = {act for permission, act in WAITING if user.may(permission, on=clock.on)}
    read = {act: act(user, clock) for act in own | (set(LATE_FOR_MANAGERS) if is_manager else set())}
    found = {item for act in own for item in read[act]}
    covered = covered_by(user=user, on=clock.on) if user.scope.kind == "council" else {}
    holders = _who_hold(user, clock) if any(item.holder_id for item in found) else set()
    work = {(item.kind, item.url): _work(item, user, clock, covered, holders) for item in found}
    if is_manager:
        late = (item for act in LATE_FOR_MANAGERS for item in read[act])
        lifted = (item for item in late if clock.is_for_manager(item.due_at, item.urgency))
        work |= {(item.kind, item.url): _work(item, user, clock, {}, set(), lifted=True) for item in lifted}
    return sorted(work.values(), key=lambda each: each.order)


def _who_hold(user: User, clock: Clock) -> set[UUID]:
    """Return who can carry a referral to providers: what others hold falls to all who can."""
    able = accounts.colleagues_who_may(Permission.SEND_REFERRAL, organisation_id=user.organisation_id, on=clock.on)
    return {each.pk for each in able}


def _work(
    item: items.Item, user: User, clock: Clock, covered: dict[UUID, str], holders: set[UUID], *, lifted: bool = False
) -> Work:
    is_mine = lifted or item.holder_id in (None, user.pk) or item.holder_id in covered or item.holder_id not in holders
    late = clock.is_late(item.due_at)
    return Work(
        title=item.title,
        url=item.url,
        when=clock.words(item.due_at),
        due_at=item.due_at,
        kind=item.kind,
        whose=item.holder if item.holder_id in holders or item.holder_id in covered or lifted else "",
        is_late=late,
        is_urgent=item.urgency == states.Urgency.EMERGENCY,
        is_mine=is_mine,
        note=("Late for a manager. " if lifted else "") + item.note[:1].upper() + item.note[1:],
    )
