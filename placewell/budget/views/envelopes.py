"""Lots of an envelope, virements, closed months, what other funders bear, and the money of one agreement."""

import datetime as dt

from django.http import Http404
from django.urls import reverse, reverse_lazy

from placewell.accounts.permissions import Permission
from placewell.kernel.errors import NotFound
from placewell.kernel.periods import financial_year
from placewell.web.templatetags.web import day, moment, pounds, tag
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, queries, rules


class Lots(DetailPage):
    """What part of each envelope is meant for which lot, under which codes."""

    permission = Permission.SEE_BUDGET
    template_name = "budget/lots.html"
    title = "Lots and codes"

    def get_context_data(self, **kwargs):
        """Add the envelopes that time has not passed, with their lots."""
        year = financial_year(self.today)
        envelopes = []
        for envelope in queries.envelopes():
            if envelope.financial_year >= year:
                spent = queries.by_lot(year=envelope.financial_year, decision_id=envelope.decision_id)
                shares = [
                    (share, spent[share.category], share.amount - spent[share.category])
                    for share in envelope.lots.all()
                ]
                free = envelope.amount - sum(share.amount for share in envelope.lots.all())
                envelopes.append((envelope, rules.year_words(envelope.financial_year), shares, free))
        return super().get_context_data(
            envelopes=envelopes[:3],
            may_set=self.may(Permission.SET_ENVELOPE),
            may_ask=self.may(Permission.ASK_APPROVAL),
            **kwargs,
        )


class _OnEnvelope(ActionView):
    success_url = back_url = reverse_lazy("budget:lots")

    @property
    def caption(self):
        """Name the year."""
        found = next((each for each in queries.envelopes() if each.pk == self.kwargs["envelope_id"]), None)
        if found is None:
            raise NotFound("There is no such envelope.")
        return rules.year_words(found.financial_year)


class SetShare(_OnEnvelope):
    """Set a lot's share and codes."""

    permission = Permission.SET_ENVELOPE
    form_class = forms.LotShare
    title, button, done = "Set a lot's share", "Set it", "The share is set."

    def act(self, data):
        """Set it."""
        actions.set_lot_share(envelope_id=self.kwargs["envelope_id"], **data, by=self.user, now=self.now)


class AskVirement(_OnEnvelope):
    """Ask that money moves between lots."""

    permission = Permission.ASK_APPROVAL
    form_class = forms.Virement
    title, button, done = "Move money between lots", "Ask", "The Director of Finance has been asked."

    def act(self, data):
        """Ask."""
        actions.ask_virement(envelope_id=self.kwargs["envelope_id"], **data, by=self.user, now=self.now)


class Virements(TableView):
    """Every virement, and what became of it."""

    permission = Permission.SEE_BUDGET
    title = "Virements"
    empty = "No money was moved between lots."
    file_name = "virements"
    columns = (
        Column("asked_at", "Asked", cell=lambda row: day(row.asked_at), sort="asked_at", out=lambda row: row.asked_at),
        Column("from_category", "From", cell=lambda row: row.get_from_category_display(), sort="from_category"),
        Column("to_category", "To", cell=lambda row: row.get_to_category_display(), sort="to_category"),
        Column(
            "amount",
            "Amount",
            cell=lambda row: pounds(row.amount),
            numeric=True,
            sort="amount",
            out=lambda row: row.amount,
        ),
        Column("asked_by", "By", cell="asked_by.name"),
        Column("decided_by", "Decided by", cell="decided_by.name"),
        Column("state", "State", cell=lambda row: tag(row.state), sort="state", out=lambda row: row.state),
    )

    def rows(self, filters):
        """Return the virements."""
        return queries.virements()

    def link(self, row):
        """Lead to the decision, while it waits for one."""
        waits = row.state == "requested" and self.may(Permission.SET_ENVELOPE)
        return reverse("budget:decide_virement", args=[row.pk]) if waits else ""


