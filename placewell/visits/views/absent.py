"""A child who is missing, who is back, and the interview that is then owed."""

from django.utils.functional import cached_property

from placewell.accounts.permissions import Permission
from placewell.children import queries as children
from placewell.children.actions import record_back, record_missing
from placewell.kernel.errors import NotFound
from placewell.web.views import ActionView

from .. import actions, forms, queries, states
from .due import OneChild


class Missing(OneChild, ActionView):
    """Record that a child is missing."""

    permission = Permission.RECORD_VISIT
    form_class = forms.Missing
    title, button, done = "The child is missing", "Record it", "Recorded. No visit is planned until the child is back."
    lede = "Call the police and follow your procedure first. This record stops visits from being planned, and counts."

    def get_form_kwargs(self):
        """Offer the return's words."""
        return super().get_form_kwargs() | {"codes": children.codes()["missing"]}

    def get_initial(self):
        """Today."""
        return {"kind": "M", "start_on": self.today}

    def act(self, data):
        """Record it."""
        record_missing(child_id=self.kwargs["child_id"], **data, by=self.user, now=self.now)


class Back(OneChild, ActionView):
    """Record that a child is back."""

    permission = Permission.RECORD_VISIT
    form_class = forms.Back
    title, button, done = "The child is back", "Record it", "Recorded. A visit and an interview are now due."

    def get_initial(self):
        """Today."""
        return {"end_on": self.today}

    def act(self, data):
        """Record it."""
        record_back(child_id=self.kwargs["child_id"], **data, by=self.user, now=self.now)


class Interview(OneChild, ActionView):
    """Record what came of the interview after a child was missing."""

    permission = Permission.RECORD_VISIT
    form_class = forms.Interview
    title, button, done = "Interview after being missing", "Record it", "Recorded."

    @cached_property
    def found(self):
        """The return; a day on which the child did not go missing is no page."""
        known = queries.facts_of(child_id=self.kwargs["child_id"], for_user=self.user, on=self.today)
        for each in known.returns:
            if each.went_on == self.kwargs["went_on"]:
                return each
        raise NotFound("The child is not recorded as back from being missing since that day.")

    @property
    def lede(self):
        """Say when the child was away, and by when it is to be offered."""
        found = self.found
        return (
            f"Missing from {found.went_on:%-d %B %Y}, back on {found.back_on:%-d %B %Y}. To be offered within 72 hours: "
            f"by {found.due_on:%-d %B %Y}. So far: {found.words}."
        )

    def get_initial(self):
        """What is recorded so far."""
        held = self.found.interview
        fields = ("outcome", "offered_on", "settled_on", "held_by", "is_independent", "note")
        return {name: getattr(held, name) for name in fields} if held else {}

    def act(self, data):
        """Record it."""
        told = actions.Interview(**data | {"outcome": states.Interview(data["outcome"])})
        given = {"child_id": self.kwargs["child_id"], "went_on": self.kwargs["went_on"], "told": told}
        actions.record_interview(**given, by=self.user, now=self.now)
