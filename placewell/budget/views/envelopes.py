"""Lots of an envelope, and money that moves between them."""

from django.urls import reverse, reverse_lazy

from placewell.accounts.permissions import Permission
from placewell.kernel.errors import NotFound
from placewell.kernel.periods import financial_year
from placewell.web.templatetags.web import day, pounds, tag
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
        is_coarse, ahead = not self.may(Permission.SEE_CHILDREN), queries.agreements_ahead(on=self.today)
        envelopes = []
        for envelope in queries.envelopes():
            if envelope.financial_year >= year:
                spent = queries.by_lot(year=envelope.financial_year, decision_id=envelope.decision_id)
                for lot in spent if is_coarse else ():
                    count = ahead.get((envelope.financial_year, lot), 0)
                    spent[lot] = rules.coarse(spent[lot], agreements=count)
                shares = [
                    (share, spent[share.category], share.amount - spent[share.category])
                    for share in envelope.lots.all()
                ]
                free = envelope.amount - sum(share.amount for share in envelope.lots.all())
                envelopes.append((envelope, rules.year_words(envelope.financial_year), shares, free))
        return super().get_context_data(
            envelopes=envelopes[:3],
            is_coarse=is_coarse,
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
