"""While a child lives in a home, and when that ends: changes, absences, notice, duties, the ending."""

from decimal import Decimal

from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.children import queries as children
from placewell.kernel.errors import NotFound
from placewell.web.views import ActionView

from .. import actions, forms, queries, states


class _OnPlacement(ActionView):
    """A form about one placement."""

    def found(self):
        """Return the placement, when the person may see the child."""
        return queries.placement(placement_id=self.kwargs["placement_id"], for_user=self.user, on=self.today)

    @property
    def caption(self):
        """Name the child and the home."""
        row = self.found()
        return f"{row.child.name} at {row.home.reference}"

    def get_success_url(self):
        """Go back to the placement."""
        return reverse("placements:placement", args=[self.kwargs["placement_id"]])

    @property
    def back_url(self):
        """Lead back to the placement."""
        return self.get_success_url()

    def given(self) -> dict:
        """Return what each action takes."""
        return {"placement_id": self.kwargs["placement_id"], "by": self.user, "now": self.now}


class EndPlacement(_OnPlacement):
    """Record that a placement ended."""

    permission = Permission.END_PLACEMENT
    form_class = forms.End
    title, button, is_warning, done = "End this placement", "End the placement", True, "The placement has ended."

    def get_form_kwargs(self):
        """Offer the return's reasons for leaving care."""
        return super().get_form_kwargs() | {"codes": children.codes()}

    def act(self, data):
        """End it."""
        actions.end_placement(**data, **self.given())


class Longer(_OnPlacement):
    """Ask for a longer stay."""

    permission = Permission.MAKE_AGREEMENT
    form_class = forms.Longer
    title, button, done = "A longer stay", "Ask for it", "Asked. Another person signs it."

    def act(self, data):
        """Ask for it."""
        actions.ask_change(kind=states.ChangeKind.LONGER, **data, **self.given())


class NewPrice(_OnPlacement):
    """Ask for another price from a day on."""

    permission = Permission.MAKE_AGREEMENT
    form_class = forms.NewPrice
    title, button, done = "Another price", "Ask for it", "Asked. A person whose limit covers it signs it."

    def get_initial(self):
        """Begin with what is paid today, part by part."""
        row = self.found()
        day = min(max(self.today, row.start_on), row.agreement.end_on)
        lines = row.agreement.price_lines.filter(start_on__lte=day, end_on__gt=day)
        return {f"{line.kind}_fee": line.weekly_fee for line in lines if line.kind in ("care", "education", "health")}

    def act(self, data):
        """Ask for it."""
        actions.ask_change(kind=states.ChangeKind.PRICE, **data, **self.given())


class Extra(_OnPlacement):
    """Ask for something more: a week, for some time, or once."""

    permission = Permission.MAKE_AGREEMENT
    form_class = forms.Extra
    title, button, done = "Something more", "Ask for it", "Asked. A person whose limit covers it signs it."
    lede = "An extra beside the weekly price: more hours of care for some weeks, or something that is paid once."

    def act(self, data):
        """Ask for it."""
        actions.ask_change(kind=data.pop("how"), **data, **self.given())


class Away(_OnPlacement):
    """Record that the child is away."""

    permission = Permission.START_PLACEMENT
    form_class = forms.Away
    title, button, done = "The child is away", "Record it", "Recorded. The place is kept."

    def act(self, data):
        """Record it."""
        actions.record_absence(**data, **self.given())


class Back(_OnPlacement):
    """Record that the child is back."""

    permission = Permission.START_PLACEMENT
    form_class = forms.OnDay
    title, button, done = "The child is back", "Record it", "Recorded."

    def act(self, data):
        """Record it."""
        actions.record_return(**data, **self.given())


class RemoveAbsence(ActionView):
    """Take out an absence that was recorded wrongly."""

    permission = Permission.START_PLACEMENT
    form_class = forms.Reason
    title, button, is_warning, done = "This absence is wrong", "Take it out", True, "The absence is taken out."

    def found(self):
        """Return the absence, when the person may see the child."""
        return queries.absence(absence_id=self.kwargs["absence_id"], for_user=self.user, on=self.today)

    @property
    def lede(self):
        """Say which."""
        row = self.found()
        until = f"{row.end_on:%-d %B %Y}" if row.end_on else "now"
        return f"{row.get_reason_display()}, {row.start_on:%-d %B %Y} to {until}."

    def act(self, data):
        """Take it out."""
        self.back_url = self.get_success_url()
        actions.remove_absence(absence_id=self.kwargs["absence_id"], **data, by=self.user, now=self.now)

    def get_success_url(self):
        """Go back to the placement."""
        return self.back_url or reverse("placements:placement", args=[self.found().placement_id])


