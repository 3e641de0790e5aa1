"""The money of one agreement, and what other funders bear."""

from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.kernel.errors import NotFound
from placewell.web.templatetags.web import day
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, queries, rules, states


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
            discounts=[
                (kind.value, states.discount_words(kind))
                for kind in states.DISCOUNTS
                if any(line.line == kind for line in lines)
            ],
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
