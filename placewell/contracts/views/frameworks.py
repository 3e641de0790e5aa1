"""Pages on which a framework is set up, awarded, filled and ended."""

from django.urls import reverse, reverse_lazy

from placewell.accounts import queries as accounts
from placewell.accounts.permissions import Permission
from placewell.governance import queries as governance
from placewell.governance.states import Category
from placewell.kernel.errors import NotFound
from placewell.storage.models import choices
from placewell.web.templatetags.web import day, pounds
from placewell.web.views import ActionView

from .. import actions, forms, queries, rules


class SetUp(ActionView):
    """Set up a framework under a decision in force."""

    permission = Permission.MANAGE_CONTRACTS
    form_class = forms.SetUp
    title, button, done = "Set up a framework", "Set it up", "The framework is set up. It can be awarded now."

    @property
    def back_url(self):
        """Lead back to the decision."""
        return reverse("governance:decision", args=[self.kwargs["decision_id"]])

    def get_form_kwargs(self):
        """Offer the decision's lots."""
        decision = governance.decision(decision_id=self.kwargs["decision_id"])
        self.caption = f"Decision {decision.number}"
        self.titles = {lot.category: lot.title for lot in decision.lots.all()}
        return super().get_form_kwargs() | {"lots": list(self.titles.items())}

    def act(self, data):
        """Set it up, the lots numbered in the decision's order."""
        chosen = [category for category in self.titles if category in data.pop("lots")]
        lots = [rules.LotTerms(number, each, self.titles[each]) for number, each in enumerate(chosen, start=1)]
        self.made = actions.set_up_framework(
            **data, decision_id=self.kwargs["decision_id"], lots=lots, by=self.user, now=self.now
        )

    def get_success_url(self):
        """Lead to the framework."""
        return reverse("contracts:framework", args=[self.made.pk])


class SetUpOutgoing(ActionView):
    """Record the contract that the council is leaving, so that placements under it are covered until they move."""

    permission = Permission.MANAGE_CONTRACTS
    form_class = forms.SetUp
    title, button, done = "Record an outgoing contract", "Record it", "The outgoing contract is recorded."
    lede = (
        "One that another body let, or that the council is leaving. It serves only where no framework of its own does."
    )
    back_url = reverse_lazy("contracts:list")

    def act(self, data):
        """Record it."""
        words = dict(choices(Category))
        lots = [rules.LotTerms(number, each, words[each]) for number, each in enumerate(data.pop("lots"), start=1)]
        self.made = actions.set_up_framework(**data, is_outgoing=True, lots=lots, by=self.user, now=self.now)

    def get_success_url(self):
        """Lead to it."""
        return reverse("contracts:framework", args=[self.made.pk])


class OnFramework(ActionView):
    """Something done to a framework."""

    permission = Permission.MANAGE_CONTRACTS

    def get_success_url(self):
        """Go back to the framework."""
        return reverse("contracts:framework", args=[self.framework.pk])

    @property
    def back_url(self):
        """Lead back to the framework."""
        return self.get_success_url()

    def dispatch(self, request, *args, **kwargs):
        """Find the framework."""
        if request.user.is_authenticated and self.may(self.permission):
            self.framework = self.find()
            self.caption = self.framework.title
        return super().dispatch(request, *args, **kwargs)

    def find(self):
        """Return the framework that the address names."""
        return queries.framework(framework_id=self.kwargs["framework_id"])


class Award(OnFramework):
    """Award it under an approval that the delegation's offices gave."""

    form_class = forms.Award
    title, button, done = "Award the framework", "Award it", "The framework is awarded. Add the providers."
    lede = "Only an approval that the office with the delegation gave, with the agreement of the others, allows it."

    def get_form_kwargs(self):
        """Offer the approvals that were given under the framework's decision."""
        given = governance.approved(decision_id=self.framework.decision_id, act="award")
        words = [
            (str(each.pk), f"{each.title}, {pounds(each.amount) or 'no amount'}, {day(each.decided_at)}")
            for each in given
        ]
        if not words:
            self.lede = "No award has been approved under this decision yet. Ask for approval on the decision's page."
        return super().get_form_kwargs() | {"approvals": words}

    def act(self, data):
        """Award it."""
        actions.award_framework(
            framework_id=self.framework.pk, approval_id=data["approval"], by=self.user, now=self.now
        )


class EndFramework(OnFramework):
    """End it before its day."""

    form_class = forms.Reason
    title, button, is_warning, done = "End the framework", "End it", True, "The framework ended."
    lede = "No child can be placed under it any more. Agreements that run under it stay in force."

    def act(self, data):
        """End it."""
        actions.end_framework(framework_id=self.framework.pk, **data, by=self.user, now=self.now)


class AddContract(OnFramework):
    """Put a provider on a lot."""

    form_class = forms.AddContract
    title, button, done = "Add a provider to the lot", "Add the provider", "The provider is on the lot. Set its prices."

    def find(self):
        """Return the framework of the lot that the address names."""
        framework = queries.framework(framework_id=self.kwargs["framework_id"])
        self.lot = next((lot for lot in framework.lots.all() if lot.pk == self.kwargs["lot_id"]), None)
        if self.lot is None:
            raise NotFound("There is no such lot.")
        return framework

    def get_initial(self):
        """Start with the framework's own days."""
        return {"start_on": max(self.framework.start_on, self.today), "end_on": self.framework.end_on}

    def get_form_kwargs(self):
        """Offer every provider that is known."""
        found = [(str(each.pk), each.name) for each in accounts.providers()]
        return super().get_form_kwargs() | {"providers": found}

    def act(self, data):
        """Add it."""
        provider = data.pop("provider")
        self.made = actions.add_contract(lot_id=self.lot.pk, provider_id=provider, **data, by=self.user, now=self.now)

    def get_success_url(self):
        """Lead to the contract, or back."""
        made = getattr(self, "made", None)
        return reverse("contracts:contract", args=[made.pk]) if made else super().get_success_url()
