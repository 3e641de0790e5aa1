"""What providers registered for tenders, what is missing, and what runs out."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from placewell.kernel.errors import NotFound

from .. import models, rules
from .references import paper_forms, remind_days


def profile(*, provider_id) -> models.Profile | None:
    """Return who a provider says it is."""
    return models.Profile.objects.filter(provider=provider_id).first()


def connected(*, provider_id) -> QuerySet[models.Connected]:
    """Return who is connected with a provider, by name."""
    return models.Connected.objects.filter(provider=provider_id)


def papers(*, provider_id) -> QuerySet[models.Paper]:
    """Return the papers that stand, without their bytes."""
    return models.Paper.objects.filter(provider=provider_id, set_aside_at=None).defer("body")


def paper(*, paper_id) -> models.Paper:
    """Return one paper with its file; raise NotFound when there is none in this scope."""
    if found := models.Paper.objects.filter(pk=paper_id).first():
        return found
    raise NotFound("There is no such paper.")


def our_bid(*, bid_id, provider_id) -> models.Bid:
    """Return an opened bid of this provider's with its answers; raise NotFound for any other."""
    rows = models.Bid.objects.prefetch_related("answers__question").filter(pk=bid_id, provider=provider_id)
    if found := rows.first():
        return found
    raise NotFound("There is no such bid of yours.")


def our_bids(*, provider_id) -> QuerySet[models.Bid]:
    """Return this provider's opened bids, newest first."""
    return models.Bid.objects.select_related("procurement").filter(provider=provider_id).order_by("-submitted_at")


def answers_to_reuse(*, bid_id, provider_id, method: rules.Method, draft: rules.Draft) -> dict[str, str]:
    """Return the answers of an earlier bid of one's own that fit *draft*, by the draft's names: the question reads the same, and
    none was given yet. Prices are never among them: they are given anew.

    Raises:
        NotFound: no such bid of this provider's was opened.
    """
    earlier = our_bid(bid_id=bid_id, provider_id=provider_id)
    return rules.reusable(method, draft, {each.question.text: each.text for each in earlier.answers.all()})


def file_of_paper(*, paper_id, provider_id) -> models.Paper:
    """Return a paper that stands with its file, for a bid of the same provider; raise NotFound when there is none."""
    found = models.Paper.objects.filter(pk=paper_id, provider=provider_id, set_aside_at=None, size__gt=0).first()
    if found is None:
        raise NotFound("There is no such file among your papers.")
    return found


@dataclass(frozen=True)
class Standing:
    """One paper that is asked for, the rows that a provider has of it, and what is wrong."""

    form: rules.PaperForm
    rows: tuple[models.Paper, ...]
    fault: str
    warns: bool


def standing(*, provider_id, on: dt.date) -> list[Standing]:
    """Return every paper that tenders ask for as a provider has it on the day *on*, in the table's order."""
    by_kind: dict[str, list] = {}
    for each in papers(provider_id=provider_id):
        by_kind.setdefault(each.kind, []).append(each)
    found = []
    for code, form in paper_forms().items():
        rows = tuple(by_kind.get(code, ()))
        fault = rules.paper_standing(form, [each.expires_on for each in rows], on=on, days=remind_days())
        found.append(Standing(form, rows, fault, bool(fault) and (form.asked or bool(rows))))
    return found


def lacking(*, provider_id, on: dt.date) -> list[str]:
    """Return what a provider's registration still lacks on the day *on*, or will soon; nothing when it is whole."""
    told = [] if profile(provider_id=provider_id) else ["Who you are: name, form, numbers and address."]
    if not connected(provider_id=provider_id).exists():
        told.append("Nobody is named as connected with you: directors, owners, parent company.")
    return told + [
        f"{each.form.title}: {each.fault}." for each in standing(provider_id=provider_id, on=on) if each.warns
    ]


def running_out(*, on: dt.date, provider_ids=None) -> QuerySet[models.Paper]:
    """Return the papers that stand and are over on the day *on*, or will be within the days of reminder, the earliest first."""
    last = on + dt.timedelta(days=remind_days())
    rows = models.Paper.objects.select_related("provider").defer("body").filter(set_aside_at=None, expires_on__lte=last)
    return (rows if provider_ids is None else rows.filter(provider__in=provider_ids)).order_by("expires_on")
