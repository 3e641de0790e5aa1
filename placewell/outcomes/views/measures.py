"""Measures about providers: read, decided, judged, lifted, extended and taken back."""

from django.urls import reverse
from django.utils.functional import cached_property

from placewell.accounts.permissions import Permission
from placewell.contracts import queries as contracts
from placewell.web.views import ActionView, DetailPage

from .. import actions, queries
from ..forms import providers as forms
from ..rules import ladder


class Measure(DetailPage):
    """One measure: what the provider was told, what it replied, what is put right, and what comes next."""

    permission = Permission.SEE_OUTCOMES
    template_name = "outcomes/letter.html"

    def get_context_data(self, **kwargs):
        """Gather it."""
        row = queries.measure(measure_id=self.kwargs["measure_id"])
        stopped = contracts.contracts().filter(pk__in=row.suspended) if row.suspended else []
        return super().get_context_data(
            title=f"{row.get_kind_display()}: {row.provider.name}",
            caption=row.reference,
            row=row,
            stopped=stopped,
            buttons=self.buttons(row),
            may_manage=self.may(Permission.MANAGE_PERFORMANCE),
            **kwargs,
        )

    def buttons(self, row) -> list[tuple[str, str, str]]:
        """Return what this person may do next: words, where, and how it looks."""
        proposed, in_force = row.state == ladder.Measure.PROPOSED, row.state == ladder.Measure.IN_FORCE
        is_own, is_suspension = row.proposed_by_id == self.user.pk, row.kind == ladder.Kind.SUSPENSION
        may_suspend, may_manage = (self.may(p) for p in (Permission.SUSPEND_PLACEMENTS, Permission.MANAGE_PERFORMANCE))
        unconfirmed = is_suspension and in_force and row.decided_by_id is None
        decides = may_suspend if is_suspension else self.may(Permission.DECIDE_VARIATION)
        is_warning = row.kind in (ladder.Kind.NOTE, ladder.Kind.NOTICE)
        asked = [
            ("Decide it", "decide", "", proposed and decides and not is_own),
            ("Confirm it or lift it", "decide", "", unconfirmed and may_suspend and not is_own),
            ("Lift it", "lift", "", is_suspension and in_force and may_suspend and not is_own and not unconfirmed),
            ("Say whether it was met", "judge", "", is_warning and in_force and may_manage),
            ("Give more time", "extend", "secondary", self._extends(row) and may_manage),
            ("Take it back", "withdraw", "secondary", may_manage and (proposed or (is_warning and in_force))),
        ]
        return [(words, reverse(f"outcomes:{name}", args=[row.pk]), kind) for words, name, kind, may in asked if may]

    def _extends(self, row) -> bool:
        if row.kind == ladder.Kind.NOTICE:
            return row.state in (ladder.Measure.IN_FORCE, ladder.Measure.NOT_MET)
        return row.kind == ladder.Kind.SUSPENSION and row.state == ladder.Measure.IN_FORCE


class OneMeasure(ActionView):
    """A form about one measure, with the provider's replies above it."""

    permission = Permission.MANAGE_PERFORMANCE
    template_name = "outcomes/measure_form.html"

    @cached_property
    def row(self):
        """The measure."""
        return queries.measure(measure_id=self.kwargs["measure_id"])

    @property
    def caption(self):
        """Name it."""
        return f"{self.row.provider.name}, {self.row.get_kind_display().lower()} {self.row.reference}"

    def get_context_data(self, **kwargs):
        """Add the measure."""
        return super().get_context_data(row=self.row, **kwargs)

    def get_success_url(self):
        """Lead to the measure."""
        return reverse("outcomes:letter", args=[self.kwargs["measure_id"]])

    @property
    def back_url(self):
        """Lead back to the measure."""
        return self.get_success_url()

    @property
    def given(self):
        """What each action takes."""
        return {"measure_id": self.kwargs["measure_id"], "by": self.user, "now": self.now}


class Decide(OneMeasure):
    """Decide what another person proposed."""

    permission = Permission.SEE_OUTCOMES  # each kind asks for its own office in its action
    form_class = forms.Decide
    title, button, done = "Decide it", "Decide", "Decided. The provider is told."

    def act(self, data):
        """Decide it."""
        is_suspension = self.row.kind == ladder.Kind.SUSPENSION
        run = actions.decide_suspension if is_suspension else actions.decide_contract_step
        run(**data, **self.given)


class Lift(OneMeasure):
    """Lift a suspension."""

    permission = Permission.SUSPEND_PLACEMENTS
    form_class = forms.Reason
    title, button, done = "Let new placements start again", "Lift the suspension", "Lifted. The provider is told."

    def act(self, data):
        """Lift it."""
        actions.lift_suspension(**data, **self.given)


class Judge(OneMeasure):
    """Say whether a notice was met."""

    form_class = forms.Judge
    title, button, done = "Was it met?", "Save", "Saved. The provider is told."

    def act(self, data):
        """Judge it."""
        actions.end_warning(**data, **self.given)


class Extend(OneMeasure):
    """Give more time."""

    form_class = forms.Extend
    title, button, done = "Give more time", "Save", "Saved. The provider is told."

    def act(self, data):
        """Extend it."""
        actions.extend_measure(**data, **self.given)


class Withdraw(OneMeasure):
    """Take it back."""

    form_class = forms.Reason
    title, button, done = "Take it back", "Take it back", "Taken back. The provider is told."

    def act(self, data):
        """Withdraw it."""
        actions.withdraw_measure(**data, **self.given)
