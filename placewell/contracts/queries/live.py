"""Reads of what happens while a contract runs: changes, uplifts, rounds, blocks, documents, challenges."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from placewell.budget.rules import Line, by_year
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.money import ZERO
from placewell.kernel.periods import months_after
from placewell.market import queries as market

from .. import models, rules, states

SOON_DAYS = 60


def require_no_hold(framework: models.Framework) -> None:
    """Refuse an award, or a new contract, that an open challenge holds."""
    held = models.Challenge.objects.filter(framework=framework, state=states.Challenge.OPEN, holds_award=True).first()
    if held:
        raise Refused(f"Challenge {held.reference} of {held.received_on:%-d %B %Y} holds this until it is closed.")


def rates_running(*, framework_id, on: dt.date) -> QuerySet[models.Rate]:
    """Return every price of a framework's live contracts that runs on the day *on*, with its contract."""
    live = Q(end_on=None) | Q(end_on__gt=on)
    found = models.Rate.objects.filter(live, contract__lot__framework=framework_id, start_on__lt=on)
    ordered = found.exclude(contract__state=states.Contract.ENDED).filter(contract__end_on__gt=on)
    return ordered.select_related("contract__provider").order_by("contract__reference", "need_level", "ages")


@dataclass(frozen=True)
class Raised:
    """One price before and after an uplift, in pounds a week."""

    rate: models.Rate
    before: Decimal
    after: Decimal


@dataclass(frozen=True)
class UpliftPreview:
    """What an uplift would do: by how much, which prices, and what it adds by financial year if every placement under
    the framework rises with it (pounds)."""

    percent: Decimal
    prices: Sequence[Raised]
    placements: int
    by_year: dict[int, Decimal]

    @property
    def whole(self) -> Decimal:
        """What it adds in all."""
        return sum(self.by_year.values(), ZERO)


def uplift_preview(uplift: models.Uplift) -> UpliftPreview:
    """Return what *uplift* would do to prices and, at most, to the cost of the placements that run."""
    percent, on = rules.uplift_percent(uplift.index_percent, uplift.cap_percent), uplift.effective_on
    running = models.CallOff.objects.filter(contract__lot__framework=uplift.framework_id, end_on__gt=on)
    lines = [
        Line("uplift", rules.raised(row.weekly_fee, percent) - row.weekly_fee, max(on, row.start_on), row.end_on)
        for row in running
    ]
    prices = [
        Raised(rate, rate.weekly_fee, rules.raised(rate.weekly_fee, percent))
        for rate in rates_running(framework_id=uplift.framework_id, on=on)
    ]
    return UpliftPreview(percent, prices, len(lines), by_year(lines))


def uplift(*, uplift_id) -> models.Uplift:
    """Return one uplift; raise NotFound when there is none in this scope."""
    if (
        found := models.Uplift.objects.select_related("framework", "asked_by", "decided_by")
        .filter(pk=uplift_id)
        .first()
    ):
        return found
    raise NotFound("There is no such uplift.")


def change(*, change_id) -> models.Change:
    """Return one change; raise NotFound when there is none in this scope."""
    rows = models.Change.objects.select_related("framework", "contract__provider", "asked_by", "decided_by")
    if found := rows.filter(pk=change_id).first():
        return found
    raise NotFound("There is no such change.")


def changes(*, framework_id=None) -> QuerySet[models.Change]:
    """Return the changes of a framework (or of all) and of its contracts, newest first."""
    found = models.Change.objects.select_related("framework", "contract__provider").order_by("-asked_at")
    return found.filter(framework=framework_id) if framework_id else found


def uplifts(*, framework_id) -> QuerySet[models.Uplift]:
    """Return the uplifts of a framework, newest first."""
    return models.Uplift.objects.filter(framework=framework_id).order_by("-effective_on")


@dataclass(frozen=True)
class Round:
    """A re-opening round as it stands on a day: who joined in it."""

    row: models.ReopeningRound
    joined: int
    is_open: bool


def rounds(*, framework_id, on: dt.date) -> list[Round]:
    """Return the re-opening rounds of a framework in order."""
    found = models.ReopeningRound.objects.filter(framework=framework_id).prefetch_related("contracts")
    return [Round(row, len(row.contracts.all()), row.opens_on <= on < row.closes_on) for row in found]


def reopens_next(framework: models.Framework, *, planned: Sequence[Round]) -> dt.date | None:
    """Return the day by which a framework that re-opens at intervals is to be re-opened next; None when never."""
    if not framework.reopens_every_months:
        return None
    last = planned[-1].row.opens_on if planned else framework.start_on
    due = months_after(last, framework.reopens_every_months)
    return due if due < framework.end_on else None


@dataclass(frozen=True)
class BlockUse:
    """How a block of places is used: nights paid for, and nights on which a child of the council lived there, capped at
    the places of the block, from its first day up to a day."""

    block: models.Block
    nights_paid: int
    nights_used: int
    used_now: int

    @property
    def share(self) -> float | None:
        """How much of what was paid for was used, from 0 to 1; None before its first night."""
        return self.nights_used / self.nights_paid if self.nights_paid else None

    @property
    def unused_cost(self) -> Decimal:
        """What was paid for nights on which nobody lived there, in pounds."""
        return rules.nights_cost(self.block.weekly_fee, self.nights_paid - self.nights_used)


