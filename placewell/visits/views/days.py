"""When workers can visit, where teams start, calendars, and what the network costs."""

import datetime as dt
import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views import View

from placewell.accounts import queries as accounts
from placewell.accounts.permissions import Permission
from placewell.needs.queries import visiting_at
from placewell.storage.context import acting
from placewell.web.charts import Series, bar_chart
from placewell.web.views import ActionView, DetailPage, Permitted

from .. import actions, forms, queries, states
from .made import _BackToOut, colleagues

NEAR_MINUTES = 60.0
FEED_DAYS = 60


class _BackToPlans(ActionView):
    permission = Permission.RECORD_VISIT

    def get_success_url(self):
        """Go back to the plans."""
        return reverse("visits:plans")

    @property
    def back_url(self):
        """Lead back to the plans."""
        return reverse("visits:plans")


class Away(_BackToPlans):
    """Record that a worker is away; whoever plans has the team planned again."""

    form_class = forms.AwayForm
    title, button, done = "A worker is away", "Record it", "Recorded."

    def get_form_kwargs(self):
        """Offer whose days the person may settle."""
        workers, may_plan = colleagues(self), self.may(Permission.PLAN_VISITS)
        return super().get_form_kwargs() | {"workers": workers, "may_plan": may_plan}

    def get_initial(self):
        """From today."""
        return {"start_on": self.today, "last_on": self.today + dt.timedelta(days=4), "worker": str(self.user.pk)}

    def act(self, data):
        """Record it, and ask for the team to be planned again."""
        worker_id = uuid.UUID(data["worker"])
        given = {"start_on": data["start_on"], "last_on": data["last_on"], "kind": states.Away(data["kind"])}
        actions.record_away(worker_id=worker_id, **given, by=self.user, now=self.now)
        self.made = None
        worker = accounts.person(user_id=worker_id, for_user=self.user)
        teams = queries.teams_of(worker, on=self.today)
        if data.get("plan_again") and teams:
            why = f"{worker.name} is away from {given['start_on']:%-d %B} to {given['last_on']:%-d %B}"
            self.made = actions.ask_plan(
                team_id=teams[0], first_on=self.today, asked_for=why, by=self.user, now=self.now
            )

    def get_success_url(self):
        """Go where the new plan is waited for, or back to the plans."""
        return reverse("visits:plan", args=[self.made.pk]) if self.made else super().get_success_url()


class EndAway(_BackToPlans):
    """Take back that a worker is away."""

    form_class = forms.Confirmed
    title, button, done = "Not away after all", "Take it back", "Taken back."

    def act(self, data):
        """Take it back."""
        actions.end_away(away_id=self.kwargs["away_id"], by=self.user, now=self.now)


class Week(_BackToPlans):
    """The hours in which a worker visits."""

    form_class = forms.Week
    title, button, done = "Hours for visits", "Save", "Saved. The next plan keeps to them."
    lede = "The usual hours hold for days that you leave as they are. Leave a day empty for no visits on it."

    @property
    def worker(self):
        """Whose hours."""
        return accounts.person(user_id=self.kwargs["worker_id"], for_user=self.user)

    @property
    def caption(self):
        """Name the worker."""
        return self.worker.name

    def get_form_kwargs(self):
        """Offer what holds today."""
        held = queries.week(worker=self.worker, on=self.today)
        hours = held.hours if held else queries.usual_hours(on=self.today)
        return super().get_form_kwargs() | {"hours": hours, "initial": {"starts_at": held.starts_at if held else ""}}

    def form_valid(self, form):
        """Keep the hours at hand for the action."""
        self.hours = form.hours
        return super().form_valid(form)

    def act(self, data):
        """Save them."""
        given = {"worker_id": self.kwargs["worker_id"], "hours": self.hours, "starts_at": data["starts_at"]}
        actions.set_week(**given, by=self.user, now=self.now)


class Base(_BackToPlans):
    """Where a team's days start."""

    permission = Permission.PLAN_VISITS
    form_class = forms.Base
    title, button, done = "Where a team's days start", "Save", "Saved."

    def get_form_kwargs(self):
        """Offer the teams."""
        return super().get_form_kwargs() | {"teams": accounts.teams()}

    def act(self, data):
        """Save it."""
        actions.set_base(team_id=uuid.UUID(data["team"]), postcode=data["postcode"], by=self.user, now=self.now)


class MakeFeed(_BackToOut):
    """Make the secret address of one's own calendar; the old one ends."""

    form_class = forms.Confirmed
    title, button = "Your visits in your own calendar", "Make an address"
    lede = (
        "Your calendar reads your visits from a secret address: initials and district only. Give it to nobody. "
        "You can end it at any time, and making a new one ends the old one."
    )

    def act(self, data):
        """Make it, and show it once."""
        _, key = actions.make_feed(by=self.user, now=self.now)
        address = self.request.build_absolute_uri(reverse("visits:calendar", args=[key]))
        messages.success(self.request, f"Your address, shown only now: {address}")


class RevokeFeed(_BackToOut):
    """End the secret address."""

    form_class = forms.Confirmed
    title, button, is_warning, done = "End the address of your calendar", "End it", True, "Ended."

    def act(self, data):
        """End it."""
        actions.revoke_feed(by=self.user, now=self.now)


class Calendar(Permitted, View):
    """A worker's visits as iCalendar (RFC 5545) for whoever has the secret address: initials and district only."""

    public = True  # the address is the key

    def get(self, request, key):
        """Answer with the calendar; an address that was ended, or never was, is nothing."""
        owner = queries.owner_of_feed(key)
        if owner is None:
            raise Http404
        with acting(owner.scope):
            body = queries.calendar(worker=owner, on=timezone.localdate())
        answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
        answer["Cache-Control"] = "no-store"
        return answer


class Network(DetailPage):
    """What the pattern of homes costs in visits, by area, provider and home."""

    permission = Permission.SEE_TRAVEL
    template_name = "visits/network.html"
    title = "What visiting costs"
    lede = "Hours and miles a year if each child were visited out and back from the team's base, at the statutory interval."

    def get_context_data(self, **kwargs):
        """Add the sums and the picture. No child is named: the figures are of places."""
        trips = queries.trips(council=self.user.organisation, on=self.today)
        by = self.request.GET.get("by", "area")
        by = by if by in ("area", "provider", "home") else "area"
        rows = queries.costs(trips, by=by, on=self.today)
        at = self.request.GET.get("at", "").strip().upper()[:10]
        top = rows[:12]
        chart = (
            bar_chart(
                title="Hours a year on the road",
                description="Bars of hours a year on the road, the dearest first; the table below holds the same figures.",
                labels=[row.name[:18] for row in top],
                series=[Series("Hours", [round(row.hours) for row in top])],
            )
            if top
            else ""
        )
        return super().get_context_data(
            lede=self.lede,
            rows=rows,
            by=by,
            ways=("area", "provider", "home"),
            chart=chart,
            hours=sum(row.hours for row in rows),
            miles=sum(row.miles for row in rows),
            pounds=sum(row.pounds for row in rows),
            children=sum(row.children for row in rows),
            saved=queries.nearer(trips, minutes=NEAR_MINUTES),
            near=round(NEAR_MINUTES),
            at=at,
            there=visiting_at(postcode=at, on=self.today),
            **kwargs,
        )
