"""The public register of decisions: anybody may read it, and nothing exempt or personal is in it."""

from django.http import JsonResponse
from django.urls import reverse

from placewell.web.templatetags.web import day, tag
from placewell.web.views import Column, DetailPage, TableView

from .. import queries
from .notice import notice_response
from .plans import reports_of


class Register(TableView):
    """The public register of decisions; anybody may read it."""

    public = True
    title = "Register of decisions"
    lede = (
        "Decisions about homes for looked-after children, as they were published. Nothing exempt or personal is here."
    )
    template_name = "governance/register.html"
    empty = "No decision has been published yet."
    file_name = "register-of-decisions"
    columns = (
        Column("number", "Number", sort="number"),
        Column("title", "Title", sort="title"),
        Column("body", "Taken by"),
        Column("is_key", "Key"),
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
    "maker",
    "state",
    "taken_on",
    "published_on",
    "is_subject_to_call_in",
    "call_in_working_days",
    "urgency_reason",
    "annual_amount",
    "years",
)


class RegisterJson(DetailPage):
    """The register as JSON."""

    public = True

    def get(self, request, *args, **kwargs):
        """Return the published decisions with their resolutions, reports and what became of call-ins."""
        rows = queries.public_register().prefetch_related("resolutions", "reports", "call_ins")
        return JsonResponse({"decisions": [_public(row) for row in rows]})


def _public(row) -> dict:
    """Return the public part of a decision: no name of who called it in, and nothing exempt."""
    return {name: getattr(row, name) for name in PUBLIC_FIELDS} | {
        "in_force_from": queries.in_force_from(row),
        "resolutions": [{"number": each.number, "text": each.text} for each in row.resolutions.all()],
        "reports": [
            {
                "title": each.title,
                "author": each.author,
                "text": each.text,
                "published_on": each.published_on,
                "exempt_paragraphs": each.exempt_paragraphs,
            }
            for each in row.reports.all()
            if each.published_on
        ],
        "call_ins": [
            {
                "received_on": each.received_at.date(),
                "grounds": each.grounds,
                "advice": each.advice,
                "outcome": each.outcome,
            }
            for each in row.call_ins.all()
        ],
    }


class _OnRegistered(DetailPage):
    public = True

    def find(self):
        """Return the published decision that the address names."""
        parts = ("resolutions", "reports", "call_ins", "delegations__consultees")
        shown = queries.public_register().select_related("planned").prefetch_related(*parts)
        return shown.filter(pk=self.kwargs["decision_id"]).first() or queries.decision(decision_id=None)


class Registered(_OnRegistered):
    """One decision as anybody may read it."""

    template_name = "governance/registered.html"

    def get_context_data(self, **kwargs):
        """Add the public part."""
        found = self.find()
        return super().get_context_data(
            title=found.title,
            caption=f"{found.body} decision {found.number}",
            decision=_public(found),
            pk=found.pk,
            planned=found.planned,
            why_not=queries.why_not_in_force(found, on=self.today),
            reports=[each for each in reports_of(found, self) if each["report"].published_on],
            **kwargs,
        )


class RegisteredNotice(_OnRegistered):
    """The notice of a published decision, as anybody may read it."""

    def get(self, request, *args, **kwargs):
        """Return the document."""
        return notice_response(self.find())
