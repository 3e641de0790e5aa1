"""Questions, answers and messages, for both sides."""

from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.kernel.errors import NotFound
from placewell.web.views import ActionView

from .. import actions, forms, queries


class Ask(ActionView):
    """Ask the council about a referral that was sent to us."""

    permission = Permission.MAKE_OFFER
    form_class = forms.Words
    title, button, done = (
        "Ask the council a question",
        "Ask",
        "Your question was sent. Where it is fair, all read the answer.",
    )

    def act(self, data):
        """Ask it."""
        actions.ask_question(invitation_id=self.kwargs["invitation_id"], **data, by=self.user, now=self.now)

    def get_success_url(self):
        """Go back to the referral."""
        return reverse("placements:invitation", args=[self.kwargs["invitation_id"]])

    @property
    def back_url(self):
        """Lead back to the referral."""
        return self.get_success_url()


class Send(ActionView):
    """Write to one provider."""

    permission = Permission.SEND_REFERRAL
    form_class = forms.Words
    title, button, done = "Write to the provider", "Send", "Your message was sent."
    lede = "Do not name the child: names that are known are removed."

    def act(self, data):
        """Send it."""
        made = actions.send_message(invitation_id=self.kwargs["invitation_id"], **data, by=self.user, now=self.now)
        self.referral_id = made.invitation.referral_id

    def get_success_url(self):
        """Go back to the referral."""
        return reverse("placements:referral", args=[self.referral_id])


class Answer(ActionView):
    """Answer a provider's question."""

    permission = Permission.SEND_REFERRAL
    form_class = forms.AnswerQuestion
    title, button, done = "Answer a question", "Send the answer", "The answer was sent."

    def found(self):
        """Return the question."""
        if found := queries.questions(for_user=self.user, on=self.today).filter(pk=self.kwargs["message_id"]).first():
            return found
        raise NotFound("There is no such question.")

    @property
    def lede(self):
        """Show the question."""
        found = self.found()
        return f"{found.provider.name} asks: {found.words}"

    def get_initial(self):
        """Begin with the question as it was asked, and with telling all."""
        return {"question": self.found().words, "to_all": "yes"}

    def act(self, data):
        """Answer it."""
        actions.answer_question(message_id=self.kwargs["message_id"], **data, by=self.user, now=self.now)

    def get_success_url(self):
        """Go back to the referral."""
        return reverse("placements:referral", args=[self.found().invitation.referral_id])

    @property
    def back_url(self):
        """Lead back to the referral."""
        return self.get_success_url()
