"""Pages on which brothers and sisters are recorded."""

from uuid import UUID

from placewell.accounts.permissions import Permission
from placewell.web.views import ActionView

from .. import actions, forms, queries
from .records import OneChild


class Join(OneChild, ActionView):
    """Record a brother or sister."""

    permission = Permission.EDIT_CHILD
    form_class = forms.JoinSiblings
    title, button, done = "Add a brother or sister", "Add", "They are recorded as brother or sister."

    def get_form_kwargs(self):
        """Offer the other children whom the reader sees, the same family name first."""
        others = queries.children(for_user=self.user, on=self.today).exclude(pk=self.child.pk)
        ordered = sorted(others, key=lambda one: (one.family_name != self.child.family_name, one.name))
        return super().get_form_kwargs() | {"children": ordered}

    def act(self, data):
        """Join them."""
        actions.join_siblings(child_id=self.child.pk, sibling_id=UUID(data["sibling"]), by=self.user, now=self.now)


class Part(OneChild, ActionView):
    """Take it back."""

    permission = Permission.EDIT_CHILD
    form_class = forms.Reason
    title, button, is_warning = "Not a brother or sister of these children", "Take it back", True
    done = "The child is not recorded as their brother or sister any more."

    def act(self, data):
        """Part them."""
        actions.part_siblings(child_id=self.child.pk, **data, by=self.user, now=self.now)
