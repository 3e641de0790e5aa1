"""What is owed to whom by when, and one child's visits."""

import datetime as dt
from dataclasses import replace
from functools import cached_property

from django.urls import reverse
from django.utils.html import format_html

from placewell.accounts import queries as accounts
from placewell.accounts.permissions import Permission
from placewell.children import queries as children
from placewell.children.actions import record_care_review
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, queries, states

YEAR = dt.timedelta(days=365)
USUAL_DAYS = 60
TONES = {"overdue": ("red", "Late"), "soon": ("yellow", "Soon"), "in_time": ("green", "In time")}


def slack(row: queries.Owed) -> str:
    """Return how pressing something is as a tag whose words say it."""
    colour, word = TONES[row.tone]
    days = abs(row.days_left)
    told = f"{word}: {days} day{'s'[: days != 1]}" if row.days_left else "Today"
    return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', colour, told)


class Due(TableView):
    """Everything owed to children whom the reader may see, late first."""

    permission = Permission.SEE_VISITS
    template_name = "visits/due.html"
    title = "Visits and reviews due"
    lede = "Computed from each child's placement, legal status and visits so far. Late first."
    empty = "Nothing is due that these filters find."
    file_name = "visits-due"
    filter_form = forms.DueFilters
    columns = (
        Column("child", "Child", cell="child.reference", sort="child__reference"),
        Column("kind", "What", cell=lambda row: row.kind.value.replace("_", " ").capitalize(), sort="kind"),
        Column("due_on", "By", sort="due_on"),
        Column("slack", "How pressing", cell=slack, sort="due_on", out=lambda row: row.days_left),
        Column("planned", "Planned for", sort="planned"),
        Column("last_on", "Last", cell=lambda row: row.last_on or "Never", sort="last_on"),
        Column("worker", "Social worker", cell=lambda row: row.child.social_worker or "Nobody", sort="worker"),
        Column("why", "Why", cell=lambda row: f"{row.why} ({row.source})"),
    )

    def bound_filters(self):
        """Offer the council's teams, and whose children there are."""
        return self.filters

    @cached_property
    def every(self) -> list[queries.Owed]:
        """Everything owed within a year, first due first."""
        return queries.everything_owed(for_user=self.user, on=self.today, within_days=YEAR.days)

    @cached_property
    def ahead(self) -> queries.Ahead:
        """What the plans in use hold."""
        return queries.ahead(for_user=self.user, on=self.today)

    @cached_property
    def loads(self) -> list[queries.Load]:
        """How what is owed within two months adds up by team and social worker."""
        return queries.loads((row for row in self.every if row.days_left <= USUAL_DAYS), self.ahead)

    @cached_property
    def filters(self):
        """The filters, with the teams and the workers."""
        workers = sorted({(each.worker, str(each.worker_id)) for each in self.loads if each.worker_id})
        found = forms.DueFilters(self.request.GET or None, teams=accounts.teams(), workers=workers)
        for field in found.fields.values():
            field.label = str(field.label or "").removesuffix(" (optional)")
        return found

    def rows(self, filters):
        """Return what is due as the filters leave it."""
        within, kind, team = (filters.get(name) or "" for name in ("within", "kind", "team"))
        whose = str(self.user.pk) if filters.get("whose") == "mine" else filters.get("whose") or ""
        found = [
            row
            for row in self.every
            if (not kind or row.kind == kind)
            and (not whose or str(row.child.social_worker_id) == whose)
            and (not team or str(row.child.team_id) == team)
        ]
        if within == "missed":
            found = [row for row in found if self.ahead.of(row).is_missed]
        else:
            last = -1 if within == "0" else int(within or USUAL_DAYS)
            found = [row for row in found if row.days_left <= last]
        return [replace(row, planned=self.ahead.of(row).words) for row in found]

    def link(self, row):
        """Lead to the child's visits."""
        return reverse("visits:child", args=[row.child.pk])

    def get_context_data(self, **kwargs):
        """Add the counts by how pressing, and by whom."""
        visits = [row for row in self.every if row.kind == states.Duty.VISIT and row.days_left <= USUAL_DAYS]
        return super().get_context_data(
            late=sum(row.tone == "overdue" for row in visits),
            soon=sum(row.tone == "soon" for row in visits),
            later=sum(row.tone == "in_time" for row in visits),
            missed=sum(self.ahead.of(row).is_missed for row in visits),
            is_planned=bool(self.ahead.until),
            loads=self.loads if self.may(Permission.PLAN_VISITS) else [],
            may_sign=self.may(Permission.SIGN_OFF_VISIT),
            may_record=self.may(Permission.RECORD_VISIT),
            may_set=self.may(Permission.SET_VISIT_STANDARD),
            **kwargs,
        )


class OneChild:
    """A page about one child whom the reader may see."""

    @property
    def child(self):
        """The child."""
        return children.child(child_id=self.kwargs["child_id"], for_user=self.user, on=self.today)

    def get_success_url(self):
        """Go back to the child's visits."""
        return reverse("visits:child", args=[self.kwargs["child_id"]])

    @property
    def caption(self):
        """Name the child."""
        return self.child.name

    @property
    def back_url(self):
        """Lead back to the child's visits."""
        return self.get_success_url()


