"""What waits on a person, by deadline: one's own, that of colleagues one covers for, and what is late enough for a manager."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission

from .. import states
from . import work_items as items
from . import work_stays as stays
from .covers import covered_by
from .deadlines import Clock
from .holders import Holders, WithWhom

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

    *whose* names who holds it, or the office of those who may where it is nobody's alone; *is_mine* tells whether it waits
    on the reader: theirs, a colleague's for whom they cover, their office's, or so late that a manager should see it.
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
    holder_id: UUID | None = None
    hand: str = ""  # what moves when it is handed to a colleague; empty where *user* may not hand it on

    @property
    def order(self) -> tuple:
        """Emergencies and what is late first, then by deadline."""
        return (not (self.is_urgent or self.is_late), self.due_at, self.title)

    @property
    def kind_words(self) -> str:
        """The kind as the list calls it."""
        return KINDS.get(self.kind, "")


Items = Callable[[User, Clock], list[items.Item]]
WAITING: Sequence[tuple[Permission, Items]] = (
    (Permission.SEND_REFERRAL, items.to_refer),
    (Permission.SEND_REFERRAL, items.to_answer),
    (Permission.WRITE_REFERRAL, items.to_refer),
    (Permission.WRITE_REFERRAL, items.to_ask),
    (Permission.ANSWER_CONSULTATION, items.to_answer_as_reviewing_officer),
    (Permission.DECIDE_OFFER, items.to_decide),
    (Permission.DECIDE_OFFER, items.emergencies),
    (Permission.APPROVE_OUT_OF_AREA, items.to_approve(states.ConsentKind.OUT_OF_AREA, states.ConsentKind.SCHOOLING)),
    (Permission.APPROVE_AT_DISTANCE, items.to_approve(states.ConsentKind.AT_DISTANCE)),
    (Permission.SIGN_AGREEMENT, stays.to_sign),
    (Permission.DECIDE_OFFER, stays.changes_to_sign),
    (Permission.START_PLACEMENT, stays.to_start),
    (Permission.START_PLACEMENT, stays.duties),
    (Permission.START_PLACEMENT, stays.unsigned_plans),
    (Permission.SEND_REFERRAL, stays.to_move_on),
    (Permission.SEND_REFERRAL, stays.without_a_home),
    (Permission.MAKE_AGREEMENT, items.to_draw_up),
    (Permission.MAKE_OFFER, items.sent_to_us),
    (Permission.SIGN_AGREEMENT, stays.plans_to_sign),
)
NOT_OFFICERS = (items.sent_to_us, stays.plans_to_sign, items.to_answer_as_reviewing_officer)
OF_COUNCILS: Sequence[Items] = list(dict.fromkeys(act for _, act in WAITING if act not in NOT_OFFICERS))


def waiting_for(*, user: User, now: dt.datetime, covered: Mapping[UUID, str] | None = None) -> list[Work]:
    """Return what waits on the placements desk at *now* for *user* and for others whose work *user* could do, first due first.

    Each row names who holds it. What is late enough stands on the list of managers too, and what managers hold on that of
    the director; so does what nobody holds who still works on the desk: nothing falls between. *covered*: for whom *user*
    covers, where that is known already.
    """
    clock = Clock.at(now)
    if user.scope.kind != "council":
        own = {act for permission, act in WAITING if user.may(permission, on=clock.on)}
        theirs = {(each.kind, each.url): each for act in own for each in act(user, clock)}
        return sorted((_work(item, clock, WithWhom()) for item in theirs.values()), key=lambda each: each.order)
    is_manager = user.may(Permission.DECIDE_OFFER, on=clock.on)
    own = {act for permission, act in WAITING if user.may(permission, on=clock.on)}
    read = {act: act(user, clock) for act in own | (set(OF_COUNCILS) if is_manager else set())}
    covered = covered_by(user=user, on=clock.on) if covered is None else covered
    holders = Holders(user=user, on=clock.on, covered=covered)
    work: dict[tuple[str, str], Work] = {}
    for act, found in read.items():
        for item in found:
            whom = holders.of(item)
            lifted = is_manager and not whom.is_mine and holders.is_above(item) and _is_for_manager(item, whom, clock)
            if act in own or lifted:
                may_hand = is_manager or bool(whom.lost) or item.holder_id in (user.pk, *holders.covered)
                made = _work(item, clock, whom, lifted=lifted, may_hand=may_hand)
                key = (item.kind, item.url)
                work[key] = made if key not in work or made.is_mine else work[key]
    return sorted(work.values(), key=lambda each: each.order)


def _is_for_manager(item: items.Item, whom: WithWhom, clock: Clock) -> bool:
    return bool(whom.lost) or clock.is_for_manager(item.due_at, item.urgency)


def held_by(*, holder_id: UUID, user: User, now: dt.datetime) -> dict[str, str]:
    """Return what *user* may hand to another of what waits on *holder_id*: its key → what is to be done with it, in words."""
    found: dict[str, list[str]] = {}
    for each in waiting_for(user=user, now=now):
        if each.hand and each.holder_id == holder_id:
            found.setdefault(each.hand, []).append(each.title)
    return {key: "; ".join(titles) for key, titles in found.items()}


def _work(item: items.Item, clock: Clock, whom: WithWhom, *, lifted: bool = False, may_hand: bool = False) -> Work:
    said = [item.note[:1].upper() + item.note[1:]] if item.note else []
    if whom.lost:
        said.insert(0, f"{whom.lost} held it, and does not any more.")
    elif lifted:
        said.insert(0, "Late for a manager.")
    return Work(
        title=item.title,
        url=item.url,
        when=clock.words(item.due_at),
        due_at=item.due_at,
        kind=item.kind,
        whose=whom.whose,
        is_late=clock.is_late(item.due_at),
        is_urgent=item.urgency == states.Urgency.EMERGENCY,
        is_mine=whom.is_mine or lifted,
        note=" ".join(said),
        holder_id=item.holder_id,
        hand=item.hand if may_hand else "",
    )
