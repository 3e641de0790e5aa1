"""Pages of providers, registrations, alerts, and of the register being brought in."""

import dataclasses
import datetime as dt

from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.notifications.actions import note_opened
from placewell.web.previewed import MOST_LISTED, PreviewView, UploadView
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, queries

REGISTRATION_COLUMNS = (
    Column("urn", "Number", sort="urn"),
    Column("name", "Name", cell=lambda row: row.name or "Not published", sort="name"),
    Column("kind", "Kind", cell="get_kind_display", sort="kind"),
    Column("provider", "Provider", cell="provider.name", sort="provider__name"),
    Column("authority_name", "Authority", sort="authority_name"),
    Column("places", "Places", sort="places", numeric=True),
    Column("grade", "Grade", cell="get_grade_display", sort="grade"),
    Column("inspected_on", "Inspected", sort="inspected_on"),
    Column("status", "Status", cell="get_status_display", sort="status"),
)


class Providers(TableView):
    """The owners of homes and agencies."""

    permission = Permission.SEE_MARKET
    title = "Providers"
    template_name = "market/providers.html"
    empty = "There is no such provider. Bring in the register to fill this page."
    filter_form = forms.ProviderFilters
    file_name = "providers"
    columns = (
        Column("name", "Provider", sort="name"),
        Column("sector", "Sector", sort="sector"),
        Column("registration_count", "Registrations", sort="registration_count", numeric=True),
        Column("home_count", "Homes known", sort="home_count", numeric=True),
    )

    def rows(self, filters):
        """Return the providers."""
        return queries.providers(for_user=self.user, **filters)

    def link(self, row):
        """Lead to the provider."""
        return reverse("market:provider", args=[row.pk])

    def get_context_data(self, **kwargs):
        """Say whether a provider may be added here."""
        return super().get_context_data(may_add=self.may(Permission.IMPORT_REGISTER), **kwargs)


class Provider(DetailPage):
    """One provider: its registrations and the homes that are known."""

    permission = Permission.SEE_MARKET
    template_name = "market/provider.html"
    caption = "Provider"

    def get_context_data(self, **kwargs):
        """Gather the provider."""
        provider = queries.provider(provider_id=self.kwargs["provider_id"], for_user=self.user)
        self.title = provider.name
        if self.may(Permission.FOLLOW_RECORD):
            note_opened(record="market.provider", record_id=provider.pk, by=self.user, now=self.now)
        return super().get_context_data(
            provider=provider,
            registrations=queries.registrations(for_user=self.user).filter(provider=provider),
            homes=queries.homes(for_user=self.user).filter(provider=provider),
            may_add=self.may(Permission.IMPORT_REGISTER),
            **kwargs,
        )


class Registrations(TableView):
    """What the regulator has registered."""

    permission = Permission.SEE_MARKET
    title = "Registrations"
    empty = "There is no such registration. Bring in the register to fill this page."
    filter_form = forms.RegistrationFilters
    file_name = "registrations"
    columns = REGISTRATION_COLUMNS

    def rows(self, filters):
        """Return the registrations."""
        return queries.registrations(for_user=self.user, **filters)

    def link(self, row):
        """Lead to the registration."""
        return reverse("market:registration", args=[row.pk])


class Registration(DetailPage):
    """One registration, with what each inspection found."""

    permission = Permission.SEE_MARKET
    template_name = "market/registration.html"
    caption = "Registration"

    def get_context_data(self, **kwargs):
        """Gather the registration."""
        row = queries.registration(registration_id=self.kwargs["registration_id"], for_user=self.user)
        self.title = row.name or row.urn
        return super().get_context_data(
            row=row,
            inspections=queries.inspections(registration_id=row.pk),
            homes=queries.homes(for_user=self.user).filter(registration=row),
            may_edit=self.may(Permission.EDIT_HOME),
            **kwargs,
        )


