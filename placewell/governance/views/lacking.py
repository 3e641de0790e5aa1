"""What the market lacks: the exemptions of the register over time, and what they tell the next tender."""

from placewell.accounts.permissions import Permission
from placewell.web import charts
from placewell.web.tables_out import csv_response, xlsx_response
from placewell.web.templatetags.web import words
from placewell.web.views import DetailPage

from .. import queries

KINDS = {"reason": "What was lacking", "supplier": "Provider", "category": "Lot", "need": "Need of the child"}
TITLES = ("The year before", "Last 12 months", "Change", "Value in the last 12 months")


class Lacking(DetailPage):
    """Exemptions by quarter, reason, provider, lot and need, beside the year before; what the next tender should hold."""

    permission = Permission.SEE_DECISIONS
    template_name = "governance/lacking.html"
    title = "What the market lacks"

    def tables(self, rows) -> dict[str, list]:
        """Return each kind's trends, its keys as people write them."""
        return {
            kind: [
                (each.key if kind == "supplier" else words(each.key), each)
                for each in queries.trends(rows, by=kind, on=self.today)
            ]
            for kind in KINDS
        }

    def get(self, request, *args, **kwargs):
        """Show the page, or one of its tables as a file."""
        wanted, kind = request.GET.get("format"), request.GET.get("table", "reason")
        if wanted in ("csv", "xlsx") and kind in KINDS:
            write = csv_response if wanted == "csv" else xlsx_response
            rows = self.tables(queries.exemptions_asked())[kind]
            told = [[name, each.before, each.lately, each.change, each.value] for name, each in rows]
            return write(f"exemptions-by-{kind}", [KINDS[kind], *TITLES], told)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        """Add the trends, a picture by quarter, and what was bought outside the contracts."""
        rows = queries.exemptions_asked()
        return super().get_context_data(
            picture=picture(*queries.quarters(rows, on=self.today)) if rows else "",
            tables=[(kind, KINDS[kind], found) for kind, found in self.tables(rows).items() if found],
            titles=TITLES,
            spot=queries.spot_demand(rows, on=self.today),
            **kwargs,
        )


def picture(days, by_reason):
    """Return the exemptions of each quarter as bars, reason on reason."""
    labels = [f"{day:%b} {day:%y}" for day in days]
    counts = [sum(each) for each in zip(*by_reason.values(), strict=True)] or [0] * len(days)
    told = ", ".join(f"{count} in the quarter from {day:%B %Y}" for day, count in zip(days, counts, strict=True))
    return charts.bar_chart(
        title="Exemptions asked for, by quarter and what was lacking",
        description=told,
        labels=labels,
        series=[charts.Series(words(reason), [float(n) for n in each]) for reason, each in by_reason.items()]
        or [charts.Series("Exemptions", [0.0] * len(days))],
    )
