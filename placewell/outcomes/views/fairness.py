"""How groups of children fare beside everybody else: what is compared, one measure with its groups, and all of it as a file."""

from functools import cached_property

from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.kernel.errors import NotFound
from placewell.web.forest import Mark, forest_chart
from placewell.web.tables_out import csv_response
from placewell.web.views import DetailPage, Permitted

from .. import queries
from ..rules.fairness import Band, Figure, compared, differs, groups, needs_of, table

HELD_BACK = "c"
MONTHS_SHOWN = 12


def figure(value: float, unit: str) -> str:
    """Return a share or a mean in words."""
    return f"{100 * value:.0f}%" if unit == "percent" else f"{value:.1f}"


def told(one: Figure, unit: str) -> str:
    """Return a group's figure with its interval."""
    between = f" ({figure(one.low, unit)} to {figure(one.high, unit)})" if one.low is not None else ""
    return figure(one.value, unit) + between


def gap(band: Band | None, unit: str) -> str:
    """Return a difference with its interval: points of a hundred, or the measure's own unit."""
    if band is None:
        return ""
    scale, places = (100, 0) if unit == "percent" else (1, 1)
    middle, low, high = (f"{scale * each:+.{places}f}".replace("-", "−") for each in band)
    return f"{middle} ({low} to {high})"


class Months(Permitted):
    """A page over the months that were kept."""

    permission = Permission.SEE_FAIRNESS

    @cached_property
    def months(self):
        """Every kept month's day, the newest first."""
        return list(queries.kept_months().values_list("as_of", flat=True))

    @cached_property
    def kept(self):
        """The month that is asked for, else the newest; None before the first was kept."""
        asked = self.request.GET.get("month", "")
        rows = queries.kept_months()
        if asked:
            row = next((each for each in rows if each.as_of.isoformat() == asked), None)
            if row is None:
                raise NotFound("No figures were kept for that month.")
            return queries.read(row)
        row = rows.first()
        return queries.read(row) if row else None

    @property
    def others(self):
        """Every month with whether it is shown, and its address."""
        return [(each, self.kept.as_of == each, f"?month={each}") for each in self.months[:MONTHS_SHOWN]]

    def get_context_data(self, **kwargs):
        """Add the months."""
        return super().get_context_data(kept=self.kept, months=self.others if self.kept else [], **kwargs)


class Fairness(Months, DetailPage):
    """What is compared, and where groups differ."""

    template_name = "outcomes/fairness.html"
    title = "Fairness"
    caption = "Outcomes"

    def get_context_data(self, **kwargs):
        """Add a line for each measure."""
        kept, lines, comparisons = self.kept, [], 0
        for code, measure in compared().items() if kept else ():
            shown = kept.compared(code)
            comparisons += len(shown)
            apart = [
                f"{table()['characteristics'][one.characteristic]}: {one.group}"
                for one in shown
                if differs(one.difference)
            ]
            address = reverse("outcomes:fairness_measure", args=[code]) + f"?month={kept.as_of}"
            lines.append((measure, len(shown), apart, bool(kept.of(code)), address))
        by_chance = max(1, round(comparisons / 20)) if comparisons else 0
        ranking = reverse("overview:algorithm", args=["matching"])
        return super().get_context_data(
            lines=lines,
            is_empty=any(not counted for _, _, _, counted, _ in lines),
            comparisons=comparisons,
            by_chance=by_chance,
            fewest=table()["fewest"],
            ranking=ranking,
            **kwargs,
        )


