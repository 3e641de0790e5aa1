"""Pages for conditions, grounds for exclusion and low prices: the bidder is heard before anything is decided."""

from placewell.kernel.errors import NotFound

from .. import actions, forms, queries
from .evaluation import OnEvaluation


class _OnBid(OnEvaluation):
    def find(self):
        """Return the tender of the bid that the address names."""
        self.bid = queries.bid(bid_id=self.kwargs["bid_id"])
        return self.bid.procurement_id


class CheckCondition(_OnBid):
    """Say whether a condition is met."""

    form_class = forms.Verdict
    button, done = "Save", "The check is kept."

    def get_form_kwargs(self):
        """Name the condition, and what the bid says."""
        question = next((q for q in self.procurement.questions.all() if q.pk == self.kwargs["question_id"]), None)
        if question is None:
            raise NotFound("There is no such condition.")
        said = next((each.text for each in self.bid.answers.all() if each.question_id == question.pk), "no answer")
        self.title = f"{self.bid.provider.name}: is this condition met?"
        self.lede = f"{question.text} The bid says: {said}."
        return super().get_form_kwargs()

    def act(self, data):
        """Keep the check."""
        actions.check_condition(
            bid_id=self.bid.pk,
            question_id=self.kwargs["question_id"],
            is_met=data["verdict"],
            reason=data["reason"],
            by=self.user,
            now=self.now,
        )


class RaiseExclusion(_OnBid):
    """Raise a ground for exclusion."""

    form_class = forms.Exclude
    title, button, done = "Raise a ground for exclusion", "Raise it", "The ground is raised. The bidder is heard next."

    def get_form_kwargs(self):
        """Offer the grounds of the law."""
        self.lede = f"Against {self.bid.provider.name}. It is excluded only after it was heard."
        grounds = queries.exclusion_grounds().values()
        kinds = {True: "mandatory", False: "discretionary"}
        found = [(each.code, f"{each.title} ({kinds[each.is_mandatory]})") for each in grounds]
        return super().get_form_kwargs() | {"grounds": found}

    def act(self, data):
        """Raise it."""
        actions.raise_exclusion(bid_id=self.bid.pk, **data, by=self.user, now=self.now)


class _OnExclusion(OnEvaluation):
    def find(self):
        """Return the tender of the ground that the address names."""
        found = queries.exclusion(exclusion_id=self.kwargs["exclusion_id"])
        ground = queries.exclusion_grounds()[found.ground].title
        self.lede = f"{found.bid.provider.name}. {ground}: {found.facts} {found.heard}"
        return found.bid.procurement_id


class HearExclusion(_OnExclusion):
    """Record what the bidder said."""

    form_class = forms.Heard
    title, button, done = "What the bidder said to a ground for exclusion", "Save", "It is kept."

    def act(self, data):
        """Keep it."""
        actions.hear_exclusion(
            exclusion_id=self.kwargs["exclusion_id"], heard=data["heard"], by=self.user, now=self.now
        )


class DecideExclusion(_OnExclusion):
    """Decide whether the bidder is excluded."""

    form_class = forms.Verdict
    title, button, done = "Is the bidder excluded?", "Decide", "The decision is kept."

    def act(self, data):
        """Decide it."""
        actions.decide_exclusion(
            exclusion_id=self.kwargs["exclusion_id"],
            is_excluded=data["verdict"],
            reasons=data["reason"],
            by=self.user,
            now=self.now,
        )


class AskPrice(_OnBid):
    """Ask about a price that looks abnormally low."""

    form_class = forms.AskPrice
    title, button, done = "Ask about a low price", "Ask", "The question is kept. The bidder is heard next."

    def get_form_kwargs(self):
        """Offer the lots of the bid."""
        self.lede = f"To {self.bid.provider.name}. The bid stays in the ranking unless its explanation fails."
        lots = [(str(lot.pk), str(lot)) for lot in self.procurement.lots.all() if lot.number in self.bid.lots]
        return super().get_form_kwargs() | {"lots": lots}

    def act(self, data):
        """Ask."""
        actions.ask_low_price(bid_id=self.bid.pk, lot_id=data["lot"], asked=data["asked"], by=self.user, now=self.now)


class _OnPrice(OnEvaluation):
    def find(self):
        """Return the tender of the price that the address names."""
        found = queries.low_price(low_price_id=self.kwargs["low_price_id"])
        self.lede = f"{found.bid.provider.name}, {found.lot}. Asked: {found.asked} {found.explanation}"
        return found.bid.procurement_id


class HearPrice(_OnPrice):
    """Record how the bidder explains its price."""

    form_class = forms.Heard
    title, button, done = "How the bidder explains its price", "Save", "It is kept."

    def act(self, data):
        """Keep it."""
        actions.hear_low_price(
            low_price_id=self.kwargs["low_price_id"], explanation=data["heard"], by=self.user, now=self.now
        )


class DecidePrice(_OnPrice):
    """Decide whether the price is explained."""

    form_class = forms.Verdict
    title, button, done = "Is the price explained?", "Decide", "The decision is kept."

    def act(self, data):
        """Decide it."""
        actions.decide_low_price(
            low_price_id=self.kwargs["low_price_id"],
            is_explained=data["verdict"],
            reasons=data["reason"],
            by=self.user,
            now=self.now,
        )
