"""Data for analysts: what the export holds, and the export itself as one file."""

import shutil
import tempfile
import zipfile
from pathlib import Path

from django import forms as plain
from django.http import FileResponse
from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.kernel.errors import BadInput, Fault
from placewell.web.forms import Form
from placewell.web.views import Column, DetailPage, TableView

from .. import actions, analytical, queries


class Filters(Form):
    """Which columns of the dictionary are shown."""

    words = plain.CharField(label="Table, column or meaning", required=False)


class Data(TableView):
    """What the export holds: the dictionary of its columns."""

    permission = Permission.EXPORT_ANALYSIS
    template_name = "outcomes/data.html"
    title = "Data for analysts"
    caption = "Outcomes"
    empty = "No column has these words."
    file_name = "data-dictionary"
    filter_form = Filters
    columns = (
        Column("table", "Table", sort="table"),
        Column("name", "Column", sort="name"),
        Column("type", "Type", sort="type"),
        Column("unit", "Unit"),
        Column("meaning", "Meaning"),
        Column("source", "Source"),
    )

    def rows(self, filters):
        """Return the columns that hold the words."""
        words = (filters.get("words") or "").lower()
        every = [each for table in queries.analytical.tables() for each in table.columns]
        return [each for each in every if words in f"{each.table} {each.name} {each.meaning}".lower()]

    def get_context_data(self, **kwargs):
        """Add where the export is and what is withheld."""
        tables = len(queries.analytical.tables())
        years = [(number, f"{reverse('outcomes:data_out')}?years={number}") for number in (1, 2, 3, 6)]
        return super().get_context_data(tables=tables, years=years, every=reverse("outcomes:data_out"), **kwargs)


class DataOut(DetailPage):
    """The export as one ZIP, made on the disk and sent from there."""

    permission = Permission.EXPORT_ANALYSIS

    def get(self, request, *args, **kwargs):
        """Make it and send it."""
        asked = request.GET.get("years", "")
        if asked and not asked.isdecimal():
            raise BadInput([Fault("years", "say how many years in figures")])
        export = actions.export_analytical(years=int(asked) if asked else None, by=self.user, now=self.now)
        packed = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
        folder = Path(tempfile.mkdtemp(prefix="placewell-"))
        try:
            analytical.write(export, folder / "export")
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                for path in sorted((folder / "export").iterdir()):
                    archive.write(path, f"placewell-export/{path.name}")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        packed.seek(0)
        return FileResponse(packed, as_attachment=True, filename="placewell-export.zip")
