"""Reads of the sufficiency statement as it is written, and of what was published."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from placewell.kernel.errors import NotFound

from .. import models, rules, states


def statements() -> QuerySet[models.Statement]:
    """Return every statement, the newest period first, without its figures."""
    return models.Statement.objects.select_related("made_by").defer("figures")


def statement(*, statement_id) -> models.Statement:
    """Return one statement with its figures.

    Raises:
        NotFound: there is none.
    """
    heavy = [f"forecast__{name}" for name in ("upload", "fitted", "result", "draws")]
    found = models.Statement.objects.select_related("made_by", "forecast").defer(*heavy).filter(pk=statement_id).first()
    if found is None:
        raise NotFound("There is no such statement.")
    return found


@dataclass(frozen=True)
class Written:
    """A section with what holds, and how often it was written; *text* is None while nobody has."""

    section: rules.Section
    text: models.SectionText | None
    versions: int


def written(*, statement_id) -> list[Written]:
    """Return the sections of a statement in order, each with its newest text."""
    texts: dict[str, list[models.SectionText]] = {}
    for each in models.SectionText.objects.filter(statement=statement_id).select_related("by"):
        texts.setdefault(each.section, []).append(each)
    every = [(section, texts.get(section.key, [])) for section in rules.sections()]
    return [Written(section, own[0] if own else None, len(own)) for section, own in every]


def section(*, key: str) -> rules.Section:
    """Return one section by its key.

    Raises:
        NotFound: there is none.
    """
    found = next((each for each in rules.sections() if each.key == key), None)
    if found is None:
        raise NotFound("A statement has no such section.")
    return found


def versions(*, statement_id, key: str) -> Sequence[models.SectionText]:
    """Return every text that a section had, the newest first."""
    return list(models.SectionText.objects.filter(statement=statement_id, section=key).select_related("by"))


def publications(*, kind: str = "", statement_id=None) -> QuerySet[models.Publication]:
    """Return what was published, newest first; the public's own context leaves what stands."""
    found = models.Publication.objects.defer("content")
    if kind:
        found = found.filter(kind=kind)
    return found.filter(statement=statement_id) if statement_id else found


def standing(*, kind: str = "") -> QuerySet[models.Publication]:
    """Return what is published and was not withdrawn, newest first."""
    return publications(kind=kind).filter(state=states.Publication.PUBLISHED)


def publication(*, publication_id) -> models.Publication:
    """Return what was published, with its content.

    Raises:
        NotFound: there is no such thing that the reader may see.
    """
    found = models.Publication.objects.filter(pk=publication_id).first()
    if found is None:
        raise NotFound("This is not published.")
    return found


def councils_forecast() -> models.ForecastRun | None:
    """Return the forecast that the council last published and did not withdraw, without its rows."""
    stands = {"publications__kind": states.Published.FORECAST, "publications__state": states.Publication.PUBLISHED}
    runs = models.ForecastRun.objects.defer("upload", "fitted", "draws").filter(**stands)
    return runs.order_by("-publications__published_at").first()