class GiveNotice(_OnPlacement):
    """Give notice for the council."""

    permission = Permission.SIGN_AGREEMENT
    form_class = forms.GiveNotice
    title, button, is_warning, done = (
        "Give notice",
        "Give notice",
        True,
        "Notice is given, and the provider can read it.",
    )

    def act(self, data):
        """Give it."""
        actions.give_notice(**data, **self.given())


TAKE_BACK = (
    "Take the notice back",
    "Take it back",
    "The notice is taken back: the placement goes on, and the other side knows.",
)


class TakeNoticeBack(_OnPlacement):
    """Take back the council's notice."""

    permission = Permission.SIGN_AGREEMENT
    form_class = forms.Reason
    title, button, done = TAKE_BACK

    def act(self, data):
        """Take it back."""
        actions.withdraw_notice(**data, **self.given())


class CarryOn(_OnPlacement):
    """Carry on what the law asks of a placement in the place of whoever held it."""

    permission = Permission.START_PLACEMENT
    form_class = forms.Reason
    title, button, done = "Take this placement over", "Take it over", "What the law asks of it stands on your list now."

    def act(self, data):
        """Take it over."""
        actions.carry_on_placement(**data, **self.given())


class _UnderAgreement(ActionView):
    """A form of the provider's about the placement under one of its agreements."""

    permission = Permission.SIGN_AGREEMENT

    def given(self) -> dict:
        """Return what each action takes."""
        agreement = queries.agreement(agreement_id=self.kwargs["agreement_id"], for_user=self.user, on=self.today)
        if not hasattr(agreement, "placement"):
            raise NotFound("There is no placement under this agreement.")
        return {"placement_id": agreement.placement.pk, "by": self.user, "now": self.now}

    def get_success_url(self):
        """Go back to the agreement."""
        return reverse("placements:agreement", args=[self.kwargs["agreement_id"]])

    @property
    def back_url(self):
        """Lead back to the agreement."""
        return self.get_success_url()


class ProviderNotice(_UnderAgreement):
    """Give notice for the provider."""

    form_class = forms.GiveNotice
    title, button, is_warning, done = "Give notice", "Give notice", True, "Notice is given, and the council knows."

    def act(self, data):
        """Give it."""
        actions.give_notice(**data, **self.given())


class TakeProviderNoticeBack(_UnderAgreement):
    """Take back the provider's notice."""

    form_class = forms.Reason
    title, button, done = TAKE_BACK

    def act(self, data):
        """Take it back."""
        actions.withdraw_notice(**data, **self.given())


class DutyDone(_OnPlacement):
    """Record that a step which the law asks for was taken."""

    permission = Permission.START_PLACEMENT
    form_class = forms.DutyDone
    button, done = "Record it", "Recorded."

    @property
    def title(self):
        """Name the step."""
        if self.kwargs["kind"] not in set(states.Duty):
            raise NotFound("There is no such step.")
        return f"{self.kwargs['kind'].replace('_', ' ').capitalize()}: done"

    def act(self, data):
        """Record it."""
        actions.record_duty_done(kind=self.kwargs["kind"], **data, **self.given())


class DecideChange(ActionView):
    """Sign a change, or refuse it."""

    permission = Permission.DECIDE_OFFER
    form_class = forms.DecideChange
    title, button, done = "Sign a change of the agreement", "Record my decision", "Your decision is recorded."

    def found(self):
        """Return the change, when the person may see the child."""
        return queries.change(change_id=self.kwargs["change_id"], for_user=self.user, on=self.today)

    @property
    def caption(self):
        """Name the agreement."""
        return f"Agreement {self.found().agreement.reference}"

    @property
    def lede(self):
        """Say what changes."""
        row = self.found()
        start, fee = f"{row.effective_on:%-d %B %Y}", f"£{row.weekly_fee or 0:,.2f}"
        match states.ChangeKind(row.kind):
            case states.ChangeKind.LONGER:
                what = f"The stay is agreed until {start}."
            case states.ChangeKind.PRICE:
                parts = ", ".join(f"{kind} £{Decimal(each):,.2f}" for kind, each in row.parts.items())
                what = f"The price becomes {fee} a week from {start}{f' ({parts})' if len(row.parts) > 1 else ''}."
            case states.ChangeKind.EXTRA:
                what = f"{fee} a week more from {start} until {row.until_on:%-d %B %Y}."
            case states.ChangeKind.ONCE:
                what = f"{fee} once, on {start}."
        return f"{what} Asked by {row.asked_by.name}: {row.reason}"

    def act(self, data):
        """Decide."""
        actions.decide_change(change_id=self.kwargs["change_id"], **data, by=self.user, now=self.now)

    def get_success_url(self):
        """Go back to the agreement."""
        return reverse("placements:agreement", args=[self.found().agreement_id])

    @property
    def back_url(self):
        """Lead back to the agreement."""
        return self.get_success_url()