class DecideVirement(ActionView):
    """Approve or refuse that money moves."""

    permission = Permission.SET_ENVELOPE
    form_class = forms.Decide
    title, button, done = "Decide on a virement", "Record my decision", "Your decision is recorded."
    success_url = back_url = reverse_lazy("budget:virements")

    @property
    def lede(self):
        """Say what is asked."""
        row = queries.virement(virement_id=self.kwargs["virement_id"])
        if row is None:
            raise NotFound("There is no such virement.")
        lots = f"{row.get_from_category_display()} to {row.get_to_category_display()}"
        return (
            f"{pounds(row.amount)} from {lots.lower()}, {rules.year_words(row.envelope.financial_year)}: {row.reason}"
        )

    def act(self, data):
        """Decide."""
        actions.decide_virement(virement_id=self.kwargs["virement_id"], **data, by=self.user, now=self.now)


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


class Funding(TableView):
    """What other funders bear, and when each share is looked at again."""

    permission = Permission.SEE_BUDGET
    title = "Joint funding"
    empty = "Social care bears every placement alone."
    file_name = "funding"
    columns = (
        Column("agreement", "Funding agreement", sort="agreement"),
        Column("funder", "Who pays", cell=lambda row: row.get_funder_display(), sort="funder"),
        Column("percent", "Per cent", numeric=True, sort="percent"),
        Column("start_on", "From", sort="start_on"),
        Column("end_on", "Until", sort="end_on"),
        Column("review_on", "Look again on", sort="review_on"),
    )

    def rows(self, filters):
        """Return the shares."""
        return queries.funding()

    def link(self, row):
        """Lead to the money of the agreement."""
        room, _, pk = row.source.partition(":")
        return reverse("budget:agreement", args=[pk]) if room == "placements.agreement" else ""


def source_of(kwargs: dict) -> str:
    """Return how commitments name the agreement of the address."""
    return f"placements.agreement:{kwargs['agreement_id']}"


class Agreement(DetailPage):
    """The money of one agreement: its price lines, changes of the past, invoices, and who bears it."""

    permission = Permission.SEE_BUDGET
    template_name = "budget/agreement.html"
    caption = "Money of one agreement"

    def get_context_data(self, **kwargs):
        """Add its lines, or say that there are none."""
        source = source_of(self.kwargs)
        lines = list(queries.commitments(source=source).order_by("start_on", "line"))
        if not lines:
            raise NotFound("Nothing is committed for this agreement.")
        reference = lines[0].reference
        return super().get_context_data(
            title=reference or "An agreement without reference",
            provider=lines[0].provider.name,
            lines=[(line, self.until(line.end_on), self.cost(line)) for line in lines],
            total=sum(self.cost(line) for line in lines),
            is_whole=all(self.tells(line.end_on) for line in lines),
            adjustments=queries.adjustments(source=source),
            retainers=queries.retainers(source=source),
            funding=queries.funding(source=source),
            invoices=queries.invoice_lines(reference=reference)[:100] if reference else [],
            may_fund=self.may(Permission.SET_ENVELOPE),
            may_discount=self.may(Permission.COMMIT_MONEY),
            **self.kwargs | kwargs,
        )

    def tells(self, end_on) -> bool:
        """Tell whether a last day is shown: a day ahead may be a child's birthday."""
        return rules.day_is_told(end_on, on=self.today, sees_children=self.may(Permission.SEE_CHILDREN))

    def until(self, end_on) -> str:
        """Return a last day, or its year alone."""
        return day(end_on) if self.tells(end_on) else f"in {rules.ends_in(end_on)}"

    def cost(self, line):
        """Return what a line costs; up to today alone where the whole, divided by the price, would tell the last day."""
        if self.tells(line.end_on):
            return line.total
        return rules.cost_between(queries.line_of(line), line.start_on, max(self.today, line.start_on))


class OnAgreement(ActionView):
    """A form about the money of one agreement."""

    def get_success_url(self):
        """Go back to the agreement's money."""
        return reverse("budget:agreement", args=[self.kwargs["agreement_id"]])

    @property
    def back_url(self):
        """Lead back to the agreement's money."""
        return self.get_success_url()


class RecordFunding(OnAgreement):
    """Record what another funder bears."""

    permission = Permission.SET_ENVELOPE
    form_class = forms.Funding
    title, button, done = "Record joint funding", "Record it", "The share is recorded."

    def act(self, data):
        """Record it."""
        actions.record_funding(source=source_of(self.kwargs), **data, by=self.user, now=self.now)
