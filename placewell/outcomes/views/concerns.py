"""Concerns about providers: raised, weighed, closed; and the steps that follow."""

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property

from placewell.accounts.permissions import Permission
from placewell.kernel.errors import NotFound
from placewell.market import queries as market
from placewell.web.templatetags.web import tag
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, queries
from ..forms import providers as forms
from ..rules import ladder
from ..rules.kpis import Kpi, definitions

STEP_URLS = {
    ladder.Kind.NOTE: "note",
    ladder.Kind.NOTICE: "notice",
    ladder.Kind.SUSPENSION: "suspend",
    ladder.Kind.TIER: "tier",
    ladder.Kind.TERMINATION: "terminate",
}
STEP_WORDS = {
    ladder.Kind.NOTE: "Write a note",
    ladder.Kind.NOTICE: "Give an improvement notice",
    ladder.Kind.SUSPENSION: "Stop new placements",
    ladder.Kind.TIER: "Propose another tier",
    ladder.Kind.TERMINATION: "Propose the end of a contract",
}


class Concerns(TableView):
    """The concerns, open ones unless asked otherwise."""

    permission = Permission.SEE_OUTCOMES
    title = "Concerns about providers"
    empty = "There is no concern that these filters find."
    file_name = "concerns"
    filter_form = forms.ConcernFilters
    columns = (
        Column("reference", "Concern", sort="reference"),
        Column("provider", "Provider", cell="provider.name", sort="provider__name"),
        Column("home", "Home", cell=lambda row: row.home.reference if row.home else "All"),
        Column("kind", "What", cell="get_kind_display", sort="kind"),
        Column("severity", "How grave", cell="get_severity_display", sort="severity"),
        Column("happened_on", "When", sort="happened_on"),
        Column("state", "State", cell=lambda row: tag(row.state), sort="state", out=lambda row: row.state),
    )

    def rows(self, filters):
        """Return the concerns as the filters leave them."""
        rows, state = queries.concerns(), filters.get("state") or "open"
        rows = rows if state == "all" else rows.filter(state=state)
        return rows.filter(kind=filters["kind"]) if filters.get("kind") else rows

    def link(self, row):
        """Lead to the concern."""
        return reverse("outcomes:concern", args=[row.pk])


class Concern(DetailPage):
    """One concern: what happened, what was done, what may be done next, and why not more."""

    permission = Permission.SEE_OUTCOMES
    template_name = "outcomes/concern.html"

    def get_context_data(self, **kwargs):
        """Gather it."""
        row = queries.concern(concern_id=self.kwargs["concern_id"])
        may = self.may(Permission.MANAGE_PERFORMANCE)
        is_open = row.state == ladder.Concern.OPEN
        steps = [
            (STEP_WORDS[kind], reverse(f"outcomes:{STEP_URLS[kind]}", args=[row.pk]) if not why else "", why)
            for kind, why in queries.steps_open(row)
            if kind not in ladder.OF_CONTRACT or self.may(Permission.MANAGE_CONTRACTS)
        ]
        return super().get_context_data(
            title=f"{row.get_kind_display()}: {row.provider.name}",
            caption=f"Concern {row.reference}",
            row=row,
            steps=steps if may and is_open else [],
            story=queries.story(row),
            may_manage=may,
            is_open=is_open,
            **kwargs,
        )


class Raise(ActionView):
    """Raise a concern about a provider."""

    permission = Permission.RAISE_CONCERN
    form_class = forms.Concern
    title, button, done = "Raise a concern", "Raise it", "Raised. It is on the list of what waits."

    @cached_property
    def provider(self):
        """Whom it is about."""
        return market.provider(provider_id=self.kwargs["provider_id"], for_user=self.user)

    @property
    def caption(self):
        """Name the provider."""
        return self.provider.name

    def get_form_kwargs(self):
        """Offer the provider's homes."""
        homes = market.homes(for_user=self.user).filter(provider=self.provider)
        return super().get_form_kwargs() | {"homes": homes}

    def get_initial(self):
        """Take up the home that the address names."""
        return super().get_initial() | {"home_id": self.request.GET.get("home", ""), "happened_on": self.today}

    def act(self, data):
        """Raise it."""
        data["home_id"] = data["home_id"] or None
        self.made = actions.raise_concern(provider_id=self.provider.pk, **data, by=self.user, now=self.now)

    def get_success_url(self):
        """Lead to the concern."""
        return reverse("outcomes:concern", args=[self.made.pk])

    @property
    def back_url(self):
        """Lead back to the provider."""
        return reverse("outcomes:provider", args=[self.kwargs["provider_id"]])


