"""What is paid for a place that is kept while a child is away: recorded, ended, undone."""

from placewell.accounts.permissions import Permission
from placewell.web.templatetags.web import day, pounds

from .. import actions, forms, queries, rules
from .agreements import OnAgreement, source_of


def told(changed: dict) -> str:
    """Return in words what a change of prices comes to, year by year."""
    parts = [
        f"{pounds(abs(amount))} {'less' if amount < 0 else 'more'} in {rules.year_words(year)}"
        for year, amount in changed.items()
    ]
    return ", ".join(parts) or "nothing changes in what is paid"


class PayRetainer(OnAgreement):
    """Pay for a place that is kept while the child is away."""

    permission = Permission.COMMIT_MONEY
    form_class = forms.Retainer
    title, button = "The child is away: a retainer", "Record it"
    lede = "Nights that have passed become an exact credit; nights to come cost less from now on."

    def act(self, data):
        """Record it, and say what it comes to."""
        changed = actions.pay_retainer(source=source_of(self.kwargs), **data, by=self.user, now=self.now)
        self.done = f"The retainer is recorded: {told(changed)}."


class _OnRetainer(OnAgreement):
    permission = Permission.COMMIT_MONEY

    def found(self):
        """Return the retainer of this agreement."""
        return queries.retainer(retainer_id=self.kwargs["retainer_id"], source=source_of(self.kwargs))


class EndRetainer(_OnRetainer):
    """Say when the child is back, or put that day right."""

    form_class = forms.BackOn
    title, button = "The child is back", "Save the day"

    @property
    def lede(self):
        """Say what runs."""
        row = self.found()
        until = f"until {day(row.back_on)}" if row.back_on else "until the child is back"
        return f"A retainer runs from {day(row.away_from)} {until}. From the day back on the prices are as before it."

    def get_initial(self):
        """Begin with the day that is kept, or today."""
        return {"back_on": self.found().back_on or self.today}

    def act(self, data):
        """Save it, and say what it comes to."""
        given = {"retainer_id": self.found().pk, "by": self.user, "now": self.now}
        self.done = f"The day is saved: {told(actions.end_retainer(**data, **given))}."


class UndoRetainer(_OnRetainer):
    """Put the prices back as they were."""

    form_class = forms.Reason
    title, button, is_warning = "Undo this retainer", "Undo it", True
    lede = "For a retainer that was a mistake: every price is as it was before, and what was credited is charged again."

    def act(self, data):
        """Undo it, and say what it comes to."""
        changed = actions.undo_retainer(retainer_id=self.found().pk, **data, by=self.user, now=self.now)
        self.done = f"The retainer is undone: {told(changed)}."
