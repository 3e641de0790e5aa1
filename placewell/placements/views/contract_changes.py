"""Pages on which what changed in a contract is carried into agreements."""

from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.contracts import queries as contracts
from placewell.web.templatetags.web import day, pounds
from placewell.web.views import ActionView

from .. import actions


class MoveAcross(ActionView):
    """Move an agreement, as planned, to the provider's contract on another framework."""

    permission = Permission.SIGN_AGREEMENT
    title, button, done = "Move to the new contract", "Move it", "The agreement stands under the new contract now."

    def get_form_kwargs(self):
        """Find what was planned."""
        self.step = contracts.step(step_id=self.kwargs["step_id"])
        off, to = self.step.call_off, self.step.to_contract
        self.caption = f"{off.reference}, {off.provider.name}"
        self.lede = (
            f"{pounds(off.weekly_fee)} a week until {day(off.end_on)}, from today under contract {to.reference if to else ''}. "
            "The price stays; what is left of the cost counts against the new framework's ceiling."
        )
        return super().get_form_kwargs()

    def get_success_url(self):
        """Go back to the contract that is left."""
        return reverse("contracts:leaving", args=[self.step.framework_id])

    @property
    def back_url(self):
        """Lead back to it."""
        return self.get_success_url()

    def act(self, data):
        """Move it."""
        agreement_id = self.step.call_off.source.rpartition(":")[2]
        actions.move_across(agreement_id=agreement_id, by=self.user, now=self.now)


class StayAsSpot(MoveAcross):
    """Put an agreement, as planned, onto its own exemption."""

    title, button = "Let it stay as a spot purchase", "Put it onto the exemption"
    done = "The agreement stands under its exemption now."

    def get_form_kwargs(self):
        """Say which exemption."""
        kwargs = super().get_form_kwargs()
        off, exemption = self.step.call_off, self.step.exemption
        self.lede = (
            f"{pounds(off.weekly_fee)} a week until {day(off.end_on)}, from today under exemption "
            f"{exemption.reference if exemption else '(none is named yet)'}. The price and the envelope stay."
        )
        return kwargs

    def act(self, data):
        """Put it there."""
        actions.stay_as_spot(agreement_id=self.step.call_off.source.rpartition(":")[2], by=self.user, now=self.now)


class Uplift(ActionView):
    """Let the prices of running agreements rise with an agreed uplift."""

    permission = Permission.SIGN_AGREEMENT
    title, button = "Carry the uplift over to running placements", "Raise the prices"
    done = "The prices of running placements have risen, and the money is committed."
    lede = "All of them or none: it is refused when an envelope would be passed. Those with a newer price stay as they are."

    def get_success_url(self):
        """Go back to the uplift."""
        return reverse("contracts:uplift", args=[self.kwargs["uplift_id"]])

    @property
    def back_url(self):
        """Lead back to it."""
        return self.get_success_url()

    def act(self, data):
        """Raise them."""
        actions.uplift_agreements(uplift_id=self.kwargs["uplift_id"], by=self.user, now=self.now)
