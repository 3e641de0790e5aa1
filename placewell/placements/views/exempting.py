"""Ask for leave to place outside the contracts."""

from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.market import queries as market

from .. import actions
from ..forms.exempting import DraftExemption
from .desk import OnReferral


class Exempt(OnReferral):
    """Draft an exemption for one child's placement."""

    permission = Permission.ASK_EXEMPTION
    form_class = DraftExemption
    title, button = "Place outside the contracts", "Draft the exemption"
    lede = "Finance and legal comment next; then the commissioner asks the office of the delegation."
    done = "The exemption is drafted. Finance and legal can comment."

    def get_form_kwargs(self):
        """Offer every provider."""
        known = market.providers(for_user=self.user).order_by("name").values_list("pk", "name")
        return super().get_form_kwargs() | {"providers": [(str(pk), name) for pk, name in known]}

    def get_initial(self):
        """Begin with what the referral says."""
        row = self.found()
        return {"category": row.categories[0], "start_on": row.needed_on, "end_on": row.expected_end_on}

    def form_valid(self, form):
        """Hand the form's parts on as the action takes them."""
        form.cleaned_data = form.wanted()
        return super().form_valid(form)

    def act(self, data):
        """Draft it."""
        given = {"referral_id": self.kwargs["referral_id"], "by": self.user, "now": self.now}
        self.made = actions.draft_exemption(**data, **given)

    @property
    def back_url(self):
        """Lead back to the referral."""
        return reverse("placements:referral", args=[self.kwargs["referral_id"]])

    def get_success_url(self):
        """Go to the exemption."""
        return reverse("governance:exemption", args=[self.made.pk])
