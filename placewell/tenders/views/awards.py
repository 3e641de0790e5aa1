"""Pages on which an award is recommended, given, undone, and becomes contracts."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.generic import View

from placewell.accounts import queries as accounts
from placewell.accounts.permissions import Permission
from placewell.governance import queries as governance
from placewell.kernel.errors import NotFound
from placewell.web.documents import pdf
from placewell.web.permitted import Permitted
from placewell.web.templatetags.web import pounds
from placewell.web.views import DetailPage

from .. import actions, forms, queries, rules, states
from .tenders import OnTender


class Awards(DetailPage):
    """What was recommended, how its approval stands, and what became of each lot."""

    permission = Permission.SEE_TENDERS
    template_name = "tenders/awards.html"
    title = "Award"

    def get_context_data(self, **kwargs):
        """Add the recommendation and the lots."""
        found = queries.procurement(procurement_id=self.kwargs["procurement_id"])
        made = queries.awards(procurement_id=found.pk)
        recommended = queries.recommendation(procurement_id=found.pk)
        lots = [
            {"lot": lot, "award": made.get(lot.pk), "is_settled": queries.is_settled(made.get(lot.pk))}
            for lot in found.live_lots
        ]
        is_direct = found.procedure == states.Procedure.DIRECT_AWARD
        is_ready = (
            found.state == states.Procurement.PUBLISHED
            if is_direct
            else found.state == states.Procurement.OPENED and found.quality_locked_at is not None
        )
        stale = recommended is not None and recommended.approval.state in ("refused", "withdrawn")
        return super().get_context_data(
            caption=f"{found.reference} {found.title}",
            procurement=found,
            recommended=recommended,
            lots=lots,
            may_run=self.may(Permission.RUN_TENDER)
            and (is_ready or found.state in (states.Procurement.OPENED, states.Procurement.CONCLUDED)),
            may_recommend=is_ready and (recommended is None or stale),
            is_direct=is_direct,
            may_announce=self.may(Permission.RUN_TENDER) and not rules.is_silent(found.procedure, found.ground),
            **kwargs,
        )


class Report(Permitted, View):
    """The recommendation report as an accessible PDF: rankings, reasons, what was excluded, how firmly the first stands."""

    permission = Permission.SEE_TENDERS

    def get(self, request, procurement_id):
        """Send it."""
        found = queries.procurement(procurement_id=procurement_id)
        recommended = queries.recommendation(procurement_id=procurement_id)
        if recommended is None:
            raise NotFound("No award was recommended yet.")
        body = pdf("tenders/documents/report.typ", queries.report(found, recommended))
        answer = HttpResponse(body, content_type="application/pdf")
        answer.headers["Content-Disposition"] = content_disposition_header(False, f"award-{found.reference}.pdf")
        return answer


class OnAward(OnTender):
    """A form about an award."""

    def get_success_url(self):
        """Go back to the award."""
        return reverse("tenders:awards", args=[self.procurement.pk])


class Recommend(OnAward):
    """Recommend the winners of each lot, by tier."""

    form_class = forms.Recommend
    title, button = "Recommend an award", "Recommend it, and ask for approval"
    done = "The award is recommended. The offices that the delegation names are asked for approval."
    lede = "Give each ranked bid the tier in which it joins the lot, or none. Ranks stay those of the ranking."

    def get_form_kwargs(self):
        """Offer each ranked bid, and the delegations of this decision."""
        self.ranked = [
            (f"lot_{ranking.lot.number}_{place.rank}", ranking.lot, place)
            for ranking in queries.rankings(self.procurement)
            for place in ranking.places
        ]
        bids = [(name, f"{lot}, rank {place.rank}: {place.bid.provider.name}") for name, lot, place in self.ranked]
        delegations = _delegations(self.procurement, self.today)
        return super().get_form_kwargs() | {"bids": bids, "delegations": delegations}

    def act(self, data):
        """Recommend it."""
        winners: dict = {}
        for name, lot, place in self.ranked:
            if data[name]:
                winners.setdefault(lot.number, []).append((place.bid.pk, int(data[name])))
        actions.recommend_award(
            procurement_id=self.procurement.pk,
            delegation_id=data["delegation"],
            report=data["report"],
            winners=winners,
            by=self.user,
            now=self.now,
        )


class RecommendDirect(OnAward):
    """Recommend a direct award."""

    form_class = forms.RecommendDirect
    title, button = "Recommend a direct award", "Recommend it, and ask for approval"
    done = "The award is recommended. The offices that the delegation names are asked for approval."

    def get_form_kwargs(self):
        """Offer the lots, the providers and the delegations of this decision."""
        self.lede = f"{self.procurement.get_ground_display()}: {self.procurement.ground_reasons}"
        return super().get_form_kwargs() | {
            "lots": [(f"lot_{lot.number}", str(lot)) for lot in self.procurement.lots.all()],
            "providers": [(str(each.pk), each.name) for each in accounts.providers()],
            "delegations": _delegations(self.procurement, self.today),
        }

    def act(self, data):
        """Recommend it."""
        actions.recommend_direct_award(
            procurement_id=self.procurement.pk,
            delegation_id=data["delegation"],
            report=data["report"],
            winners={lot.number: data[f"lot_{lot.number}"] for lot in self.procurement.live_lots},
            by=self.user,
            now=self.now,
        )


def _delegations(procurement, on) -> list[tuple[str, str]]:
    return [
        (str(each.pk), f"{each.decision.number}, up to {pounds(each.ceiling) or 'any amount'}")
        for each in governance.delegations(act="award", on=on)
        if each.decision_id == procurement.decision_id
    ]


class _OnLot(OnAward):
    form_class = forms.Empty

    def find(self):
        """Return the tender of the lot that the address names."""
        self.lot = queries.lot(lot_id=self.kwargs["lot_id"])
        return self.lot.procurement_id

    @property
    def on(self) -> dict:
        """What the action is told."""
        return {"lot_id": self.lot.pk, "by": self.user, "now": self.now}


class AwardLot(_OnLot):
    """Award a lot."""

    title, button, done = "Award this lot", "Award it", "The lot is awarded, and each bidder was sent its summary."
    lede = "Only as it was recommended, and only while the approval and the decision behind it stand."

    def act(self, data):
        """Award it."""
        actions.award_lot(**self.on)


class MakeContracts(_OnLot):
    """Make the contracts of a lot."""

    title, button, done = "Make the contracts of this lot", "Make them", "The contracts stand, with tiers and prices."
    lede = "Each winner joins the framework's lot with its tier, rank and prices: the placements desk can use it."

    def act(self, data):
        """Make them."""
        actions.make_contracts(**self.on)


class DeclineLot(_OnLot):
    """Say that a lot is not awarded."""

    form_class = forms.Reason
    title, button, is_warning, done = "Do not award this lot", "Do not award it", True, "The lot is not awarded."

    def act(self, data):
        """Settle it."""
        actions.decline_lot(**data, **self.on)


class UndoAward(_OnLot):
    """Undo an award."""

    form_class = forms.Reason
    title, button, is_warning, done = "Undo this award", "Undo it", True, "The award is undone."
    lede = "Contracts that came of it end. The lot can be awarded again, or not awarded."

    def act(self, data):
        """Undo it."""
        actions.undo_award(**data, **self.on)


class Reopen(OnTender):
    """Plan another round of a list that is opened again."""

    form_class = forms.Reopen
    title, button, done = "Open the list again", "Plan the round", "The round is planned, with the same method."
    lede = "Those on the list stay as they are and need not apply again."

    def act(self, data):
        """Plan it."""
        self.made = actions.reopen_list(procurement_id=self.procurement.pk, **data, by=self.user, now=self.now)

    def get_success_url(self):
        """Lead to the new round."""
        made = getattr(self, "made", self.procurement)
        return reverse("tenders:tender", args=[made.pk])
