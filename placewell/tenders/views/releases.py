"""Each notice as a page and as an OCDS release, for anybody; plans that are announced."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import View

from placewell.kernel.errors import NotFound
from placewell.web.permitted import Permitted
from placewell.web.templatetags.web import day, moment
from placewell.web.views import Column, DetailPage, TableView

from .. import ocds, queries


def _told(name: str):
    """Return a reader of the release's tender: "title", or "value.amountGross"."""

    def read(row):
        found = row.release.get("tender", {})
        for part in name.split("."):
            found = found.get(part, "") if isinstance(found, dict) else ""
        return found

    return read


class Plans(TableView):
    """What the council said it plans to buy, for anybody."""

    public = True
    title = "Planned procurements"
    lede = "What has been announced and is not yet out to tender. Dates and values may change."
    empty = "Nothing is announced."
    file_name = "planned-procurements"
    columns = (
        Column("title", "Title", cell=_told("title")),
        Column("kind", "Notice", cell=lambda row: row.get_kind_display()),
        Column("published_at", "Published", cell=lambda row: moment(row.published_at), sort="published_at",
               out=lambda row: row.published_at),
        Column("value", "Value", cell=lambda row: f"£{_told('value.amountGross')(row):,}", numeric=True),
        Column("notice", "Tender notice planned", cell=lambda row: _day(_told("communication.futureNoticeDate")(row))),
    )  # fmt: skip

    template_name = "tenders/plans.html"

    def rows(self, filters):
        """Return the notices of plans."""
        return queries.announced_plans()

    def get_context_data(self, **kwargs):
        """Add the yearly pipelines."""
        return super().get_context_data(pipelines=queries.pipelines(), **kwargs)

    def link(self, row):
        """Lead to the notice."""
        return reverse("tenders:release", args=[row.procurement_id, row.number])


class Pipeline(TableView):
    """What a council means to buy in a year, for anybody."""

    public = True
    template_name = "tenders/pipeline.html"
    empty = "Nothing stands in this pipeline."
    file_name = "pipeline"
    columns = (
        Column("title", "Title", cell=_told("title")),
        Column("reference", "Reference", cell=_told("id")),
        Column("procedure", "Procedure", cell=_told("procurementMethodDetails")),
        Column("value", "Value", cell=lambda row: f"£{_told('value.amountGross')(row):,}", numeric=True,
               out=_told("value.amountGross")),
        Column("notice", "Notice planned", cell=lambda row: _day(_told("communication.futureNoticeDate")(row))),
        Column("start", "Contracts start", cell=lambda row: _starts(row.release)),
    )  # fmt: skip

    @cached_property
    def found(self):
        """The pipeline that the address names."""
        return queries.pipeline(pipeline_id=self.kwargs["pipeline_id"])

    @property
    def title(self):
        """Name the year."""
        return str(self.found)

    def rows(self, filters):
        """Return the notices of its purchases."""
        return queries.pipeline_notices(pipeline_id=self.found.pk)

    def link(self, row):
        """Lead to the notice."""
        return reverse("tenders:release", args=[row.procurement_id, row.number])

    def get_context_data(self, **kwargs):
        """Add what it says."""
        return super().get_context_data(pipeline=self.found, **kwargs)


def _starts(release: dict) -> str:
    found = [each["contractPeriod"]["startDate"] for each in release.get("tender", {}).get("lots", ())]
    return _day(min(found)) if found else ""


class PipelineFile(Permitted, View):
    """Every notice of a pipeline, as one package of records."""

    public = True

    def get(self, request, pipeline_id):
        """Send it."""
        found = queries.pipeline_notices(pipeline_id=queries.pipeline(pipeline_id=pipeline_id).pk)
        return _json(ocds.record_package([[each] for each in found]), f"pipeline-{pipeline_id}.json")


def _day(text: str) -> str:
    return day(queries.date_of(text)) if text else ""


class Release(DetailPage):
    """One notice in words: what it says, and the release that a machine reads."""

    public = True
    template_name = "tenders/release.html"

    def get_context_data(self, **kwargs):
        """Add the notice."""
        found = queries.notice(procurement_id=self.kwargs["procurement_id"], number=self.kwargs["number"])
        release = found.release
        document = _document(release)
        return super().get_context_data(
            title=document.get("title", found.get_kind_display()),
            caption=release.get("tender", {}).get("title", ""),
            notice=found,
            release=release,
            code=document.get("noticeType", ""),
            lots=release.get("tender", {}).get("lots", []),
            closes=queries.moment_of(release.get("tender", {}).get("tenderPeriod", {}).get("endDate", "")),
            timetable=[
                (queries.date_of(each["dueDate"]), each["title"])
                for each in release.get("tender", {}).get("milestones", [])
            ],
            changed=[line for each in _amendments(release) for line in each.get("description", "").splitlines()],
            names={each["id"]: each["name"] for each in release.get("parties", [])},
            **kwargs,
        )


def _amendments(release: dict) -> list[dict]:
    return release.get("tender", {}).get("amendments", [])


def _document(release: dict) -> dict:
    """Return the notice's own document, wherever the release holds it."""
    places = [release.get("planning", {}), release.get("tender", {})]
    places += release.get("awards", []) + release.get("contracts", [])
    return next((each for place in places for each in place.get("documents", ())), {})


class ReleaseFile(Permitted, View):
    """One release, in its package."""

    public = True

    def get(self, request, procurement_id, number):
        """Send it."""
        found = queries.notice(procurement_id=procurement_id, number=number)
        return _json(ocds.release_package([found]), f"{found.release.get('id', 'release')}.json")


class RecordFile(Permitted, View):
    """Every release of a procurement with what they come to: a record package."""

    public = True

    def get(self, request, procurement_id):
        """Send it."""
        found = list(queries.notices(procurement_id=procurement_id))
        return _json(ocds.record_package([found]), f"{procurement_id}.json")


def _json(package: dict | None, name: str) -> HttpResponse:
    if package is None:
        raise NotFound("Nothing is published of this procurement.")
    answer = HttpResponse(ocds.written(package), content_type="application/json")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer
