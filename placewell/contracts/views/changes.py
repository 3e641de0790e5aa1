"""Pages on which frameworks and contracts are changed, prices uplifted and rounds planned."""

from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.budget.rules import year_words
from placewell.web.charts import Series, bar_chart
from placewell.web.templatetags.web import day, pounds
from placewell.web.views import ActionView, DetailPage

from .. import actions, queries, states
from ..forms import live as forms
from .frameworks import OnFramework


class Extend(OnFramework):
    """Ask for a later end of the framework."""

    form_class = forms.Extension
    title, button, done = "Extend the framework", "Ask for it", "The extension is asked for. Another person decides."

    def get_form_kwargs(self):
        """Say what its terms allow."""
        months = self.framework.extension_months
        self.lede = f"It ends on {day(self.framework.end_on)}. " + (
            f"Its terms allow {months} months more." if months else "Its terms allow no extension."
        )
        return super().get_form_kwargs()

    def act(self, data):
        """Ask."""
        kind = states.ChangeKind.EXTENSION
        actions.propose_change(framework_id=self.framework.pk, kind=kind, **data, by=self.user, now=self.now)


class PlanRound(OnFramework):
    """Plan a re-opening."""

    form_class = forms.Round
    title, button, done = "Plan a re-opening", "Plan it", "The re-opening is planned."
    lede = (
        "New providers may join. Those who are on the framework keep their places and their prices and need do nothing."
    )

    def act(self, data):
        """Plan it."""
        actions.plan_round(framework_id=self.framework.pk, **data, by=self.user, now=self.now)


class ProposeUplift(OnFramework):
    """Ask that every price rise."""

    form_class = forms.Uplift
    title, button, done = (
        "Uplift the prices",
        "Show what it would do",
        "The uplift is asked for. Nothing has risen yet.",
    )

    def act(self, data):
        """Ask."""
        self.made = actions.propose_uplift(framework_id=self.framework.pk, **data, by=self.user, now=self.now)

    def get_success_url(self):
        """Lead to the preview, or back."""
        made = getattr(self, "made", None)
        return reverse("contracts:uplift", args=[made.pk]) if made else super().get_success_url()


class Uplift(DetailPage):
    """What an uplift would do, or did: prices before and after, and what it adds by year."""

    permission = Permission.SEE_CONTRACTS
    template_name = "contracts/uplift.html"

    def get_context_data(self, **kwargs):
        """Add the uplift and its preview."""
        found = queries.uplift(uplift_id=self.kwargs["uplift_id"])
        is_open = found.state == states.Asked.PROPOSED
        preview = queries.uplift_preview(found)
        years = [(year_words(year), amount) for year, amount in preview.by_year.items()]
        return super().get_context_data(
            title=f"Uplift from {day(found.effective_on)}",
            caption=found.framework.title,
            uplift=found,
            preview=preview,
            years=years,
            picture=_by_year(years) if years and is_open else "",
            may_decide=is_open and found.asked_by_id != self.user.pk and self.may(Permission.DECIDE_VARIATION),
            may_carry=found.state == states.Asked.AGREED and self.may(Permission.SIGN_AGREEMENT),
            is_open=is_open,
            **kwargs,
        )


def _by_year(years):
    """Return what the uplift adds, as bars."""
    labels = [words for words, _ in years]
    return bar_chart(
        title="What the uplift adds by year",
        description="; ".join(f"{words}: {pounds(amount)}" for words, amount in years),
        labels=labels,
        series=[Series("More than now", [float(amount) for _, amount in years])],
    )


class DecideUplift(ActionView):
    """Agree to the uplift or refuse it."""

    permission = Permission.DECIDE_VARIATION
    form_class = forms.Decide
    title, button, done = "Decide the uplift", "Record my decision", "Your decision is recorded."
    lede = "Prices on the rate cards rise on the day. What running placements cost rises when a team manager carries it over."

    def get_success_url(self):
        """Go back to the uplift."""
        return reverse("contracts:uplift", args=[self.kwargs["uplift_id"]])

    @property
    def back_url(self):
        """Lead back to the uplift."""
        return self.get_success_url()

    def act(self, data):
        """Decide."""
        actions.decide_uplift(uplift_id=self.kwargs["uplift_id"], **data, by=self.user, now=self.now)


class ProposeChange(ActionView):
    """Ask for a change of one contract."""

    permission = Permission.MANAGE_CONTRACTS
    form_class = forms.ContractChange
    title, button, done = "Change this contract", "Ask for it", "The change is asked for. Another person decides."

    def get_form_kwargs(self):
        """Find the contract."""
        self.found = queries.contract(contract_id=self.kwargs["contract_id"])
        self.caption = f"{self.found.reference}, {self.found.provider.name}"
        return super().get_form_kwargs()

    def get_success_url(self):
        """Go back to the contract."""
        return reverse("contracts:contract", args=[self.kwargs["contract_id"]])

    @property
    def back_url(self):
        """Lead back to the contract."""
        return self.get_success_url()

    def act(self, data):
        """Ask."""
        framework_id = self.found.lot.framework_id
        actions.propose_change(framework_id=framework_id, contract_id=self.found.pk, **data, by=self.user, now=self.now)


class Change(DetailPage):
    """One change: what was asked, and what was decided."""

    permission = Permission.SEE_CONTRACTS
    template_name = "contracts/change.html"

    def get_context_data(self, **kwargs):
        """Add the change."""
        found = queries.change(change_id=self.kwargs["change_id"])
        whose = found.contract.provider.name if found.contract else "Every contract on it"
        tier = f"Tier {found.tier}" + (f", rank {found.rank}" if found.rank else "") if found.tier else ""
        return super().get_context_data(
            title=f"{found.get_kind_display()}: {whose}",
            caption=found.framework.title,
            change=found,
            facts=[
                ("What changes", found.words),
                ("To", tier) if tier else None,
                ("From", day(found.effective_on)),
                ("What allows it", found.ground),
                ("Asked by", f"{found.asked_by} on {day(found.asked_at)}"),
                ("Decided by", f"{found.decided_by} on {day(found.decided_at)}. {found.decided_because}")
                if found.decided_by
                else None,
            ],
            may_decide=found.state == states.Asked.PROPOSED
            and found.asked_by_id != self.user.pk
            and self.may(Permission.DECIDE_VARIATION),
            **kwargs,
        )


class DecideChange(ActionView):
    """Agree to a change or refuse it."""

    permission = Permission.DECIDE_VARIATION
    form_class = forms.Decide
    title, button, done = "Decide this change", "Record my decision", "Your decision is recorded."

    def get_success_url(self):
        """Go back to the change."""
        return reverse("contracts:change", args=[self.kwargs["change_id"]])

    @property
    def back_url(self):
        """Lead back to the change."""
        return self.get_success_url()

    def act(self, data):
        """Decide."""
        actions.decide_change(change_id=self.kwargs["change_id"], **data, by=self.user, now=self.now)
