"""A team's plan of visits: asked for, waited for, read, compared, taken into use, changed."""

import datetime as dt
import uuid
from itertools import groupby

from django.urls import reverse

from placewell.accounts import queries as accounts
from placewell.accounts.permissions import Permission
from placewell.children import queries as children
from placewell.kernel.errors import NotFound
from placewell.web.maps import Line, map_panel, point
from placewell.web.views import ActionView, DetailPage

from .. import actions, forms, queries, states
from .made import colleagues

BLUR_M = 500
COLOURS = 6  # of lines on a map, as the style has them
CLOSE_DAYS = 2  # a visit with no more in hand is lost to one day of sickness
DAY = dt.timedelta(days=1)


class Plans(DetailPage):
    """Each team's plan in use, what is being worked out, and who is away."""

    permission = Permission.RECORD_VISIT
    template_name = "visits/plans.html"
    title = "Visit plans"

    def get_context_data(self, **kwargs):
        """Add the plans by team, and one's own next days."""
        may_plan = self.may(Permission.PLAN_VISITS)
        own = queries.teams_of(self.user, on=self.today)
        teams = [team for team in accounts.teams() if may_plan or team.pk in own]
        found = list(
            queries.plans(for_user=self.user, on=self.today).filter(state__in=["asked", "ready", "failed", "in_use"])
        )
        rows = []
        for team in teams:
            mine = [each for each in found if each.team_id == team.pk]
            used = next((each for each in mine if each.state == states.Plan.IN_USE), None)
            newer = next((each for each in mine if each.state != states.Plan.IN_USE), None)
            rows.append((team, used, newer))
        workers = colleagues(self)
        days = queries.own_days(worker=self.user, start_on=self.today, end_on=self.today + 14 * DAY)
        return super().get_context_data(
            rows=rows,
            days=[(on, list(stops)) for on, stops in groupby(days, key=lambda row: row.on)],
            away=queries.away(workers=workers, on=self.today),
            may_plan=may_plan,
            user_id=self.user.pk,
            **kwargs,
        )


class AskPlan(ActionView):
    """Ask for a plan."""

    permission = Permission.PLAN_VISITS
    form_class = forms.AskPlan
    title, button = "Plan a team's visits", "Plan them"
    lede = (
        "Every visit that falls due in four weeks, each in time, with the child's own worker where that can be, "
        "and as little time on the road as possible. You read it before it is used."
    )

    def get_form_kwargs(self):
        """Offer the teams."""
        return super().get_form_kwargs() | {"teams": accounts.teams()}

    def get_initial(self):
        """The team that was asked for, from the next day."""
        return {"team": self.request.GET.get("team"), "first_on": self.today + DAY}

    def act(self, data):
        """Ask for it."""
        self.made = actions.ask_plan(
            team_id=uuid.UUID(data["team"]), first_on=data["first_on"], by=self.user, now=self.now
        )

    def get_success_url(self):
        """Go where the plan is waited for."""
        return reverse("visits:plan", args=[self.made.pk])

    @property
    def back_url(self):
        """Lead back to the plans."""
        return reverse("visits:plans")


class OnePlan:
    """A page about one plan."""

    @property
    def found(self):
        """The plan, when the reader may see it."""
        return queries.plan(plan_id=self.kwargs["plan_id"], for_user=self.user, on=self.today)

    def get_success_url(self):
        """Go back to the plan."""
        return reverse("visits:plan", args=[self.kwargs["plan_id"]])

    @property
    def back_url(self):
        """Lead back to the plan."""
        return self.get_success_url()


