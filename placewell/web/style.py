"""The style guide: every component of the frame on three pages, for those who build pages and for the tests."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms as plain

from placewell.kernel.errors import Refused

from . import charts, forms, maps
from .templatetags.web import pounds, tag
from .views import ActionView, Column, DetailPage, TableView

YEARS = ("2019/20", "2020/21", "2021/22", "2022/23", "2023/24", "2024/25")
ENVELOPE = 10_300_000
STATES = ("draft", "published", "in_force", "called_in", "refused", "outstanding", "good", "requires_improvement")


@dataclass(frozen=True)
class Sample:
    """One row of the sample table."""

    name: str
    places: int
    weekly_fee: Decimal
    since: dt.date
    state: str


SAMPLES = [
    Sample(
        f"Home {number}",
        number % 7 + 1,
        Decimal(3_000 + 37 * number),
        dt.date(2024, number % 12 + 1, 3),
        STATES[number % len(STATES)],
    )
    for number in range(1, 61)
]


class SampleFilter(forms.Form):
    """Filters of the sample table."""

    name = plain.CharField(label="Name", required=False)
    state = plain.ChoiceField(
        label="State", required=False, choices=[("", "Any"), *((s, s.replace("_", " ").capitalize()) for s in STATES)]
    )


class SampleForm(forms.Form):
    """One field of every kind."""

    name = plain.CharField(label="Full name", max_length=100)
    reason = forms.TextArea(label="Reasons", max_length=500, help_text="Say why, in your own words.")
    start_on = forms.DateField(label="Start", help_text="For example, 27 3 2026.")
    weekly_fee = forms.MoneyField(label="Weekly fee")
    places = plain.IntegerField(label="Places", min_value=1, required=False)
    category = plain.ChoiceField(
        label="Kind of home", choices=[("residential", "Children's home"), ("fostering", "Fostering")]
    )
    council = forms.PickField(label="Council", choices=[("", ""), ("a", "Thurrock"), ("b", "Southend-on-Sea")])
    urgency = plain.ChoiceField(
        label="How soon", widget=plain.RadioSelect, choices=[("today", "Today"), ("week", "Within a week")]
    )
    needs = plain.MultipleChoiceField(
        label="Needs",
        required=False,
        widget=plain.CheckboxSelectMultiple,
        choices=[("school", "Near the school"), ("siblings", "With siblings")],
    )
    agreed = forms.YesNoField(label="Was the child asked?")
    evidence = plain.FileField(label="Evidence", required=False)
    sure = plain.BooleanField(label="I have read the plan")


class StyleGuide(DetailPage):
    """Every component that shows."""

    public = True
    template_name = "web/style.html"
    title = "Style guide"
    caption = "For those who build pages"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add sample facts, charts and a map."""
        return super().get_context_data(**kwargs) | {
            "states": STATES,
            "facts": [("Number", "0110459"), ("Weekly fee", "£4,200"), ("Overruns", 0), ("Ends on", None)],
            "cards": [
                {"figure": "£8.1m", "words": "committed this year", "url": "/style/table/"},
                {"figure": 3, "words": "homes whose grade fell", "warn": True},
            ],
            "entries": [
                {"at": "7 February 2018", "title": "Cabinet decided", "by": "Cabinet"},
                {"at": "15 February 2018", "title": "In force", "text": "Nobody called it in."},
            ],
            "pictures": zip(("Stacked bars", "Grouped bars", "Lines", "A fan"), pictures(), strict=True),
            "spark": charts.sparkline(title="Children in care, rising from 276 to 301", values=[276, 280, 290, 301]),
            "map": maps.map_panel(
                [maps.point(easting=560000, northing=180000, label="A <home>", blur_m=1000)],
                [maps.Area((((0.2, 51.4), (0.5, 51.4), (0.5, 51.6), (0.2, 51.6), (0.2, 51.4)),), "An area")],
                title="Homes",
                table_id="facts",
            ),
        }


def pictures() -> list[str]:
    """Return one chart of each kind."""
    residential = charts.Series("Residential", (4.1e6, 4.4e6, 4.6e6, 5.2e6, 5.9e6, 6.4e6))
    fostering = charts.Series("Fostering", (3.0e6, 3.1e6, 3.3e6, 3.2e6, 3.4e6, 3.3e6))
    told = {"labels": YEARS, "series": (residential, fostering)}
    bands = (
        charts.Band("9 in 10", (282, 280, 279), (320, 333, 346)),
        charts.Band("1 in 2", (292, 296, 299), (308, 314, 322)),
    )
    return [
        charts.bar_chart(
            title="Committed by year",
            description="Commitments grew from £7.1m to £9.7m, inside the envelope of £10.3m each year.",
            levels=[ENVELOPE] * len(YEARS),
            level_label="Envelope",
            **told,
        ),
        charts.bar_chart(title="By lot", description="Residential grew, fostering did not.", grouped=True, **told),
        charts.line_chart(
            title="Spend by lot",
            description="Residential rises from £4.1m to £6.4m; fostering stays near £3.3m.",
            level=charts.Line("Ceiling", 7e6),
            **told,
        ),
        charts.fan_chart(
            title="Children in care",
            description="From 276 to 301 over three years; 304 to 312 expected, 279 to 346 in nine of ten runs.",
            labels=YEARS,
            history=(276, 290, 301),
            middle=(304, 308, 312),
            bands=bands,
        ),
    ]


class StyleTable(TableView):
    """A table with everything a table has."""

    public = True
    title = "Homes"
    caption = "Style guide"
    filter_form = SampleFilter
    columns = (
        Column("name", "Home", sort="name"),
        Column("places", "Places", numeric=True, sort="places"),
        Column(
            "weekly_fee",
            "Weekly fee",
            cell=lambda row: pounds(row.weekly_fee),
            numeric=True,
            sort="weekly_fee",
            out=lambda row: row.weekly_fee,
        ),
        Column("since", "Since", sort="since"),
        Column("state", "State", cell=lambda row: tag(row.state), sort="state"),
    )

    def rows(self, filters: dict) -> list[Sample]:
        """Return the sample rows that the filters leave."""
        name, state = filters.get("name", "").lower(), filters.get("state")
        return [each for each in SAMPLES if name in each.name.lower() and state in (None, "", each.state)]


class StyleForm(ActionView):
    """A form with every kind of field; it refuses everybody named Nobody."""

    public = True
    form_class = SampleForm
    title = "A form"
    caption = "Style guide"
    button = "Save"
    done = "It was saved (nowhere: this is the style guide)."
    success_url = back_url = "/style/"

    def act(self, data: dict) -> None:
        """Refuse a certain name, as an action would."""
        if data["name"] == "Nobody":
            raise Refused("Nobody may not be named.")
