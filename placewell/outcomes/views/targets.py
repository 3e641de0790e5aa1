"""The published targets, and a provider's record as others quote it."""

from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.contracts import queries as contracts
from placewell.market import queries as market
from placewell.web.tables_out import csv_response
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, queries
from ..forms import providers as forms
from ..rules.kpis import definitions


class Record(DetailPage):
    """The provider's record as others quote it; with ?format=csv as a file."""

    permission = Permission.SEE_OUTCOMES
    template_name = "outcomes/record.html"
    caption = "Record to quote in tenders, renewals and blocks"

    def get(self, request, *args, **kwargs):
        """Show the record, or hand it out."""
        found = market.provider(provider_id=self.kwargs["provider_id"], for_user=self.user)
        rows = queries.provider_record(provider_id=found.pk, for_user=self.user, on=self.today)
        if request.GET.get("format") == "csv":
            titles = ["What", "Value", "Cases", "Uncertainty", "Rating", "Definition"]
            lines = ([r.what, r.value, r.cases, r.uncertainty, r.rating, r.definition] for r in rows)
            return csv_response(f"record-{found.pk}-{self.today}", titles, lines)
        return self.render_to_response(
            self.get_context_data(title=found.name, provider=found, rows=rows, on=self.today)
        )


class Targets(TableView):
    """The published targets."""

    permission = Permission.SEE_OUTCOMES
    template_name = "outcomes/targets.html"
    title = "Published targets"
    lede = "What is to be reached under each framework, from which day. None is changed: a new one follows."
    empty = "No target is published yet: nothing is rated."
    file_name = "targets"
    columns = (
        Column("kpi", "Measure", cell=lambda row: definitions()[row.kpi].title, sort="kpi"),
        Column("framework", "Framework", cell="framework.reference", sort="framework__reference"),
        Column(
            "target", "Target", cell=lambda row: _in_unit(row, row.target), out=lambda row: row.target, numeric=True
        ),
        Column("slightly", "Slightly below until", cell=lambda row: _in_unit(row, row.slightly), numeric=True),
        Column("below", "Below until", cell=lambda row: _in_unit(row, row.below), numeric=True),
        Column("from_on", "From", sort="from_on"),
        Column("reason", "Published"),
        Column("set_by", "Set by", cell="set_by.name"),
    )

    def rows(self, filters):
        """Return every target."""
        return queries.targets()

    def get_context_data(self, **kwargs):
        """Add the definitions."""
        return super().get_context_data(
            definitions=list(definitions().values()), may_manage=self.may(Permission.MANAGE_PERFORMANCE), **kwargs
        )


def _in_unit(row, value) -> str:
    return queries.number(float(value), definitions()[row.kpi].unit)


class SetTarget(ActionView):
    """Publish a target."""

    permission = Permission.MANAGE_PERFORMANCE
    form_class = forms.Target
    title, button, done = "Publish a target", "Publish it", "Published."
    lede = "A target holds from its day on. What came before is judged by what was published then."

    def get_form_kwargs(self):
        """Offer the frameworks in use."""
        rows = contracts.frameworks().filter(state="awarded", is_outgoing=False)
        return super().get_form_kwargs() | {"frameworks": rows}

    def act(self, data):
        """Publish it."""
        actions.set_target(**data, by=self.user, now=self.now)

    def get_success_url(self):
        """Lead to the targets."""
        return reverse("outcomes:targets")

    @property
    def back_url(self):
        """Lead back to the targets."""
        return self.get_success_url()


class ShareFigures(ActionView):
    """Share with one provider its own figures as they stand today."""

    permission = Permission.MANAGE_PERFORMANCE
    title, button = "Share today's figures with the provider", "Share them"
    lede = (
        "It reads its own measures, targets and rating words, and may reply. No other provider's figure is among them."
    )
    done = "Shared. The provider is told."

    @property
    def caption(self):
        """Name the provider."""
        return market.provider(provider_id=self.kwargs["provider_id"], for_user=self.user).name

    @property
    def back_url(self):
        """Lead back to the provider."""
        return reverse("outcomes:provider", args=[self.kwargs["provider_id"]])

    def get_success_url(self):
        """Go back to the provider."""
        return self.back_url

    def act(self, _data):
        """Share them."""
        actions.share_figures(provider_id=self.kwargs["provider_id"], by=self.user, now=self.now)
