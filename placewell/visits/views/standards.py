"""How often children are visited: the law, the council's own interval, and how many visits are made unannounced."""

from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.web.views import ActionView, DetailPage

from .. import actions, forms, queries, rules


class Rules(DetailPage):
    """How often children are visited, as the law and the council say it."""

    permission = Permission.SEE_VISITS
    template_name = "visits/rules.html"
    title = "How often children are visited"

    def get_context_data(self, **kwargs):
        """Add the rules of today, and the council's own."""
        return super().get_context_data(
            rules=[row for _, row in sorted(rules.rules_on(self.today).items())],
            asked=rules.asked_rows(self.today).items(),
            examples=rules.examples(),
            standard=queries.standard(on=self.today),
            unannounced=queries.share_of_unannounced(on=self.today),
            may_set=self.may(Permission.SET_VISIT_STANDARD),
            **kwargs,
        )


class Standard(ActionView):
    """Set the council's own interval."""

    permission = Permission.SET_VISIT_STANDARD
    form_class = forms.Standard
    title, button, done = "The council's own interval", "Save", "Saved. It holds from today for every child."

    def act(self, data):
        """Set it."""
        actions.set_standard(**data, by=self.user, now=self.now)

    def get_success_url(self):
        """Go back to the rules."""
        return reverse("visits:rules")

    @property
    def back_url(self):
        """Lead back to the rules."""
        return self.get_success_url()


class UnannouncedShare(Standard):
    """Set how many visits are drawn to be made unannounced."""

    form_class = forms.UnannouncedShare
    title, done = "Unannounced visits", "Saved. The next plan draws them."

    def act(self, data):
        """Set it."""
        actions.set_unannounced_share(**data, by=self.user, now=self.now)
