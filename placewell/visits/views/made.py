"""Visits that were made: recorded, read, signed off, followed up; the miles driven; who is out."""

import datetime as dt
import uuid
from http import HTTPStatus

from django.http import JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from placewell.accounts import queries as accounts
from placewell.accounts.permissions import Permission
from placewell.children import queries as children
from placewell.web.tables_out import csv_response
from placewell.web.views import ActionView, Column, DetailPage, Permitted, TableView

from .. import actions, forms, queries, states
from .due import OneChild


class Record(OneChild, ActionView):
    """Record a visit: on a phone, and without a connection kept there until there is one."""

    permission = Permission.RECORD_VISIT
    template_name = "visits/record.html"
    form_class = forms.RecordVisit
    title, button, done = "Record a visit", "Record the visit", "The visit is recorded."

    @property
    def known(self):
        """What is known of the child today."""
        return queries.facts_of(child_id=self.kwargs["child_id"], for_user=self.user, on=self.today)

    @property
    def lede(self):
        """Say by when it is due."""
        due_on = self.known.next_due_on
        late = "It is late: say why." if due_on < self.today else ""
        return f"Due by {due_on:%-d %B %Y}. {late}".strip()

    def get_initial(self):
        """Today, and a key that makes a second sending harmless."""
        drawn = queries.is_unannounced_today(child_id=self.kwargs["child_id"], worker=self.user, on=self.today)
        return {"sent_key": uuid.uuid4(), "made_on": self.today, "is_unannounced": drawn}

    def get_form_kwargs(self):
        """Offer the colleagues who could do something after it."""
        colleagues = children.people_who_see_children(council_id=self.user.organisation_id, on=self.today)
        return super().get_form_kwargs() | {"colleagues": colleagues}

    def form_valid(self, form):
        """Tell the script that sent it where to go; it would read, and so use up, the words that it is recorded."""
        answer = super().form_valid(form)
        is_sent = answer.status_code == HTTPStatus.FOUND and self.request.headers.get("X-Kept")
        return JsonResponse({"to": answer.url}) if is_sent else answer

    def act(self, data):
        """Record it."""
        to_do = []
        if data["action"]:
            owner = uuid.UUID(data["action_owner"])
            to_do.append(actions.ToDo(data["action"], owner, data["action_due_on"]))
        found = actions.Seen(
            is_seen=data["is_seen"],
            is_seen_alone=bool(data["is_seen"] and data["is_seen_alone"]),
            where=states.Where(data["where"]),
            is_welfare_safeguarded=data["is_welfare_safeguarded"] if data["is_seen"] else None,
            **{
                name: data[name]
                for name in (
                    "why_not_alone",
                    "is_unannounced",
                    "views",
                    "own_words",
                    "observed",
                    "concerns",
                    "late_reason",
                    "miles",
                )
            },
        )
        actions.record_visit(
            child_id=self.kwargs["child_id"],
            sent_key=data["sent_key"],
            made_on=data["made_on"],
            started_at=data["started_at"],
            found=found,
            to_do=to_do,
            by=self.user,
            now=self.now,
        )


class Offline(Permitted, TemplateView):
    """The script that lets a visit be written down where there is no connection; it acts for this room's pages alone."""

    public = True  # it holds nothing of anybody
    template_name = "visits/offline.js"
    content_type = "text/javascript"


class Made(TableView):
    """The visits that were made."""

    permission = Permission.SEE_VISITS
    title = "Visits made"
    empty = "No visit that these filters find."
    file_name = "visits"
    filter_form = forms.MadeFilters
    columns = (
        Column("child", "Child", cell="child.reference", sort="child__reference"),
        Column("made_on", "Day", sort="made_on"),
        Column("due_on", "Due by", sort="due_on"),
        Column("visited_by", "By", cell="visited_by.name", sort="visited_by__name"),
        Column("is_seen", "Seen", sort="is_seen"),
        Column("is_seen_alone", "Alone", sort="is_seen_alone"),
        Column("where", "Where", cell="get_where_display", sort="where"),
        Column(
            "signed_off_at",
            "Signed off",
            cell=lambda row: row.signed_off_at or ("Not yet" if row.due_on else "Brought in"),
            sort="signed_off_at",
        ),
    )

    def rows(self, filters):
        """Return the visits as the filters leave them."""
        rows = queries.visits(for_user=self.user, on=self.today)
        if filters.get("waiting"):
            rows = queries.to_sign_off(for_user=self.user, on=self.today)
        if filters.get("seen"):
            rows = rows.filter(
                **({"is_seen": False} if filters["seen"] == "no" else {"is_seen": True, "is_seen_alone": False})
            )
        return rows

    def link(self, row):
        """Lead to the visit."""
        return reverse("visits:visit", args=[row.pk])


class OneVisit:
    """A page about one visit."""

    @property
    def found(self):
        """The visit, when the reader may see the child."""
        return queries.visit(visit_id=self.kwargs["visit_id"], for_user=self.user, on=self.today)

    def get_success_url(self):
        """Go back to the visit."""
        return reverse("visits:visit", args=[self.kwargs["visit_id"]])

    @property
    def back_url(self):
        """Lead back to the visit."""
        return self.get_success_url()


