"""The public register of contracts: anybody may read it, and no price of a place and no child is in it."""

from django.http import JsonResponse

from placewell.web.templatetags.web import day, tag
from placewell.web.views import Column, DetailPage, TableView

from .. import queries


class ContractRegister(TableView):
    """Every contract on a framework that was awarded."""

    public = True
    title = "Register of contracts"
    lede = (
        "Contracts for homes for looked-after children, with the framework that each stands on. No child is named here."
    )
    template_name = "contracts/register.html"
    empty = "No contract has been made yet."
    file_name = "register-of-contracts"
    columns = (
        Column("reference", "Reference", sort="reference"),
        Column("supplier", "Supplier", sort="supplier"),
        Column("company_number", "Company number"),
        Column("framework", "Framework", cell="lot.framework.title", sort="lot__framework__title"),
        Column("lot", "Lot", cell=lambda row: row.lot.title),
        Column("start_on", "From", cell=lambda row: day(row.start_on), sort="start_on", out=lambda row: row.start_on),
        Column("end_on", "Until", cell=lambda row: day(row.end_on), sort="end_on", out=lambda row: row.end_on),
        Column("state", "State", cell=lambda row: tag(row.state), sort="state", out=lambda row: row.state),
    )

    def rows(self, filters):
        """Return the contracts."""
        return queries.contract_register()


class ContractRegisterJson(DetailPage):
    """The register of contracts as JSON."""

    public = True

    def get(self, request, *args, **kwargs):
        """Return frameworks with what they may cost in all, and contracts."""
        frameworks = [
            {
                "reference": row.reference,
                "title": row.title,
                "legal_regime": row.legal_regime,
                "start_on": row.start_on,
                "end_on": row.end_on,
                "whole_value": row.lifetime_ceiling,
                "state": row.state,
                "lots": [
                    {"number": lot.number, "title": lot.title, "category": lot.category} for lot in row.lots.all()
                ],
            }
            for row in queries.register()
        ]
        contracts = [
            {
                "reference": row.reference,
                "supplier": row.supplier,
                "company_number": row.company_number,
                "framework": row.lot.framework.reference,
                "lot": row.lot.number,
                "start_on": row.start_on,
                "end_on": row.end_on,
                "state": row.state,
            }
            for row in queries.contract_register()
        ]
        return JsonResponse({"frameworks": frameworks, "contracts": contracts})
