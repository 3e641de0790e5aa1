"""Pages over the forecast: ask, watch, read, play, and look back."""

import json
from functools import lru_cache

from django.urls import reverse, reverse_lazy

from placewell.accounts.permissions import Permission
from placewell.budget import queries as budget
from placewell.gateways.given_files import LARGEST
from placewell.kernel.periods import financial_year
from placewell.web import charts
from placewell.web.forms import Form
from placewell.web.tables_out import csv_response
from placewell.web.templatetags.web import day, moment, pounds, tag
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, published, queries, rules, states, whatif

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
        lead = queries.fans(latest, hidden=frozenset(rules.STATES))[0] if latest else None
        return super().get_context_data(
            latest=latest,
            lead=lead,
            picture=published.picture(lead) if lead else "",
            councils=queries.standing(kind=states.Published.FORECAST).first(),
            may_run=self.user.may(Permission.RUN_FORECAST, on=self.today),
            **kwargs,
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
            hidden = _hidden(self, self.run_)
            rows = [row for row in self.run_.result[wanted] if not hidden.intersection(map(str, row))]
            return csv_response(wanted, TABLES[wanted], rows)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        """Add the pictures and sentences."""
        run, more = self.run_, {}
        if run.state == states.Run.DONE:
            hidden = _hidden(self, run)
            fans, years = queries.fans(run, hidden=hidden), queries.spend(run)
            envelope = float(run.options["envelope"])
            more = {
                "fans": [(fan, published.picture(fan)) for fan in fans],
                "hidden": [rules.SHORT[state] for state in rules.STATES if state in hidden],
                "money": published.money(years, envelope),
                "publication": run.publications.filter(state=states.Publication.PUBLISHED).first(),
                "may_publish": self.may(Permission.PUBLISH_NEED) and run.by_id != self.user.pk,
                "may_choose": self.may(Permission.CHOOSE_CAPACITY) and queries.with_draws().filter(pk=run.pk).exists(),
                "verdicts": [rules.verdict(y.p_over, y.year, pounds(int(envelope))) for y in years],
                "years": years,
                "scenarios": [_apart(each, hidden) for each in run.result["apart"]],
                "report": run.result["report"],
                "tables": list(TABLES),
            }
        restart = self.may(Permission.RUN_FORECAST) and actions.is_stuck(run, now=self.now)
        restart_url = reverse("needs:restart", args=[run.pk]) if restart else ""
        return super().get_context_data(
            title=run.title, run=run, shown=_inputs(run), restart_url=restart_url, **more, **kwargs
        )


def _hidden(page, run) -> frozenset:
    """Return the kinds of home that the reader of *page* is not told of: none for those who may see children."""
    return frozenset() if page.may(Permission.SEE_CHILDREN) else queries.hidden(run)


def _inputs(run) -> list:
    options = run.options
    return [
        ("From", run.get_source_display()),
        ("As of", day(run.as_of_on) if run.as_of_on else "The last 31 March"),
        ("Years and futures", f"{options['years']} years, {options['draws']:,} futures, seed {options['seed']}"),
        ("Envelope a year", pounds(int(options["envelope"]))),
        ("Prices", f"{_prices(options['prices'])}; they rise by {100 * options['inflation']:.1f}% a year"),
        ("Asked for", f"{moment(run.asked_at)} by {run.by.name}"),
        ("Version", run.version),
        ("Fingerprint of the data", run.digest[:16] or "Not read yet"),
    ]


def _prices(prices: dict) -> str:
    told = [f"{rules.SHORT[state]} {pounds(round(prices[state]))}" for state in rules.STATES if prices.get(state)]
    return f"{', '.join(told)} a week" if told else "as usual in the sector"


def _apart(each: dict, hidden: frozenset) -> tuple:
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
        rules.difference(f"Children in {rules.KINDS[state]}", rows[-1])
        for state, rows in each["children"].items()
        if state not in hidden
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
            **{f"price_{state}": f"{price:.2f}" for state, price in queries.prices_to_start(on=self.today).items()},
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
            "inflation": float(data["inflation"]) / 100,
            "prices": {state: float(data[f"price_{state}"]) for state in rules.STATES},
            "scenarios": data["scenario"],
        }  # fmt: skip
        self.made = actions.ask_forecast(title=data["title"], options=options, files=files, by=self.user, now=self.now)

    def get_success_url(self):
        """Lead to how far it is."""
        return reverse("needs:run", args=[self.made.pk])


class Restart(ActionView):
    """Hand a forecast whose worker was stopped to the worker once more."""

    permission = Permission.RUN_FORECAST
    form_class = Form
    title = "Begin again"
    lede = "Nothing was heard of this forecast for more than two minutes: its worker was stopped. It begins again with the same inputs."
    button = "Begin again"

    def act(self, data):
        """Begin it again."""
        actions.restart_forecast(run_id=self.kwargs["run_id"], by=self.user, now=self.now)

    def get_success_url(self):
        """Lead back to the forecast."""
        return reverse("needs:run", args=[self.kwargs["run_id"]])


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
            hidden={rules.SHORT[state] for state in _hidden(self, run)} if answer else (),
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
        hidden = _hidden(self, run)
        earlier = [each for each in queries.came_true(run) if each.state not in hidden] if done else []
        past = [*earlier, *(each for each in tested if each.state in set(queries.TOLD) - hidden)]
        back = queries.looked_back(run, hides=not self.may(Permission.SEE_CHILDREN)) if done else []
        return super().get_context_data(
            run=run,
            caption=run.title,
            earlier=earlier,
            tested=past[len(earlier) :],
            pictures=[(made_on, fan, published.picture(fan, came)) for made_on, fan, came in back],
            inside=sum(each.is_inside for each in past),
            of=len(past),
            **kwargs,
        )
