"""Pages of documents and challenges."""

from django.urls import reverse, reverse_lazy
from django.views.generic import View

from placewell.accounts.permissions import Permission
from placewell.web.downloads import download
from placewell.web.permitted import Permitted
from placewell.web.templatetags.web import day, tag
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, queries, states
from ..forms import live as forms
from .contracts import OnContract


class FileDocument(OnContract):
    """Record a document that was seen."""

    form_class = forms.Document
    title, button, done = "Record a document", "Record it", "The document is recorded."
    lede = "It replaces the one of its kind before it. You say that you have looked at it."

    def act(self, data):
        """Record it, with its file where one was handed in."""
        file = data.pop("file")
        given = {"name": file.name, "data": file.read()} if file else {}
        actions.file_document(contract_id=self.found.pk, **data, **given, by=self.user, now=self.now)


class DocumentFile(Permitted, View):
    """The file of a document, to be kept."""

    permission = Permission.SEE_CONTRACTS

    def get(self, request, document_id):
        """Send it."""
        found = queries.document(document_id=document_id)
        return download(found.name, bytes(found.body or b""))


class Documents(TableView):
    """Every document of a live contract, those that run out first in front."""

    permission = Permission.SEE_CONTRACTS
    title = "Providers' documents"
    empty = "No document is recorded."
    file_name = "documents"
    filter_form = forms.DocumentFilters
    columns = (
        Column("provider", "Provider", cell="provider.name", sort="provider__name"),
        Column("kind", "Document", cell=lambda row: row.get_kind_display(), sort="kind"),
        Column("reference", "Reference"),
        Column("file", "File", cell=lambda row: row.name or "Not kept here", out=lambda row: row.name),
        Column("contract", "Contract", cell="contract.reference", sort="contract__reference"),
        Column(
            "expires_on",
            "Runs out",
            cell=lambda r: day(r.expires_on) or "Never",
            sort="expires_on",
            out=lambda r: r.expires_on,
        ),
        Column("checked_by", "Seen by", cell=lambda row: f"{row.checked_by}, {day(row.checked_at)}"),
    )

    def get_context_data(self, **kwargs):
        """Lead back to the contracts."""
        return super().get_context_data(back_url=reverse("contracts:list"), **kwargs)

    def rows(self, filters):
        """Return the documents that the filter leaves."""
        return queries.running_out(on=self.today) if filters.get("soon") else queries.documents()

    def link(self, row):
        """Lead to the contract."""
        return reverse("contracts:contract", args=[row.contract_id])


class Challenges(TableView):
    """The register of challenges."""

    permission = Permission.SEE_CONTRACTS
    title = "Challenges"
    lede = "Complaints, letters before action, claims and reviews, and what became of each."
    template_name = "contracts/challenges.html"
    empty = "Nobody has challenged a contract."
    file_name = "challenges"
    columns = (
        Column("reference", "Reference", sort="reference"),
        Column("framework", "About", cell="framework.title"),
        Column("kind", "How it came", cell=lambda row: row.get_kind_display()),
        Column("challenger", "From"),
        Column(
            "received_on",
            "Received",
            cell=lambda r: day(r.received_on),
            sort="received_on",
            out=lambda r: r.received_on,
        ),
        Column("answer_by", "Answer by", cell=lambda r: day(r.answer_by), sort="answer_by", out=lambda r: r.answer_by),
        Column("holds_award", "Holds the award"),
        Column("state", "State", cell=lambda row: tag(row.state), sort="state", out=lambda row: row.state),
    )

    def rows(self, filters):
        """Return every challenge."""
        return queries.challenges()

    def link(self, row):
        """Lead to the challenge."""
        return reverse("contracts:challenge", args=[row.pk])

    def get_context_data(self, **kwargs):
        """Say whether one may be entered."""
        return super().get_context_data(may_manage=self.may(Permission.MANAGE_CONTRACTS), **kwargs)


class Challenge(DetailPage):
    """One challenge."""

    permission = Permission.SEE_CONTRACTS
    template_name = "contracts/challenge.html"
    caption = "Challenge"

    def get_context_data(self, **kwargs):
        """Add the challenge."""
        found = queries.challenge(challenge_id=self.kwargs["challenge_id"])
        return super().get_context_data(
            title=f"{found.reference}, {found.challenger}",
            challenge=found,
            facts=[
                ("How it came", found.get_kind_display()),
                ("Received", day(found.received_on)),
                ("To be answered by", day(found.answer_by)),
                ("Grounds", found.grounds),
                ("Holds the award", found.holds_award),
                ("Closed", day(found.closed_on)) if found.closed_on else None,
                ("Outcome", found.outcome) if found.outcome else None,
            ],
            may_close=found.state == states.Challenge.OPEN and self.may(Permission.MANAGE_CONTRACTS),
            **kwargs,
        )


class ReceiveChallenge(ActionView):
    """Enter a challenge."""

    permission = Permission.MANAGE_CONTRACTS
    form_class = forms.Challenge
    title, button, done = "Enter a challenge", "Enter it", "The challenge is in the register."
    success_url = back_url = reverse_lazy("contracts:challenges")

    def get_form_kwargs(self):
        """Offer the frameworks."""
        return super().get_form_kwargs() | {"frameworks": [(str(row.pk), str(row)) for row in queries.frameworks()]}

    def act(self, data):
        """Enter it."""
        actions.receive_challenge(**data, by=self.user, now=self.now)


class CloseChallenge(ActionView):
    """Close a challenge."""

    permission = Permission.MANAGE_CONTRACTS
    form_class = forms.CloseChallenge
    title, button, done = "Close the challenge", "Close it", "The challenge is closed."

    def get_success_url(self):
        """Go back to the challenge."""
        return reverse("contracts:challenge", args=[self.kwargs["challenge_id"]])

    @property
    def back_url(self):
        """Lead back to the challenge."""
        return self.get_success_url()

    def act(self, data):
        """Close it."""
        actions.close_challenge(challenge_id=self.kwargs["challenge_id"], **data, by=self.user, now=self.now)