class Alerts(TableView):
    """Grades that fell and that nobody has answered yet."""

    permission = Permission.ANSWER_ALERT
    title = "Grades that fell"
    lede = "Look at the children who live there, then say what was done."
    empty = "No grade has fallen that nobody answered."
    file_name = "alerts"
    columns = (
        Column("urn", "Number", cell="registration.urn", sort="registration__urn"),
        Column("provider", "Provider", cell="registration.provider.name", sort="registration__provider__name"),
        Column("authority", "Authority", cell="registration.authority_name", sort="registration__authority_name"),
        Column("before", "Was", cell="get_before_display", sort="before"),
        Column("after", "Is now", cell="get_after_display", sort="after"),
        Column("inspected", "Inspected", cell="registration.inspected_on", sort="registration__inspected_on"),
    )

    def rows(self, filters):
        """Return the open alerts."""
        return queries.alerts()

    def link(self, row):
        """Lead to the answer."""
        return reverse("market:answer", args=[row.pk])


class Answer(ActionView):
    """Say what was done about a grade that fell."""

    permission = Permission.ANSWER_ALERT
    form_class = forms.Answer
    title = "What was done"
    done = "The alert was answered."

    def act(self, data):
        """Answer the alert."""
        actions.answer_alert(alert_id=self.kwargs["alert_id"], note=data["note"], by=self.user, now=self.now)

    def get_success_url(self):
        """Lead to the alerts."""
        return reverse("market:alerts")


class Imports(TableView):
    """The editions of the register that were brought in."""

    permission = Permission.IMPORT_REGISTER
    template_name = "market/imports.html"
    title = "The regulator's register"
    empty = "The register has not been brought in yet."
    file_name = "registers"
    columns = (
        Column("as_at", "As at", sort="as_at"),
        Column("at", "Brought in", sort="at"),
        Column("by", "By", cell="by.name"),
        Column("file_name", "Files"),
        Column("new", "New", cell=lambda row: row.counts.get("registrations new", 0), numeric=True),
        Column("changed", "Changed", cell=lambda row: row.counts.get("registrations changed", 0), numeric=True),
        Column("vanished", "Vanished", cell=lambda row: row.counts.get("registrations vanished", 0), numeric=True),
    )

    def rows(self, filters):
        """Return the imports."""
        return queries.imports()


class Upload(UploadView):
    """Choose the files of the register and see what they would change."""

    permission = Permission.IMPORT_REGISTER
    form_class = forms.Upload
    title = "Bring in the regulator's register"
    lede = "Nothing changes until you have seen what would."
    kept = "held:register"
    preview_url = "market:preview"

    def chosen(self, data):
        """Keep the date and whether it is a part."""
        return {"as_at": data["as_at"].isoformat(), "is_part": data["is_part"]}

    def preview(self, files, options):
        """Return what the register would change."""
        report = bring_in(files, options, by=self.user, now=self.now, dry_run=True)
        return {
            "counts": report.counts,
            "already_in": report.already_in,
            "left_out": [dataclasses.asdict(fault) for fault in report.left_out[:MOST_LISTED]],
            "fallen": [list(map(str, row)) for row in report.fallen[:MOST_LISTED]],
        }


class Preview(PreviewView):
    """See what the register would change, and bring it in."""

    permission = Permission.IMPORT_REGISTER
    form_class = forms.Confirm
    template_name = "market/preview.html"
    title = "What this register would change"
    done = "The register was brought in."
    kept = "held:register"
    upload_url = "market:upload"

    def commit(self, files, options):
        """Bring the register in."""
        bring_in(files, options, by=self.user, now=self.now)

    def get_success_url(self):
        """Lead to the imports."""
        return reverse("market:imports")


def bring_in(files, options, **given):
    """Bring the register in with the options that a form kept as plain values."""
    as_at = dt.date.fromisoformat(options["as_at"])
    return actions.import_register(files=files, as_at=as_at, is_part=options["is_part"], **given)