class Plan(OnePlan, DetailPage):
    """One plan: who goes where on which day, on a map and in a table, and what changes."""

    permission = Permission.RECORD_VISIT
    template_name = "visits/plan.html"

    def get_context_data(self, **kwargs):
        """Add the plan, by worker and day, as far as the reader may see the children."""
        plan = self.found
        about = {
            "title": f"Visits of {plan.team.name}",
            "caption": f"Plan {plan.number}, from {plan.first_on:%-d %B %Y}",
            "plan": plan,
            "may_plan": self.may(Permission.PLAN_VISITS),
            "percent": round(100 * plan.share),
        }
        if not plan.result:  # asked for twice a second while it is worked out
            return super().get_context_data(**about, **kwargs)
        is_used = plan.state == states.Plan.IN_USE
        self.kept = queries.in_use(for_user=self.user, on=self.today).filter(plan=plan) if is_used else ()
        every = queries.entries(plan, for_user=self.user, on=self.today)
        hidden = {each.child_id for each in queries.entries(plan)} - {each.child_id for each in every}
        moved = [each for each in queries.moved(plan) if each.child_id not in hidden]
        seen = {row.pk: row for row in children.children(for_user=self.user, on=self.today)}
        staff = [uuid.UUID(row["id"]) for row in plan.problem.get("workers", ())]
        names = queries.names([*staff, *(at[0] for each in moved for at in (each.before, each.after) if at)])
        wanted = self.request.GET.get("worker", "")
        days = [dt.date.fromisoformat(day) for day in plan.problem.get("days", ())] if plan.result else []
        weeks = sorted({monday(day) for day in days})
        week = next((each for each in weeks if each.isoformat() == self.request.GET.get("week")), None) or next(
            (each for each in weeks if each + 7 * DAY > self.today), weeks[-1] if weeks else None
        )
        shown = [each for each in every if (not wanted or str(each.worker_id) == wanted) and monday(each.on) == week]
        workers = sorted((names[each], str(each)) for each in staff if each in names)
        colours = {key: number % COLOURS for number, (_, key) in enumerate(workers)}
        return super().get_context_data(
            told=plan.told,
            days=[day for day in days if monday(day) == week],
            board=self.board(shown, [one for one in workers if wanted in ("", one[1])], days, week, seen),
            workers=workers,
            wanted=wanted,
            weeks=weeks,
            week=week,
            moved=[
                (seen.get(each.child_id), self.at(each.before, names), self.at(each.after, names)) for each in moved
            ],
            to_tell=sorted({names[at[0]] for each in moved for at in (each.before, each.after) if at}),
            unplanned=self.unplanned(plan, seen),
            map=self.map(plan, shown, names, colours) if shown else "",
            keys=[(name, colours[key]) for name, key in workers if any(str(each.worker_id) == key for each in shown)],
            unannounced=len(queries.unannounced(plan)),
            is_as_drawn=queries.is_as_drawn(plan) if plan.draw.get("among") else None,
            **about,
            **kwargs,
        )

    def board(self, shown, workers, days, week, seen):
        """Return each worker's week: by day whom, when, how pressing, and which planned visit it is."""
        at = {(row.child_id, row.number): row.pk for row in self.kept}
        columns = [day for day in days if monday(day) == week]
        cells: dict[tuple, list] = {}
        for each in shown:
            stop = (each, seen.get(each.child_id), tone(each), at.get((each.child_id, each.number)))
            cells.setdefault((str(each.worker_id), each.on), []).append(stop)
        return [(name, worker, [(day, cells.get((worker, day), [])) for day in columns]) for name, worker in workers]

    def at(self, place, names) -> str:
        """Return who and when in words."""
        return f"{names[place[0]]}, {place[1]:%a %-d %B}" if place else "not planned"

    def unplanned(self, plan, seen):
        """Return what could not be planned, and why."""
        found = []
        for row in plan.result.get("unplanned", ()):
            child = seen.get(uuid.UUID(row["visit"].partition(":")[0]))
            found.append((child, row["why"]))
        return found

    def map(self, plan, entries, names, colours):
        """Return the map with a line for each worker's day, in the worker's colour, blurred so that no door is shown."""
        owed = {row["id"]: row["loc"] for row in plan.problem["visits"]}
        starts = {row["id"]: row["start"] for row in plan.problem["workers"]}

        def spot(number, label):
            easting, northing = plan.problem["points"][number]
            return point(easting=easting, northing=northing, label=label, kind="near", blur_m=BLUR_M)

        lines = []
        for (on, worker), stops in groupby(entries, key=lambda each: (each.on, each.worker_id)):
            stops = list(stops)
            label = f"{names[worker]}, {on:%A %-d %B}: {len(stops)} visit{'s'[: len(stops) != 1]}"
            start = spot(starts[str(worker)], label)
            through = [spot(owed[f"{each.child_id}:{each.number}"], label) for each in stops]
            lines.append(
                Line(
                    tuple((each.longitude, each.latitude) for each in [start, *through, start]),
                    label,
                    colours[str(worker)],
                )
            )
        bases = {starts[str(each.worker_id)] for each in entries}
        points = [spot(number, "Where days start") for number in sorted(bases)]
        return map_panel(points, lines=lines, title="Each worker's days", table_id="days")