class Child(OneChild, DetailPage):
    """One child's visits: what is owed and why, what was made, and how the law was kept."""

    permission = Permission.SEE_VISITS
    template_name = "visits/child.html"
    caption = "Visits"

    def get_context_data(self, **kwargs):
        """Add what is owed, the rule, and the visits."""
        child = self.child
        known = next(iter(queries.facts(for_user=self.user, on=self.today, child_ids=[child.pk])), None)
        every = (
            [*queries.owed(known, on=self.today), *queries.plans_owed([known], for_user=self.user, on=self.today)]
            if known
            else []
        )
        made = queries.visits(for_user=self.user, on=self.today).filter(child=child)[:50]
        return super().get_context_data(
            title=child.name,
            child=child,
            known=known,
            rows=[(row, slack(row)) for row in sorted(every, key=lambda row: row.due_on)],
            history=queries.history(child_id=child.pk, for_user=self.user, on=self.today),
            made=made,
            times=queries.times(child_id=child.pk, on=self.today),
            weekly=queries.weekly_times(child_ids=[child.pk], start_on=self.today, last_on=self.today + YEAR),
            gone=queries.gone_words(known, on=self.today) if known else None,
            may_record=self.may(Permission.RECORD_VISIT) and known,
            may_review=self.may(Permission.RECORD_REVIEW) and known,
            may_arrange=self.may(Permission.PLAN_VISITS) and known,
            **kwargs,
        )


class Arrange(OneChild, ActionView):
    """Say in which situation the child is visited, or more often."""

    permission = Permission.PLAN_VISITS
    form_class = forms.Arrange
    title, button, done = "How often this child is visited", "Save", "Saved. The dates follow it from today."

    def get_form_kwargs(self):
        """Offer the rules of today."""
        return super().get_form_kwargs() | {"on": self.today}

    def act(self, data):
        """Arrange it."""
        actions.arrange_visits(child_id=self.kwargs["child_id"], **data, by=self.user, now=self.now)


class Ask(OneChild, ActionView):
    """Record that somebody asked for a visit."""

    permission = Permission.RECORD_VISIT
    form_class = forms.Ask
    title, button = "A visit is asked for", "Record it"
    done = "Recorded. It is on the list with its day, and in the plan once the team is planned again."

    def get_initial(self):
        """Today."""
        return {"asked_on": self.today}

    def get_form_kwargs(self):
        """Offer what may be asked for today."""
        return super().get_form_kwargs() | {"on": self.today}

    def act(self, data):
        """Record it."""
        kind = states.Asked(data.pop("kind"))
        actions.ask_visit(child_id=self.kwargs["child_id"], kind=kind, **data, by=self.user, now=self.now)


class Assessed(OneChild, ActionView):
    """Record a health assessment."""

    permission = Permission.RECORD_VISIT
    form_class = forms.Assessment
    title, button, done = "Health assessment", "Record it", "Recorded."

    def act(self, data):
        """Record it."""
        actions.record_assessment(child_id=self.kwargs["child_id"], **data, by=self.user, now=self.now)


class Reviewed(OneChild, ActionView):
    """Record a care review."""

    permission = Permission.RECORD_REVIEW
    form_class = forms.Review
    title, button, done = "Care review", "Record it", "Recorded. The next one follows from it."

    def get_form_kwargs(self):
        """Offer the return's words for taking part."""
        return super().get_form_kwargs() | {"codes": children.codes()["participation"]}

    def act(self, data):
        """Record it."""
        record_care_review(child_id=self.kwargs["child_id"], **data, by=self.user, now=self.now)


class ChildTimes(OneChild, ActionView):
    """Say when the child can be seen."""

    permission = Permission.RECORD_VISIT
    form_class = forms.Times
    title, button, done = "When this child can be seen", "Save", "Saved. The next plan keeps to it."
    lede = "Think of school, time with family, and when the carers are in."

    def get_form_kwargs(self):
        """Offer what holds today."""
        held = queries.times(child_id=self.kwargs["child_id"], on=self.today)
        return super().get_form_kwargs() | {
            "hours": held.hours if held else None,
            "initial": {"note": held.note if held else ""},
        }

    def form_valid(self, form):
        """Keep the hours at hand for the action."""
        self.hours = form.hours
        return super().form_valid(form)

    def act(self, data):
        """Save them."""
        given = {"child_id": self.kwargs["child_id"], "hours": self.hours, "note": data["note"]}
        actions.set_times(**given, by=self.user, now=self.now)


class WeeklyTime(OneChild, ActionView):
    """Keep a weekly time at which the child cannot be seen."""

    permission = Permission.RECORD_VISIT
    form_class = forms.WeeklyTime
    title, button, done = "A time at which the child cannot be seen", "Keep it", "Kept. The next plan leaves it free."
    lede = "Time with family, school, carers who are out: each is kept by itself, with who told us."

    def get_initial(self):
        """From today."""
        return {"from_on": self.today}

    def act(self, data):
        """Keep it."""
        start, end = data.pop("start"), data.pop("end")
        data |= {"start_min": start.hour * 60 + start.minute, "end_min": end.hour * 60 + end.minute}
        kind = states.Busy(data.pop("kind"))
        actions.keep_weekly_time(child_id=self.kwargs["child_id"], kind=kind, **data, by=self.user, now=self.now)


class EndWeeklyTime(OneChild, ActionView):
    """Take a weekly time back."""

    permission = Permission.RECORD_VISIT
    form_class = forms.Confirmed
    title, button, done = "This time is free again", "Take it back", "Taken back."

    def act(self, data):
        """Take it back."""
        actions.end_weekly_time(time_id=self.kwargs["time_id"], by=self.user, now=self.now)
