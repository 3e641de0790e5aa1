"""The council's outcomes, measure by measure, and the children behind each figure."""

from functools import cached_property

from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.kernel.errors import NotFound
from placewell.web.charts import Series, line_chart, sparkline
from placewell.web.forms import Form
from placewell.web.tables_out import csv_response
from placewell.web.views import ActionView, Column, DetailPage, Permitted, TableView

from .. import actions, queries, rules


class Figures(Permitted):
    """A page over the council's figures: small ones are shown to whoever may see every child."""

    permission = Permission.SEE_OUTCOMES

    @property
    def sees_small(self) -> bool:
        """Whether counts of one to four are shown."""
        return self.may(Permission.SEE_ALL_CHILDREN)

    @cached_property
    def records(self):
        """What the measures count."""
        return queries.council(of=self.user.organisation)


class Council(Figures, DetailPage):
    """The council's outcomes."""

    template_name = "outcomes/council.html"
    title = "Outcomes"

    def get_context_data(self, **kwargs):
        """Add the measures by area, each with how it went."""
        areas = {}
        for code, told in queries.trend(self.records, on=self.today, small=self.sees_small).items():
            known = [each.value for each in told if each.value is not None]
            title = f"{told[-1].measure.title}: " + ", ".join(f"{each.on:%Y} {each.figure}" for each in told)
            spark = sparkline(title=title, values=known) if len(known) > 1 else ""
            row = (told[-1], told[-2] if len(told) > 1 else None, spark, reverse("outcomes:measure", args=[code]))
            areas.setdefault(told[-1].measure.area, []).append(row)
        return super().get_context_data(
            areas=areas.items(),
            on=self.today,
            sees_small=self.sees_small,
            may_see_children=self.may(Permission.SEE_PLACEMENTS),
            may_export=self.may(Permission.EXPORT_ANALYSIS),
            may_see_fairness=self.may(Permission.SEE_FAIRNESS),
            **kwargs,
        )


class CouncilOut(Figures, DetailPage):
    """The council's outcomes over the years as CSV: counts under five held back, nobody's name or reference in it."""

    def get(self, request, *args, **kwargs):
        """Write the file."""
        trend = queries.trend(self.records, on=self.today, small=False)
        titles = ["area", "measure", "day", "figure", "counts", "definition", "source"]
        body = (
            [
                each.measure.area,
                each.measure.title,
                each.on,
                each.figure,
                each.counts,
                each.measure.definition,
                each.measure.source,
            ]
            for told in trend.values()
            for each in told
        )
        return csv_response("outcomes", titles, body)


class Measure(Figures, TableView):
    """One measure: what it counts, how it went, and the children behind it."""

    template_name = "outcomes/measure.html"
    caption = "Outcomes"
    empty = "There are no children behind this figure whom you may see."
    columns = (
        Column("child", "Child", cell=lambda row: row[0].reference, sort="reference"),
        Column("told", "What is counted", cell=lambda row: row[1].told or "Counted"),
        Column("hit", "Among the figure", cell=lambda row: "Yes" if row[1].hits else "No"),
    )

    @cached_property
    def measure(self):
        """Which measure."""
        measure = rules.measures().get(self.kwargs["code"])
        if measure is None:
            raise NotFound("There is no such measure.")
        return measure

    @property
    def title(self):
        """Name it."""
        return self.measure.title

    @property
    def file_name(self):
        """Name the export."""
        return f"outcomes-{self.measure.code}"

    @cached_property
    def cases(self):
        """The cases that the reader may see, and how many they may not."""
        code = self.measure.code
        measured = queries.measure_all(self.records, on=self.today, codes={code})[code]
        return queries.cases_seen(measured, for_user=self.user, on=self.today)

    def rows(self, filters):
        """Return the cases, those among the figure first."""
        return self.cases[0]

    def link(self, row):
        """Lead to the child's outcomes."""
        return reverse("outcomes:child", args=[row[0].pk])

    def get_context_data(self, **kwargs):
        """Add the definition and how it went."""
        code = self.measure.code
        told = queries.trend(self.records, on=self.today, small=self.sees_small, codes={code})[code]
        known = [each for each in told if each.value is not None]
        chart = ""
        if len(known) > 1:
            unit = "in a hundred" if self.measure.unit == "percent" else "mean"
            chart = line_chart(
                title=self.measure.title,
                description=f"How it went, {unit}: "
                + ", ".join(f"{each.on:%-d %B %Y} {each.figure}" for each in known),
                labels=[f"{each.on:%b %Y}" for each in known],
                series=[Series("", [each.value for each in known])],
            )
        return super().get_context_data(
            measure=self.measure,
            told=told[::-1],
            chart=chart,
            hidden=self.cases[1],
            sees_small=self.sees_small,
            **kwargs,
        )


class IntoStatement(ActionView):
    """Put the council's outcomes into a sufficiency statement."""

    permission = Permission.WRITE_STATEMENT
    form_class = Form
    title = "Put the outcomes into the statement"
    lede = (
        "Stability, nearness to home, visits, reviews and goals over the years, as they stand today. They follow the section on "
        "how we will know, and are put in as they may be published: counts under five are held back."
    )
    button = "Put them in"
    done = "The outcomes are in."

    @property
    def back_url(self):
        """Lead back to the statement."""
        return reverse("needs:statement", args=[self.kwargs["statement_id"]])

    def get_success_url(self):
        """Lead to the statement."""
        return self.back_url

    def act(self, data):
        """Put them in."""
        actions.hand_to_statement(statement_id=self.kwargs["statement_id"], by=self.user, now=self.now)
