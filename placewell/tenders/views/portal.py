"""The provider's side: tenders open to it, what is new, questions; and what anybody may read of a published tender."""

from django.conf import settings
from django.urls import reverse, reverse_lazy

from placewell.accounts.permissions import Permission
from placewell.kernel.errors import Refused
from placewell.notifications.actions import note_opened
from placewell.web.downloads import download
from placewell.web.templatetags.web import moment, tag
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, queries, rules, sealing, states
from .tenders import ties

CODE = "bid-{}"


class _Tenders(TableView):
    columns = (
        Column("reference", "Reference", sort="reference"),
        Column("title", "Title", sort="title"),
        Column("lots", "Lots", cell=lambda row: row.lot_count, numeric=True),
        Column(
            "tenders_by_at",
            "Bids close",
            cell=lambda row: moment(row.tenders_by_at),
            sort="tenders_by_at",
            out=lambda row: row.tenders_by_at,
        ),
        Column("state", "State", cell=lambda row: tag(row.state), sort="state", out=lambda row: row.state),
    )
    file_name = "tenders"
    empty = "No tender is published."

    def rows(self, filters):
        """Return the published tenders."""
        return queries.open_to_us()


class Portal(_Tenders):
    """The tenders that we may bid for."""

    permission = Permission.BID
    title = "Tenders"
    template_name = "tenders/portal.html"

    def link(self, row):
        """Lead to the tender."""
        return reverse("tenders:ours", args=[row.pk])

    def get_context_data(self, **kwargs):
        """Add what is new in the tenders that we follow."""
        lacking = queries.lacking(provider_id=self.user.organisation_id, on=self.today)
        return super().get_context_data(news=queries.news(), lacking=lacking, **kwargs)


class Notices(_Tenders):
    """The published tenders, for anybody."""

    public = True
    title = "Tender notices"
    template_name = "tenders/notices.html"

    def rows(self, filters):
        """Return every tender of which a notice is out."""
        return queries.public_notices()

    def link(self, row):
        """Lead to the notice."""
        return reverse("tenders:notice", args=[row.pk])


class Notice(DetailPage):
    """A published tender, for anybody: its method, documents, answers and amendments."""

    public = True
    template_name = "tenders/notice.html"

    def get_context_data(self, **kwargs):
        """Add the tender as it was published."""
        found = queries.published(procurement_id=self.kwargs["procurement_id"])
        at = queries.moment()
        return super().get_context_data(
            title=found.title,
            caption=found.reference,
            procurement=found,
            warning=rules.formula_warning(found.formula),
            ties=ties(found),
            notices=queries.notices(procurement_id=found.pk),
            clarifications=queries.answered(procurement_id=found.pk),
            is_open=found.state == states.Procurement.PUBLISHED
            and bool(found.tenders_by_at)
            and at < found.tenders_by_at,
            **kwargs,
        )


class CheckReceipt(ActionView):
    """Whether a receipt is genuine, for anybody who holds one."""

    public = True
    form_class = forms.CheckReceipt
    title, button, done = "Check a receipt", "Check it", "This receipt is genuine: it says what we signed."
    success_url = reverse_lazy("tenders:check_receipt")

    @property
    def lede(self):
        """Say under which key it can be checked without us."""
        return f"Receipts are signed (Ed25519) under the public key {self.keys()[0]}."

    def keys(self) -> list[str]:
        """Return the public keys of today's and of earlier secrets."""
        return [sealing.receipts_public_key(each) for each in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]

    def act(self, data):
        """Check it."""
        text, _, signature = data["text"].replace("\r\n", "\n").strip().rpartition("\nSignature: ")
        if not any(sealing.is_signed(text, signature.strip(), key) for key in self.keys()):
            raise Refused("This is not a receipt of ours, or something in it was changed.")


class Document(DetailPage):
    """A document of a tender, to be kept."""

    public = True

    def get(self, request, *args, **kwargs):
        """Send the file to whoever may see the tender."""
        found = queries.document(document_id=self.kwargs["document_id"])
        return download(found.name, bytes(found.body))


class Ours(Notice):
    """A tender as a bidder sees it, with the way to its own bid."""

    public = False
    permission = Permission.BID
    template_name = "tenders/ours.html"

    def get_context_data(self, **kwargs):
        """Add whether we follow it and hold a code here."""
        pk = self.kwargs["procurement_id"]
        found = super().get_context_data(
            interest=queries.interest(procurement_id=pk),
            summaries=queries.our_summaries(procurement_id=pk),
            has_code=CODE.format(pk.hex) in self.request.COOKIES,
            **kwargs,
        )
        note_opened(record="tenders.procurement", record_id=pk, by=self.user, now=self.now)
        return found


class OnOurs(ActionView):
    """A form of a bidder's about one tender."""

    permission = Permission.BID

    def dispatch(self, request, *args, **kwargs):
        """Find the tender."""
        if request.user.is_authenticated and self.may(self.permission):
            self.procurement = queries.published(procurement_id=self.kwargs["procurement_id"])
            self.caption = f"{self.procurement.reference} {self.procurement.title}"
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self):
        """Go back to the tender."""
        return reverse("tenders:ours", args=[self.procurement.pk])

    @property
    def back_url(self):
        """Lead back to where the form was opened."""
        return self.get_success_url()


class Follow(OnOurs):
    """Follow the tender, or say that the news was seen."""

    form_class = forms.Empty
    title, button, done = "Follow this tender", "Follow it", "What is new will be shown to you here."
    lede = (
        "Amendments, answers and documents are shown as new until you have seen them, and you are told of what happens. "
        "The council can't see who follows."
    )

    def act(self, data):
        """Follow it."""
        actions.follow_tender(procurement_id=self.procurement.pk, by=self.user, now=self.now)


class Ask(OnOurs):
    """Ask the council."""

    form_class = forms.Clarify
    title, button = "Ask a question", "Ask it"
    done = "Your question was sent. The answer is published to every bidder."
    lede = "Nobody is told who asked, not even the council: it is written nowhere."

    def act(self, data):
        """Ask it."""
        actions.ask_clarification(procurement_id=self.procurement.pk, **data, by=self.user, now=self.now)
