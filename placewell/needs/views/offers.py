"""Offers of places to choose among: typed in, from a file, or from a tender."""

from django.urls import reverse, reverse_lazy

from placewell.accounts.permissions import Permission
from placewell.engines.capacity.problem import FORMS
from placewell.gateways.given_files import LARGEST
from placewell.web.tables_out import csv_response
from placewell.web.templatetags.web import moment, pounds
from placewell.web.views import ActionView, Column, TableView

from .. import actions, capacity, forms, queries

TYPE_WORDS = {"fostering": "Fostering", "residential": "Residential", "supported": "Supported"}
FORM_WORDS = dict(zip(FORMS, ("Block", "Cost and volume"), strict=True))


class OptionLists(TableView):
    """Every list of offers."""

    permission = Permission.SEE_NEED
    title = "Offers to choose among"
    empty = "There is no list of offers yet."
    template_name = "needs/option_lists.html"
    exports = False
    columns = (
        Column("title", "List"),
        Column("origin", "From", cell=lambda row: row.origin or "Typed in"),
        Column("offers", "Offers", cell=lambda row: len(row.bids), numeric=True),
        Column("at", "Kept", cell=lambda row: f"{moment(row.at)} by {row.by.name}"),
    )

    def rows(self, filters):
        """Return the lists."""
        return queries.options()

    def link(self, row):
        """Lead to the list."""
        return reverse("needs:option_list", args=[row.pk])

    def get_context_data(self, **kwargs):
        """Add what can be done."""
        may = self.may(Permission.CHOOSE_CAPACITY)
        return super().get_context_data(may_choose=may, may_tender=self.may(Permission.SEE_TENDERS), **kwargs)


class OptionList(TableView):
    """The offers of one list."""

    permission = Permission.SEE_NEED
    caption = "Offers to choose among"
    template_name = "needs/option_list.html"
    file_name = "offers"
    columns = (
        Column("id", "Offer", cell=lambda b: b["id"]),
        Column("provider", "Provider", cell=lambda b: b["provider"]),
        Column("type", "Kind", cell=lambda b: TYPE_WORDS[b["type"]]),
        Column("form", "Form", cell=lambda b: FORM_WORDS[b["form"]]),
        Column("price", "A week", cell=lambda b: pounds(b["price_week"]), numeric=True, out=lambda b: b["price_week"]),
        Column("guarantee", "Paid whether used or not", cell=lambda b: f"{b['guarantee_pct']}%", numeric=True),
        Column("places", "Places", cell=lambda b: f"{max(1, b['min_beds'])} to {b['max_beds']}", numeric=True),
        Column("from", "From year", cell=lambda b: b["start_year"], numeric=True),
        Column("quality", "Quality", cell=lambda b: b["quality"], numeric=True),
    )

    def get(self, request, *args, **kwargs):
        """Show the page, or the list as the file that can be given back."""
        self.kept = queries.option_list(options_id=kwargs["options_id"])
        self.title = self.kept.title
        if request.GET.get("format") == "csv":
            rows = [["" if bid.get(n) is None else bid[n] for n in capacity.COLUMNS] for bid in self.kept.bids]
            return csv_response("offers", capacity.COLUMNS, rows)
        return super().get(request, *args, **kwargs)

    def rows(self, filters):
        """Return the offers."""
        return self.kept.bids

    def get_context_data(self, **kwargs):
        """Add the list, and what can be done."""
        return super().get_context_data(kept=self.kept, may_choose=self.may(Permission.CHOOSE_CAPACITY), **kwargs)


class KeepOptions(ActionView):
    """Add a list of offers, or change one."""

    permission = Permission.CHOOSE_CAPACITY
    form_class = forms.KeepOptions
    title = "Offers to choose among"
    lede = "Places that could be bought in advance: what providers bid, framework rates with a guarantee, carers of the council's own."
    button = "Keep the list"
    back_url = reverse_lazy("needs:options")

    def get_initial(self):
        """Offer the list as it is."""
        if "options_id" not in self.kwargs:
            return {"offers": ",".join(capacity.COLUMNS) + "\n"}
        kept = queries.option_list(options_id=self.kwargs["options_id"])
        return {"title": kept.title, "offers": capacity.as_csv(kept.bids)}

    def act(self, data):
        """Read the offers, and keep them."""
        given = data["upload"]
        origin = given.name[:120] if given else ""
        bids = capacity.read_bids(given.read(LARGEST) if given else data["offers"].encode())
        about = {"title": data["title"], "bids": bids, "by": self.user, "now": self.now}
        options_id = self.kwargs.get("options_id")
        if options_id and not given:
            origin = queries.option_list(options_id=options_id).origin
        self.made = actions.keep_options(origin=origin, options_id=options_id, **about)

    def get_success_url(self):
        """Lead to the list."""
        return reverse("needs:option_list", args=[self.made.pk])
