"""Visits to homes, what is put right, and the quarterly returns, as the council sees them."""

import datetime as dt

from django.urls import reverse
from django.utils.functional import cached_property

from placewell.accounts import queries as accounts
from placewell.accounts.permissions import Permission
from placewell.kernel.periods import months_after
from placewell.market import queries as market
from placewell.web.templatetags.web import tag
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, queries
from ..forms import monitoring as forms
from ..rules import returns


class HomeVisits(TableView):
    """The visits to homes."""

    permission = Permission.SEE_OUTCOMES
    title = "Visits to homes"
    lede = "What the council found when it looked at a home. Visits to children stand elsewhere."
    empty = "No home has been visited yet."
    file_name = "home-visits"
    columns = (
        Column("home", "Home", cell="home.reference", sort="home__reference"),
        Column("provider", "Provider", cell="provider.name", sort="provider__name"),
        Column("made_on", "Visited", sort="made_on"),
        Column("visited_by", "By", cell="visited_by.name", sort="visited_by__name"),
        Column("is_unannounced", "Unannounced", sort="is_unannounced"),
        Column(
            "open",
            "Still to put right",
            cell=lambda row: sum(not i.done_on for i in row.improvements.all()),
            numeric=True,
        ),
    )

    def rows(self, filters):
        """Return every visit."""
        return queries.home_visits()

    def link(self, row):
        """Lead to the visit."""
        return reverse("outcomes:home_visit", args=[row.pk])


class HomeVisit(DetailPage):
    """One visit: what was found and what is put right."""

    permission = Permission.SEE_OUTCOMES
    template_name = "outcomes/home_visit.html"
    caption = "Visit to a home"

    def get_context_data(self, **kwargs):
        """Gather it."""
        row = queries.home_visit(visit_id=self.kwargs["visit_id"])
        return super().get_context_data(
            title=row.home.reference, row=row, may_manage=self.may(Permission.MANAGE_PERFORMANCE), **kwargs
        )


class RecordHomeVisit(ActionView):
    """Record a visit to a home."""

    permission = Permission.MANAGE_PERFORMANCE
    form_class = forms.HomeVisit
    title, button, done = "Record a visit to a home", "Record it", "Recorded. The provider is told."

    @cached_property
    def home(self):
        """The home."""
        return market.home(home_id=self.kwargs["home_id"], for_user=self.user)

    @property
    def caption(self):
        """Name the home."""
        return f"{self.home.reference}, {self.home.provider.name}"

    def get_form_kwargs(self):
        """Offer the colleagues who may see to things."""
        able = accounts.colleagues_who_may(
            Permission.MANAGE_PERFORMANCE, organisation_id=self.user.organisation_id, on=self.today
        )
        self.colleagues = {str(one.pk): one for one in able}
        return super().get_form_kwargs() | {"colleagues": able}

    def form_valid(self, form):
        """Keep the form at hand."""
        self.form = form
        return super().form_valid(form)

    def act(self, data):
        """Record it."""
        things = [(what, due, self.colleagues.get(owner or "")) for what, due, owner in self.form.things]
        plain = {name: data[name] for name in ("made_on", "is_unannounced", "found", "good")}
        self.made = actions.record_home_visit(
            home_id=self.home.pk, **plain, improvements=things, by=self.user, now=self.now
        )

    def get_success_url(self):
        """Lead to the visit."""
        return reverse("outcomes:home_visit", args=[self.made.pk])

    @property
    def back_url(self):
        """Lead back to the provider."""
        return reverse("outcomes:provider", args=[self.home.provider_id])


