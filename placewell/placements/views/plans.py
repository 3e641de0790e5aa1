"""The provider's side of a placement plan: read by those who were told who the child is, commented on, signed."""

from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.web.views import ActionView, DetailPage

from .. import actions, forms, queries
from .documents import as_pdf, of_document


class Plan(DetailPage):
    """A placement plan, for a person who was named; the reading is recorded."""

    permission = Permission.MAKE_OFFER
    template_name = "placements/document.html"

    def get_context_data(self, **kwargs):
        """Record the reading, and show the plan and what was said of it."""
        row = actions.read_plan(document_id=self.kwargs["document_id"], by=self.user, now=self.now)
        newest = queries.plans_for_carers(for_user=self.user, agreement_id=row.placement.agreement_id).first()
        return super().get_context_data(
            **of_document(row),
            caption=f"Agreement {row.placement.agreement.reference}",
            ours=False,
            newest=newest,
            is_newest=newest == row,
            **kwargs,
        )


class PlanPdf(DetailPage):
    """The plan as an accessible PDF; the reading is recorded."""

    permission = Permission.MAKE_OFFER

    def get(self, request, *args, **kwargs):
        """Return it."""
        return as_pdf(actions.read_plan(document_id=self.kwargs["document_id"], by=self.user, now=self.now))


class _OnPlan(ActionView):
    permission = Permission.SIGN_AGREEMENT

    @property
    def caption(self):
        """Name the agreement."""
        row = queries.plan_for_carers(document_id=self.kwargs["document_id"], for_user=self.user)
        return f"Agreement {row.placement.agreement.reference}, version {row.version} of the plan"

    def get_success_url(self):
        """Go back to the plan."""
        return reverse("placements:plan", args=[self.kwargs["document_id"]])

    @property
    def back_url(self):
        """Lead back to the plan."""
        return self.get_success_url()


class Comment(_OnPlan):
    """Say what is missing."""

    form_class = forms.Words
    title, button, done = "Say what is missing or wrong", "Send", "The council was told, and writes the next version."

    def act(self, data):
        """Send it."""
        actions.comment_on_plan(document_id=self.kwargs["document_id"], **data, by=self.user, now=self.now)


class Sign(_OnPlan):
    """Agree to the plan."""

    form_class = forms.SignPlan
    title, button, done = "Agree to the placement plan", "Agree and sign", "The plan is agreed and signed."
    lede = "The law asks that whoever cares for the child agrees to the plan and signs it."

    def act(self, data):
        """Sign it."""
        actions.sign_plan(document_id=self.kwargs["document_id"], **data, by=self.user, now=self.now)
