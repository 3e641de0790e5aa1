"""How providers deliver: all of them with the funnel, one with its measures, the targets, and the record to quote."""

from django.urls import resolve, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html

from placewell.accounts import queries as accounts
from placewell.accounts.permissions import Permission
from placewell.children import queries as children
from placewell.market import queries as market
from placewell.web.funnel import Dot, funnel_chart
from placewell.web.tallies import Tally, tally_chart
from placewell.web.views import Column, DetailPage, TableView

from .. import queries
from ..forms import providers as forms
from ..rules.funnel import Verdict
from ..rules.kpis import Rating

TONES = {
    Rating.MET: "green",
    Rating.SLIGHTLY_BELOW: "yellow",
    Rating.BELOW: "orange",
    Rating.SIGNIFICANTLY_BELOW: "red",
    Verdict.BETTER: "green",
    Verdict.WITHIN: "grey",
    Verdict.WORSE: "orange",
    Verdict.FAR_WORSE: "red",
}
WORDS = {
    Verdict.TOO_FEW: "Too few to say",
    Verdict.WITHIN: "As expected",
    Verdict.BETTER: "Fewer than expected",
    Verdict.WORSE: "More than expected",
    Verdict.FAR_WORSE: "Far more than expected",
    Rating.TOO_FEW: "Too few to rate",
    Rating.NO_TARGET: "No target",
}


def red(words: str) -> str:
    """Return a red tag."""
    return format_html('<strong class="govuk-tag govuk-tag--red">{}</strong>', words)


def rated(word) -> str:
    """Return a rating word or a verdict as a tag; the words say it, the colour only helps."""
    words = WORDS.get(word, word.value.replace("_", " ").capitalize())
    return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', TONES.get(word, "grey"), words)


class Row:
    """One provider on the list."""

    def __init__(self, performance, name: str, suspended: bool, concerns: int):
        self.performance, self.name, self.concerns, self.suspended = performance, name, concerns, suspended
        self.pk, self.standing = performance.provider_id, performance.standing
        self.breaches = len(performance.breaches)
        self.sure = sum(line.is_sure for line in performance.breaches)
        # Small numbers are never ranked: they stand after all others, whichever way the table is sorted.
        counts = self.standing is not None and self.standing.verdict != Verdict.TOO_FEW
        self.ratio = self.standing.ratio if counts else None
        self.nights = performance.nights


class Providers(TableView):
    """Every provider with a contract or a placement in the last twelve months."""

    permission = Permission.SEE_OUTCOMES
    template_name = "outcomes/providers.html"
    title = "How providers deliver"
    empty = "No provider has a contract or a placement that these filters find."
    file_name = "provider-performance"
    filter_form = forms.Filters
    columns = (
        Column("name", "Provider", sort="name"),
        Column(
            "nights",
            "Nights",
            cell=lambda row: f"{row.nights:,}",
            out=lambda row: row.nights,
            sort="nights",
            numeric=True,
        ),
        Column(
            "ratio",
            "Unplanned to expected",
            cell=lambda row: "" if row.ratio is None else f"{row.ratio:.2f}",
            sort="ratio",
            numeric=True,
        ),
        Column(
            "verdict",
            "Against chance",
            cell=lambda row: rated(row.standing.verdict) if row.standing else rated(Verdict.TOO_FEW),
            out=lambda row: WORDS[row.standing.verdict if row.standing else Verdict.TOO_FEW],
        ),
        Column("breaches", "Below target", sort="breaches", numeric=True),
        Column("concerns", "Concerns", sort="concerns", numeric=True),
        Column(
            "suspended",
            "New placements",
            cell=lambda row: red("Suspended") if row.suspended else "Yes",
            out=lambda row: "Suspended" if row.suspended else "Yes",
        ),
    )

    @cached_property
    def measured(self):
        """Every provider's performance, measured once."""
        return queries.performances(on=self.today)

    @cached_property
    def names(self):
        """What the providers are called."""
        return dict(accounts.providers().filter(pk__in=list(self.measured)).values_list("pk", "name"))

    def rows(self, filters):
        """Return the providers by name."""
        suspended = set(queries.suspended_now().filter(home=None).values_list("provider", flat=True))
        raised: dict = {}
        for owner in queries.concerns().filter(state="open").values_list("provider_id", flat=True):
            raised[owner] = raised.get(owner, 0) + 1
        rows = [
            Row(each, self.names.get(owner, ""), owner in suspended, raised.get(owner, 0))
            for owner, each in self.measured.items()
        ]
        if framework := filters.get("framework"):
            start, end = queries.span(on=self.today)
            under = queries.contracted(start=start, end=end, framework_id=framework)
            rows = [row for row in rows if row.pk in under]
        words, only = (filters.get("words") or "").lower(), filters.get("only")
        kept = {"breach": lambda r: r.breaches, "suspended": lambda r: r.suspended, "concern": lambda r: r.concerns}
        return sorted(
            (row for row in rows if words in row.name.lower() and (not only or kept[only](row))),
            key=lambda row: row.name.lower(),
        )

    def link(self, row):
        """Lead to the provider."""
        return reverse("outcomes:provider", args=[row.pk])

    def get_context_data(self, **kwargs):
        """Add the funnel and what waits."""
        dots, edges = queries.funnel_of(self.measured, names=self.names)
        waits = queries.waiting(on=self.today, breaches=self.measured)
        return super().get_context_data(
            funnel=self.funnel(dots, edges) if edges else "",
            waits=[(each, leads_to(self, each)) for each in waits[:8]],
            more=max(0, len(waits) - 8),
            since=queries.span(on=self.today)[0],
            **kwargs,
        )

    def funnel(self, dots, edges):
        """Draw who stands where."""
        marked = [
            Dot(
                label=dot.name,
                expected=dot.standing.expected,
                ratio=dot.standing.ratio,
                is_named=dot.standing.verdict in (Verdict.WORSE, Verdict.FAR_WORSE),
                is_small=dot.standing.verdict == Verdict.TOO_FEW,
                told=f"{dot.name}: {dot.standing.observed} unplanned, {dot.standing.expected:.1f} expected",
            )
            for dot in dots
        ]
        return funnel_chart(
            title="Unplanned endings against what was expected",
            description="Each provider by how many unplanned endings were expected of its children and how many there were. "
            "Inside the bands chance explains the difference: the inner one holds 95 in 100, the outer 998 in 1,000.",
            dots=marked,
            edges=edges,
            across="Unplanned endings expected of these children",
            up="Observed to expected",
        )


