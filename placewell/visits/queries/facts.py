"""What is known of each child as far as visits ask, and what follows from it: who is owed what by which day."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet

from placewell.accounts.models import User
from placewell.children import queries as children
from placewell.governance.queries import holidays
from placewell.kernel.errors import NotFound

from .. import models, rules, states
from .interviews import Return, returns


@dataclass(frozen=True)
class Gone:
    """A child is away from the placement for now: why, since when, and where if that is known."""

    kind: states.Gone
    since_on: dt.date
    postcode: str = ""


@dataclass(frozen=True)
class Facts:
    """One child in care on a day: the placement as visits count it, the rule that holds, and what was done so far."""

    child: Any  # the record, as the children's room gives it
    stay: rules.Stay
    in_care_since: dt.date
    rule: rules.VisitRule
    stricter_days: int | None
    seen_on: dt.date | None  # last, in this placement or before
    reviews: tuple[dt.date, ...]  # of this period of care
    assessed_on: dt.date | None
    unsafe_on: dt.date | None = None  # a visit since the last review found the child's welfare not safeguarded
    requests: tuple[models.Request, ...] = ()
    arrangement: models.Arrangement | None = None
    gone: Gone | None = None
    back_on: dt.date | None = None  # from being missing, and not seen since
    returns: tuple[Return, ...] = ()  # from being missing, in this period of care

    @property
    def there(self) -> str:
        """The postcode where the child is: of the placement, or of where they stay for now."""
        return (self.gone.postcode if self.gone else "") or self.stay.postcode

    @property
    def back_due_on(self) -> dt.date | None:
        """The last day for seeing a child who came back from being missing."""
        return rules.interview_due(back_on=self.back_on) if self.back_on else None

    @property
    def first_review_on(self) -> dt.date | None:
        """The day of the first care review of this period of care."""
        return self.reviews[0] if self.reviews else None

    @property
    def visit_due_on(self) -> dt.date:
        """The last day for the next visit, by the usual interval."""
        return rules.next_visit(
            self.rule,
            self.stay,
            seen_on=self.seen_on,
            first_review_on=self.first_review_on,
            stricter_days=self.stricter_days,
        )

    @property
    def next_due_on(self) -> dt.date:
        """The last day for the next visit, whatever asks for it."""
        back = [self.back_due_on] if self.back_due_on else []
        return min([self.visit_due_on, *back, *(request.due_on for request in self.requests)])

    @property
    def interval_days(self) -> int:
        """How many days may lie between the next visit and the one after it."""
        first = max(self.visit_due_on, self.stay.start_on)
        span = self.rule.interval(seen_on=first, start_on=self.stay.start_on, first_review_on=self.first_review_on)
        days = (span.after(first) - first).days
        return min(days, self.stricter_days) if self.stricter_days else days


@dataclass(frozen=True)
class Owed:
    """One thing owed to one child by a day."""

    facts: Facts
    kind: states.Duty
    due_on: dt.date
    on: dt.date
    why: str
    source: str
    last_on: dt.date | None = None
    request: models.Request | None = field(default=None, compare=False)
    planned: str = ""  # for when, as a list shows it

    @property
    def child(self) -> Any:
        """Whose it is."""
        return self.facts.child

    @property
    def days_left(self) -> int:
        """Days until it is due; below nought it is late."""
        return (self.due_on - self.on).days

    @property
    def tone(self) -> str:
        """How pressing: overdue, soon, or in_time."""
        return "overdue" if self.days_left < 0 else "soon" if self.days_left <= rules.SOON_DAYS else "in_time"


def facts(
    *, for_user: User, on: dt.date, child_ids: Iterable[UUID] | None = None, worker: UUID | None = None
) -> list[Facts]:
    """Return what is known of each child in care on the day *on* whom *for_user* may see, by reference.

    *worker* narrows them to one social worker's own.
    """
    seen = children.filtered(children.children(for_user=for_user, on=on), on=on, in_care=True, worker=worker)
    if child_ids is not None:
        seen = seen.filter(pk__in=list(child_ids))
    rows = list(seen)
    ids = [row.pk for row in rows]
    episodes = children.episodes_in_order(child_ids=ids)
    reviews = children.care_reviews_in_order(child_ids=ids)
    missing = children.missing_in_order(child_ids=ids)
    back = returns(child_ids=ids, missing=missing)
    made = models.Visit.objects.filter(child__in=ids, made_on__lte=on)
    last_seen = _last(made.filter(is_seen=True), "made_on")
    last_assessed = _last(models.Assessment.objects.filter(child__in=ids, held_on__lte=on), "held_on")
    unsafe = _last(made.filter(is_welfare_safeguarded=False), "made_on")
    arranged = {
        row.child_id: row
        for row in models.Arrangement.objects.filter(child__in=ids, from_on__lte=on).order_by("from_on")
    }
    standard = models.Standard.objects.filter(from_on__lte=on).order_by("-from_on").first()
    requests: dict[UUID, list[models.Request]] = {}
    for request in models.Request.objects.filter(child__in=ids, met_by=None).order_by("due_on"):
        requests.setdefault(request.child_id, []).append(request)
    return [
        found
        for row in rows
        if (
            found := _facts(
                row,
                spells_of(episodes.get(row.pk, ())),
                on=on,
                reviews=reviews.get(row.pk, ()),
                missing=missing.get(row.pk, ()),
                back=back.get(row.pk, ()),
                seen_on=last_seen.get(row.pk),
                assessed_on=last_assessed.get(row.pk),
                unsafe_on=unsafe.get(row.pk),
                arrangement=arranged.get(row.pk),
                council_days=standard.interval_days if standard else None,
                requests=tuple(requests.get(row.pk, ())),
            )
        )
    ]


def _last(rows: QuerySet, day: str) -> dict[UUID, dt.date]:
    """Return the last *day* among the rows of each child."""
    return dict(rows.values_list("child").annotate(last=Max(day)).order_by())


def facts_of(*, child_id: UUID, for_user: User, on: dt.date) -> Facts:
    """Return what is known of one child.

    Raises:
        NotFound: *for_user* may not see the child, or the child was not in care on that day.
    """
    if found := facts(for_user=for_user, on=on, child_ids=[child_id]):
        return found[0]
    raise NotFound("This child was not in care on that day.")


def spells_of(episodes) -> list[rules.Spell]:
    """Return episodes as the rules read them."""
    return [
        rules.Spell(
            row.start_on, row.end_on, row.start_reason, row.legal_status, row.placement_type, row.placement_postcode
        )
        for row in episodes
    ]


def _gone(begun, missing, on: dt.date) -> Gone | None:
    """Return why a child is away from the placement on a day: missing first, since nobody knows where."""
    for start_on, end_on in missing:
        if start_on <= on and (end_on is None or end_on > on):
            return Gone(states.Gone.MISSING, start_on)
    now = begun[-1] if begun else None
    if now is not None and now.placement_type in rules.GONE_CODES and (now.end_on is None or now.end_on > on):
        return Gone(rules.GONE_CODES[now.placement_type], now.start_on, now.postcode)
    return None


def _facts(child, spells, *, on, reviews, missing, back, arrangement, council_days, unsafe_on, **rest) -> Facts | None:
    """Return the facts of one child, or None when the child isn't in care on the day."""
    begun = [spell for spell in spells if spell.start_on <= on]
    current = next((stay for stay in rules.stays(begun) if stay.end_on is None or stay.end_on > on), None)
    since = rules.in_care_since(begun)
    if current is None or since is None:
        return None
    named = arrangement.situation if arrangement and arrangement.from_on >= current.start_on else ""
    stricter = [days for days in (council_days, arrangement and arrangement.interval_days) if days]
    held = tuple(day for day in reviews if since <= day <= on)
    gone, seen_on = _gone(begun, missing, on), rest["seen_on"]
    came = tuple(each for each in back if since <= each.back_on <= on)
    last = max((each.back_on for each in came), default=None)
    return Facts(
        child=child,
        stay=current,
        in_care_since=since,
        rule=rules.rule_of(states.Situation(named or current.situation), on=on),
        stricter_days=min(stricter) if stricter else None,
        reviews=held,
        unsafe_on=unsafe_on if unsafe_on and unsafe_on >= since and not (held and held[-1] >= unsafe_on) else None,
        arrangement=arrangement,
        gone=gone,
        back_on=last if last and gone is None and (seen_on is None or seen_on < last) else None,
        returns=came,
        **rest,
    )


