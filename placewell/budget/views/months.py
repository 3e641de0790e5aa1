"""Months that are closed, and opened again."""

import datetime as dt

from django.http import Http404
from django.urls import reverse, reverse_lazy

from placewell.accounts.permissions import Permission
from placewell.web.templatetags.web import moment, pounds
from placewell.web.views import ActionView, Column, TableView

from .. import actions, forms, queries, rules


class Months(TableView):
    """Months that were closed, with their accruals, and who opened one again and why."""

    permission = Permission.SEE_BUDGET
    template_name = "budget/months.html"
    title = "Month ends"
    lede = "A closed month keeps its figures. What changes afterwards shows beside it in the outturn."
    empty = "No month has been closed yet."
    file_name = "months"
    columns = (
        Column("month", "Month", cell=lambda row: rules.month_words(row.month), sort="month"),
        Column(
            "committed",
            "Committed",
            cell=lambda row: pounds(row.committed),
            numeric=True,
            out=lambda row: row.committed,
        ),
        Column("actual", "Actual", cell=lambda row: pounds(row.actual), numeric=True, out=lambda row: row.actual),
        Column("accrual", "Accrual", cell=lambda row: pounds(row.accrual), numeric=True, out=lambda row: row.accrual),
        Column("closed", "Closed", cell=lambda row: f"{row.closed_by.name}, {moment(row.closed_at)}"),
        Column(
            "reopened",
            "Opened again",
            cell=lambda row: (
                f"{row.reopened_by.name}, {moment(row.reopened_at)}: {row.reason}" if row.reopened_at else ""
            ),
        ),
    )

    def rows(self, filters):
        """Return the closings."""
        return queries.closed_months()

    def link(self, row):
        """Lead to opening it again."""
        may = row.reopened_at is None and self.may(Permission.SET_ENVELOPE)
        return reverse("budget:reopen_month", args=[row.month.isoformat()]) if may else ""

    def get_context_data(self, **kwargs):
        """Say who may close."""
        return super().get_context_data(may_close=self.may(Permission.SET_ENVELOPE), **kwargs)


class CloseMonth(ActionView):
    """Freeze a month."""

    permission = Permission.SET_ENVELOPE
    form_class = forms.CloseMonth
    title, button, done = "Close a month", "Close it", "The month is closed."
    lede = "Its figures are frozen, and what is committed but not charged becomes the accrual."
    success_url = back_url = reverse_lazy("budget:months")

    def get_form_kwargs(self):
        """Offer the last months that are open."""
        closed = {row.month for row in queries.closed_months() if row.reopened_at is None}
        months, month = [], self.today.replace(day=1)
        while len(months) < 12:
            month = (month - dt.timedelta(days=1)).replace(day=1)
            months.append(month)
        return super().get_form_kwargs() | {"months": [each for each in months if each not in closed]}

    def act(self, data):
        """Close it."""
        actions.close_month(**data, by=self.user, now=self.now)


class ReopenMonth(ActionView):
    """Open a month again."""

    permission = Permission.SET_ENVELOPE
    form_class = forms.Reason
    button, is_warning, done = "Open it again", True, "The month is open again."
    success_url = back_url = reverse_lazy("budget:months")

    def month(self) -> dt.date:
        """Return the month of the address."""
        try:
            return dt.date.fromisoformat(self.kwargs["month"])
        except ValueError:
            raise Http404 from None

    @property
    def title(self):
        """Name the month."""
        return f"Open {rules.month_words(self.month())} again"

    def act(self, data):
        """Open it."""
        actions.reopen_month(month=self.month(), **data, by=self.user, now=self.now)
