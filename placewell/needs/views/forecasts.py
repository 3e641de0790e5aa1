"""Pages over the forecast: ask, watch, read, play, and look back."""

import json
from functools import lru_cache

from django.urls import reverse, reverse_lazy

from placewell.accounts.permissions import Permission
from placewell.budget import queries as budget
from placewell.gateways.given_files import LARGEST
from placewell.kernel.periods import financial_year
from placewell.web import charts
from placewell.web.tables_out import csv_response
from placewell.web.templatetags.web import day, moment, pounds, tag
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, queries, rules, states, whatif

TABLES = {
    "census": ("scenario", "date", "state", "mean", "sd", *rules.QUANTILES),
    "flows": ("scenario", "year", "flow", "state", "mean", "q0.05", "q0.5", "q0.95"),
    "spend": ("scenario", "year", "state", "mean", "sd", "q0.05", "q0.5", "q0.95", "p_over_envelope"),
    "dropped": ("file", "row", "reason"),
    "backtest": (
        "origin", "horizon_months", "state", "observed", "mean", "q0.05", "q0.95", "crps",
        "persistence", "crps_persistence", "chain_mean", "crps_chain",
    ),
}  # fmt: skip
DRAWS = 1000
SHORT = {"divert": "to own carers", "step_down": "step down", "entries": "entries", "price": "residential prices"}


class Runs(TableView):
    """Every forecast, newest first, with what went into it."""

    permission = Permission.SEE_NEED
    title = "Need"
    lede = "How many children will want which kind of home, and what it will cost."
    empty = "Nobody has run a forecast yet."
    template_name = "needs/runs.html"
    exports = False
    columns = (
        Column("title", "Forecast"),
        Column("state", "State", cell=lambda row: tag(row.state)),
        Column("source", "From", cell=lambda row: row.get_source_display()),
        Column("as_of_on", "As of", cell=lambda row: day(row.as_of_on) if row.as_of_on else "Not known yet"),
        Column("asked_at", "Asked for", cell=lambda row: f"{moment(row.asked_at)} by {row.by.name}"),
        Column("version", "Version"),
    )

    def rows(self, filters):
        """Return the forecasts."""
        return queries.forecasts()

    def link(self, row):
        """Lead to the forecast."""
        return reverse("needs:run", args=[row.pk])

    def get_context_data(self, **kwargs):
        """Add what the newest one says."""
        latest = queries.latest_forecast()
        lead = queries.fans(latest)[0] if latest else None
        return super().get_context_data(
            latest=latest,
            lead=lead,
            picture=picture(lead) if lead else "",
            may_run=self.user.may(Permission.RUN_FORECAST, on=self.today),
            **kwargs,
        )


def picture(fan: queries.Fan):
    """Return the fan chart of one kind of home, the past joined on."""
    return charts.fan_chart(
        title=f"{fan.title}: children, past and expected",
        description=fan.sentence,
        labels=fan.labels,
        history=fan.history,
        middle=fan.middle,
        bands=[charts.Band("9 in 10", *fan.wide), charts.Band("1 in 2", *fan.likely)],
    )


class Run(DetailPage):
    """One forecast: how far it is, or what it says."""

    permission = Permission.SEE_NEED
    template_name = "needs/run.html"
    caption = "Forecast"

    def get(self, request, *args, **kwargs):
        """Show the page, or a table whole as a file."""
        self.run_ = queries.forecast(run_id=kwargs["run_id"])
        wanted = request.GET.get("table", "")
        if wanted in TABLES and self.run_.result:
            return csv_response(wanted, TABLES[wanted], self.run_.result[wanted])
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        """Add the pictures and sentences."""
        run, more = self.run_, {}
        if run.state == states.Run.DONE:
            fans, years = queries.fans(run), queries.spend(run)
            envelope = float(run.options["envelope"])
            more = {
                "fans": [(fan, picture(fan)) for fan in fans],
                "money": _money(years, envelope),
                "verdicts": [rules.verdict(y.p_over, y.year, pounds(int(envelope))) for y in years],
                "years": years,
                "scenarios": [_apart(each) for each in run.result["apart"]],
                "report": run.result["report"],
                "tables": list(TABLES),
            }
        return super().get_context_data(title=run.title, run=run, shown=_inputs(run), **more, **kwargs)


def _inputs(run) -> list:
    options = run.options
    return [
        ("From", run.get_source_display()),
        ("As of", day(run.as_of_on) if run.as_of_on else "The last 31 March"),
        ("Years and futures", f"{options['years']} years, {options['draws']:,} futures, seed {options['seed']}"),
        ("Envelope a year", pounds(int(options["envelope"]))),
        ("Prices", f"rise by {100 * options['inflation']:.1f}% a year"),
        ("Asked for", f"{moment(run.asked_at)} by {run.by.name}"),
        ("Version", run.version),
        ("Fingerprint of the data", run.digest[:16] or "Not read yet"),
    ]


