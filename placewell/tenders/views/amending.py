"""Pages on which a published tender is amended, before its deadline."""

from django.utils.timezone import localtime

from .. import actions, queries, rules, states
from ..forms import Reason
from ..forms import amending as forms
from . import planning
from .tenders import OnTender

TOLD = "The amendment is published, and shown as new to every provider that follows the tender."


class AmendDates(OnTender):
    """Move the deadline later."""

    form_class = forms.AmendDates
    title, button, done = "Move the deadline", "Publish the amendment", TOLD
    lede = "A deadline moves later only. Providers who follow the tender are shown the amendment."

    def get_initial(self):
        """Start with the dates as they are."""
        closes, asks = self.procurement.tenders_by_at, self.procurement.questions_by_at
        return {
            "tenders_by": localtime(closes).date() if closes else None,
            "hour": localtime(closes).hour if closes else 12,
            "questions_by": localtime(asks).date() if asks else None,
        }

    def act(self, data):
        """Publish the amendment."""
        dates = {name: data[name] for name in ("tenders_by_at", "questions_by_at", "reason")}
        actions.amend_dates(procurement_id=self.procurement.pk, **dates, by=self.user, now=self.now)


class AmendQuestion(OnTender):
    """Change a question that is published."""

    form_class = forms.AmendQuestion
    title, button, done = "Amend a published question", "Publish the amendment", TOLD
    lede = "Drafts keep what they hold. A bid that was submitted stands as it is until its bidder replaces it."

    def find(self):
        """Return the tender of the question that the address names."""
        self.question = queries.question(question_id=self.kwargs["question_id"])
        return self.question.procurement_id

    def get_initial(self):
        """Start with the question as it reads."""
        names = ("text", "guidance", "most_words", "pass_mark")
        return {name: getattr(self.question, name) for name in names} | {"weight": rules.plain(self.question.weight)}

    def act(self, data):
        """Publish the amendment."""
        actions.amend_question(question_id=self.question.pk, **data, by=self.user, now=self.now)


class AmendWeights(planning.Method):
    """Change how bids are weighed."""

    form_class = forms.AmendWeights
    title, button, done = "Amend how bids are judged", "Publish the amendment", TOLD
    lede = "Drafts keep what they hold. A bid that was submitted stands as it is until its bidder replaces it."

    def get_form_kwargs(self):
        """Ask for the weight of each quality question."""
        asked = [each for each in self.procurement.questions.all() if each.part == states.Part.QUALITY]
        return super().get_form_kwargs() | {"questions": [(each.number, each.text) for each in asked]}

    def get_initial(self):
        """Start with the weights as they are."""
        asked = {f"question_{each.number}": rules.plain(each.weight) for each in self.procurement.questions.all()}
        return super().get_initial() | asked

    def act(self, data):
        """Publish the amendment; price has what quality leaves."""
        given = {name: data.pop(name) for name in ("question_weights", "reason")}
        weights = rules.Weights(**self.weights(data))
        actions.amend_weights(procurement_id=self.procurement.pk, weights=weights, **given, by=self.user, now=self.now)


class AmendLot(planning.SetLot):
    """Change a published lot."""

    form_class = forms.AmendLot
    button, done = "Publish the amendment", TOLD
    lede = "Prices that were asked for stay, in their order. Their shares may change, and more may be added after them."

    def find(self):
        """Return the tender of the lot that the address names."""
        found = super().find()
        self.title = f"Amend {self.lot}"
        return found

    def get_initial(self):
        """Start with the lot as it is."""
        return super().get_initial() | {"title": self.lot.title}

    def act(self, data):
        """Publish the amendment."""
        actions.amend_lot(lot_id=self.lot.pk, **data, by=self.user, now=self.now)


class WithdrawLot(OnTender):
    """Take a lot out of a published tender."""

    form_class = Reason
    button, is_warning, done = "Withdraw the lot", True, TOLD
    lede = "Nobody can bid for it any more. Bids for the other lots stand."

    def find(self):
        """Return the tender of the lot that the address names."""
        self.lot = queries.lot(lot_id=self.kwargs["lot_id"])
        self.title = f"Withdraw {self.lot}"
        return self.lot.procurement_id

    def act(self, data):
        """Publish the amendment."""
        actions.withdraw_lot(lot_id=self.lot.pk, **data, by=self.user, now=self.now)