class RaiseFromAlert(ActionView):
    """Raise a concern from a grade that fell; the alert is answered with it."""

    permission = Permission.RAISE_CONCERN
    form_class = forms.Grave
    title, button, done = "A grade fell", "Raise a concern", "Raised, and the alert is answered with it."

    @cached_property
    def alert(self):
        """The alert."""
        found = market.alerts(open_only=False).filter(pk=self.kwargs["alert_id"]).first()
        if found is None:
            raise NotFound("There is no such alert.")
        return found

    def get(self, request, *args, **kwargs):
        """Lead those who come late to the concern that was raised."""
        raised = queries.concerns().filter(source=f"market.gradealert:{self.alert.pk}").first()
        return redirect("outcomes:concern", raised.pk) if raised else super().get(request, *args, **kwargs)

    @property
    def lede(self):
        """Say which grade fell."""
        row, alert = self.alert.registration, self.alert
        before, after = alert.get_before_display().lower(), alert.get_after_display().lower()
        return f"{row.provider.name}, {row.urn}: from {before} to {after}."

    def get_initial(self):
        """Begin with what is known."""
        before, after = self.alert.get_before_display().lower(), self.alert.get_after_display().lower()
        inspected = self.alert.registration.inspected_on
        on = f" at the inspection of {inspected:%-d %B %Y}" if inspected else ""
        return super().get_initial() | {"what": f"The regulator's grade fell from {before} to {after}{on}."}

    def act(self, data):
        """Raise it."""
        self.made = actions.raise_from_alert(alert_id=self.alert.pk, **data, by=self.user, now=self.now)

    def get_success_url(self):
        """Lead to the concern."""
        return reverse("outcomes:concern", args=[self.made.pk])

    back_url = "/outcomes/waiting/"


class RaiseFromKpi(Raise):
    """Raise a concern from a measure that is below its target."""

    form_class = forms.Grave
    title = "A measure is below its target"

    @cached_property
    def line(self):
        """The measure as it stands."""
        if self.kwargs["kpi"] not in list(Kpi):
            raise NotFound("There is no such measure.")
        found = queries.performance(provider_id=self.provider.pk, for_user=self.user, on=self.today)
        return next(line for line in found.lines if line.definition.kpi == self.kwargs["kpi"])

    @property
    def lede(self):
        """Say what the measure is."""
        return definitions()[Kpi(self.kwargs["kpi"])].definition if self.kwargs["kpi"] in list(Kpi) else ""

    def get_form_kwargs(self):
        """Ask for no home: a measure is the provider's."""
        return ActionView.get_form_kwargs(self)

    def get_initial(self):
        """Begin with the figures."""
        line, unit = self.line, self.line.definition.unit
        value, target = line.measured, line.target
        words = f"{line.definition.title}: {queries.number(value.value, unit)} of {value.size} in twelve months"
        if target:
            words += f"; the target is {queries.number(float(target.target), unit)}"
        return {"what": f"{words}.", "severity": ladder.Severity.SERIOUS}

    def act(self, data):
        """Raise it."""
        self.made = actions.raise_concern(
            provider_id=self.provider.pk,
            kind=ladder.ConcernKind.KPI_BREACH,
            happened_on=self.today,
            source=f"kpi:{self.provider.pk}:{self.line.definition.kpi}",
            **data,
            by=self.user,
            now=self.now,
        )


class OneConcern(ActionView):
    """A form about one concern."""

    permission = Permission.MANAGE_PERFORMANCE

    @cached_property
    def row(self):
        """The concern."""
        return queries.concern(concern_id=self.kwargs["concern_id"])

    @property
    def caption(self):
        """Name it."""
        return f"{self.row.provider.name}, concern {self.row.reference}"

    def get_success_url(self):
        """Lead to the concern."""
        return reverse("outcomes:concern", args=[self.kwargs["concern_id"]])

    @property
    def back_url(self):
        """Lead back to the concern."""
        return self.get_success_url()

    @property
    def given(self):
        """What each action takes."""
        return {"concern_id": self.kwargs["concern_id"], "by": self.user, "now": self.now}


class Weigh(OneConcern):
    """Say again how grave it is."""

    form_class = forms.Weigh
    title, button, done = "How grave it is", "Save", "Saved."

    def get_initial(self):
        """Begin with what holds."""
        return {"severity": self.row.severity}

    def act(self, data):
        """Weigh it."""
        actions.weigh_concern(**data, **self.given)


class Close(OneConcern):
    """Close it."""

    form_class = forms.Outcome
    title, button, done = "Close the concern", "Close it", "Closed."

    def act(self, data):
        """Close it."""
        actions.close_concern(**data, **self.given)


class Reopen(OneConcern):
    """Open it again."""

    form_class = forms.Reason
    title, button, done = "Open the concern again", "Open it again", "It is open again."

    def act(self, data):
        """Open it."""
        actions.reopen_concern(**data, **self.given)
