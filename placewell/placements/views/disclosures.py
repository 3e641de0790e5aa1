"""Who the child is: told by the council to named people, read by them alone."""

from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.accounts.queries import people
from placewell.web.views import ActionView, DetailPage

from .. import actions, forms, queries


class Disclose(ActionView):
    """Name who of the provider may read who the child is."""

    permission = Permission.SEND_REFERRAL
    form_class = forms.Disclose
    title, button = "Tell the provider who the child is", "Let them read it"
    lede = "Only the people you name can read it, after signing in. You see who read it, and when."
    done = "They can read it now. Each reading is recorded."

    def found(self):
        """Return the agreement."""
        return queries.agreement(agreement_id=self.kwargs["agreement_id"], for_user=self.user, on=self.today)

    @property
    def caption(self):
        """Name the agreement."""
        return f"Agreement {self.found().reference}"

    def get_form_kwargs(self):
        """Offer the provider's own people."""
        theirs = people(for_user=self.user).filter(organisation=self.found().provider_id, is_active=True)
        return super().get_form_kwargs() | {"people": [(str(each.pk), each.name) for each in theirs]}

    def get_initial(self):
        """Begin with what the referral says of keeping the child safe."""
        offer = self.found().offer
        if offer is None:
            return {}
        referral = offer.invitation.referral
        parts = (referral.risks_and_safety, referral.unsafe_people, referral.health)
        return {"must_know": "\n\n".join(part for part in parts if part)}

    def act(self, data):
        """Release it."""
        actions.disclose_child(agreement_id=self.kwargs["agreement_id"], **data, by=self.user, now=self.now)

    def get_success_url(self):
        """Go back to the agreement."""
        return reverse("placements:agreement", args=[self.kwargs["agreement_id"]])

    @property
    def back_url(self):
        """Lead back to the agreement."""
        return self.get_success_url()


class TellMore(ActionView):
    """Name who of a provider may know more of the child, while its home is considered."""

    permission = Permission.SEND_REFERRAL
    form_class = forms.TellMore
    title, button = "Tell this home more", "Let them read it"
    lede = (
        "Only the people you name can read it, as long as their offer is on the table. You see who read it, and when."
    )
    done = "They can read it now. Each reading is recorded."

    def found(self):
        """Return the offer, when the person may see the child."""
        row = queries.offer(offer_id=self.kwargs["offer_id"])
        queries.referral(referral_id=row.invitation.referral_id, for_user=self.user, on=self.today)
        return row

    @property
    def caption(self):
        """Name the home."""
        row = self.found()
        return f"{row.home.reference}, {row.provider.name}"

    def get_form_kwargs(self):
        """Offer the provider's own people."""
        theirs = people(for_user=self.user).filter(organisation=self.found().provider_id, is_active=True)
        return super().get_form_kwargs() | {"people": [(str(each.pk), each.name) for each in theirs]}

    def get_initial(self):
        """Begin with what was kept back so that nobody could tell who the child is."""
        row = self.found()
        referral = queries.referral(referral_id=row.invitation.referral_id, for_user=self.user, on=self.today)
        return {"must_know": "\n".join(queries.kept_back(referral, on=self.today)), "to": [str(row.made_by_id)]}

    def act(self, data):
        """Release it."""
        actions.tell_considered(offer_id=self.kwargs["offer_id"], **data, by=self.user, now=self.now)

    def get_success_url(self):
        """Go back to the referral."""
        return reverse("placements:referral", args=[self.found().invitation.referral_id])

    @property
    def back_url(self):
        """Lead back to the referral."""
        return self.get_success_url()


class ToldMore(DetailPage):
    """What the council tells of a child while our home is considered; the reading is recorded."""

    permission = Permission.MAKE_OFFER
    template_name = "placements/who_the_child_is.html"
    title = "More of the child"

    def get_context_data(self, **kwargs):
        """Record the reading, and show it."""
        row = actions.read_considered(offer_id=self.kwargs["offer_id"], by=self.user, now=self.now)
        return super().get_context_data(released=row, caption=f"Referral {row.offer.invitation.reference}", **kwargs)


class CloseDisclosure(ActionView):
    """Close what one person was shown."""

    permission = Permission.SEND_REFERRAL
    form_class = forms.Reason
    title, button, is_warning, done = (
        "Close this to the person",
        "Close it",
        True,
        "The person cannot read it any more.",
    )

    def act(self, data):
        """Close it."""
        self.closed = actions.withdraw_disclosure(
            released_id=self.kwargs["released_id"], **data, by=self.user, now=self.now
        )

    def get_success_url(self):
        """Go back to the agreement, or to the referral whose homes are considered."""
        if self.closed.agreement_id:
            return reverse("placements:agreement", args=[self.closed.agreement_id])
        return reverse("placements:referral", args=[self.closed.offer.invitation.referral_id])


class WhoTheChildIs(DetailPage):
    """Who the child is, for a person who was named; the reading is recorded."""

    permission = Permission.MAKE_OFFER
    template_name = "placements/who_the_child_is.html"
    title = "Who the child is"

    def get_context_data(self, **kwargs):
        """Record the reading, and show it."""
        row = actions.read_disclosure(agreement_id=self.kwargs["agreement_id"], by=self.user, now=self.now)
        return super().get_context_data(released=row, caption=f"Agreement {row.agreement.reference}", **kwargs)
