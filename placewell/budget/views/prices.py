"""Price lines beyond the weekly fee: a discount, and what providers give back for volume."""

from functools import cached_property

from django.urls import reverse, reverse_lazy

from placewell.accounts.permissions import Permission
from placewell.kernel.errors import NotFound
from placewell.kernel.periods import financial_year
from placewell.market import queries as market
from placewell.web.templatetags.web import pounds
from placewell.web.views import ActionView, Column, TableView

from .. import actions, forms, queries, rules, states
from .agreements import OnAgreement, source_of


class GiveDiscount(OnAgreement):
    """Take a discount off the weekly prices."""

    permission = Permission.COMMIT_MONEY
    form_class = forms.Discount
    title, button, done = "Record a discount", "Record it", "The discount is taken off."

    def act(self, data):
        """Record it."""
        actions.give_discount(source=source_of(self.kwargs), **data, by=self.user, now=self.now)


class EndDiscount(OnAgreement):
    """End a discount, or put one right that was given by mistake."""

    permission = Permission.COMMIT_MONEY
    form_class = forms.EndDiscount
    button = "End it"

    @property
    def title(self):
        """Name the discount."""
        if self.kwargs["kind"] not in states.DISCOUNTS:
            raise NotFound("There is no such discount.")
        return f"End the discount for {states.discount_words(self.kwargs['kind'])}"

    def get_initial(self):
        """Begin with today."""
        return {"end_on": self.today}

    def act(self, data):
        """End it, and say what it comes to."""
        given = {"source": source_of(self.kwargs), "kind": self.kwargs["kind"], "by": self.user, "now": self.now}
        self.done = f"The discount ends: {pounds(actions.end_discount(**data, **given))} more is to be paid."


class Volume(TableView):
    """What is bought from each provider that gives a rebate, against its thresholds."""

    permission = Permission.SEE_BUDGET
    template_name = "budget/volume.html"
    title = "Volume rebates"
    lede = "What a provider gives back of the year's prices once enough nights are bought from it. Nights up to today count."
    empty = "No provider gives a rebate for volume yet."
    file_name = "volume-rebates"
    filter_form = forms.YearFilter
    columns = (
        Column("provider", "Provider", cell="provider", sort="provider"),
        Column(
            "nights", "Nights", cell=lambda row: f"{row.nights:,}", numeric=True, sort="nights", out=lambda r: r.nights
        ),
        Column(
            "reached", "Threshold reached", cell=lambda row: f"{row.reached:,}" if row.reached else "None", numeric=True
        ),
        Column("following", "Next", cell=lambda row: f"{row.following:,}" if row.following else "None", numeric=True),
        Column("percent", "Per cent", cell=lambda row: f"{row.percent.normalize():f}", numeric=True, sort="percent"),
        Column("state", "Rebate", cell=lambda row: "Taken" if row.is_taken else "Earned" if row.percent else "Not yet"),
    )

    @cached_property
    def year(self) -> int:
        """The financial year asked for, or the present one."""
        form = self.filters
        asked = form.cleaned_data.get("year") if form.is_bound and form.is_valid() else None
        return asked or financial_year(self.today)

    @property
    def caption(self):
        """Name the year."""
        return rules.year_words(self.year)

    def rows(self, filters):
        """Return each provider that gives one."""
        return queries.volume(year=self.year, on=self.today)

    def link(self, row):
        """Lead to taking what is earned."""
        is_due = row.percent and not row.is_taken and self.may(Permission.COMMIT_MONEY)
        return reverse("budget:take_rebate", args=[row.provider_id, self.year]) if is_due else ""

    def get_context_data(self, **kwargs):
        """Say whether thresholds may be added."""
        return super().get_context_data(may_add=self.may(Permission.SET_ENVELOPE), **kwargs)


class AddVolumeTerm(ActionView):
    """Keep a threshold of a provider."""

    permission = Permission.SET_ENVELOPE
    form_class = forms.VolumeTerm
    title, button, done = "A rebate for volume", "Keep it", "The threshold is kept."
    success_url = back_url = reverse_lazy("budget:volume")

    def get_form_kwargs(self):
        """Offer the providers."""
        found = market.providers(for_user=self.user).order_by("name").values_list("pk", "name")
        return super().get_form_kwargs() | {"providers": [(str(pk), name) for pk, name in found]}

    def act(self, data):
        """Keep it."""
        actions.set_volume_term(**data, by=self.user, now=self.now)


class TakeRebate(ActionView):
    """Take off a year's prices what the volume has earned."""

    permission = Permission.COMMIT_MONEY
    form_class = forms.Nothing
    title, button, done = (
        "Take the rebate",
        "Take it off every price of the year",
        "The rebate is taken off; nights gone are credited.",
    )
    success_url = back_url = reverse_lazy("budget:volume")

    @property
    def lede(self):
        """Say what was earned."""
        year = self.kwargs["year"]
        found = queries.volume(year=year, on=self.today)
        row = next((each for each in found if each.provider_id == self.kwargs["provider_id"]), None)
        if row is None:
            raise NotFound("This provider gives no rebate in that year.")
        return (
            f"{row.nights:,} nights were bought from {row.provider} in {rules.year_words(year)}: "
            f"{row.percent.normalize():f} per cent is given back on {len(row.sources)} agreements."
        )

    def act(self, data):
        """Take it."""
        actions.take_rebate(**self.kwargs, by=self.user, now=self.now)