class SeeDone(ActionView):
    """Say whether something is put right."""

    permission = Permission.MANAGE_PERFORMANCE
    template_name = "outcomes/improvement_form.html"
    form_class = forms.Done
    title, button, done = "Is it put right?", "Save", "Saved."

    @cached_property
    def row(self):
        """What is to be put right."""
        return queries.improvement(improvement_id=self.kwargs["improvement_id"])

    @property
    def caption(self):
        """Name the provider."""
        return self.row.provider.name

    def get_context_data(self, **kwargs):
        """Add it."""
        return super().get_context_data(row=self.row, **kwargs)

    def act(self, data):
        """Record it."""
        actions.see_done(improvement_id=self.row.pk, **data, by=self.user, now=self.now)

    def get_success_url(self):
        """Lead to where it was asked for."""
        if self.row.visit_id:
            return reverse("outcomes:home_visit", args=[self.row.visit_id])
        return reverse("outcomes:letter", args=[self.row.measure_id])

    @property
    def back_url(self):
        """Lead back there."""
        return self.get_success_url()


class Returns(TableView):
    """The quarterly returns."""

    permission = Permission.SEE_OUTCOMES
    template_name = "outcomes/returns.html"
    title = "Quarterly returns"
    empty = "No return has been asked for yet."
    file_name = "returns"
    columns = (
        Column("provider", "Provider", cell="provider.name", sort="provider__name"),
        Column("quarter", "Quarter from", sort="quarter"),
        Column("due_on", "Due", sort="due_on"),
        Column("first_sent_on", "First sent", cell=lambda row: row.first_sent_on or "", sort="first_sent_on"),
        Column("remarks", "Remarks", cell=lambda row: len(row.remarks), numeric=True),
        Column("state", "State", cell=lambda row: tag(row.state), sort="state", out=lambda row: row.state),
    )

    def rows(self, filters):
        """Return every return."""
        return queries.provider_returns()

    def link(self, row):
        """Lead to the return."""
        return reverse("outcomes:return", args=[row.pk])

    def get_context_data(self, **kwargs):
        """Say who may ask."""
        return super().get_context_data(may_manage=self.may(Permission.MANAGE_PERFORMANCE), **kwargs)


class Return(DetailPage):
    """One return: the figures, what the checks said, and the explanation."""

    permission = Permission.SEE_OUTCOMES
    template_name = "outcomes/return.html"
    caption = "Quarterly return"

    def get_context_data(self, **kwargs):
        """Gather it."""
        row = queries.provider_return(return_id=self.kwargs["return_id"])
        return super().get_context_data(
            title=row.provider.name,
            row=row,
            figures=[(words, row.figures.get(name)) for name, words in returns.FIGURES.items()],
            remarks=[(returns.FIGURES.get(each["figure"], ""), each["words"]) for each in row.remarks],
            may_answer=self.may(Permission.MANAGE_PERFORMANCE)
            and row.state in (returns.Return.SENT, returns.Return.ACCEPTED),
            **kwargs,
        )


class AnswerReturn(ActionView):
    """Accept a return or send it back."""

    permission = Permission.MANAGE_PERFORMANCE
    form_class = forms.AnswerReturn
    title, button, done = "Accept the return?", "Save", "Saved. The provider is told."

    def act(self, data):
        """Answer it."""
        actions.answer_return(return_id=self.kwargs["return_id"], **data, by=self.user, now=self.now)

    def get_success_url(self):
        """Lead to the return."""
        return reverse("outcomes:return", args=[self.kwargs["return_id"]])

    @property
    def back_url(self):
        """Lead back to it."""
        return self.get_success_url()


class AskReturns(ActionView):
    """Ask every provider for a quarter's return."""

    permission = Permission.MANAGE_PERFORMANCE
    form_class = forms.AskReturns
    title, button, done = (
        "Ask for returns",
        "Ask every provider",
        "Asked. Those who were asked before are left as they were.",
    )

    def get_form_kwargs(self):
        """Offer the last four quarters that are over."""
        now = returns.quarter(self.today)
        return super().get_form_kwargs() | {"quarters": [months_after(now, -3 * back) for back in range(1, 5)]}

    def act(self, data):
        """Ask."""
        quarter = dt.date.fromisoformat(data["quarter"])
        actions.ask_returns(quarter=quarter, due_on=data["due_on"], by=self.user, now=self.now)

    def get_success_url(self):
        """Lead to the returns."""
        return reverse("outcomes:returns")

    @property
    def back_url(self):
        """Lead back to them."""
        return self.get_success_url()