def tone(each: queries.Entry) -> tuple[str, str]:
    """Return how many days a visit lies before its last one, as a colour and words."""
    left = (each.due_on - each.on).days
    if left < 0:
        return "red", f"{-left} day{'s'[: left != -1]} late"
    return (
        "yellow" if left <= CLOSE_DAYS else "green"
    ), f"{left} day{'s'[: left != 1]} in hand" if left else "last day"


def monday(day: dt.date) -> dt.date:
    """Return the Monday of a day's week."""
    return day - dt.timedelta(days=day.weekday())


class UsePlan(OnePlan, ActionView):
    """Take a plan into use."""

    permission = Permission.PLAN_VISITS
    form_class = forms.Confirmed
    title, button, done = "Use this plan", "Use this plan", "The plan is in use. Calendars and day sheets follow it."

    def act(self, data):
        """Take it into use."""
        actions.use_plan(plan_id=self.kwargs["plan_id"], by=self.user, now=self.now)


class DropPlan(OnePlan, ActionView):
    """Drop a plan that is not in use."""

    permission = Permission.PLAN_VISITS
    form_class = forms.Note
    title, button, is_warning, done = "Drop this plan", "Drop it", True, "Dropped. The plan in use stays."

    def act(self, data):
        """Drop it."""
        actions.drop_plan(plan_id=self.kwargs["plan_id"], reason=data["note"], by=self.user, now=self.now)

    def get_success_url(self):
        """Go back to the plans."""
        return reverse("visits:plans")


class DaySheet(OnePlan, DetailPage):
    """One worker's day to print: times, first names and districts, nothing more."""

    permission = Permission.RECORD_VISIT
    template_name = "visits/day_sheet.html"

    def get_context_data(self, **kwargs):
        """Add the day's stops, for the worker and for whoever plans."""
        plan, worker_id, on = self.found, self.kwargs["worker_id"], self.kwargs["on"]
        if worker_id != self.user.pk and not self.may(Permission.PLAN_VISITS):
            raise NotFound("There is no such day.")
        every = queries.entries(plan, for_user=self.user, on=self.today)
        stops = [each for each in every if each.worker_id == worker_id and each.on == on]
        if not stops:
            raise NotFound("There is no such day.")
        seen = {row.pk: row for row in children.children(for_user=self.user, on=self.today)}
        facts = {
            each.child.pk: each
            for each in queries.facts(for_user=self.user, on=self.today, child_ids=[each.child_id for each in stops])
        }
        rows = []
        for each in stops:
            child, known = seen.get(each.child_id), facts.get(each.child_id)
            district = known.stay.postcode.split(" ")[0] if known else ""
            rows.append((each, child, district))
        return super().get_context_data(
            title=f"{queries.names([worker_id])[worker_id]}, {on:%A %-d %B %Y}",
            caption=plan.team.name,
            rows=rows,
            plan=plan,
            **kwargs,
        )
