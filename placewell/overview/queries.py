"""What several rooms say together: the home page, one child's story, the trace, the broken promises."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from placewell.accounts import queries as accounts
from placewell.accounts.models import User
from placewell.accounts.permissions import Permission
from placewell.budget import queries as budget
from placewell.children import queries as children
from placewell.contracts import queries as contracts
from placewell.governance import queries as governance
from placewell.kernel.periods import day_of, financial_year
from placewell.market import queries as market
from placewell.outcomes import queries as outcomes
from placewell.placements import queries as placements
from placewell.storage.context import Scope, acting
from placewell.tenders import queries as tenders
from placewell.visits import queries as visits

MOST_OF_A_KIND = 10


@dataclass(frozen=True)
class Figure:
    """One number on a home page, and the list behind it."""

    figure: str
    words: str
    url: str = ""
    warns: bool = False


def broken_promises() -> Iterator[placements.Broken]:
    """Yield every row of any council that lacks what allows it."""
    for council in accounts.councils():
        with acting(Scope.of_council(council.pk)):
            yield from list(placements.without_authority())


def in_words(what: str) -> str:
    """Return an event's name as a sentence: "placements.referral.sent" is "Referral sent"."""
    return what.partition(".")[2].replace(".", " ").replace("_", " ").capitalize()


def work(*, user: User, now: dt.datetime) -> list[placements.Work]:
    """Return everything that waits on *user* at *now*, most pressing first."""
    on = day_of(now)
    covered = placements.covered_by(user=user, on=on) if user.scope.kind == "council" else {}
    found = [each for each in placements.waiting_for(user=user, now=now, covered=covered) if each.is_mine]
    found += visits.waiting_for(user=user, on=on)
    found += [
        placements.Work(
            f"Answer “{approval.title}”",
            reverse("governance:approval", args=[approval.pk]),
            f"Asked on {approval.asked_at:%-d %B %Y}",
            approval.asked_at,
        )
        for approval in governance.waiting_for(user=user, on=on)
    ]
    if user.may(Permission.ASK_APPROVAL, on=on):
        found += [
            placements.Work(
                f"Answer a question about “{each.approval.title}”",
                reverse("governance:answer_question", args=[each.approval_id, each.pk]),
                f"Asked on {each.asked_at:%-d %B %Y}",
                each.asked_at,
            )
            for each in governance.unanswered()[:MOST_OF_A_KIND]
        ]
    for one in tenders.waiting_for(user=user, on=on):
        late, day = not one.order[0], one.order[1]
        found.append(placements.Work(one.title, one.url, one.when, placements.close_of(day), is_late=late))
    found += [*_of_council(user, on), *_of_contracts(user, on), *_of_decisions(user, on)]
    found += [*_of_goals(user, on), *_of_money(user, on, covered)]
    return sorted(found, key=lambda item: item.order)


def _of_decisions(user: User, on: dt.date) -> Iterator[placements.Work]:
    """Yield what waits to be recorded and published of offices' decisions."""
    if user.may(Permission.RECORD_DECISION, on=on):
        for approval in governance.unrecorded()[:MOST_OF_A_KIND]:
            day = day_of(approval.decided_at or approval.asked_at)
            link = reverse("governance:record_officer", args=[approval.pk])
            yield placements.Work(
                f"Record the decision “{approval.title}”", link, f"Taken {day:%-d %B %Y}", placements.close_of(day)
            )


