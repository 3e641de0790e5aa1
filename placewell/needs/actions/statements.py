"""Write the sufficiency statement, and publish it and the council's forecast."""

import datetime as dt
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission, require
from placewell.audit.actions import change_state, record
from placewell.budget.actions import take_forecast
from placewell.children.queries import is_told_in
from placewell.kernel.errors import NotFound, Refused
from placewell.kernel.periods import day_of

from .. import models, published, queries, states, sufficiency

WROTE_IT = "Another person than the one who {did} it publishes it."
TELLS = "A child's name or reference stands in “{title}”. Take it out before this is published."


@transaction.atomic
def begin_statement(*, title: str, start_on: dt.date, end_on: dt.date, by: User, now: dt.datetime) -> models.Statement:
    """Begin a statement for a period; the sections of the newest earlier one are taken over as its first words.

    Raises:
        NotAllowed; Refused: the period ends before it begins.
    """
    require(by, Permission.WRITE_STATEMENT, now=now)
    if end_on <= start_on:
        raise Refused("The period must end after it begins.")
    earlier = queries.statements().first()
    made = models.Statement.objects.create(title=title, start_on=start_on, end_on=end_on, made_by=by, made_at=now)
    record(what="needs.statement.begun", subject=made, by=by, now=now, after={"start_on": start_on.isoformat()})
    for each in queries.written(statement_id=earlier.pk) if earlier else ():
        if each.text:
            models.SectionText.objects.create(
                statement=made, section=each.section.key, number=1, text=each.text.text, by=each.text.by, at=now
            )
    return made


@transaction.atomic
def write_section(*, statement_id, key: str, text: str, seen_id: str, by: User, now: dt.datetime) -> None:
    """Write a section anew; what stood there is kept as its history. *seen_id* names the version that the writer read.

    Raises:
        NotAllowed; NotFound; Refused: somebody else has written since.
    """
    require(by, Permission.WRITE_STATEMENT, now=now)
    queries.section(key=key)
    row = _locked(statement_id)
    newest = row.texts.filter(section=key).first()
    if newest and newest.text == text:
        return
    if newest and str(newest.pk) != seen_id:
        raise Refused(f"{newest.by.name} has written this section since you opened it. Read it, and add yours.")
    number = newest.number + 1 if newest else 1
    made = models.SectionText.objects.create(statement=row, section=key, number=number, text=text, by=by, at=now)
    record(what="needs.section.written", subject=made, by=by, now=now, after={"section": key})


@transaction.atomic
def put_figures_in(*, statement_id, forecast_id, by: User, now: dt.datetime) -> None:
    """Put in the figures of a forecast, and of sufficiency today, as they may be published.

    Raises:
        NotAllowed; NotFound; Refused: the forecast is not done.
    """
    require(by, Permission.WRITE_STATEMENT, now=now)
    row, run, on = _locked(statement_id), queries.forecast(run_id=forecast_id), day_of(now)
    if run.state != states.Run.DONE:
        raise Refused("This forecast is not done.")
    area = by.organisation.area_code if by.organisation else ""
    gap = sufficiency.sufficiency(area_code=area, forecast=run, on=on)
    row.forecast, row.figures_on = run, on
    row.figures = (row.figures or {}) | {"forecast": published.forecast(run), "gap": published.gaps(gap)}
    row.save()
    record(what="needs.statement.figured", subject=row, by=by, now=now, after={"forecast": str(run.pk)})


@transaction.atomic
def put_outcomes_in(*, statement_id, table: published.Table, by: User, now: dt.datetime) -> None:
    """Put in what became of the children, as the review of outcomes hands it down: it may be published as it is.

    Raises:
        NotAllowed; NotFound; Refused: the forecast's figures are not in yet.
    """
    require(by, Permission.WRITE_STATEMENT, now=now)
    row = _locked(statement_id)
    if row.figures is None:
        raise Refused("Put the figures of a forecast in first.")
    row.figures = row.figures | {"outcomes": table}
    row.save()
    record(what="needs.statement.outcomes_in", subject=row, by=by, now=now, after={"rows": len(table["rows"])})