def leads_to(view, row) -> str:
    """Return where what waits is done, for those who may; the provider's page for others."""
    page = resolve(row.path).func.view_class
    return row.path if view.may(page.permission) else reverse("outcomes:provider", args=[row.provider_id])


class Waiting(TableView):
    """Everything about providers that waits for somebody."""

    permission = Permission.SEE_OUTCOMES
    title = "What waits about providers"
    lede = "Grades that fell, measures that are surely below target, concerns without a step, letters to decide. Late first."
    empty = "Nothing waits."
    file_name = "providers-waiting"
    filter_form = forms.WaitingFilters
    columns = (
        Column("what", "What", sort="what"),
        Column("about", "About", sort="about"),
        Column("due_on", "By", cell=lambda row: row.due_on or "", sort="due_on"),
        Column(
            "late",
            "Late",
            cell=lambda row: red("Late") if row.is_late else "",
            out=lambda row: row.is_late,
        ),
    )

    def rows(self, filters):
        """Return what waits and holds the words."""
        words = (filters.get("words") or "").lower()
        found = queries.waiting(on=self.today, breaches=queries.performances(on=self.today))
        return [each for each in found if words in f"{each.what} {each.about}".lower()]

    def link(self, row):
        """Lead to where it is done, for those who may."""
        return leads_to(self, row)


class Provider(DetailPage):
    """One provider: each measure with its uncertainty, what is counted, how placements ended, what went wrong."""

    permission = Permission.SEE_OUTCOMES
    template_name = "outcomes/provider.html"
    caption = "How a provider delivers"

    def get_context_data(self, **kwargs):
        """Gather it."""
        found = market.provider(provider_id=self.kwargs["provider_id"], for_user=self.user)
        measured = queries.performance(provider_id=found.pk, for_user=self.user, on=self.today)
        registrations = list(market.registrations(for_user=self.user).filter(provider=found))
        causes = [
            Tally(children.words_of("change_reason", code) if code else "Not recorded", count, unplanned)
            for (code, unplanned), count in measured.endings
        ]
        return super().get_context_data(
            title=found.name,
            provider=found,
            measured=measured,
            lines=[(line, shown(line), rated(line.rating)) for line in measured.lines],
            verdict=rated(measured.standing.verdict) if measured.standing else "",
            causes=causes,
            chart=_causes(causes) if causes else "",
            ended=sum(each.count for each in causes),
            unplanned=sum(each.count for each in causes if each.of_second),
            since=queries.span(on=self.today)[0],
            grades=[(row, market.inspections(registration_id=row.pk)) for row in registrations[:5]],
            more_grades=len(registrations[5:]),
            concerns=queries.concerns(provider_id=found.pk)[:20],
            visits=queries.home_visits(provider_id=found.pk)[:10],
            returns=queries.provider_returns(provider_id=found.pk)[:8],
            homes=market.homes(for_user=self.user).filter(provider=found)[:40],
            suspended=queries.suspended_now().filter(provider=found, home=None).first(),
            figures=list(queries.figures(provider_id=found.pk)[:4]),
            stopped=queries.suspended_now().filter(provider=found).exclude(home=None).select_related("home"),
            may_raise=self.may(Permission.RAISE_CONCERN),
            may_manage=self.may(Permission.MANAGE_PERFORMANCE),
            **kwargs,
        )


def _causes(causes):
    return tally_chart(
        title="How placements ended",
        description="Placements that ended in the last twelve months, a square for each, by the reason recorded.",
        rows=causes,
        groups=("Planned", "Not planned"),
    )


def shown(line) -> tuple[str, str, str]:
    """Return a line's value, its interval and its target as people read them."""
    unit, measured = line.definition.unit, line.measured
    between = (
        f"{queries.number(measured.low, unit)} to {queries.number(measured.high, unit)}"
        if measured.low is not None
        else ""
    )
    target = queries.number(float(line.target.target), unit) if line.target else ""
    return queries.number(measured.value, unit), between, target