def _of_money(user: User, on: dt.date, covered: Mapping[UUID, str]) -> Iterator[placements.Work]:
    """Yield the joint funding to be looked at again; and the invoice lines that do not agree, by provider: a person's own, of
    whom they cover for, and nobody's."""
    if user.may(Permission.SET_ENVELOPE, on=on):
        for row in budget.funding_to_review(on=on)[:MOST_OF_A_KIND]:
            title = f"Look again at what {row.get_funder_display().lower()} bears: {row.agreement}"
            due, words = placements.close_of(row.review_on), f"By {row.review_on:%-d %B %Y}"
            yield placements.Work(title, reverse("budget:funding"), words, due, is_late=row.review_on < on)
    others = covered if user.may(Permission.WRITE_REFERRAL, on=on) else {}
    for each in budget.lines_waiting(user=user, others=others, on=on):
        lines = f"{each.lines} invoice line{'' if each.lines == 1 else 's'}"
        title, asked = f"Settle {lines} of {each.provider}", {"whose": "mine"} if each.owner_id == user.pk else {}
        link = (
            f"{reverse('budget:invoices')}?{urlencode(asked | {'provider': each.provider_id or '', 'state': 'open'})}"
        )
        note = f"Since {each.since:%-d %B}" if each.since else ""
        yield placements.Work(
            title,
            link,
            f"By {each.settle_by:%-d %B %Y}, thirty days after the first came",
            placements.close_of(each.settle_by),
            whose=each.owner or "Nobody yet",
            is_late=each.settle_by < on,
            note=note,
        )


def _of_council(user: User, on: dt.date) -> Iterator[placements.Work]:
    """Yield what a provider's people owe the council."""
    if user.scope.kind == "provider" and user.may(Permission.ANSWER_COUNCIL, on=on):
        for each in outcomes.own_duties(for_user=user, on=on):
            due_at = placements.close_of(each.due_on)
            yield placements.Work(
                each.title, each.path, f"By {each.due_on:%-d %B %Y}", due_at, is_late=each.due_on < on
            )


def _of_goals(user: User, on: dt.date) -> Iterator[placements.Work]:
    """Yield the goals of a social worker's own children that wait to be agreed or scored."""
    if user.may(Permission.AGREE_GOAL, on=on):
        for each in outcomes.to_score(for_user=user, on=on, worker=user.pk)[:MOST_OF_A_KIND]:
            child = each.placement.child
            title = f"{'Agree' if each.what == 'agree' else 'Score'} the goals of {child.reference}"
            link, due_at = reverse("outcomes:child", args=[child.pk]), placements.close_of(each.due_on)
            yield placements.Work(title, link, f"By {each.due_on:%-d %B %Y}", due_at, is_late=each.due_on < on)


def _of_contracts(user: User, on: dt.date) -> Iterator[placements.Work]:
    """Yield what waits on somebody in the live contracts: documents, changes, uplifts, blocks, moves."""
    if user.may(Permission.MANAGE_CONTRACTS, on=on):
        for row in contracts.running_out(on=on)[:MOST_OF_A_KIND]:
            link, ends = reverse("contracts:file_document", args=[row.contract_id]), row.expires_on or on
            text = f"{'Ran' if ends <= on else 'Runs'} out on {ends:%-d %B %Y}"
            title = f"Ask {row.provider.name} for its {row.get_kind_display().lower()}"
            yield placements.Work(title, link, text, placements.close_of(ends), is_late=ends <= on)
    if user.may(Permission.DECIDE_VARIATION, on=on):
        for each in contracts.to_decide(on=on):
            kind = "change" if hasattr(each, "kind") else "uplift"
            link, day = reverse(f"contracts:{kind}", args=[each.pk]), day_of(each.asked_at)
            title = f"Decide the {kind} of {each.framework.title}"
            yield placements.Work(title, link, f"Asked on {day:%-d %B %Y}", placements.close_of(day))
    if user.may(Permission.COMMIT_MONEY, on=on):
        for block in contracts.blocks_to_decide():
            link, day = reverse("contracts:block", args=[block.pk]), day_of(block.asked_at)
            what = "the earlier end of the block" if block.state == "agreed" else "the block of places"
            title = f"Decide {what} at {block.home.reference}"
            yield placements.Work(title, link, f"Asked on {day:%-d %B %Y}", placements.close_of(day))
    if user.may(Permission.SIGN_AGREEMENT, on=on) and user.may(Permission.SEE_CONTRACTS, on=on):
        for step in contracts.moves_to_make():
            to, page = ("exemption", "stay_as_spot") if step.what == "spot" else ("new contract", "move_across")
            title = f"Move agreement {step.call_off.reference} to its {to}"
            link = reverse(f"placements:{page}", args=[step.pk])
            due_at = placements.close_of(step.due_on)
            yield placements.Work(title, link, f"By {step.due_on:%-d %B %Y}", due_at, is_late=step.due_on < on)