class Visit(OneVisit, DetailPage):
    """One visit."""

    permission = Permission.SEE_VISITS
    template_name = "visits/visit.html"

    def get_context_data(self, **kwargs):
        """Add the visit and what is to be done after it."""
        row = self.found
        mine = self.user.pk in (row.visited_by_id, row.recorded_by_id)
        return super().get_context_data(
            title=f"Visit on {row.made_on:%-d %B %Y}",
            caption=row.child.name,
            visit=row,
            to_do=queries.actions_of(visit_id=row.pk),
            may_sign=self.may(Permission.SIGN_OFF_VISIT) and not mine and row.signed_off_at is None,
            may_record=self.may(Permission.RECORD_VISIT),
            today=self.today,
            **kwargs,
        )


class SignOff(OneVisit, ActionView):
    """Sign a visit off."""

    permission = Permission.SIGN_OFF_VISIT
    form_class = forms.Note
    title, button, done = "Sign off this visit", "Sign off", "Signed off."

    def act(self, data):
        """Sign it off."""
        actions.sign_off_visit(visit_id=self.kwargs["visit_id"], note=data["note"], by=self.user, now=self.now)


class ActionDone(OneVisit, ActionView):
    """Record that something after a visit is done."""

    permission = Permission.RECORD_VISIT
    form_class = forms.Note
    title, button, done = "Done", "Record it", "Recorded."

    def act(self, data):
        """Record it."""
        actions.finish_action(action_id=self.kwargs["action_id"], note=data["note"], by=self.user, now=self.now)


class Mileage(DetailPage):
    """Miles driven for visits in a month, and what they are worth."""

    permission = Permission.RECORD_VISIT
    template_name = "visits/mileage.html"
    title = "Mileage"

    @property
    def month(self) -> dt.date:
        """The first day of the month asked for, or of this one."""
        form = forms.Month(self.request.GET or None)
        asked = form.cleaned_data["month"] if form.is_bound and form.is_valid() else None
        return asked or self.today.replace(day=1)

    def get(self, request, *args, **kwargs):
        """Show the claims, or hand them out for the payroll."""
        if request.GET.get("format") != "csv":
            return super().get(request, *args, **kwargs)
        rows = queries.mileage(for_user=self.user, on=self.today, month=self.month)
        body = ([row.worker.name, f"{row.month:%Y-%m}", row.visits, row.miles, row.worth] for row in rows)
        return csv_response(f"mileage-{self.month:%Y-%m}", ["Worker", "Month", "Visits", "Miles", "Pounds"], body)

    def get_context_data(self, **kwargs):
        """Add the claims and the months beside this one."""
        month = self.month
        return super().get_context_data(
            month=month,
            rate=queries.mileage_rate(month),
            rows=queries.mileage(for_user=self.user, on=self.today, month=month),
            before=(month - dt.timedelta(days=1)).replace(day=1),
            after=(month.replace(day=28) + dt.timedelta(days=4)).replace(day=1),
            **kwargs,
        )


class Out(DetailPage):
    """Who is out alone, and one's own outing."""

    permission = Permission.RECORD_VISIT
    template_name = "visits/out.html"
    title = "Out on visits"

    def get_context_data(self, **kwargs):
        """Add one's own outing, and for whoever plans those who are late."""
        return super().get_context_data(
            own=queries.outing(worker=self.user),
            overdue=queries.outings_overdue() if self.may(Permission.PLAN_VISITS) else [],
            feed=queries.feed(worker=self.user),
            **kwargs,
        )


class _BackToOut(ActionView):
    permission = Permission.RECORD_VISIT

    def get_success_url(self):
        """Go back to who is out."""
        return reverse("visits:out")

    @property
    def back_url(self):
        """Lead back to who is out."""
        return self.get_success_url()


class GoOut(_BackToOut):
    """Say that one is out, and back by when."""

    form_class = forms.GoOut
    title, button, done = "Going out on visits", "I am out", "Noted. Say here when you are back."
    lede = "If you have not said that you are back by then, your manager is told to ring you."

    def act(self, data):
        """Note it; a time before now is of tomorrow."""
        back_by = timezone.make_aware(dt.datetime.combine(self.today, data["back_by"]))
        if back_by <= self.now:
            back_by += dt.timedelta(days=1)
        actions.go_out(back_by=back_by, by=self.user, now=self.now)


class ComeBack(_BackToOut):
    """Say that one is back."""

    form_class = forms.Confirmed
    title, button, done = "Back and safe", "I am back", "Good. Your outing is ended."

    def act(self, data):
        """Note it."""
        actions.come_back(by=self.user, now=self.now)


def colleagues(view) -> list:
    """Return whose days the person may settle: everybody's who visits for whoever plans, one's own else."""
    if not view.may(Permission.PLAN_VISITS):
        return [view.user]
    found = []
    for team in accounts.teams():
        found += accounts.team_members(team_id=team.pk, on=view.today)
    return [one for one in found if queries.may_visit(one, on=view.today)]
