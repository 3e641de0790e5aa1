"""The work list, who covers for whom, and taking over."""

from django.urls import reverse
from django.utils.html import format_html

from placewell.accounts.permissions import Permission
from placewell.web.templatetags.web import day, tag
from placewell.web.views import ActionView, Column, TableView

from .. import actions, forms, queries
from .desk import OnReferral
from .handing import hand_over_url

FREE = "Whoever is free"


def _whose(row: queries.Work) -> str:
    """Return who holds a row, and the way to hand it to another."""
    if not row.hand:
        return row.whose or FREE
    link = '{}<br><a class="govuk-link" href="{}">Hand over<span class="govuk-visually-hidden">: {}</span></a>'
    return format_html(link, row.whose or FREE, hand_over_url(row.holder_id, row.hand), row.title)


class WorkList(TableView):
    """Everything that waits, by deadline; the filters stay until they are cleared."""

    permission = Permission.SEE_PLACEMENTS
    title = "Work list"
    lede = "By deadline, in working hours. Emergencies and what is late come first."
    empty = "Nothing waits here. Clear the filters to see everything."
    file_name = "work"
    filter_form = forms.WorkFilters
    columns = (
        Column("title", "What", cell="title", sort="title"),
        Column("kind", "Kind", cell="kind_words", sort="kind"),
        Column(
            "due",
            "When",
            cell=lambda row: (
                format_html("{} Was due {}", tag("late"), row.when.removeprefix("Late: was due").strip())
                if row.is_late
                else row.when
            ),
            sort="due_at",
            out=lambda row: row.when,
        ),
        Column("whose", "Whose", cell=lambda row: _whose(row), sort="whose", out=lambda row: row.whose or FREE),
        Column("note", "Note"),
    )

    def get_context_data(self, **kwargs):
        """Lead to who covers for whom."""
        url = reverse("placements:covers") if self.may(Permission.WRITE_REFERRAL) else ""
        return super().get_context_data(**{"add_url": url, "add_label": "Who covers for whom", **kwargs})

    def rows(self, filters):
        """Return what waits, one's own unless everybody's is asked for."""
        found = queries.waiting_for(user=self.user, now=self.now)
        if filters.get("whose") != "everyone":
            found = [each for each in found if each.is_mine]
        if kind := filters.get("kind"):
            found = [each for each in found if each.kind == kind]
        return [each for each in found if each.is_late] if filters.get("late") else found

    def link(self, row):
        """Lead to where it is done."""
        return row.url


class Covers(TableView):
    """Who covers for whom, now and soon."""

    permission = Permission.WRITE_REFERRAL
    title = "Who covers for whom"
    lede = "What waits on a colleague who is away stands on the list of whoever covers for them."
    empty = "Nobody is away."
    file_name = "covers"
    columns = (
        Column("away", "Away", cell="away.name"),
        Column("covered_by", "Covered by", cell="covered_by.name"),
        Column("start_on", "From", cell=lambda row: day(row.start_on), out=lambda row: row.start_on),
        Column("end_on", "Back on", cell=lambda row: day(row.end_on), out=lambda row: row.end_on),
        Column("note", "Note"),
    )

    def get_context_data(self, **kwargs):
        """Lead to covering for somebody."""
        url = reverse("placements:cover")
        return super().get_context_data(**{"add_url": url, "add_label": "Cover for a colleague", **kwargs})

    def rows(self, filters):
        """Return them."""
        return queries.who_covers(on=self.today)

    def link(self, row):
        """Lead to ending it."""
        return reverse("placements:end_cover", args=[row.pk])


class Cover(ActionView):
    """Let a colleague carry on what waits on another."""

    permission = Permission.WRITE_REFERRAL
    form_class = forms.Cover
    title, button = "Cover for a colleague", "Save"
    done = "What waits on your colleague stands on the list of whoever covers, from the first day to the last."

    def get_form_kwargs(self):
        """Offer the people of the desk."""
        people = queries.desk_people(for_user=self.user, on=self.today)
        return super().get_form_kwargs() | {"people": [(str(each.pk), each.name) for each in people]}

    def get_initial(self):
        """Begin with the person and today."""
        return {"covered_by_id": str(self.user.pk), "start_on": self.today, "away_id": self.request.GET.get("away", "")}

    def act(self, data):
        """Arrange it."""
        actions.cover_for(**data, by=self.user, now=self.now)

    def get_success_url(self):
        """Go back to the list."""
        return reverse("placements:covers")

    @property
    def back_url(self):
        """Lead back to the list."""
        return self.get_success_url()


class EndCover(ActionView):
    """The colleague is back early."""

    permission = Permission.WRITE_REFERRAL
    form_class = forms.Confirm
    title, button, done = "End this cover", "End it", "It has ended: each has their own list again."

    def act(self, data):
        """End it."""
        actions.end_cover(cover_id=self.kwargs["cover_id"], by=self.user, now=self.now)

    def get_success_url(self):
        """Go back to the list."""
        return reverse("placements:covers")

    @property
    def back_url(self):
        """Lead back to the list."""
        return self.get_success_url()


class TakeOver(OnReferral):
    """Carry a referral on in the place of whoever held it."""

    permission = Permission.WRITE_REFERRAL
    form_class = forms.Reason
    title, button, done = "Take this referral over", "Take it over", "The referral is yours now."

    @property
    def lede(self):
        """Say whose it is."""
        return f"{self.found().holder.name} holds it now. What waits on it moves to your list."

    def act(self, data):
        """Take it over."""
        actions.take_over_referral(referral_id=self.kwargs["referral_id"], **data, by=self.user, now=self.now)
