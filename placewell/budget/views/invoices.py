"""Invoices: taken in or sent, each line with what came of it, and what may be done with those that do not agree."""

from functools import cached_property

from django.urls import reverse, reverse_lazy

from placewell.accounts import queries as accounts
from placewell.accounts.permissions import Permission
from placewell.gateways.given_files import LARGEST, GivenFile
from placewell.web.templatetags.web import day, moment, pounds, tag
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, queries


def _amount(key: str, title: str) -> Column:
    return Column(
        key,
        title,
        cell=lambda row: pounds(getattr(row, key)),
        numeric=True,
        sort=key,
        out=lambda row: getattr(row, key),
    )


COLUMNS = (
    Column("invoice", "Invoice", cell="invoice.number", sort="invoice__number"),
    Column("provider", "Provider", cell=lambda row: row.provider.name if row.provider else row.invoice.supplier),
    Column("reference", "Agreement", sort="reference"),
    Column("start_on", "From", cell=lambda row: day(row.start_on), sort="start_on", out=lambda row: row.start_on),
    Column("end_on", "Until", cell=lambda row: day(row.end_on), sort="end_on", out=lambda row: row.end_on),
    _amount("amount", "Amount"),
    _amount("expected", "Expected"),
    Column("state", "State", cell=lambda row: tag(row.state), sort="state", out=lambda row: row.state),
    Column("told", "What is wrong", cell="told"),
)
OWNER = (
    Column("owner", "Who sees to it", cell=lambda row: row.owner.name if row.owner else "", sort="owner__name"),
    Column(
        "owned_at",
        "Since",
        cell=lambda row: day(row.owned_at) if row.owner else "",
        sort="owned_at",
        out=lambda row: row.owned_at if row.owner else "",
    ),
)


class Lines(TableView):
    """Every line that providers charged, and what came of it."""

    permission = Permission.SEE_BUDGET
    template_name = "budget/invoices.html"
    title = "Invoices"
    empty = "No line was received that these filters find."
    file_name = "invoice-lines"
    filter_form = forms.LineFilters
    columns = (*COLUMNS, *OWNER)

    def rows(self, filters):
        """Return the lines that the filters leave."""
        mine = filters.pop("whose", "") == "mine"
        return queries.invoice_lines(**filters, owner=self.user.pk if mine else None)

    def link(self, row):
        """Lead to the line."""
        return reverse("budget:invoice_line", args=[row.pk])

    def get_context_data(self, **kwargs):
        """Add what the person may do, and how many lines wait."""
        may = self.may(Permission.HANDLE_INVOICES)
        return super().get_context_data(may_handle=may, waiting=queries.line_counts(), **kwargs)


class Files(TableView):
    """The files that were received."""

    permission = Permission.SEE_BUDGET
    title = "Files received"
    empty = "No file was received yet."
    file_name = "invoice-files"
    columns = (
        Column("name", "File", sort="name"),
        Column("received_at", "Received", cell=lambda row: moment(row.received_at), sort="received_at"),
        Column("received_by", "By", cell="received_by.name"),
        Column("line_count", "Lines", numeric=True, sort="line_count"),
        Column("ignored", "Columns not read", cell=lambda row: ", ".join(t for c in row.columns for t in c["ignored"])),
    )

    def rows(self, filters):
        """Return the files."""
        return queries.files()

    def link(self, row):
        """Lead to its lines."""
        return f"{reverse('budget:invoices')}?file_id={row.pk}"


class _Upload(ActionView):
    form_class = forms.Receive

    def file(self, data: dict) -> GivenFile:
        """Return the file that was chosen."""
        chosen = data["upload"]
        return GivenFile(chosen.name.rpartition("/")[2], chosen.read(LARGEST + 1))


class Receive(_Upload):
    """Take in a file."""

    permission = Permission.HANDLE_INVOICES
    title, button, done = "Take in invoices", "Take in", "The file was taken in, and each line matched."
    success_url = back_url = reverse_lazy("budget:invoices")

    def act(self, data):
        """Take it in."""
        number = data["invoice_number"]
        self.row = actions.receive_file(file=self.file(data), invoice_number=number, by=self.user, now=self.now)

    def get_success_url(self):
        """Go to its lines."""
        return f"{reverse('budget:invoices')}?file_id={self.row.pk}"


class Send(_Upload):
    """Send the council one's invoices, as a provider."""

    permission = Permission.SEND_INVOICE
    title, button, done = "Send invoices", "Send", "The council has your file. Come back to see what came of each line."
    success_url = back_url = reverse_lazy("budget:sent_invoices")

    def act(self, data):
        """Send it."""
        council = accounts.council_named()
        given = {"council_id": council.pk, "invoice_number": data["invoice_number"]}
        actions.send_file(file=self.file(data), **given, by=self.user, now=self.now)


class Sent(TableView):
    """The provider's own lines, and what came of each."""

    permission = Permission.SEND_INVOICE
    template_name = "budget/sent.html"
    title = "Your invoices"
    empty = "You have sent no invoice yet."
    file_name = "invoices-sent"
    filter_form = forms.LineFilters
    columns = tuple(column for column in COLUMNS if column.key != "provider")

    def rows(self, filters):
        """Return the lines; the database hides those of others."""
        filters.pop("whose", None)
        return queries.invoice_lines(**filters)


