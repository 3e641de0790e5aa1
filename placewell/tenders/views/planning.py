"""Pages on which a tender is planned and its method written."""

from decimal import Decimal

from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.contracts import queries as contracts
from placewell.governance import queries as governance
from placewell.web.templatetags.web import plural, pounds, words
from placewell.web.views import ActionView

from .. import actions, forms, queries, rules, states
from .tenders import OnTender


class Plan(ActionView):
    """Plan a tender under a decision in force."""

    permission = Permission.RUN_TENDER
    form_class = forms.Plan
    title, button, done = "Plan a tender", "Plan it", "The tender is planned. Write its method now."

    @property
    def back_url(self):
        """Lead back to the decision."""
        return reverse("governance:decision", args=[self.kwargs["decision_id"]])

    def get_form_kwargs(self):
        """Offer the decision's lots and the frameworks that are there."""
        decision = governance.decision(decision_id=self.kwargs["decision_id"])
        self.caption = f"Decision {decision.number}"
        self.titles = {lot.category: lot.title for lot in decision.lots.all()}
        frameworks = [(str(each.pk), str(each)) for each in contracts.frameworks() if not each.is_outgoing]
        return super().get_form_kwargs() | {"lots": list(self.titles.items()), "frameworks": frameworks}

    def get_initial(self):
        """Start with today's law."""
        return {"legal_regime": rules.regime(self.today), "procedure": states.Procedure.OPEN}

    def act(self, data):
        """Plan it, the lots numbered in the decision's order."""
        chosen = [category for category in self.titles if category in data.pop("lots")]
        lots = [rules.LotPlan(number, each, self.titles[each]) for number, each in enumerate(chosen, start=1)]
        self.made = actions.plan_procurement(
            **data | {"framework_id": data.pop("framework") or None},
            decision_id=self.kwargs["decision_id"],
            lots=lots,
            by=self.user,
            now=self.now,
        )

    def get_success_url(self):
        """Lead to the tender."""
        return reverse("tenders:tender", args=[self.made.pk])


class Method(OnTender):
    """Set weights, formula, scale and ties."""

    form_class = forms.Method
    title, button, done = "How bids are judged", "Save", "The method is saved."
    lede = "All of this is published with the notice, and locked from then on."

    def get_initial(self):
        """Start with what is there."""
        found = self.procurement
        marks = sorted(found.marks.all(), key=lambda each: -each.mark)
        return {
            "formula": found.formula,
            "weight_quality": rules.plain(found.weight_quality),
            "quality_min": rules.plain(found.quality_min),
            "marks": "\n".join(f"{each.mark} {each.meaning}" for each in marks),
            "tie_order": ",".join(found.tie_order),
            "lots_per_bidder": found.lots_per_bidder,
            "standstill_days": found.standstill_days,
        }

    def act(self, data):
        """Save it; price has what quality leaves."""
        actions.set_method(procurement_id=self.procurement.pk, **self.weights(data), by=self.user, now=self.now)

    def weights(self, data) -> dict:
        """Return what was filled in as actions take it."""
        left = Decimal(100) - data["weight_quality"]
        return data | {
            "tie_order": tuple(data["tie_order"].split(",")),
            "marks": tuple(data["marks"]),
            "weight_price": left,
        }


class SetLot(OnTender):
    """Set the ceiling and the prices of a lot."""

    form_class = forms.LotTerms
    title, button, done = "Prices of a lot", "Save", "The lot is saved."

    def find(self):
        """Return the tender of the lot that the address names."""
        self.lot = queries.lot(lot_id=self.kwargs["lot_id"])
        self.title = f"Prices of {self.lot}"
        asked = governance.exemptions_asked() if self.may(Permission.SEE_DECISIONS) else []
        spot = governance.spot_demand(asked, on=self.today, categories=[self.lot.category])
        if spot:
            value, count = sum(each.value for each in spot), sum(each.count for each in spot)
            self.lede = (
                f"In the last 12 months {pounds(value)} was spent in this kind of lot outside the contracts, on "
                f"{plural(count, 'placement,placements')}: {'; '.join(words(each.reason).lower() for each in spot)}."
            )
        return self.lot.procurement_id

    def get_initial(self):
        """Start with what is there."""
        lines = [
            f"{each.age_from} {each.age_to} {each.need_level} {rules.plain(each.share)}"
            for each in self.lot.lines.all()
        ]
        return {"value": self.lot.value, "ceiling": self.lot.ceiling, "lines": "\n".join(lines)}

    def act(self, data):
        """Save it."""
        actions.set_lot(lot_id=self.lot.pk, **data, by=self.user, now=self.now)


