"""Placements: the list, and one with what may be done."""

from django.urls import reverse
from django.utils.timezone import localdate

from placewell.accounts.permissions import Permission
from placewell.web.templatetags.web import day, pounds, tag
from placewell.web.views import Column, DetailPage, TableView

from .. import forms, queries, rules, states
from .handing import hand_over_url


def miles(row) -> str:
    """Return how far a placement is from the child's own home; nothing where it is not known."""
    found = queries.miles_of(row)
    return "" if found is None else f"{found:.0f}"


class Placements(TableView):
    """Every placement that the council buys, or bought."""

    permission = Permission.SEE_PLACEMENTS
    title = "Placements"
    empty = "No placement has been recorded yet."
    file_name = "placements"
    filter_form = forms.PlacementFilters
    columns = (
        Column("child", "Child", cell="child.reference", sort="child__reference"),
        Column("home", "Home", cell="home.reference", sort="home__reference"),
        Column("provider", "Provider", cell="provider.name", sort="provider__name"),
        Column("miles", "Miles from home", cell=lambda row: miles(row), numeric=True),
        Column("start_on", "From", cell=lambda row: day(row.start_on), sort="start_on", out=lambda row: row.start_on),
        Column("end_on", "Until", cell=lambda row: day(row.end_on), sort="end_on", out=lambda row: row.end_on),
        Column(
            "fee",
            "A week",
            cell=lambda row: pounds(row.agreement.weekly_fee(on=localdate())),
            numeric=True,
            out=lambda row: row.agreement.weekly_fee(on=localdate()),
        ),
        Column("state", "State", cell=lambda row: tag(row.state), sort="state", out=lambda row: row.state),
    )

    def rows(self, filters):
        """Return the placements of children whom the person may see, as the filters leave them."""
        rows = queries.placements(for_user=self.user, on=self.today)
        wanted = {name: filters.get(name, "") for name in ("when", "category", "how_far")}
        return queries.narrowed(rows, on=self.today, **wanted)

    def link(self, row):
        """Lead to the placement."""
        return reverse("placements:placement", args=[row.pk])


class Placement(DetailPage):
    """One placement, its agreement and what may be done."""

    permission = Permission.SEE_PLACEMENTS
    template_name = "placements/placement.html"
    caption = "Placement"

    def get_context_data(self, **kwargs):
        """Add the placement."""
        row = queries.placement(placement_id=self.kwargs["placement_id"], for_user=self.user, on=self.today)
        runs = row.state == states.Placement.STARTED
        may = {
            "end": runs and self.may(Permission.END_PLACEMENT),
            "change": runs and self.may(Permission.MAKE_AGREEMENT),
            "record": self.may(Permission.START_PLACEMENT),
            "sign": self.may(Permission.SIGN_AGREEMENT),
            "refer": self.may(Permission.WRITE_REFERRAL),
            "decide_change": self.may(Permission.DECIDE_OFFER),
            "carry_on": self.may(Permission.START_PLACEMENT) and row.holder.pk != self.user.pk,
        }
        ends = row.state in (states.Placement.ENDED, states.Placement.NOT_STARTED)
        hands = queries.may_hand_on(row.holder, Permission.START_PLACEMENT, user=self.user, on=self.today)
        documents = queries.documents_of(row)
        absences = list(row.absences.order_by("start_on"))
        return super().get_context_data(
            title=f"{row.child.name} at {row.home.reference}",
            placement=row,
            hand_over_url=hand_over_url(row.holder.pk, f"placement:{row.pk}") if hands and not ends else "",
            runs=runs,
            has_no_home=ends and row.pk in {each.pk for each in self.without_a_home()},
            why_ended=rules.CHANGE_REASONS.get(row.end_reason, row.end_reason),
            fee=row.agreement.weekly_fee(on=self.today),
            duties=queries.duties_of(row),
            documents=documents,
            written={each.kind for each in documents},
            absences=absences,
            is_away=any(each.end_on is None for each in absences),
            notice=row.notices.filter(withdrawn_at=None).select_related("given_by").first(),
            changes=row.agreement.changes.select_related("asked_by", "decided_by").order_by("asked_at"),
            may=may,
            **kwargs,
        )

    def without_a_home(self) -> list:
        """Return the placements that left a child in care without a home."""
        return queries.left_without_a_home(for_user=self.user, on=self.today)
