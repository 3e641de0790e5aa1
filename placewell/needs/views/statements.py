"""The sufficiency statement as it is written, and what was published of need."""

from django.urls import reverse, reverse_lazy

from placewell.accounts.permissions import Permission
from placewell.web.forms import Form
from placewell.web.templatetags.web import day, moment
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, queries, states
from .documents import document, figures_of


class Statements(TableView):
    """Every statement, the newest period first."""

    permission = Permission.SEE_NEED
    title = "Sufficiency statements"
    lede = "What the council says of the homes that its children need, and what it will do. Children Act 1989, section 22G."
    empty = "No statement has been begun yet."
    template_name = "needs/statements.html"
    exports = False
    columns = (
        Column("title", "Statement", sort="title"),
        Column("start_on", "From", cell=lambda row: day(row.start_on), sort="start_on"),
        Column("end_on", "Until", cell=lambda row: day(row.end_on)),
        Column("made", "Begun", cell=lambda row: f"{moment(row.made_at)} by {row.made_by.name}"),
    )

    def rows(self, filters):
        """Return the statements."""
        return queries.statements()

    def link(self, row):
        """Lead to the statement."""
        return reverse("needs:statement", args=[row.pk])

    def get_context_data(self, **kwargs):
        """Add what can be done."""
        return super().get_context_data(may_write=self.may(Permission.WRITE_STATEMENT), **kwargs)


class Begin(ActionView):
    """Begin a statement."""

    permission = Permission.WRITE_STATEMENT
    form_class = forms.BeginStatement
    title = "Begin a statement"
    lede = "What the last statement said is taken over, for you to change."
    button = "Begin"
    back_url = reverse_lazy("needs:statements")

    def act(self, data):
        """Begin it."""
        self.made = actions.begin_statement(**data, by=self.user, now=self.now)

    def get_success_url(self):
        """Lead to the statement."""
        return reverse("needs:statement", args=[self.made.pk])


class Statement(DetailPage):
    """A statement as it is written: its sections, its figures, and what was published of it."""

    permission = Permission.SEE_NEED
    template_name = "needs/statement.html"
    caption = "Sufficiency statement"

    def get_context_data(self, **kwargs):
        """Add the sections with the figures that follow them, and what is still missing."""
        row = queries.statement(statement_id=self.kwargs["statement_id"])
        parts = queries.written(statement_id=row.pk)
        empty = [each.section.title for each in parts if each.text is None or not each.text.text.strip()]
        wrote = any(each.text and each.text.by_id == self.user.pk for each in parts)
        return super().get_context_data(
            title=row.title,
            row=row,
            parts=[(each, figures_of(row.figures, each.section.key)) for each in parts],
            empty=empty,
            publications=queries.publications(statement_id=row.pk),
            may_write=self.may(Permission.WRITE_STATEMENT),
            may_publish=self.may(Permission.PUBLISH_NEED),
            wrote=wrote,
            **kwargs,
        )


class _OnStatement(ActionView):
    def dispatch(self, request, *args, **kwargs):
        """Know where to lead back."""
        self.back_url = reverse("needs:statement", args=[kwargs["statement_id"]])
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self):
        """Lead back to the statement."""
        return self.back_url

    @property
    def about(self) -> dict:
        """What every action here is told."""
        return {"statement_id": self.kwargs["statement_id"], "by": self.user, "now": self.now}


class Write(_OnStatement):
    """Write a section."""

    permission = Permission.WRITE_STATEMENT
    form_class = forms.WriteSection
    template_name = "needs/write_section.html"
    button = "Keep"

    def get_context_data(self, **kwargs):
        """Add the section and its history."""
        section = queries.section(key=self.kwargs["key"])
        self.title, self.lede = section.title, section.help + "."
        return super().get_context_data(versions=self.versions[1:], **kwargs)

    @property
    def versions(self):
        """The section's texts, the newest first."""
        return queries.versions(statement_id=self.kwargs["statement_id"], key=self.kwargs["key"])

    def get_initial(self):
        """Offer what stands there."""
        newest = next(iter(self.versions), None)
        return {"text": newest.text, "seen": str(newest.pk)} if newest else {}

    def act(self, data):
        """Keep it."""
        actions.write_section(key=self.kwargs["key"], text=data["text"], seen_id=data["seen"], **self.about)


class PutFiguresIn(_OnStatement):
    """Put the figures in."""

    permission = Permission.WRITE_STATEMENT
    form_class = forms.PutFiguresIn
    title = "Put the figures in"
    lede = "The forecast's, and sufficiency as it stands today. They are put in as they may be published: counts under five are hidden."
    button = "Put them in"
    done = "The figures are in."

    def get_form_kwargs(self):
        """Hand over the forecasts that are done."""
        runs = queries.forecasts().filter(state=states.Run.DONE)[:30]
        return super().get_form_kwargs() | {
            "forecasts": [(str(run.pk), f"{run.title}, as of {day(run.as_of_on)}") for run in runs]
        }

    def act(self, data):
        """Put them in."""
        actions.put_figures_in(forecast_id=data["forecast"], **self.about)


class Publish(_OnStatement):
    """Publish a statement."""

    permission = Permission.PUBLISH_NEED
    form_class = Form
    title = "Publish the statement"
    lede = "Anybody will be able to read it as it stands now, as a page and as a document. It can be taken back, with a reason."
    button = "Publish"
    done = "It is published."

    def act(self, data):
        """Publish it."""
        actions.publish_statement(**self.about)


class StatementDocument(DetailPage):
    """The draft as a document."""

    permission = Permission.SEE_NEED

    def get(self, request, *args, **kwargs):
        """Return the document."""
        row = queries.statement(statement_id=kwargs["statement_id"])
        parts = queries.written(statement_id=row.pk)
        sections = [[each.section.key, each.section.title, each.text.text if each.text else ""] for each in parts]
        content = {
            "period": [row.start_on.isoformat(), row.end_on.isoformat()],
            "sections": sections,
            **(row.figures or {}),
        }
        return document(f"{row.title} (draft)", self.user.organisation.name, f"Draft of {moment(self.now)}", content)