def gone_words(found: Facts, *, on: dt.date) -> dict[str, Any] | None:
    """Return what is owed to a child who is away from the placement, as the dated table says it; None for all others."""
    return rules.gone_rows(on).get(found.gone.kind) if found.gone else None


def owed(found: Facts, *, on: dt.date) -> list[Owed]:
    """Return what is owed to one child, first due first: visits asked for, the usual visit, the review, the assessment."""
    own = f", every {found.stricter_days} days here" if found.stricter_days else ""
    usual = (states.Duty.VISIT, found.visit_due_on, on, found.rule.words + own, found.rule.source, found.seen_on)
    rows = [Owed(found, *usual), _review(found, on), _assessment(found, on)]
    if found.back_due_on:
        row = rules.gone_row(states.Gone.MISSING, on)
        why = "Back after being missing: to be seen"
        rows.append(Owed(found, states.Duty.VISIT, found.back_due_on, on, why, row["source"], found.seen_on))
    rows += _interviews(found, on)
    for request in found.requests:
        told = rules.asked_rows(request.asked_on)[states.Asked(request.kind)]
        visit = (states.Duty.VISIT, request.due_on, on, told["words"], told["source"], found.seen_on)
        rows.append(Owed(found, *visit, request))
    return sorted(rows, key=lambda each: each.due_on)


