"""How much to buy in advance: offers, limits, the engine's answer and why."""

from django.http import HttpResponse
from django.urls import reverse, reverse_lazy

from placewell.accounts.permissions import Permission
from placewell.budget import queries as budget
from placewell.kernel.periods import financial_year
from placewell.web import charts
from placewell.web.forms import Form
from placewell.web.templatetags.web import day, moment, pounds, tag
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, capacity, forms, queries, rules, states
from .offers import TYPE_WORDS

FILES = {
    "problem": "award-portfolio-1",
    "result": "award-portfolio-result-1",
    "explanation": "award-portfolio-explanation-1",
}


class Choices(TableView):
    """Every choice of what to buy, newest first."""

    permission = Permission.SEE_NEED
    title = "How much to buy"
    lede = (
        "Which places to buy before anybody knows how many children there will be: the mix that costs least over a "
        "forecast's futures, with a guard against the bad years."
    )
    empty = "Nobody has worked out what to buy yet. It needs a forecast, and a list of offers."
    template_name = "needs/choices.html"
    exports = False
    columns = (
        Column("title", "Choice"),
        Column("state", "State", cell=lambda row: tag(row.state)),
        Column("forecast", "Futures of", cell=lambda row: f"{row.forecast.title}, {row.options['scenario']}"),
        Column("offers", "Among", cell=lambda row: row.options["offers"]),
        Column("budget", "Budget a year", cell=lambda row: pounds(row.options["budget_year"]), numeric=True),
        Column("asked_at", "Asked for", cell=lambda row: f"{moment(row.asked_at)} by {row.by.name}"),
        Column("version", "Version"),
    )

    def rows(self, filters):
        """Return the choices."""
        return queries.capacity_runs()

    def link(self, row):
        """Lead to the choice."""
        return reverse("needs:choice", args=[row.pk])

    def get_context_data(self, **kwargs):
        """Add what can be done."""
        return super().get_context_data(may_choose=self.may(Permission.CHOOSE_CAPACITY), **kwargs)


class AskCapacity(ActionView):
    """Ask what to buy."""

    permission = Permission.CHOOSE_CAPACITY
    form_class = forms.AskCapacity
    template_name = "needs/ask_capacity.html"
    title = "Work out what to buy"
    lede = "It takes up to a minute and a half; you can leave the page and come back."
    button = "Work it out"
    back_url = reverse_lazy("needs:choices")

    def get_form_kwargs(self):
        """Hand over the futures and the lists that there are."""
        runs, lists = queries.with_draws()[:20], queries.options()[:50]
        futures = [
            (f"{run.pk}|{name}", f"{run.title}: {'as it goes' if name == 'baseline' else name}")
            for run in runs
            for name in ["baseline", *(each["name"] for each in run.options["scenarios"])]
        ]
        offers = [(str(each.pk), f"{each.title} ({len(each.bids)} offers)") for each in lists]
        return super().get_form_kwargs() | {"futures": futures, "offers": offers}

    def get_initial(self):
        """Offer the limits that hold today, the envelope, and what is bought already."""
        usual, already = rules.capacity_settings(self.today), queries.blocks_now(on=self.today)
        years = {each.year: each.envelope for each in budget.position(on=self.today)}
        names = (
            "commit_cap_pct", "provider_cap_pct", "quality_min", "quality_value", "alpha_pct", "lambda_pct",
            "emergency_factor_pct",
        )  # fmt: skip
        chosen = {name: self.request.GET[name] for name in ("futures", "offers") if name in self.request.GET}
        return {
            "title": f"What to buy, {day(self.today)}", "years": 6, "rise_pct": 3,
            "budget_year": years.get(financial_year(self.today)) or 10_300_000,
            **{name: usual[name] for name in names},
            **{f"spot_{kind}": n for kind, n in usual["spot_cap"].items()},
            **{f"already_{kind}": n for kind, n in already.items()},
            **chosen,
        }  # fmt: skip

    def get_context_data(self, **kwargs):
        """Add what is missing."""
        context = super().get_context_data(**kwargs)
        fields = context["form"].fields
        return context | {"lacks_futures": not fields["futures"].choices, "lacks_offers": not fields["offers"].choices}

    def act(self, data):
        """Ask it."""
        run_id, _, scenario = data["futures"].partition("|")
        usual = rules.capacity_settings(self.today)
        names = (
            "years", "commit_cap_pct", "provider_cap_pct", "quality_min", "quality_value", "alpha_pct", "lambda_pct",
            "emergency_factor_pct",
        )  # fmt: skip
        options = {name: data[name] for name in names} | {
            "budget_year": int(data["budget_year"]),
            "rise_pct": float(data["rise_pct"]),
            "weeks": usual["weeks"],
            "seconds": usual["seconds"],
            "spot_cap": {kind: data[f"spot_{kind}"] for kind in capacity.TYPES},
            "already": {kind: data[f"already_{kind}"] for kind in capacity.TYPES},
        }
        about = {"title": data["title"], "options": options, "by": self.user, "now": self.now}
        self.made = actions.ask_capacity(forecast_id=run_id, scenario=scenario, options_id=data["offers"], **about)

    def get_success_url(self):
        """Lead to how far it is."""
        return reverse("needs:choice", args=[self.made.pk])


