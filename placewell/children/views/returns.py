"""Pages of the statutory returns: what was brought in, the preview, the rows set aside, a year's return written."""

import dataclasses

from django.urls import reverse, reverse_lazy

from placewell.accounts.permissions import Permission
from placewell.web.previewed import MOST_LISTED, PreviewView, UploadView
from placewell.web.tables_out import zip_response
from placewell.web.views import ActionView, Column, TableView

from .. import actions, forms, queries


class Returns(TableView):
    """The returns that were brought in."""

    permission = Permission.IMPORT_RETURN
    template_name = "children/returns.html"
    title = "Statutory returns"
    empty = "No return has been brought in yet."
    file_name = "returns"
    columns = (
        Column("at", "Brought in", sort="at"),
        Column("collection_year", "Collection year", sort="collection_year", numeric=True),
        Column("by", "By", cell="by.name"),
        Column("new", "New episodes", cell=lambda row: row.counts.get("episodes new", 0), numeric=True),
        Column("aside", "Rows set aside", cell=lambda row: row.counts.get("rows quarantined", 0), numeric=True),
    )

    def rows(self, filters):
        """Return the imports."""
        return queries.returns()

    def link(self, row):
        """Lead to the rows that were set aside."""
        return reverse("children:quarantined", args=[row.pk])


class Quarantined(TableView):
    """The rows of one return that were set aside, and why."""

    permission = Permission.IMPORT_RETURN
    title = "Rows set aside"
    empty = "No row of this return was set aside."
    file_name = "set-aside"
    columns = (
        Column("file", "File", sort="file"),
        Column("row", "Row", sort="row", numeric=True),
        Column("child", "Identifier in the return", sort="child"),
        Column("field", "Field", sort="field"),
        Column("rule", "Rule", sort="rule"),
        Column("why", "Why"),
    )

    def rows(self, filters):
        """Return the rows of this import."""
        return queries.quarantined(import_id=self.kwargs["import_id"])


class Upload(UploadView):
    """Choose the files of a return and see what they would change."""

    permission = Permission.IMPORT_RETURN
    form_class = forms.Upload
    title = "Bring in a statutory return"
    lede = "Nothing changes until you have seen what would."
    kept = "held:return"
    preview_url = "children:preview"

    def preview(self, files, options):
        """Return what the return would change."""
        report = actions.import_return(files=files, by=self.user, now=self.now, dry_run=True)
        rows = {
            name: [dataclasses.asdict(fault) for fault in getattr(report, name)[:MOST_LISTED]]
            for name in ("quarantined", "queries")
        }
        return rows | {
            "year": report.year,
            "counts": report.counts,
            "read": report.read,
            "unknown_files": list(report.unknown_files),
            "already_in": report.already_in,
        }


class Preview(PreviewView):
    """See what a return would change, and bring it in."""

    permission = Permission.IMPORT_RETURN
    form_class = forms.Confirm
    template_name = "children/preview.html"
    title = "What this return would change"
    done = "The return was brought in."
    kept = "held:return"
    upload_url = "children:upload"

    def get_context_data(self, **kwargs):
        """Add the rows that were set aside and those to look at twice."""
        context = super().get_context_data(**kwargs)
        titles = {"quarantined": "Rows set aside", "queries": "Rows kept, to look at twice"}
        report = context["report"]
        counts = {
            titles.get(what.removeprefix("rows "), what): count for what, count in report.get("counts", {}).items()
        }
        return context | {
            "lists": [(title, report.get(name, [])) for name, title in titles.items()],
            "report": report | {"counts": counts},
        }

    def commit(self, files, options):
        """Bring the return in."""
        actions.import_return(files=files, by=self.user, now=self.now)

    def get_success_url(self):
        """Lead to the returns."""
        return reverse("children:returns")


class Write(ActionView):
    """Write the return of a year from the records held, and hand it over as one ZIP. That it was written is recorded."""

    permission = Permission.EXPORT_RETURN
    form_class = forms.Year
    title = "Write a statutory return"
    lede = (
        "One file for each table, in the columns of that year, as things stood on 31 March. "
        "Every child of the council is in it, those with a restricted record too."
    )
    button = "Download the return"
    back_url = reverse_lazy("children:returns")

    def get_form_kwargs(self):
        """Offer the years that have begun."""
        return super().get_form_kwargs() | {"years": queries.collections(on=self.today)}

    def get_initial(self):
        """Offer the last year that is over."""
        return {"year": queries.collections(on=self.today)[-2]}

    def act(self, data):
        """Write the return."""
        self.written = actions.export_return(year=data["year"], by=self.user, now=self.now)

    def form_valid(self, form):
        """Hand the files over, with what a person should look at first."""
        answer = super().form_valid(form)
        if answer.status_code != 302:
            return answer
        files = {file.name: file.data for file in self.written.files}
        if self.written.notes:
            files["look at this first.txt"] = "\n".join(self.written.notes).encode()
        return zip_response(f"ssda903_{self.written.year}", files)

    def get_success_url(self):
        """Lead to the returns."""
        return reverse("children:returns")
