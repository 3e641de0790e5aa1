"""Pages for the envelope and what is committed against it."""

from functools import cached_property

from django.urls import reverse, reverse_lazy

from placewell.accounts.permissions import Permission
from placewell.governance import queries as governance
from placewell.governance.states import Category
from placewell.kernel.money import ZERO
from placewell.kernel.periods import financial_year, financial_year_period
from placewell.web import charts
from placewell.web.tables_out import csv_response, xlsx_response
from placewell.web.templatetags.web import day, pounds
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, queries, rules

PAGES = (
    ("outturn", "Outturn", "What the year comes to, by month, lot, provider and funder; the report for Cabinet."),
    (
        "demand",
        "Demand and approval",
        "The chance of passing each limit, requests to the three offices, and what waits.",
    ),
    ("invoices", "Invoices", "What providers charge, line by line, and what does not agree."),
    ("pay_runs", "Pay runs", "What goes to the finance system."),
    ("lots", "Lots and codes", "The envelope by lot, its codes, and money moved between lots."),
    ("months", "Month ends", "Closed months and their accruals."),
    ("funding", "Joint funding", "What education, health and the Home Office bear."),
    ("volume", "Volume rebates", "What providers give back once enough nights are bought from them."),
    ("commitments", "Commitments", "Every price line, by night."),
)


class Position(DetailPage):
    """The envelope by year, what is committed and what is left, by lot; the chart and the table behind it."""

    permission = Permission.SEE_BUDGET
    template_name = "budget/position.html"
    title = "Budget"

    def get(self, request, *args, **kwargs):
        """Show the page, or the table as a file."""
        wanted = request.GET.get("format")
        if wanted in ("csv", "xlsx"):
            years, lots = queries.told_position(on=self.today, exact=self.may(Permission.SEE_CHILDREN))
            titles = [
                "Year",
                "Envelope",
                "Allowed beyond",
                *(each.value.replace("_", " ") for each in Category),
                "Committed",
                "Left",
            ]
            rows = [
                [
                    y.words,
                    y.envelope,
                    y.allowed_beyond,
                    *(lots.get(y.year, {}).get(c.value, ZERO) for c in Category),
                    y.committed,
                    y.left,
                ]
                for y in years
            ]
            return (csv_response if wanted == "csv" else xlsx_response)("budget", titles, rows)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        """Add the years, and the chart of those with an envelope."""
        years, lots = queries.told_position(on=self.today, exact=self.may(Permission.SEE_CHILDREN))
        shown = [year for year in years if year.envelope is not None]
        series = [
            charts.Series(
                category.value.replace("_", " ").capitalize(),
                [float(lots.get(y.year, {}).get(category.value, ZERO)) for y in shown],
            )
            for category in Category
        ]
        current = next((year for year in years if year.is_current), None)
        chart = charts.bar_chart(
            title="Committed by financial year and lot, against the envelope",
            description=self.sentence(current),
            labels=[year.words for year in shown],
            series=series,
            levels=[float(year.envelope) for year in shown],
            level_label="Envelope",
        )
        rows = [(year, [lots.get(year.year, {}).get(category.value, ZERO) for category in Category]) for year in years]
        return super().get_context_data(
            pages=PAGES,
            is_coarse=not self.may(Permission.SEE_CHILDREN),
            years=[row for row in rows if row[0].envelope is not None],
            later=[row for row in rows if row[0].envelope is None],
            categories=[c.value for c in Category],
            picture=chart if shown else "",
            sentence=self.sentence(current),
            **kwargs,
        )

    @staticmethod
    def sentence(year) -> str:
        """Return the position in a plain sentence."""
        if year is None or year.envelope is None:
            return "No envelope is set for this year."
        return f"In {year.words}, {pounds(year.committed)} of {pounds(year.envelope)} is committed; {pounds(year.left)} is left."