class Restart(ActionView):
    """Hand a choice whose worker was stopped to the worker once more."""

    permission = Permission.CHOOSE_CAPACITY
    form_class = Form
    title = "Begin again"
    lede = "Nothing was heard of this for more than two minutes: its worker was stopped. It begins again with the same input."
    button = "Begin again"

    def act(self, data):
        """Begin it again."""
        actions.restart_capacity(run_id=self.kwargs["run_id"], by=self.user, now=self.now)

    def get_success_url(self):
        """Lead back to the choice."""
        return reverse("needs:choice", args=[self.kwargs["run_id"]])


class Choice(DetailPage):
    """One choice: how far it is, or what to buy and why."""

    permission = Permission.SEE_NEED
    template_name = "needs/choice.html"
    caption = "How much to buy"

    def get(self, request, *args, **kwargs):
        """Show the page, or one of the engine's own files."""
        self.run_ = queries.capacity_run(run_id=kwargs["run_id"])
        wanted = request.GET.get("file", "")
        if wanted in FILES and (wanted == "problem" or self.run_.result):
            body = (
                capacity.unpacked(bytes(self.run_.problem))
                if wanted == "problem"
                else capacity.as_file(self.run_.result[wanted])
            )
            response = HttpResponse(body, content_type="application/json")
            response["Content-Disposition"] = f'attachment; filename="{wanted}.json"'
            return response
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        """Add the answer in words, pictures and tables."""
        run = self.run_
        more = shown(capacity.told(run)) if run.state == states.Run.DONE else {}
        stuck = self.may(Permission.CHOOSE_CAPACITY) and actions.is_stuck(run, now=self.now)
        return super().get_context_data(
            title=run.title, run=run, facts=_inputs(run), files=list(FILES),
            restart_url=reverse("needs:restart_choice", args=[run.pk]) if stuck else "", **more, **kwargs,
        )  # fmt: skip


def shown(told: capacity.Told) -> dict:
    """Return what the page shows of an answer."""
    return {
        "told": told,
        "verdicts": [rules.verdict(y.p_over, f"Year {y.number}", pounds(told.budget)) for y in told.years],
        "by_year": charts.bar_chart(
            title="Cost by year: paid in any case, and bought as needed on average",
            description=told.lead,
            labels=[f"Year {y.number}" for y in told.years],
            series=[
                charts.Series("Paid in any case", [y.sure for y in told.years]),
                charts.Series("Bought as needed", [y.as_needed for y in told.years]),
            ],
            levels=[told.budget for _ in told.years],
            level_label="Budget",
        ),
        "occupancy": charts.bar_chart(
            title="How full each block is expected to be, and from where it pays",
            description="In per cent of the nights that are paid for; the letters are those of the table.",
            labels=[row.letter for row in told.blocks],
            series=[
                charts.Series("Expected use, %", [round(100 * row.use) for row in told.blocks]),
                charts.Series("Pays from, %", [round(100 * row.break_even) for row in told.blocks]),
            ],
            grouped=True,
        )
        if told.blocks
        else "",
    }


def _inputs(run) -> list:
    options = run.options
    places = "; ".join(
        f"{TYPE_WORDS[kind]}: {options['already'][kind]} bought already, {options['spot_cap'][kind]} can be had as needed"
        for kind in capacity.TYPES
    )
    return [
        ("Futures of", f"{run.forecast.title}, {options['scenario']}"),
        ("Chosen among", f"{options['offers']}{', ' + options['origin'] if options['origin'] else ''}"),
        ("Years", options["years"]),
        ("Budget a year", pounds(options["budget_year"])),
        ("Paid in any case, at most", f"{options['commit_cap_pct']}% of it"),
        ("With one provider, at most", f"{options['provider_cap_pct']}% of it"),
        ("Places", places),
        ("When there are no more", f"{options['emergency_factor_pct']}% of the usual price"),
        (
            "Quality",
            f"at least {options['quality_min']}; each point above is worth {pounds(options['quality_value'])} a week",
        ),
        ("Bad years", f"the worst {100 - options['alpha_pct']}% of futures, with a weight of {options['lambda_pct']}%"),
        ("Prices of offers", f"rise by {options['rise_pct']:.1f}% a year"),
        ("Asked for", f"{moment(run.asked_at)} by {run.by.name}"),
        ("Version", run.version),
        ("Fingerprint of the input", run.digest[:16]),
    ]
