"""One visit of a plan in use: agreed with the home, or wanted elsewhere."""

import datetime as dt
import uuid

from django.urls import reverse

from placewell.accounts import queries as accounts
from placewell.accounts.permissions import Permission
from placewell.web.templatetags.web import clock
from placewell.web.views import ActionView, DetailPage

from .. import actions, forms, queries


class OnePlanned:
    """A form about one visit of a plan in use."""

    @property
    def found(self):
        """The planned visit, when the reader may see the child."""
        return queries.planned(planned_id=self.kwargs["planned_id"], for_user=self.user, on=self.today)

    @property
    def caption(self):
        """Name the child and the day."""
        row = self.found
        return f"{row.child.name}, {row.on:%A %-d %B} at {clock(row.start_min)}"

    def get_success_url(self):
        """Go back to the plan."""
        return reverse("visits:plan", args=[self.found.plan_id])

    @property
    def back_url(self):
        """Lead back to the plan."""
        return self.get_success_url()


class Why(OnePlanned, DetailPage):
    """Why a visit is where it is, and what each other day and worker would cost more."""

    permission = Permission.RECORD_VISIT
    template_name = "visits/why.html"

    def get_context_data(self, **kwargs):
        """Add the reasons and the prices that were kept with the plan."""
        row = self.found
        return super().get_context_data(
            title="Why this day?",
            caption=self.caption,
            row=row,
            found=queries.why(row, on=self.today),
            may_plan=self.may(Permission.PLAN_VISITS),
            **kwargs,
        )


class Confirm(OnePlanned, ActionView):
    """Record with whom a visit was agreed."""

    permission = Permission.RECORD_VISIT
    form_class = forms.Confirm
    title, button, done = "Agreed with the home", "Record it", "Recorded. The visit stays where it is."

    def act(self, data):
        """Record it."""
        actions.confirm_visit(planned_id=self.kwargs["planned_id"], **data, by=self.user, now=self.now)


class Move(OnePlanned, ActionView):
    """Want a visit elsewhere: the team is planned again around it, and the price of the wish is shown before it is used."""

    permission = Permission.PLAN_VISITS
    form_class = forms.Move
    title, button = "Another day, time or worker", "See what that would change"
    lede = "The visit will stay where you say. You read what else moves, and what it costs, before the plan is used."

    def get_form_kwargs(self):
        """Offer the team's workers and the plan's days that are to come."""
        plan = self.found.plan
        days = [dt.date.fromisoformat(day) for day in plan.problem["days"]]
        members = accounts.team_members(team_id=plan.team_id, on=self.today)
        workers = [one for one in members if queries.may_visit(one, on=self.today)]
        return super().get_form_kwargs() | {"workers": workers, "days": [day for day in days if day >= self.today]}

    def get_initial(self):
        """Where the visit was dropped, or is now."""
        row = self.found
        return {
            "worker": self.request.GET.get("worker") or str(row.worker_id),
            "on": self.request.GET.get("on") or row.on.isoformat(),
            "start": dt.time(row.start_min // 60, row.start_min % 60),
        }

    def act(self, data):
        """Ask for the team to be planned again around the wish."""
        row = self.found
        first_on = max(self.today, row.plan.first_on)
        number = next(n for each, n in queries.still_to_come(row.plan, first_on=first_on) if each.pk == row.pk)
        start = data["start"].hour * 60 + data["start"].minute
        wish = queries.Wish(
            row.child_id, number, uuid.UUID(data["worker"]), dt.date.fromisoformat(data["on"]), start, data["reason"]
        )
        self.made = actions.ask_plan(
            team_id=row.plan.team_id,
            first_on=first_on,
            wishes=[wish],
            asked_for=data["reason"],
            by=self.user,
            now=self.now,
        )

    def get_success_url(self):
        """Go where the new plan is waited for."""
        return reverse("visits:plan", args=[self.made.pk])

    @property
    def back_url(self):
        """Lead back to the plan."""
        return reverse("visits:plan", args=[self.found.plan_id])
