"""The bids of a tender as offers of places to choose among: the tenders' ranking, handed to the needs room."""

from collections.abc import Iterator
from math import ceil

from django import forms
from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.kernel.errors import NotAllowed, Refused
from placewell.needs import actions as needs
from placewell.needs.rules import NETWORK
from placewell.tenders import queries as tenders
from placewell.web.forms import Form
from placewell.web.views import ActionView


def lots_with_prices() -> Iterator[tuple[str, str]]:
    """Yield (key, words) of each lot whose bids may be read with their prices, the newest tender first."""
    for procurement in tenders.procurements().exclude(quality_locked_at=None).order_by("-quality_locked_at")[:20]:
        for lot in procurement.lots.order_by("number"):
            if lot.category in NETWORK:
                yield f"{procurement.pk}|{lot.number}", f"{procurement.reference}, lot {lot.number}: {lot.title}"


class OffersOfTenders(Form):
    """Which lot, and what its bids do not say."""

    lot = forms.ChoiceField(
        label="Bids of", help_text="Lots whose quality is settled: nobody reads a price before that"
    )
    form = forms.ChoiceField(
        label="Bought as",
        choices=[("block", "A block of places"), ("cost_volume", "Cost and volume: some guaranteed, more at a price")],
        widget=forms.RadioSelect,
    )
    guarantee_pct = forms.IntegerField(
        label="Paid whether used or not, per cent of the places", min_value=0, max_value=100
    )
    usable_pct = forms.IntegerField(
        label="Of the nights, this share can be used, per cent", min_value=1, max_value=100,
        help_text="Less than 100 where a place stands empty between children",
    )  # fmt: skip
    min_beds = forms.IntegerField(label="Fewest places of a bid, if any", min_value=0, max_value=500)
    max_beds = forms.IntegerField(
        label="Most places of a bid", min_value=1, max_value=500,
        help_text="The same for each; the list can be changed afterwards, bid by bid",
    )  # fmt: skip

    def __init__(self, *args, lots, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lot"].choices = lots


class TakeOffers(ActionView):
    """Take the bids of a tender as offers to choose among."""

    permission = Permission.CHOOSE_CAPACITY
    form_class = OffersOfTenders
    title = "Take the bids of a tender"
    lede = "Each bid's price and quality, as the published method has them, become an offer of places."
    button = "Take them"

    def dispatch(self, request, *args, **kwargs):
        """Only for those who may see tenders too."""
        if request.user.is_authenticated and not self.may(Permission.SEE_TENDERS):
            raise NotAllowed("Your role does not allow you to see tenders.")
        self.back_url = reverse("needs:options")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        """Hand over the lots that there are."""
        return super().get_form_kwargs() | {"lots": list(lots_with_prices())}

    def get_initial(self):
        """Offer the usual."""
        return {"form": "block", "guarantee_pct": 100, "usable_pct": 95, "min_beds": 0, "max_beds": 4}

    def get_context_data(self, **kwargs):
        """Say when there is no such lot."""
        context = super().get_context_data(**kwargs)
        if not context["form"].fields["lot"].choices:
            context["lede"] = "There is no tender yet whose quality is settled, and nobody reads a price before that."
        return context

    def act(self, data):
        """Make an offer of each bid that was ranked."""
        procurement_id, _, number = data["lot"].partition("|")
        procurement = tenders.procurement(procurement_id=procurement_id)
        ranking = next((each for each in tenders.rankings(procurement) if str(each.lot.number) == number), None)
        if ranking is None or not ranking.places:
            raise Refused("No bid was ranked on this lot.")
        terms = {name: data[name] for name in ("form", "guarantee_pct", "usable_pct", "min_beds", "max_beds")}
        bids = [
            {
                "id": f"{place.bid.provider.name} ({place.rank})",
                "provider": place.bid.provider.name,
                "type": ranking.lot.category,
                "price_week": ceil(place.price),
                "extra_price_week": ceil(place.price) if data["form"] == "cost_volume" else None,
                "quality": int(place.quality),
                "start_year": 1,
                **terms,
            }
            for place in ranking.places
        ]
        origin = f"Tender {procurement.reference}, lot {number}"
        about = {"bids": bids, "origin": origin, "by": self.user, "now": self.now}
        self.made = needs.keep_options(title=f"{procurement.title}: bids"[:120], **about)

    def get_success_url(self):
        """Lead to the list."""
        return reverse("needs:option_list", args=[self.made.pk])