class Line(DetailPage):
    """One line: what it says, what was expected, the nights that it charges, and what may be done."""

    permission = Permission.SEE_BUDGET
    template_name = "budget/invoice_line.html"
    caption = "Invoice line"

    def get_context_data(self, **kwargs):
        """Add the line."""
        row = queries.invoice_line(line_id=self.kwargs["line_id"])
        open_states = ("queried", "held", "agreed")
        facts = [
            ("Invoice", row.invoice.number),
            (
                "Provider",
                row.provider.name if row.provider else f"{row.invoice.supplier or 'Not named'} (not known to us)",
            ),
            ("Agreement", row.reference),
            ("Nights", f"{day(row.start_on)} to {day(row.end_on)}{'' if row.is_end_sure else ' (as the line says)'}"),
            ("Amount", pounds(row.amount)),
            ("Expected", pounds(row.expected) if row.expected is not None else ""),
            ("What is wrong", row.told),
            ("Who sees to it", f"{row.owner.name}, since {day(row.owned_at)}" if row.owner and row.owned_at else ""),
            ("Pay run", row.pay_run.reference if row.pay_run else ""),
        ]
        return super().get_context_data(
            title=f"{row.invoice.number}, row {row.row}",
            row=row,
            state=tag(row.state),
            facts=[pair for pair in facts if pair[1]],
            charges=queries.charges_of(row),
            may=(may := self.may(Permission.HANDLE_INVOICES)) and row.state in open_states,
            may_hand=may and row.state in queries.OPEN,
            **kwargs,
        )


class _OnLine(ActionView):
    permission = Permission.HANDLE_INVOICES
    form_class = forms.Reason

    def get_success_url(self):
        """Go back to the line."""
        return reverse("budget:invoice_line", args=[self.kwargs["line_id"]])

    @property
    def back_url(self):
        """Lead back to the line."""
        return self.get_success_url()

    @property
    def lede(self):
        """Say what is wrong with it."""
        return queries.invoice_line(line_id=self.kwargs["line_id"]).told

    def given(self) -> dict:
        """Return what each action takes."""
        return {"line_id": self.kwargs["line_id"], "by": self.user, "now": self.now}


class Accept(_OnLine):
    """Accept a line although it differs."""

    title, button, done = "Accept this line", "Accept", "The line is agreed."

    def act(self, data):
        """Accept it."""
        actions.accept_line(**data, **self.given())


class Query(_OnLine):
    """Ask about a line."""

    form_class = forms.QueryLine
    title, button, done = "Ask the provider", "Ask", "The provider sees your question; the line is yours."

    def act(self, data):
        """Ask."""
        actions.query_line(**data, owner_id=self.user.pk, **self.given())


class HandOver(_OnLine):
    """Hand a line, or all of its provider's that the same person sees to, to a named colleague; or take them over."""

    form_class = forms.HandOverLine
    title, button, done = "Who sees to this line?", "Save", "The line stands on the list of whoever sees to it now."

    @cached_property
    def row(self):
        """The line."""
        return queries.invoice_line(line_id=self.kwargs["line_id"])

    @cached_property
    def others(self) -> list:
        """The provider's other open lines that the same person sees to."""
        found = queries.invoice_lines(provider=self.row.provider_id, state="open")
        return list(found.filter(owner=self.row.owner_id).exclude(pk=self.row.pk).values_list("pk", flat=True))

    @property
    def lede(self):
        """Say whose it is."""
        held = (
            f"{self.row.owner.name} sees to it since {day(self.row.owned_at)}."
            if self.row.owner
            else "Nobody does yet."
        )
        return f"{held} {self.row.told}"

    def get_form_kwargs(self):
        """Offer the colleagues who may."""
        people = queries.handlers(organisation_id=self.user.organisation_id, on=self.today)
        names = [(str(each.pk), each.name) for each in people if each.pk != self.row.owner_id]
        return super().get_form_kwargs() | {"people": names, "others": len(self.others)}

    def act(self, data):
        """Hand it over."""
        given = {"to_id": data["to_id"], "reason": data["reason"], "by": self.user, "now": self.now}
        others = self.others if data.get("everything") else []
        actions.hand_over_lines(line_ids=[self.row.pk, *others], **given)


class Hold(_OnLine):
    """Hold a line."""

    title, button, is_warning, done = "Hold this line", "Hold", True, "The line is held."

    def act(self, data):
        """Hold it."""
        actions.hold_line(**data, **self.given())


class Reject(_OnLine):
    """Reject a line."""

    title, button, is_warning, done = "Reject this line", "Reject", True, "The line is rejected."

    def act(self, data):
        """Reject it."""
        actions.reject_line(**data, **self.given())


class MatchAgain(_OnLine):
    """Match a line again."""

    form_class = forms.Nothing
    title, button, done = "Match this line again", "Match again", "The line was matched again."

    def act(self, data):
        """Match it."""
        actions.match_line_again(**self.given())