class AddLot(OnTender):
    """Add a lot, of a kind that another lot may have too."""

    form_class = forms.AddLot
    title, button, done = "Add a lot", "Add it", "The lot is added. Set its prices now."

    def get_form_kwargs(self):
        """Offer the kinds that the decision allows."""
        decision = governance.decision(decision_id=self.procurement.decision_id)
        return super().get_form_kwargs() | {"categories": [(each.category, each.title) for each in decision.lots.all()]}

    def act(self, data):
        """Add it."""
        actions.add_lot(procurement_id=self.procurement.pk, **data, by=self.user, now=self.now)


class AddQuestion(OnTender):
    """Add a question."""

    form_class = forms.Question
    title, button, done = "Add a question", "Add it", "The question is added."

    def get_form_kwargs(self):
        """Offer the lots."""
        return super().get_form_kwargs() | {
            "lots": [(str(lot.number), str(lot)) for lot in self.procurement.lots.all()]
        }

    def act(self, data):
        """Add it."""
        data["lot"] = int(data["lot"]) if data["lot"] else None
        data["weight"] = data["weight"] or Decimal(0)
        kinds = {"part": states.Part(data.pop("part")), "kind": states.Answer(data.pop("kind"))}
        asked = rules.Asked(number=0, **kinds, **data)
        actions.add_question(procurement_id=self.procurement.pk, asked=asked, by=self.user, now=self.now)


class AddVisitCriterion(OnTender):
    """Let what visits to the bids' homes cost be a criterion."""

    form_class = forms.VisitCriterion
    title, button, done = "What visits cost, as a criterion", "Add it", "The criterion is added."

    def get_form_kwargs(self):
        """Offer the lots, and say what visits to homes cost today."""
        self.lede = (
            "Each bid names its homes by postcode. What social workers' visits to a child there cost a year is computed from "
            "your teams' bases, by rates that are published with the notice, and earns marks without an assessor."
        )
        if usual := queries.usual_costs(on=self.today):
            least, middle, most = (f"£{each:,.0f}" for each in usual)
            self.lede += f" In homes on the market today it is {least} at the least, {middle} in the middle and {most} at the most."
        lots = [(str(lot.number), str(lot)) for lot in self.procurement.lots.all()]
        return super().get_form_kwargs() | {"lots": lots}

    def act(self, data):
        """Add it."""
        data["lot"] = int(data["lot"]) if data["lot"] else None
        actions.add_visit_criterion(procurement_id=self.procurement.pk, **data, by=self.user, now=self.now)


class RemoveQuestion(OnTender):
    """Take a question out."""

    form_class = forms.Empty
    title, button, is_warning, done = "Remove this question", "Remove it", True, "The question is removed."

    def find(self):
        """Return the tender of the question that the address names."""
        question = queries.question(question_id=self.kwargs["question_id"])
        self.lede = question.text
        return question.procurement_id

    def act(self, data):
        """Remove it."""
        actions.remove_question(question_id=self.kwargs["question_id"], by=self.user, now=self.now)


class AddDocument(OnTender):
    """Add a file that every bidder may read."""

    form_class = forms.Upload
    title, button, done = "Add a document", "Add it", "The document is added."

    def act(self, data):
        """Add it."""
        file = data["file"]
        actions.add_document(
            procurement_id=self.procurement.pk, name=file.name, data=file.read(), by=self.user, now=self.now
        )
