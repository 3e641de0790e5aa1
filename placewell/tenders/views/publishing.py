"""Pages on which a tender is published, explained and cancelled."""

from placewell.accounts import queries as accounts

from .. import actions, forms, queries, rules
from .tenders import OnTender


class Publish(OnTender):
    """Publish the notice."""

    form_class = forms.Dates
    title, button, done = "Publish the tender notice", "Publish it", "The tender is published. Its method is locked."
    lede = "From here the method changes by a published amendment only, and the deadline goes by the database's clock."

    def get_form_class(self):
        """Ask for no dates where no bids come, and for the provider where the notice names one."""
        if queries.procedures()[self.procurement.procedure].takes_bids:
            return forms.Publish
        is_silent = rules.is_silent(self.procurement.procedure, self.procurement.ground)
        if is_silent:
            self.title, self.button, self.done = "Go on without a notice", "Go on", "An award can be recommended now."
            self.lede = (
                "Nothing is published of a contract for one child's choice: a notice could tell who the child is."
            )
        return forms.Empty if is_silent else forms.PublishDirect

    def get_form_kwargs(self):
        """Offer the providers, of a direct award."""
        kwargs = super().get_form_kwargs()
        if self.get_form_class() is forms.PublishDirect:
            kwargs["providers"] = [(str(each.pk), each.name) for each in accounts.providers()]
        return kwargs

    def act(self, data):
        """Publish it."""
        given = {name: data.get(name) for name in ("tenders_by_at", "questions_by_at")}
        given |= {"proposed_id": data.get("proposed"), "no_engagement_notice": data.get("no_engagement_notice", "")}
        actions.publish_tender(procurement_id=self.procurement.pk, **given, by=self.user, now=self.now)


class Cancel(OnTender):
    """End the tender without an award."""

    form_class = forms.Reason
    title, button, is_warning, done = "Cancel the tender", "Cancel it", True, "The tender is cancelled."
    lede = "No bid will be opened. A tender that was published publishes a termination notice with the reason."

    def act(self, data):
        """Cancel it."""
        actions.cancel_tender(procurement_id=self.procurement.pk, **data, by=self.user, now=self.now)


class Answer(OnTender):
    """Answer a bidder's question to all."""

    form_class = forms.AnswerAll
    title, button, done = "Answer to every bidder", "Publish the answer", "The answer is published to every bidder."
    lede = "Nobody can see who asked, you neither. Take out of the question whatever would tell it."

    def find(self):
        """Return the tender of the question that the address names."""
        self.asked = queries.clarification(clarification_id=self.kwargs["clarification_id"])
        return self.asked.procurement_id

    def get_initial(self):
        """Start with the question as it was asked."""
        return {"question": self.asked.question}

    def act(self, data):
        """Publish the answer."""
        actions.answer_clarification(clarification_id=self.asked.pk, **data, by=self.user, now=self.now)