def _interviews(found: Facts, on: dt.date) -> Iterable[Owed]:
    """Yield each interview that is owed after a return: to be offered, or offered and not settled yet."""
    for each in found.returns:
        told = each.interview
        if told.is_settled if told else not rules.is_interview_owed(back_on=each.back_on, on=on):
            continue
        how = f"offered on {told.offered_on:%-d %B %Y}, to be held" if told else "to be offered by somebody independent"
        why = f"Interview after being missing since {each.went_on:%-d %B %Y}: {how}"
        source = rules.gone_row(states.Gone.MISSING, on)["source"]
        yield Owed(found, states.Duty.RETURN_INTERVIEW, each.due_on, on, why, source)


def _review(found: Facts, on: dt.date) -> Owed:
    """Return the next care review: at once when a visit found the child's welfare not safeguarded."""
    due_on, source = rules.review_due(since=found.in_care_since, held=found.reviews, holidays=holidays(), on=on)
    why, last = "Care review", found.reviews[-1] if found.reviews else None
    if found.unsafe_on:
        due_on, source = min(due_on, found.unsafe_on), "regs 30 and 33(3)"
        why = "Early care review: a visit found the child's welfare not safeguarded"
    return Owed(found, states.Duty.CARE_REVIEW, due_on, on, why, source, last)


def _assessment(found: Facts, on: dt.date) -> Owed:
    first_by, _ = rules.review_due(since=found.in_care_since, held=(), holidays=holidays(), on=on)
    given = {"born_on": found.child.born_on, "assessed_on": found.assessed_on, "on": on}
    due_on, source = rules.health_due(first_review_by=found.first_review_on or first_by, **given)
    return Owed(found, states.Duty.HEALTH_ASSESSMENT, due_on, on, "Health assessment", source, found.assessed_on)


def all_owed(
    *, for_user: User, on: dt.date, within_days: int | None = 60, kind: str = "", worker: UUID | None = None
) -> list[Owed]:
    """Return what is owed to every child whom *for_user* may see, late first, up to *within_days* ahead."""
    rows = [each for found in facts(for_user=for_user, on=on, worker=worker) for each in owed(found, on=on)]
    wanted = (
        each
        for each in rows
        if (within_days is None or each.days_left <= within_days) and (not kind or each.kind == kind)
    )
    return sorted(wanted, key=lambda each: (each.due_on, each.child.reference))
