"""The tiers of a referral: started, paused, extended, jumped; and the council's clocks."""

from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.kernel.errors import Refused
from placewell.web.templatetags.web import day, tag
from placewell.web.views import ActionView, Column, TableView

from .. import actions, forms, queries
from .desk import OnReferral


class _Tiers(OnReferral):
    permission = Permission.SEND_REFERRAL

    def given(self) -> dict:
        """Return what each action takes."""
        return {"referral_id": self.found().pk, "by": self.user, "now": self.now}


class Start(_Tiers):
    """Ask the tiers one after the other."""

    form_class = forms.Confirm
    title, button, done = "Ask tier by tier", "Ask the first tier", "The first tier was asked; the clock runs."
    lede = "The first tier is asked now. When its time is up without an offer, the next is asked by itself."
    template_name = "placements/release.html"

    def get_context_data(self, **kwargs):
        """Show what goes out."""
        view = queries.view(self.found(), on=self.today)
        return super().get_context_data(shown=view.shown, view=view, **kwargs)

    def act(self, data):
        """Start."""
        actions.start_cascade(**self.given())


class Pause(_Tiers):
    """Stop the clock."""

    form_class = forms.Reason
    title, button, done = "Stop the clock", "Stop it", "The clock stands still."

    def act(self, data):
        """Stop it."""
        actions.pause_cascade(**data, **self.given())


class Resume(_Tiers):
    """Let the clock go on."""

    form_class = forms.Reason
    title, button, done = "Let the clock go on", "Go on", "The clock runs again."

    def act(self, data):
        """Go on."""
        actions.resume_cascade(**data, **self.given())


class Extend(_Tiers):
    """Give the present tier more time."""

    form_class = forms.MoreTime
    title, button, done = "Give this tier more time", "Give it", "This tier has more time."

    def act(self, data):
        """Give it."""
        row = self.found()
        cascade = getattr(row, "cascade", None)
        if cascade is None or cascade.due_at is None:
            raise Refused("No clock runs for this referral.")
        due_at = queries.more_time(row, tier=cascade.tier, due_at=cascade.due_at, hours=data.pop("hours"))
        actions.extend_cascade(due_at=due_at, **data, **self.given())


class Jump(_Tiers):
    """Ask the next tier now."""

    form_class = forms.Reason
    title, button, done = "Ask the next tier now", "Ask it", "Done: see the log."

    def act(self, data):
        """Ask it."""
        actions.jump_cascade(**data, **self.given())


class Clocks(TableView):
    """How long each tier has."""

    permission = Permission.SEE_CONTRACTS
    template_name = "placements/clocks.html"
    title = "Tier clocks"
    lede = (
        "Who is asked first in each lot, and how long they have. When the time is up without an offer the next tier is asked "
        "by itself; after the last, a home outside the contracts needs an exemption."
    )
    empty = "Nothing is set: an emergency has 2 hours, an urgent referral 8 working hours, a planned one 24."
    file_name = "tier-clocks"
    columns = (
        Column("category", "Kind of home", cell=lambda row: tag(row.category), out=lambda row: row.category),
        Column("urgency", "How soon", cell=lambda row: tag(row.urgency), out=lambda row: row.urgency),
        Column("tier", "Tier", numeric=True),
        Column("hours", "Hours", numeric=True),
        Column("kind", "Counted", cell=lambda row: "Working hours" if row.is_working_hours else "All hours"),
        Column("start_on", "From", cell=lambda row: day(row.start_on), out=lambda row: row.start_on),
        Column("set_by", "Set by", cell="set_by.name"),
    )

    def rows(self, filters):
        """Return every setting."""
        return queries.clocks(on=self.today)

    def get_context_data(self, **kwargs):
        """Lead to a new setting."""
        may = self.may(Permission.MANAGE_CONTRACTS)
        url = reverse("placements:set_clock") if may else ""
        now = queries.tiers_now(on=self.today)
        return super().get_context_data(**{"tiers": now, "add_url": url, "add_label": "Set a clock", **kwargs})


class SetClock(ActionView):
    """Set how long a tier has, with effect from a day."""

    permission = Permission.MANAGE_CONTRACTS
    form_class = forms.TierClock
    title, button, done = "Set a tier's clock", "Save", "Saved. It holds from its day."

    def act(self, data):
        """Set it."""
        actions.set_tier_clock(**data, by=self.user, now=self.now)

    def get_success_url(self):
        """Go to the list."""
        return reverse("placements:clocks")