class Measure(Months, DetailPage):
    """One measure: every group beside everybody else, as a picture and a table, and over the months."""

    template_name = "outcomes/fairness_measure.html"
    caption = "Fairness"

    @cached_property
    def measure(self):
        """Which measure."""
        if found := compared().get(self.kwargs["code"]):
            return found
        raise NotFound("There is no such measure.")

    @property
    def title(self):
        """Name it."""
        return self.measure.title

    def get_context_data(self, **kwargs):
        """Add the groups, the picture and the months before."""
        rows = self.kept.of(self.measure.code) if self.kept else []
        parts = []
        for name, words in table()["characteristics"].items():
            own = {one.group: one for one in rows if one.characteristic == name}
            lines = [self.line(own[group]) for group in groups(name) if group in own]
            if lines:
                parts.append((words, lines))
        return super().get_context_data(
            measure=self.measure,
            parts=parts,
            chart=self.chart(),
            over_time=self.over_time(),
            by_need="the need level of the referral" if self.measure_need == "level" else "how many risks are known",
            fewest=table()["fewest"],
            **kwargs,
        )

    @property
    def measure_need(self) -> str:
        """By what it is adjusted."""
        return needs_of()[self.measure.code]

    def line(self, one: Figure) -> dict:
        """Return one row of the table."""
        if self.kept.is_hidden(one):
            return {"group": one.group, "children": HELD_BACK, "figure": HELD_BACK, "is_hidden": True}
        unit = self.measure.unit
        plain, like = self.kept.told(one)
        return {
            "group": one.group,
            "children": one.children,
            "figure": told(one, unit),
            "gap": gap(plain, unit),
            "like": gap(like, unit),
            "alike": one.alike,
            "differs": differs(plain),
        }

    def chart(self):
        """Draw the differences that may be shown."""
        shown = self.kept.compared(self.measure.code) if self.kept else []
        if not shown:
            return ""
        scale, unit = (100, self.measure.unit) if self.measure.unit == "percent" else (1, self.measure.unit)
        marks = []
        for one in shown:
            plain, like = self.kept.told(one)
            label = one.group if one.characteristic in ("ethnicity", "sex") else LABELS[one.characteristic, one.group]
            second = tuple(scale * each for each in like) if like else None
            marks.append(Mark(label, *(scale * each for each in plain), f"{label}: {gap(plain, unit)}", second))
        words = "percentage points" if unit == "percent" else "of the measure's own unit"
        return forest_chart(
            title=f"{self.measure.title}: each group beside everybody else",
            description="; ".join(mark.told for mark in marks),
            marks=marks,
            lower=f"lower than others ({words})",
            higher="higher",
            first="Plain difference",
            second="Among children alike in age and need",
        )

    def over_time(self):
        """Return each group's figure month by month, oldest first; None where only one month was kept."""
        if len(self.months) < 2:
            return None
        kept = [queries.read(row) for row in queries.kept_months()[:MONTHS_SHOWN]][::-1]
        lines = []
        for name, words in table()["characteristics"].items():
            for group in groups(name):
                cells = [self.cell(month, name, group) for month in kept]
                if any(cells):
                    lines.append((f"{words}: {group}", cells))
        return {"days": [month.as_of for month in kept], "lines": lines}

    def cell(self, month, name: str, group: str) -> str:
        """Return one group's figure in one month."""
        found = (one for one in month.of(self.measure.code) if (one.characteristic, one.group) == (name, group))
        one = next(found, None)
        if one is None:
            return ""
        return HELD_BACK if month.is_hidden(one) else figure(one.value, self.measure.unit)


LABELS = {
    ("disability", "Yes"): "Disabled",
    ("disability", "No"): "Not known to be disabled",
    ("unaccompanied", "Yes"): "Came alone seeking asylum",
    ("unaccompanied", "No"): "Did not come alone",
}


class FairnessOut(Months, DetailPage):
    """All figures of all months as CSV, small ones held back."""

    def get(self, request, *args, **kwargs):
        """Write the file."""
        titles = ["month", "kept_at", "measure", "characteristic", "group", "children", "value", "low", "high",
                  "difference", "difference_low", "difference_high", "adjusted", "adjusted_low", "adjusted_high",
                  "children_alike", "unit", "definition", "source"]  # fmt: skip
        return csv_response("fairness", titles, self.body())

    def body(self):
        """Yield a line for each group of each measure and month."""
        none = (None, None, None)
        for row in queries.kept_months().iterator():
            kept = queries.read(row)
            for one in kept.figures:
                measure = compared()[one.measure]
                about = [measure.unit, measure.definition, measure.source]
                start = [kept.as_of, kept.kept_at, measure.title, one.characteristic, one.group]
                if kept.is_hidden(one):
                    yield [*start, HELD_BACK, *none, *none, *none, None, *about]
                    continue
                plain, like = kept.told(one)
                alike = one.alike if like else None
                yield [
                    *start,
                    one.children,
                    one.value,
                    one.low,
                    one.high,
                    *(plain or none),
                    *(like or none),
                    alike,
                    *about,
                ]
