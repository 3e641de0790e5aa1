"""The page of standard reports, each over the years that are asked for; and the regional placement census of a day."""

import tempfile
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import FileResponse
from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.kernel.errors import BadInput, Fault, NotAllowed, NotFound
from placewell.outcomes import actions as outcomes
from placewell.web import forms
from placewell.web.tables_out import csv_lines, zip_response
from placewell.web.views import ActionView, DetailPage

from .reports import REPORTS

YEARS = (1, 3, 6)
MOST_YEARS = 99
FOUND = 302  # what an action that was done answers with


class CensusDay(forms.Form):
    """Of which day the census is."""

    on = forms.DateField(label="The day of the census")


class Reports(DetailPage):
    """What can be had, as far as the reader's office may have it."""

    permission = Permission.SEE_DECISIONS
    template_name = "overview/reports.html"
    title = "Standard reports"

    def get_context_data(self, **kwargs):
        """Add the reports, each with its years, and the census."""
        reports = [
            (each, [(years, f"{reverse('overview:report', args=[code])}?years={years}") for years in YEARS], code)
            for code, each in REPORTS.items()
            if all(self.may(one) for one in each.permissions)
        ]
        return super().get_context_data(
            reports=reports,
            may_census=self.may(Permission.EXPORT_RETURN),
            may_see_cycle=self.may(Permission.SEE_BUDGET),
            **kwargs,
        )


class ReportOut(DetailPage):
    """One report as CSV: written to the disk line by line, and sent from there."""

    permission = Permission.SEE_DECISIONS

    def get(self, request, *args, **kwargs):
        """Write it and send it."""
        report = REPORTS.get(kwargs["code"])
        if report is None:
            raise NotFound("There is no such report.")
        if not all(self.may(each) for each in report.permissions):
            raise NotAllowed("Your role does not allow you to have this report.")
        asked = request.GET.get("years", "")
        if asked and not (asked.isdecimal() and 1 <= int(asked) <= MOST_YEARS):
            raise BadInput([Fault("years", f"say how many years in figures, from 1 to {MOST_YEARS}")])
        years = int(asked) if asked else None
        titles, rows = report.rows(on=self.today, years=years, council=self.user.organisation)
        return sent(f"{kwargs['code']}-{self.today:%Y-%m-%d}", titles, rows)


class Census(ActionView):
    """Write the regional placement census of a day, and hand it over with what to look at first. That it was is recorded."""

    permission = Permission.EXPORT_RETURN
    form_class = CensusDay
    title = "Regional placement census"
    lede = (
        "Every child in care on the day whom you may see, in the layout of the region's census, with the council's own "
        "reference of each child. That you took it is recorded."
    )
    button = "Download the census"

    @property
    def back_url(self):
        """Lead back to the reports."""
        return reverse("overview:reports")

    def get_success_url(self):
        """Lead to the reports."""
        return reverse("overview:reports")

    def get_initial(self):
        """Offer today."""
        return {"on": self.today}

    def act(self, data):
        """Write it."""
        self.written = outcomes.export_census(on=data["on"], by=self.user, now=self.now)

    def form_valid(self, form):
        """Hand it over."""
        answer = super().form_valid(form)
        if answer.status_code != FOUND:
            return answer
        name = f"regional-census-{self.written.on:%Y-%m-%d}"
        table = "".join(csv_lines(list(self.written.columns), self.written.rows))
        files = {f"{name}.csv": f"\ufeff{table}".encode()}
        if self.written.notes:
            files["look at this first.txt"] = "\n".join(self.written.notes).encode()
        return zip_response(name, files)


def sent(name: str, titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> FileResponse:
    """Return a table as a CSV file that is written to the disk first, since row security ends with the transaction."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    file.write(b"\xef\xbb\xbf")
    for line in csv_lines(titles, rows):
        file.write(line.encode())
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.csv", content_type="text/csv; charset=utf-8")
