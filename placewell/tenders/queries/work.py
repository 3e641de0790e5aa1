"""What of tenders waits on a person."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission
from placewell.kernel.periods import months_after

from .. import models, states
from .announcements import notices_due, pipeline_due
from .bidding import news
from .procurements import moment, waiting_for_key
from .profiles import lacking, running_out
from .references import paper_forms

SOON = dt.timedelta(days=60)
PRESSING, USUAL = False, True


@dataclass(frozen=True)
class Waiting:
    """One thing to do: its words, where to do it, since or until when, and how pressing it is."""

    title: str
    url: str
    when: str
    order: tuple


def waiting_for(*, user: User, on: dt.date) -> list[Waiting]:
    """Return what of tenders waits on *user* on the day *on*, most pressing first."""
    found: list[Waiting] = []
    for permission, items in (
        (Permission.RUN_TENDER, _running),
        (Permission.RUN_TENDER, _contracts),
        (Permission.HOLD_OPENING_KEY, _keys),
        (Permission.ASSESS_BIDS, _assessing),
        (Permission.BID, _bidding),
    ):
        if user.may(permission, on=on):
            found += items(user, on)
    return sorted(found, key=lambda each: each.order)


def _item(title: str, name: str, pk, when: str, pressing: bool, on: dt.date) -> Waiting:
    return Waiting(title, reverse(f"tenders:{name}", args=[pk]), when, (pressing, on))


def _running(_user: User, on: dt.date) -> Iterator[Waiting]:
    """Yield the next step of each tender that is not over, and the lists that are to be opened again."""
    at = moment()
    rows = models.Procurement.objects.exclude(state=states.Procurement.CANCELLED)
    recommended = set(models.Recommendation.objects.values_list("procurement", flat=True))
    again = set(rows.exclude(reopens=None).values_list("reopens", flat=True))
    for each in rows:
        if each.state == states.Procurement.PLANNED and each.planned_notice_on and each.planned_notice_on <= on + SOON:
            day = each.planned_notice_on
            yield _item(
                f"Publish the notice of {each}", "tender", each.pk, f"Planned for {day:%-d %B %Y}", day > on, day
            )
        elif each.state == states.Procurement.OPENED and each.pk not in recommended:
            is_locked = each.quality_locked_at is not None
            words = "Recommend an award of" if is_locked else "See the judging of bids through:"
            page = "awards" if is_locked else "evaluation"
            yield _item(f"{words} {each}", page, each.pk, "Bids are open", USUAL, on)
        elif each.state == states.Procurement.PUBLISHED and each.tenders_by_at and each.tenders_by_at <= at:
            yield _item(f"Have the bids of {each} opened", "opening", each.pk, "The deadline has passed", PRESSING, on)
        elif each.state == states.Procurement.CONCLUDED and each.reopens_every_months and each.pk not in again:
            due = months_after(each.start_on, each.reopens_every_months)
            if due <= on + SOON:
                yield _item(f"Open {each} again", "tender", each.pk, f"Due on {due:%-d %B %Y}", due > on, due)
    if (plan := pipeline_due(on=on)) and plan.due_on >= on:
        title = f"Publish the pipeline of {plan.year} to {plan.year + 1}, where the council has to"
        url = reverse("tenders:publish_pipeline", args=[plan.year])
        yield Waiting(title, url, f"By {plan.due_on:%-d %B %Y}", (USUAL, plan.due_on))
    asked = models.Clarification.objects.select_related("procurement").filter(
        answered_at=None, procurement__state=states.Procurement.PUBLISHED
    )
    for one in asked:
        yield _item(f"Answer a question on {one.procurement}", "answer", one.pk, "To every bidder", PRESSING, on)


def _contracts(_user: User, on: dt.date) -> Iterator[Waiting]:
    """Yield awards that can become contracts, notices that the law wants of contracts, and contractors' papers that end."""
    awarded = models.LotAward.objects.select_related("procurement", "lot").filter(state=states.LotAward.AWARDED)
    for each in awarded:
        if each.standstill_ends_on is None or each.standstill_ends_on <= on:
            title = f"Make the contracts of {each.procurement.reference}, {each.lot}"
            yield _item(title, "awards", each.procurement_id, "The standstill is over", USUAL, on)
    for due in notices_due(on=on):
        when = f"Due on {due.due_on:%-d %B %Y}" if due.due_on else "The contract has ended"
        title = f"Publish the {due.title.lower()} of {due.reference}"
        yield _item(title, "announce_contract", due.winner.pk, when, PRESSING, due.due_on or on)
    live = models.Winner.objects.filter(contract__state="active").values("provider")
    for paper in running_out(on=on, provider_ids=live):
        title = f"Ask {paper.provider.name} for its {paper_forms()[paper.kind].title.lower()}"
        ends = paper.expires_on or on
        yield _item(title, "of_provider", paper.provider_id, f"Ends {ends:%-d %B %Y}", USUAL, ends)


def _keys(user: User, on: dt.date) -> Iterator[Waiting]:
    for each in waiting_for_key(user=user):
        yield _item(f"Make your opening key of {each.procurement}", "make_key", each.procurement_id, "", USUAL, on)
    due = models.KeyHolder.objects.select_related("procurement").filter(
        holder=user,
        procurement__state=states.Procurement.PUBLISHED,
        procurement__tenders_by_at__lte=moment(),
    )
    for each in due.exclude(procurement__openings__holder=user):
        yield _item(f"Open the bids of {each.procurement}", "open", each.procurement_id, "With your key", PRESSING, on)


def _assessing(user: User, on: dt.date) -> Iterator[Waiting]:
    rows = models.Assessor.objects.select_related("procurement").filter(
        user=user, procurement__state=states.Procurement.OPENED, procurement__quality_locked_at=None
    )
    for each in rows:
        if each.declared_at is None:
            yield _item(
                f"Declare your interests in {each.procurement}",
                "declare",
                each.procurement_id,
                "Before any bid",
                USUAL,
                on,
            )
        elif each.may_score:
            yield _item(f"Score the bids of {each.procurement}", "scoring", each.procurement_id, "Alone", USUAL, on)


def _bidding(user: User, on: dt.date) -> Iterator[Waiting]:
    missing = lacking(provider_id=user.organisation_id, on=on)
    if missing:
        url = reverse("tenders:registered")
        more = f", and {len(missing) - 1} more" if len(missing) > 1 else ""
        yield Waiting(f"Our registration for tenders: {missing[0].rstrip('.')}{more}", url, "", (USUAL, on))
    for each in news():
        yield _item(f"Look at what is new in {each.procurement}", "ours", each.procurement.pk, "", USUAL, on)
