"""Pages on which a child comes into care, moves, and leaves, where no placement of ours records it."""

from placewell.accounts.permissions import Permission
from placewell.web.views import ActionView

from .. import actions, forms, queries
from .records import OneChild

# What a return calls a field → the form's field.
FIELDS = {
    "DECOM": "start_on",
    "RNE": "start_reason",
    "LS": "legal_status",
    "CIN": "main_need",
    "PLACE": "placement_type",
    "PLACE_PROVIDER": "placement_provider",
    "DEC": "end_on",
    "REC": "end_reason",
    "REASON_PLACE_CHANGE": "change_reason",
    "HOME_POST": "home_postcode",
    "PL_POST": "placement_postcode",
    "URN": "urn",
}


class _Episode(OneChild, ActionView):
    permission = Permission.RECORD_EPISODE
    fields = FIELDS


class Start(_Episode):
    """Record that the child comes into care."""

    form_class = forms.StartEpisode
    title, button, done = "The child comes into care", "Record it", "The episode was recorded."

    def get_initial(self):
        """Begin with what is known."""
        return {"start_reason": "S", "home_postcode": self.child.home_postcode}

    def act(self, data):
        """Start the episode."""
        actions.start_episode(child_id=self.child.pk, **data, by=self.user, now=self.now)


class Move(_Episode):
    """Record that the child lives elsewhere, or under another legal status."""

    form_class = forms.MoveEpisode
    title, button, done = "Move, or change of legal status", "Record it", "The change was recorded."
    lede = "A move to a home that we buy is recorded by starting its placement."
    fields = FIELDS | {"DECOM": "on", "DEC": "on"}

    def get_initial(self):
        """Begin with where the child lives."""
        now = queries.current_episode(child_id=self.child.pk, on=self.today)
        kept = ("placement_type", "placement_provider", "placement_postcode", "urn")
        return {name: getattr(now, name) for name in kept} if now else {}

    def act(self, data):
        """Move the child."""
        actions.move_episode(child_id=self.child.pk, **data, by=self.user, now=self.now)


class End(_Episode):
    """Record that the child is not looked after any more."""

    form_class = forms.EndEpisode
    title, button, is_warning, done = "The child leaves care", "Record it", True, "The episode was ended."

    def act(self, data):
        """End the episode."""
        actions.end_episode(child_id=self.child.pk, **data, by=self.user, now=self.now)
