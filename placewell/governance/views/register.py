"""The public register of decisions: anybody may read it, and nothing exempt or personal is in it."""

from django.http import JsonResponse
from django.urls import reverse

from placewell.web.templatetags.web import day, tag
from placewell.web.views import Column, DetailPage, TableView

from .. import queries


class Register(TableView):
    """The public register of decisions; anybody may read it."""

    public = True
    title = "Register of decisions"
    lede = (
        "Decisions about homes for looked-after children, as they were published. Nothing exempt or personal is here."
    )
    empty = "No decision has been published yet."
    file_name = "register-of-decisions"
    columns = (
        Column("number", "Number", sort="number"),
        Column("title", "Title", sort="title"),
        Column("body", "Taken by"),
        Column(
            "taken_on", "Taken on", cell=lambda row: day(row.taken_on), sort="taken_on", out=lambda row: row.taken_on
        ),
        Column(
            "published_on",
            "Published on",
            cell=lambda row: day(row.published_on),
            sort="published_on",
            out=lambda row: row.published_on,
        ),
        Column("state", "State", cell=lambda row: tag(row.state), out=lambda row: row.state),
    )

    def rows(self, filters):
        """Return what is published."""
        return queries.public_register()

    def link(self, row):
        """Lead to the public page."""
        return reverse("governance:registered", args=[row.pk])


PUBLIC_FIELDS = (
    "number",
    "body",
    "item",
    "title",
    "text",
    "reasons",
    "alternatives",
    "conflicts",
    "dispensations",
    "is_key",
    "state",
)


class RegisterJson(DetailPage):
    """The register as JSON."""

    public = True

    def get(self, request, *args, **kwargs):
        """Return the published decisions with their resolutions."""
        rows = queries.public_register().prefetch_related("resolutions")
        return JsonResponse({"decisions": [_public(row) for row in rows]})


def _public(row) -> dict:
    """Return the public part of a decision."""
    return {name: getattr(row, name) for name in PUBLIC_FIELDS} | {
        "taken_on": row.taken_on,
        "published_on": row.published_on,
        "resolutions": [{"number": each.number, "text": each.text} for each in row.resolutions.all()],
    }


class Registered(DetailPage):
    """One decision as anybody may read it."""

    public = True
    template_name = "governance/registered.html"

    def get_context_data(self, **kwargs):
        """Add the public part."""
        row = queries.public_register().prefetch_related("resolutions").filter(pk=self.kwargs["decision_id"]).first()
        found = row or queries.decision(decision_id=None)
        return super().get_context_data(
            title=found.title, caption=f"{found.body} decision {found.number}", decision=_public(found), **kwargs
        )