@transaction.atomic
def publish_statement(*, statement_id, by: User, now: dt.datetime) -> models.Publication:
    """Publish a statement as it stands; it can be written on, and published again under the next number.

    Raises:
        NotAllowed; NotFound; Refused: a section or the figures are missing, the publisher wrote in it, a child is named,
            or it stands published already as it is.
    """
    require(by, Permission.PUBLISH_NEED, now=now)
    row = _locked(statement_id)
    parts = queries.written(statement_id=row.pk)
    if row.figures is None:
        raise Refused("Put the figures in first.")
    if missing := [each.section.title for each in parts if each.text is None or not each.text.text.strip()]:
        raise Refused(f"Nothing is written yet in: {', '.join(missing)}.")
    texts = [each.text for each in parts if each.text is not None]
    if any(each.by_id == by.pk for each in texts):
        raise Refused(WROTE_IT.format(did="wrote in"))
    for each in parts:
        if each.text and is_told_in(text=each.text.text):
            raise Refused(TELLS.format(title=each.section.title))
    content = {
        "period": [row.start_on.isoformat(), row.end_on.isoformat()],
        "sections": [[each.section.key, each.section.title, each.text.text] for each in parts if each.text],
        **row.figures,
    }
    stands = queries.standing(kind=states.Published.STATEMENT).filter(statement=row).order_by("-number").first()
    if stands is not None and stands.content == content:
        raise Refused(f"Nothing has changed since this was published as number {stands.number}.")
    last = max(texts, key=lambda each: each.at).by
    made = _keep(states.Published.STATEMENT, row.title, content, last, by, now, statement=row)
    told = f"The sufficiency statement “{row.title}” was published."
    record(what="needs.statement.published", subject=made, by=by, now=now, after={"number": made.number}, told=told)
    return made


@transaction.atomic
def publish_forecast(*, run_id, by: User, now: dt.datetime) -> models.Publication:
    """Publish a forecast as the council's own: anybody may read it, and the budget reckons with it from now on.

    Raises:
        NotAllowed; NotFound; Refused: it is not done, or the publisher ran it.
    """
    require(by, Permission.PUBLISH_NEED, now=now)
    run = _locked_forecast(run_id)
    if run.state != states.Run.DONE:
        raise Refused("This forecast is not done.")
    if run.by_id == by.pk:
        raise Refused(WROTE_IT.format(did="ran"))
    if queries.standing(kind=states.Published.FORECAST).filter(forecast=run).exists():
        raise Refused("This forecast is published already.")
    months = [
        (dt.date.fromisoformat(first), Decimal(str(low)), Decimal(str(middle)), Decimal(str(high)))
        for first, low, middle, high in (run.result or {}).get("months", ())
    ]
    if not months:
        raise Refused("This forecast was made by an earlier version, which kept no months: run it again.")
    made = _keep(states.Published.FORECAST, run.title, published.forecast(run), run.by, by, now, forecast=run)
    told = f"The forecast “{run.title}” was published as the council's own."
    record(what="needs.forecast.published", subject=made, by=by, now=now, after={"number": made.number}, told=told)
    take_forecast(label=run.title[:100], made_on=run.as_of_on or day_of(run.asked_at), months=months, by=by, now=now)
    return made


@transaction.atomic
def withdraw_publication(*, publication_id, reason: str, by: User, now: dt.datetime) -> None:
    """Take something that was published back, with the reason; it stays in the council's own records.

    Raises:
        NotAllowed; NotFound; WrongState: it is withdrawn already.
    """
    require(by, Permission.PUBLISH_NEED, now=now)
    row = models.Publication.objects.select_for_update().filter(pk=publication_id).first()
    if row is None:
        raise NotFound("This is not published.")
    row.why_withdrawn = reason
    change_state(
        row=row, to=states.Publication.WITHDRAWN, steps=states.PUBLICATION_STEPS, what="needs.publication.withdrawn",
        by=by, now=now, reason=reason,
    )  # fmt: skip


def _locked(statement_id) -> models.Statement:
    found = models.Statement.objects.select_for_update().filter(pk=statement_id).first()
    if found is None:
        raise NotFound("There is no such statement.")
    return found


def _locked_forecast(run_id) -> models.ForecastRun:
    """Return a forecast, its row locked: whether it is published is asked and answered by one at a time."""
    models.ForecastRun.objects.select_for_update().filter(pk=run_id).values_list("pk").first()
    return queries.forecast(run_id=run_id)


def _keep(kind, title: str, content: dict, written_by: User, by: User, now: dt.datetime, **of) -> models.Publication:
    """Keep what is published under the next number of its kind; two at once meet at the constraint, and one is refused."""
    number = (models.Publication.objects.filter(kind=kind).aggregate(last=Max("number"))["last"] or 0) + 1
    given = {"kind": kind, "number": number, "title": title, "content": content, "written_by": written_by, **of}
    try:
        with transaction.atomic():
            return models.Publication.objects.create(
                published_by=by, published_at=now, council_name=by.organisation.name if by.organisation else "", **given
            )
    except IntegrityError:
        raise Refused("Something else was published this moment. Look at it, and try again.") from None
