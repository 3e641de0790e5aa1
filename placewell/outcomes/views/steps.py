"""The steps that follow from a concern: note, notice, suspension, another tier, the end of a contract."""

from placewell.accounts.permissions import Permission
from placewell.contracts import queries as contracts

from .. import actions
from ..forms import monitoring
from ..forms import providers as forms
from ..rules import ladder
from .concerns import OneConcern


class Note(OneConcern):
    """Write a note to the provider."""

    form_class = forms.Note
    title, button, done = "A note to the provider", "Send it", "Sent. The provider may reply."

    def act(self, data):
        """Send it."""
        actions.warn(**data, **self.given)


class Notice(OneConcern):
    """Give an improvement notice."""

    form_class = monitoring.Notice
    title, button, done = "An improvement notice", "Give it", "Given. The provider may reply."

    def act(self, data):
        """Give it."""
        things = self.get_form_things()
        actions.warn(words=data["words"], due_on=data["due_on"], improvements=things, **self.given)

    def get_form_things(self):
        """Return what was entered to put right."""
        return self.form.things

    def form_valid(self, form):
        """Keep the form at hand."""
        self.form = form
        return super().form_valid(form)


class Suspend(OneConcern):
    """Stop new placements: proposed, or at once."""

    form_class = forms.Suspension
    title, button, is_warning = "Stop new placements", "Stop new placements", True
    done = "Done. The provider is told and may reply."
    lede = (
        "Children who live there stay. Another person decides once the provider has replied, or its days have passed."
    )

    def get_form_kwargs(self):
        """Offer "at once" only where it may be."""
        row = self.row
        concern, severity = ladder.ConcernKind(row.kind), ladder.Severity(row.severity)
        is_grave = ladder.may_be_immediate(concern=concern, severity=severity)
        may = self.may(Permission.SUSPEND_PLACEMENTS) and is_grave
        return super().get_form_kwargs() | {"may_at_once": may, "home": row.home}

    def act(self, data):
        """Stop them."""
        run = actions.suspend_at_once if data.pop("at_once", False) else actions.propose_suspension
        data["only_home"] = bool(data.get("only_home"))
        run(**data, **self.given)


class Tier(OneConcern):
    """Propose another tier."""

    form_class = forms.ContractStep
    title, button, done = "Propose another tier", "Propose it", "Proposed. The provider is told and may reply."
    is_tier = True

    def get_form_kwargs(self):
        """Offer the provider's live contracts."""
        rows = contracts.contracts().filter(provider=self.row.provider_id).exclude(state="ended")
        rows = rows.filter(lot__framework__is_outgoing=False)
        return super().get_form_kwargs() | {"contracts": rows, "is_tier": self.is_tier}

    def act(self, data):
        """Propose it."""
        actions.propose_contract_step(**data, **self.given)


class Terminate(Tier):
    """Propose the end of a contract."""

    title, is_warning, is_tier = "Propose the end of a contract", True, False