def figures(*, user: User, on: dt.date) -> list[Figure]:
    """Return the numbers that *user*'s roles are about."""
    found: list[Figure] = []
    if user.may(Permission.SEE_CHILDREN, on=on):
        in_care = children.filtered(children.children(for_user=user, on=on), on=on, in_care=True).count()
        found.append(Figure(f"{in_care:,}", "children in care", reverse("children:list")))
    if user.may(Permission.SEE_PLACEMENTS, on=on) and user.may(Permission.SEE_CHILDREN, on=on):
        waiting = placements.referrals(for_user=user, on=on).filter(state__in=["draft", "ready", "sent"]).count()
        found.append(
            Figure(f"{waiting:,}", "children waiting for a home", reverse("placements:referrals"), waiting > 0)
        )
        live = placements.placements(for_user=user, on=on).filter(state="started").count()
        found.append(Figure(f"{live:,}", "children in homes that we buy", reverse("placements:list")))
    if user.may(Permission.SEE_BUDGET, on=on):
        found += _money(on) + _off_contract(on)
    if user.may(Permission.ANSWER_ALERT, on=on):
        alerts = market.alerts().filter(seen_at=None).count()
        if alerts:
            words = f"grade{'s' * (alerts > 1)} that fell and nobody has looked at"
            found.append(Figure(f"{alerts:,}", words, reverse("market:alerts"), True))
    return found


def _off_contract(on: dt.date) -> list[Figure]:
    """Return what neither a contract nor an approved exemption covers this year: always shown, nought too."""
    amount, nights = placements.gap_total(placements.off_contract(year=financial_year(on), on=on))
    words = f"off contract this year ({nights:,} nights)"
    return [Figure(f"£{amount:,.0f}", words, reverse("overview:off_contract"), amount > 0)]


def _money(on: dt.date) -> list[Figure]:
    current = next((year for year in budget.position(on=on) if year.is_current and year.envelope), None)
    if current is None or current.envelope is None or current.left is None:
        return []
    link = reverse("budget:position")
    return [
        Figure(f"£{current.committed / 1_000_000:.2f}m", f"committed in {current.words}", link),
        Figure(
            f"£{current.left / 1_000_000:.2f}m",
            f"left of £{current.envelope / 1_000_000:.1f}m",
            link,
            warns=current.share is not None and current.share > 0.97,
        ),
    ]


@dataclass(frozen=True)
class Event:
    """One thing that happened to a child, for the story."""

    at: dt.date
    title: str
    text: str = ""
    url: str = ""


def story(*, child_id, for_user: User, on: dt.date) -> tuple[object, list[Event]]:
    """Return a child, and what happened from coming into care until now, oldest first.

    Raises:
        NotFound: *for_user* may not see the child.
    """
    child = children.child(child_id=child_id, for_user=for_user, on=on)
    events = []
    for episode in children.episodes(child_id=child.pk):
        if episode.start_reason == "S":
            events.append(Event(episode.start_on, "Came into care", f"Legal status {episode.legal_status}"))
        if episode.end_on and episode.end_reason != "X1":
            events.append(Event(episode.end_on, "Left care", f"Reason {episode.end_reason}"))
    seen = placements.referrals(for_user=for_user, on=on).filter(child=child)
    for referral in seen:
        url = reverse("placements:referral", args=[referral.pk])
        events.append(
            Event(referral.written_at.date(), f"Referral {referral.reference}", referral.get_urgency_display(), url)
        )
    for row in placements.placements_of(child_id=child.pk):
        url = reverse("overview:trace", args=[row.agreement_id])
        events.append(
            Event(row.start_on, f"Moved to {row.home.reference}", f"{row.provider.name}: see what allows it", url)
        )
        if row.end_on:
            ending = "planned" if row.was_planned else "not planned"
            events.append(Event(row.end_on, f"Left {row.home.reference}", f"{row.end_reason}, {ending}", url))
    return child, sorted(events, key=lambda event: event.at)
