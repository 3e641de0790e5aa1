"""The outturn: one page for Cabinet, its files, its report, and the nights behind each figure."""

import datetime as dt
from functools import cached_property

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from placewell.accounts.permissions import Permission
from placewell.kernel.periods import financial_year
from placewell.web import charts
from placewell.web.documents import pdf
from placewell.web.tables_out import csv_response, xlsx_response
from placewell.web.templatetags.web import pounds
from placewell.web.views import Column, DetailPage, TableView

from .. import forms, queries, rules, states

TITLES = ("Budget", "Committed", "Actual", "Accrual", "Expected", "Variance")
TABLES = {"months": "By month", "lots": "By lot", "providers": "By provider", "funders": "By funding stream"}


# Providers and funders have no budget of their own, and nobody says what each will cost.
SHOWN = {"providers": (1, 2, 3), "funders": (1, 2, 3)}


def figures(row, key: str = "", *, exact: bool = False) -> list:
    """Return a row's amounts, in the order of `TITLES`: those that the table *key* shows.

    What a provider or a funder bears may be for one child alone: unless *exact*, it is told for the nights gone, since with
    the price the nights to come would tell the day on which the child leaves, often an eighteenth birthday.
    """
    committed = row.committed if exact or key not in SHOWN else row.gone
    found = [row.budget, committed, row.actual, row.accrual, row.expected, row.variance]
    return [found[place] for place in SHOWN.get(key, range(len(found)))]


def titles(key: str, *, exact: bool = False) -> list[str]:
    """Return the headings of the amounts that a table shows."""
    found = [TITLES[place] for place in SHOWN.get(key, range(len(TITLES)))]
    return found if exact or key not in SHOWN else ["Cost to date", *found[1:]]


def shown(found, key: str) -> list:
    """Return a table's rows as a page shows them."""
    return queries.dearest(found.providers) if key == "providers" else getattr(found, key)


class Outturn(DetailPage):
    """Budget, committed, actual, expected and variance of a year, by month, lot, provider and funding stream."""

    permission = Permission.SEE_BUDGET
    template_name = "budget/outturn.html"
    title = "Outturn"

    @property
    def exact(self) -> bool:
        """Tell whether what one provider or funder will bear may be told."""
        return self.may(Permission.SEE_CHILDREN)

    def found(self):
        """Return the year that the address asks for, or the present one."""
        form = forms.YearFilter(self.request.GET)
        year = form.cleaned_data.get("year") if form.is_valid() else None
        found = queries.outturn(year=year or financial_year(self.today), on=self.today)
        return found if self.exact else found.coarse

    def get(self, request, *args, **kwargs):
        """Show the page, or one of its tables as a file."""
        wanted, table = request.GET.get("format"), request.GET.get("table", "months")
        if wanted in ("csv", "xlsx") and table in TABLES:
            found = self.found()
            rows = [[row.name, *figures(row, table, exact=self.exact)] for row in [*getattr(found, table), found.total]]
            write = csv_response if wanted == "csv" else xlsx_response
            return write(f"outturn-{found.year}-{table}", [TABLES[table], *titles(table, exact=self.exact)], rows)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        """Add the year, its picture and its tables."""
        found = self.found()
        return super().get_context_data(
            found=found,
            caption=found.words,
            sentence=sentence(found),
            is_coarse=not self.exact,
            picture=picture(found),
            tables=[
                (
                    key,
                    title,
                    titles(key, exact=self.exact),
                    self.linked(key, found),
                    figures(found.total, key, exact=self.exact),
                )
                for key, title in TABLES.items()
                if getattr(found, key)
            ],
            others=[(rules.year_words(year), year) for year in sorted(queries.years()) if year != found.year],
            **kwargs,
        )

    def linked(self, key: str, found) -> list:
        """Return a table's rows, each with where its nights are shown."""
        names = {"months": "month", "lots": "category", "providers": "provider", "funders": "funder"}
        rows = []
        for row in shown(found, key):
            query = {"year": found.year} | ({names[key]: row.key} if key in names else {})
            link = f"{reverse('budget:nights')}?{urlencode(query)}" if key in names and row.key else ""
            rows.append((row, link, figures(row, key, exact=self.exact)))
        return rows


def sentence(found) -> str:
    """Return the year in a plain sentence."""
    total = found.total
    if total.budget is None:
        return f"No envelope is set for {found.words}; {pounds(total.committed)} is committed."
    if found.outlook is None:
        return f"Of {pounds(total.budget)} for {found.words}, {pounds(total.committed)} is committed and {pounds(total.actual)} charged."
    over = total.variance or 0
    more = "over" if over > 0 else "under"
    low, high = found.outlook.at(0.1), found.outlook.at(0.9)
    return (
        f"{pounds(round(total.expected, -3))} is expected of {pounds(total.budget)} for {found.words}: "
        f"{pounds(abs(round(over, -3)))} {more}. "
        f"In eight cases of ten it ends between {pounds(round(low, -3))} and {pounds(round(high, -3))}."
    )