class Commitments(TableView):
    """Every live commitment, with what it costs in the year asked for.

    Whoever may not see children is told of a last day ahead only its year, and not what that year costs: nights at a
    known price are a day, and the day is often a child's eighteenth birthday.
    """

    permission = Permission.SEE_BUDGET
    title = "Commitments"
    empty = "Nothing is committed yet."
    file_name = "commitments"
    filter_form = forms.Filters

    @cached_property
    def sees_children(self) -> bool:
        """Tell whether days ahead may be told."""
        return self.may(Permission.SEE_CHILDREN)

    @cached_property
    def year(self) -> int | None:
        """The financial year whose costs are shown; None for the whole."""
        form = self.filters
        asked = form.cleaned_data.get("year") if form.is_bound and form.is_valid() else None
        return asked or (None if self.sees_children else financial_year(self.today))

    @property
    def lede(self) -> str:
        """Say which costs are shown, and what is kept back."""
        if self.sees_children:
            return ""
        return (
            f"What each costs in {rules.year_words(self.year)}. A last day ahead is told by its year alone, "
            "and that year's cost not at all: the day may be a child's birthday."
        )

    @cached_property
    def columns(self):
        """The columns; what is kept back does not sort either."""
        exact = self.sees_children
        cost = "Cost" if self.year is None else f"Cost in {rules.year_words(self.year)}"
        return (
            Column("provider", "Provider", cell="provider.name", sort="provider__name"),
            Column("category", "Lot", cell=lambda row: row.get_category_display(), sort="category"),
            Column(
                "weekly_fee",
                "A week",
                cell=lambda row: pounds(row.weekly_fee),
                numeric=True,
                sort="weekly_fee",
                out=lambda row: row.weekly_fee,
            ),
            Column(
                "start_on", "From", cell=lambda row: day(row.start_on), sort="start_on", out=lambda row: row.start_on
            ),
            Column(
                "end_on",
                "Until",
                cell=lambda row: day(row.end_on) if self.tells(row) else f"In {rules.ends_in(row.end_on)}",
                sort="end_on" if exact else "",
                out=lambda row: row.end_on if self.tells(row) else rules.ends_in(row.end_on),
            ),
            Column(
                "total",
                cost,
                cell=lambda row: pounds(row.total) if self.tells_cost(row) else "Ends this year",
                numeric=True,
                sort="total" if exact else "",
                out=lambda row: row.total if self.tells_cost(row) else "",
            ),
        )

    def tells(self, row) -> bool:
        """Tell whether the last day is shown."""
        return rules.day_is_told(row.end_on, on=self.today, sees_children=self.sees_children)

    def tells_cost(self, row) -> bool:
        """Tell whether the year's cost is shown: of a last year ahead it would give the day away."""
        return self.tells(row) or (self.year is not None and row.end_on > financial_year_period(self.year).end)

    def rows(self, filters):
        """Return the commitments that the filters leave."""
        return queries.commitments(year=self.year, category=filters.get("category", ""))

    def link(self, row):
        """Lead to the money of the agreement behind it, and from there up to the decision."""
        room, _, pk = row.source.partition(":")
        return reverse("budget:agreement", args=[pk]) if room == "placements.agreement" else ""


class SetEnvelope(ActionView):
    """Set what a decision allows to be spent in a year."""

    permission = Permission.SET_ENVELOPE
    form_class = forms.SetEnvelope
    title, button, done = "Set the envelope", "Set it", "The envelope is set."
    success_url = reverse_lazy("budget:position")

    @property
    def back_url(self):
        """Lead back to the decision."""
        return reverse("governance:decision", args=[self.kwargs["decision_id"]])

    def get_form_kwargs(self):
        """Offer the years that have none yet."""
        decision = governance.decision(decision_id=self.kwargs["decision_id"])
        self.caption = f"Decision {decision.number}"
        taken = queries.years_set(decision_id=decision.pk)
        return super().get_form_kwargs() | {"decision": decision, "on": self.today, "taken": taken}

    def act(self, data):
        """Set it."""
        actions.set_envelope(decision_id=self.kwargs["decision_id"], **data, by=self.user, now=self.now)
