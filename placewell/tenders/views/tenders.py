"""Pages on which the council follows its tenders."""

from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.governance import queries as governance
from placewell.notifications.actions import note_opened
from placewell.web.templatetags.web import moment, tag
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import permissions, queries, rules, states


class Tenders(TableView):
    """Every tender."""

    permission = Permission.SEE_TENDERS
    title = "Tenders"
    template_name = "tenders/tenders.html"
    empty = "No tender has been planned yet."
    file_name = "tenders"
    columns = (
        Column("reference", "Reference", sort="reference"),
        Column("title", "Title", sort="title"),
        Column("procedure", "Procedure", cell=lambda row: row.get_procedure_display()),
        Column("lots", "Lots", cell=lambda row: row.lot_count, numeric=True),
        Column(
            "tenders_by_at",
            "Bids close",
            cell=lambda row: moment(row.tenders_by_at),
            sort="tenders_by_at",
            out=lambda row: row.tenders_by_at,
        ),
        Column("state", "State", cell=lambda row: tag(row.state), sort="state", out=lambda row: row.state),
    )

    def rows(self, filters):
        """Return all tenders."""
        return queries.procurements()

    def link(self, row):
        """Lead to the tender."""
        return reverse("tenders:tender", args=[row.pk])

    def get_context_data(self, **kwargs):
        """Add the keys that wait for whoever looks."""
        keys = queries.waiting_for_key(user=self.user)
        return super().get_context_data(keys=keys, may_run=self.may(Permission.RUN_TENDER), **kwargs)


class Tender(DetailPage):
    """One tender: its plan, its method, who keeps keys, what was published and what comes next."""

    permission = Permission.SEE_TENDERS
    template_name = "tenders/tender.html"

    def get_context_data(self, **kwargs):
        """Add the tender with all its parts."""
        found = queries.procurement(procurement_id=self.kwargs["procurement_id"])
        note_opened(record="tenders.procurement", record_id=found.pk, by=self.user, now=self.now)
        method, at = queries.method(found), queries.moment()
        holders = list(found.holders.select_related("holder"))
        return super().get_context_data(
            title=found.title,
            caption=found.reference,
            procurement=found,
            is_direct=found.procedure == states.Procedure.DIRECT_AWARD,
            is_silent=rules.is_silent(found.procedure, found.ground),
            may_run=self.may(Permission.RUN_TENDER),
            spot=self.spot(found),
            faults=_faults(found, method, holders) if found.state == states.Procurement.PLANNED else [],
            warning=rules.formula_warning(found.formula),
            is_closed=bool(found.tenders_by_at and at >= found.tenders_by_at),
            holders=holders,
            our_key=next((each for each in holders if each.holder_id == self.user.pk), None),
            notices=queries.notices(procurement_id=found.pk),
            clarifications=queries.clarifications(procurement_id=found.pk),
            ties=ties(found),
            may=permissions.may(self.user, found, on=self.today, at=at),
            **kwargs,
        )

    def spot(self, found) -> list:
        """Return, of a tender that is planned, what was bought outside the contracts in its lots: what they should hold."""
        if found.state != states.Procurement.PLANNED or not self.may(Permission.SEE_DECISIONS):
            return []
        lots = [lot.category for lot in found.lots.all()]
        asked = governance.exemptions_asked()
        return governance.spot_demand(asked, on=self.today, categories=lots)


TIES = (("quality", "higher quality"), ("price", "lower price"), ("first_question", "the first quality question"))


def ties(procurement) -> list[str]:
    """Return, in words, what decides between equal scores."""
    return [dict(TIES)[each] for each in procurement.tie_order]


def _faults(procurement, method, holders) -> list[str]:
    """Return what is still to do before the notice can go out."""
    missing = queries.missing_notices(procurement)
    if not queries.procedures()[procurement.procedure].takes_bids:
        return missing
    faults = rules.method_faults(method)
    if len(holders) < 2:
        faults.append("Fewer than two officers are appointed to keep an opening key.")
    faults += [
        f"{each.holder.name} has not confirmed the opening key yet." for each in holders if not each.is_confirmed
    ]
    return faults + [each for each in missing if "(UK13)" in each]  # the other may be explained on the notice


class OnTender(ActionView):
    """A form about one tender of the council's."""

    permission = Permission.RUN_TENDER

    def dispatch(self, request, *args, **kwargs):
        """Find the tender."""
        if request.user.is_authenticated and self.may(self.permission):
            self.procurement = queries.procurement(procurement_id=self.find())
            self.caption = f"{self.procurement.reference} {self.procurement.title}"
        return super().dispatch(request, *args, **kwargs)

    def find(self):
        """Return the id of the tender that the address leads to."""
        return self.kwargs["procurement_id"]

    def get_success_url(self):
        """Go back to the tender."""
        return reverse("tenders:tender", args=[self.procurement.pk])

    @property
    def back_url(self):
        """Lead back to the tender."""
        return self.get_success_url()