def picture(found):
    """Return the running total of the months that have passed, and the fan of what is to come; nothing for another year."""
    if not found.fan:
        return ""
    history = [float(total) for total in found.spent]
    labels = [*[row.name[:3] for row in found.months[: len(history)]], *[name for name, *_ in found.fan]]
    low, middle, high = ([each[place] for each in found.fan] for place in (1, 2, 3))
    description = f"{sentence(found)} {found.outlook.basis}."
    return charts.fan_chart(
        title=f"Spend so far and what is expected, {found.words}",
        description=description,
        labels=labels,
        history=history,
        middle=middle,
        bands=[charts.Band("8 of 10", low, high)],
    )


class OutturnReport(Outturn):
    """The same as an accessible PDF, for Cabinet: as whoever sees money alone is told it."""

    exact = False

    def get(self, request, *args, **kwargs):
        """Return the document."""
        found = self.found()
        tables = [
            {
                "title": title,
                "head": [title.removeprefix("By ").capitalize(), *titles(key)],
                "rows": [[row.name, *_written(row, key)] for row in [*shown(found, key), found.total]],
            }
            for key, title in TABLES.items()
            if getattr(found, key)
        ]
        data = {
            "title": f"Placements outturn {found.words}",
            "council": self.user.organisation.name,
            "reference": f"As it stands on {found.on:%-d %B %Y}",
            "sentence": sentence(found),
            "basis": found.outlook.basis if found.outlook else "",
            "picture": str(picture(found)),
            "tables": tables,
        }
        response = HttpResponse(pdf("budget/documents/outturn.typ", data), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="outturn-{found.year}.pdf"'
        return response


def _written(row, key: str) -> list[str]:
    return ["" if value is None else pounds(round(value)) for value in figures(row, key)]


class Nights(TableView):
    """The nights behind a figure of the outturn: each commitment, and from there the way up to the decision.

    Whoever may not see children is told of each agreement the nights gone, and of those to come only what they cost
    together: the month in which an agreement's nights end would tell the day, often a child's eighteenth birthday.
    """

    permission = Permission.SEE_BUDGET
    title = "The nights behind this figure"
    empty = "No night costs anything here."
    file_name = "nights"
    filter_form = forms.NightFilters
    columns = (
        Column("reference", "Agreement", cell=lambda fact: fact.row.reference or "Not named", sort="row__reference"),
        Column("provider", "Provider", cell="row.provider.name", sort="row__provider__name"),
        Column("category", "Lot", cell=lambda fact: fact.row.get_category_display()),
        Column("line", "For", cell=lambda fact: fact.row.line.replace("_", " ").capitalize()),
        Column("month", "Month", cell=lambda fact: rules.month_words(fact.month), sort="month"),
        Column("nights", "Nights", cell="nights", numeric=True, sort="nights"),
        Column("fee", "A week", cell=lambda f: pounds(f.row.weekly_fee), numeric=True, out=lambda f: f.row.weekly_fee),
        Column(
            "cost",
            "Committed",
            cell=lambda f: pounds(f.committed),
            numeric=True,
            sort="committed",
            out=lambda f: f.committed,
        ),
        Column(
            "actual", "Actual", cell=lambda f: pounds(f.actual), numeric=True, sort="actual", out=lambda f: f.actual
        ),
    )

    @cached_property
    def facts(self) -> list:
        """What each commitment costs in the months that the filters leave."""
        form = self.filters
        asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
        month = asked.get("month") or ""
        try:
            first = dt.date.fromisoformat(month).replace(day=1) if month else None
        except ValueError:
            first = None
        year = financial_year(first) if first else asked.get("year") or financial_year(self.today)
        wanted = {"category": asked.get("category"), "provider": asked.get("provider")}
        if self.funder:
            wanted["source__in"] = queries.sources_borne_by(self.funder) or [""]
        return queries.facts(year=year, on=self.today, month=first, **wanted)

    @cached_property
    def funder(self) -> str:
        """The other funder asked for; social care bears a part of every night."""
        form = self.filters
        asked = form.cleaned_data.get("funder") if form.is_bound and form.is_valid() else ""
        return "" if asked == states.Funder.SOCIAL_CARE else asked

    @property
    def lede(self) -> str:
        """Say whose share it is, and what is kept back."""
        borne = (
            f"What each costs in all; {self.funder.replace('_', ' ')} bears its agreed share of it. "
            if self.funder
            else ""
        )
        return borne + self.kept_back

    @property
    def kept_back(self) -> str:
        """Say what the nights to come cost together, where they are not told one by one."""
        ahead = [fact for fact in self.facts if fact.nights > fact.nights_gone]
        if self.may(Permission.SEE_CHILDREN) or not ahead:
            return ""
        agreements = len({fact.row.source for fact in ahead})
        if agreements < rules.FEWEST:
            return (
                f"Nights up to today. Those to come are of fewer than {rules.FEWEST} agreements, and not told: "
                "a last day may be a child's birthday."
            )
        cost = pounds(rules.coarse(sum(fact.committed - fact.gone for fact in ahead), agreements=agreements))
        return (
            f"Nights up to today. Those to come cost about {cost} for {agreements} agreements, told together: "
            "a last day may be a child's birthday."
        )

    def rows(self, filters):
        """Return each commitment's nights, as far as they may be told."""
        if self.may(Permission.SEE_CHILDREN):
            return self.facts
        return [fact.so_far for fact in self.facts if fact.nights_gone]

    def link(self, fact):
        """Lead to what allows it, up to the decision."""
        room, _, pk = fact.row.source.partition(":")
        return reverse("overview:trace", args=[pk]) if room == "placements.agreement" else ""