def _money(years, envelope: float):
    return charts.fan_chart(
        title="Cost of all homes by year, against the envelope",
        description="Expected cost and where nine in ten futures lie, with the envelope as a line.",
        labels=[y.year.removeprefix("Year to ") for y in years],
        history=[],
        middle=[y.mean for y in years],
        bands=[charts.Band("9 in 10", [y.low for y in years], [y.high for y in years])],
        level=charts.Line("Envelope", envelope),
    )


def _apart(each: dict) -> tuple:
    """Return a scenario's name, its picture against the baseline and its sentences."""
    bands = each["pounds"]
    chart = charts.fan_chart(
        title=f"{each['name']}: cost against the baseline",
        description="Pounds a year more or less than the baseline, in the same futures.",
        labels=[f"Year {n}" for n in range(1, len(bands) + 1)],
        history=[],
        middle=[b[0] for b in bands],
        bands=[charts.Band("9 in 10", [b[1] for b in bands], [b[2] for b in bands])],
        level=charts.Line("Baseline", 0),
    )
    told = [rules.difference(f"Cost in year {len(bands)}", bands[-1], "£")]
    told += [
        rules.difference(f"Children in {rules.KINDS[state]}", rows[-1]) for state, rows in each["children"].items()
    ]
    return each["name"], chart, told


class Ask(ActionView):
    """Ask for a forecast."""

    permission = Permission.RUN_FORECAST
    form_class = forms.AskForecast
    title = "Run a forecast"
    lede = "It takes under a minute; you can leave the page and come back."
    button = "Run it"
    back_url = reverse_lazy("needs:runs")

    def get_initial(self):
        """Offer the usual, the envelope of the budget, and a scenario that sliders wrote."""
        years = {each.year: each.envelope for each in budget.position(on=self.today)}
        envelope = years.get(financial_year(self.today)) or 10_300_000
        return {
            "title": f"Forecast of {day(self.today)}", "source": states.Source.CHILDREN.value, "years": 6,
            "envelope": envelope, "inflation": 3, "scenario": self.request.GET.get("scenario", ""),
        }  # fmt: skip

    def act(self, data):
        """Ask for it."""
        files = None
        if data["source"] == states.Source.UPLOAD:
            files = {one.name: one.read(LARGEST + 1) for one in data["uploads"]}
        # a return tells its own last census day; the records here are kept up to today
        as_of = data["as_of"] or (None if files else self.today)
        options = {
            "as_of": as_of.isoformat() if as_of else None,
            "years": data["years"], "draws": DRAWS, "seed": 1, "envelope": float(data["envelope"]),
            "inflation": float(data["inflation"]) / 100, "prices": queries.prices_now(on=self.today),
            "scenarios": data["scenario"],
        }  # fmt: skip
        self.made = actions.ask_forecast(title=data["title"], options=options, files=files, by=self.user, now=self.now)

    def get_success_url(self):
        """Lead to how far it is."""
        return reverse("needs:run", args=[self.made.pk])


class WhatIf(DetailPage):
    """Sliders: what would be expected if something were done differently; a plain form without JavaScript."""

    permission = Permission.SEE_NEED
    template_name = "needs/what_if.html"
    title = "What if"

    def get_context_data(self, **kwargs):
        """Add the sliders and what they do."""
        run = queries.forecast(run_id=self.kwargs["run_id"])
        form = forms.Sliders(forms.Sliders.STARTS | self.request.GET.dict())
        given = form.cleaned_data if form.is_valid() else forms.Sliders.STARTS
        answer = whatif.answer(_learnt(run.pk), run, given) if run.state == states.Run.DONE else None
        return super().get_context_data(
            run=run,
            form=form,
            answer=answer,
            set_to="; ".join(f"{SHORT[name]} {value:+d}%" for name, value in given.items()),
            scenario=json.dumps(whatif.scenario(run, given)),
            may_run=self.may(Permission.RUN_FORECAST),
            caption=run.title,
            **kwargs,
        )


@lru_cache(maxsize=8)
def _learnt(run_id):
    return whatif.start(queries.learnt(run_id=run_id))


class Checked(DetailPage):
    """What was forecast, beside what came."""

    permission = Permission.SEE_NEED
    template_name = "needs/checked.html"
    title = "What was forecast, and what came"

    def get_context_data(self, **kwargs):
        """Add both lists and how often what came lay inside."""
        run = queries.forecast(run_id=self.kwargs["run_id"])
        done = run.state == states.Run.DONE
        tested = queries.tested(run) if done else []
        inside = sum(each.is_inside for each in tested)
        return super().get_context_data(
            run=run,
            caption=run.title,
            earlier=queries.came_true(run) if done else [],
            tested=[each for each in tested if each.state in ("TOTAL", "RES")],
            inside=inside,
            of=len(tested),
            **kwargs,
        )
