"""What is published of need: by whom, and as anybody may read it."""

from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.web.forms import Form
from placewell.web.templatetags.web import day, tag
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, queries, states
from .documents import document, figures_of


class PublishForecast(ActionView):
    """Publish a forecast as the council's own."""

    permission = Permission.PUBLISH_NEED
    form_class = Form
    title = "Publish this forecast"
    lede = (
        "It becomes the council's own: anybody may read it, without kinds of home so small that they would tell of a "
        "child, and the budget reckons with it from now on."
    )
    button = "Publish"
    done = "It is published, and the budget reckons with it."

    def act(self, data):
        """Publish it."""
        actions.publish_forecast(run_id=self.kwargs["run_id"], by=self.user, now=self.now)

    def get_success_url(self):
        """Lead back to the forecast."""
        return reverse("needs:run", args=[self.kwargs["run_id"]])


class Withdraw(ActionView):
    """Take something that was published back."""

    permission = Permission.PUBLISH_NEED
    form_class = forms.Withdraw
    title = "Take this back"
    lede = "Nobody outside the council can read it any more. It stays in the council's own records, with your reason."
    button = "Take it back"
    is_warning = True
    done = "It is taken back."

    def act(self, data):
        """Take it back."""
        about = {"by": self.user, "now": self.now}
        actions.withdraw_publication(publication_id=self.kwargs["publication_id"], reason=data["reason"], **about)

    def get_success_url(self):
        """Lead to what stands."""
        return reverse("needs:published")


class Published(TableView):
    """What is published of need; anybody may read it."""

    public = True
    title = "Need and sufficiency, as published"
    lede = (
        "How many children the council expects to look after, and whether there are homes for them near enough. "
        "Counts under five are hidden."
    )
    empty = "Nothing is published yet."
    exports = False
    columns = (
        Column("title", "Title", sort="title"),
        Column("kind", "What it is", cell=lambda row: KIND_WORDS[row.kind]),
        Column("council_name", "Council"),
        Column("number", "Number", numeric=True),
        Column("published_at", "Published", cell=lambda row: day(row.published_at), sort="published_at"),
    )

    def rows(self, filters):
        """Return what stands."""
        return queries.standing()

    def link(self, row):
        """Lead to it."""
        return reverse("needs:publication", args=[row.pk])


KIND_WORDS = {states.Published.FORECAST: "Forecast of need", states.Published.STATEMENT: "Sufficiency statement"}


class Publication(DetailPage):
    """A statement or a forecast as anybody may read it, as a page."""

    public = True
    template_name = "needs/publication.html"

    def get_context_data(self, **kwargs):
        """Add the parts."""
        found = queries.publication(publication_id=self.kwargs["publication_id"])
        content = found.content
        parts = [(title, text, figures_of(content, key)) for key, title, text in content.get("sections", ())]
        if found.kind == states.Published.FORECAST:
            parts = [
                ("", "", [*figures_of({"forecast": content}, "ahead"), *figures_of({"forecast": content}, "money")])
            ]
        return super().get_context_data(
            title=found.title,
            caption=f"{KIND_WORDS[found.kind]}, number {found.number}",
            found=found,
            state=tag(found.state),
            period=content.get("period"),
            parts=parts,
            may_withdraw=found.state == states.Publication.PUBLISHED and self.may(Permission.PUBLISH_NEED),
            **kwargs,
        )


class PublicationDocument(DetailPage):
    """The same as an accessible PDF."""

    public = True

    def get(self, request, *args, **kwargs):
        """Return the document."""
        found = queries.publication(publication_id=kwargs["publication_id"])
        content = found.content
        if found.kind == states.Published.FORECAST:
            content = {
                "forecast": content,
                "sections": [["ahead", "What we expect", ""], ["money", "What it costs", ""]],
            }
        reference = f"{KIND_WORDS[found.kind]} {found.number}, published {day(found.published_at)}"
        return document(found.title, found.council_name, reference, content)