def blocks(*, framework_id=None, contract_id=None) -> QuerySet[models.Block]:
    """Return the blocks of places, newest first."""
    found = models.Block.objects.select_related("contract__lot", "provider", "home", "asked_by", "decided_by")
    if framework_id:
        found = found.filter(contract__lot__framework=framework_id)
    if contract_id:
        found = found.filter(contract=contract_id)
    return found.order_by("-start_on", "pk")


def block(*, block_id) -> models.Block:
    """Return one block; raise NotFound when there is none in this scope."""
    found = blocks().prefetch_related("endings__asked_by", "endings__decided_by")
    if row := found.filter(pk=block_id).first():
        return row
    raise NotFound("There is no such block.")


def block_ending(*, ending_id) -> models.BlockEnding:
    """Return one request to end a block early; raise NotFound when there is none in this scope."""
    if (
        found := models.BlockEnding.objects.select_related("block__home", "block__provider")
        .filter(pk=ending_id)
        .first()
    ):
        return found
    raise NotFound("There is no such request.")


def block_use(rows: Sequence[models.Block], *, on: dt.date) -> list[BlockUse]:
    """Return the use of each of *rows* up to the day *on*, read in one question."""
    agreed = [row for row in rows if row.state == states.Asked.AGREED and row.start_on < on]
    first = min((row.start_on for row in agreed), default=on)
    stays: dict = {}
    if agreed:
        taken = market.nights_taken(home_ids={row.home_id for row in agreed}, start_on=first, end_on=on)
        for each in taken.filter(source__startswith="placements.agreement:").select_related("place"):
            stays.setdefault(each.place.home_id, []).append((each.start_on, each.end_on or on))
    return [_used(row, stays.get(row.home_id, []), on) for row in rows]


def _used(row: models.Block, stays: Sequence[tuple[dt.date, dt.date]], on: dt.date) -> BlockUse:
    if row.state != states.Asked.AGREED or row.start_on >= on:
        return BlockUse(row, 0, 0, 0)
    nights = [row.start_on + dt.timedelta(days=n) for n in range((min(row.end_on, on) - row.start_on).days)]
    used = sum(min(row.places, sum(start <= night < end for start, end in stays)) for night in nights)
    now = min(row.places, sum(start < on <= end for start, end in stays)) if row.end_on >= on else 0
    return BlockUse(row, len(nights) * row.places, used, now)


def documents(*, contract_id=None, provider_id=None) -> QuerySet[models.Document]:
    """Return the documents that hold or held and were not replaced, those that run out first in front."""
    found = models.Document.objects.select_related("contract__lot", "provider", "checked_by").filter(replaced_by=None)
    found = found.defer("body")
    if contract_id:
        found = found.filter(contract=contract_id)
    if provider_id:
        found = found.filter(provider=provider_id)
    return found.exclude(contract__state=states.Contract.ENDED).order_by("expires_on", "provider__name", "pk")


def document(*, document_id) -> models.Document:
    """Return one document with its file; raise NotFound when there is none in this scope, or it has no file."""
    if found := models.Document.objects.filter(pk=document_id).exclude(body=None).first():
        return found
    raise NotFound("There is no such file.")


def running_out(*, on: dt.date, days: int = SOON_DAYS) -> QuerySet[models.Document]:
    """Return the documents of live contracts that have run out by the day *on* or will within *days*."""
    return documents().filter(expires_on__lte=on + dt.timedelta(days=days))


def challenges() -> QuerySet[models.Challenge]:
    """Return the register of challenges, newest first."""
    return models.Challenge.objects.select_related("framework").order_by("-received_on", "reference")


def challenge(*, challenge_id) -> models.Challenge:
    """Return one challenge; raise NotFound when there is none in this scope."""
    if found := challenges().filter(pk=challenge_id).first():
        return found
    raise NotFound("There is no such challenge.")


def to_decide(*, on: dt.date) -> list[models.Change | models.Uplift]:
    """Return the changes and uplifts that wait for somebody's decision, oldest first."""
    found: list[models.Change | models.Uplift] = list(
        models.Change.objects.select_related("framework", "contract__provider").filter(state=states.Asked.PROPOSED)
    )
    found += models.Uplift.objects.select_related("framework").filter(state=states.Asked.PROPOSED)
    return sorted(found, key=lambda each: each.asked_at)


def blocks_to_decide() -> QuerySet[models.Block]:
    """Return the blocks that wait for somebody's decision: those that are proposed, and those of which an earlier end is."""
    asked = models.BlockEnding.objects.filter(block=OuterRef("pk"), state=states.Asked.PROPOSED)
    return blocks().filter(Q(state=states.Asked.PROPOSED) | Exists(asked))


def ceilings_that_disagree() -> list[models.Framework]:
    """Return the frameworks of which more was called off than is counted against the ceiling: none, ever."""
    off = dict(models.CallOff.objects.values_list("contract__lot__framework").annotate(Sum("amount")))
    held = models.Block.objects.filter(state=states.Asked.AGREED).select_related("contract__lot__framework")
    for each in held:
        framework = each.contract.lot.framework
        off[framework.pk] = off.get(framework.pk, ZERO) + rules.counted(each.lines, each.start_on, framework.end_on)
    return [row for row in models.Framework.objects.all() if off.get(row.pk, ZERO) != row.committed]
