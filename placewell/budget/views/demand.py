"""Demand approval: what is likely, the requests that the system opened, their questions, and what waits."""

from decimal import Decimal

from django.urls import reverse, reverse_lazy

from placewell.accounts.permissions import Permission
from placewell.accounts.roles import title_of
from placewell.web.templatetags.web import day, percent, pounds, tag
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, queries, rules, states


class Demand(DetailPage):
    """Each limit with the chance of passing it, the requests, and what waits for them."""

    permission = Permission.SEE_BUDGET
    template_name = "budget/demand.html"
    title = "Demand and approval"

    def get_context_data(self, **kwargs):
        """Add the limits, the requests and what waits."""
        ahead = {} if self.may(Permission.SEE_CHILDREN) else queries.agreements_ahead(on=self.today)
        found = [
            (
                each,
                _told(each, ahead),
                percent(each.chance),
                [pounds(round(value)) for value in (each.at(0.1), each.at(0.5), each.at(0.9))],
            )
            for decision in queries.decisions_with_money(on=self.today)
            for each in queries.outlooks(decision_id=decision.pk, on=self.today)
        ]
        return super().get_context_data(
            outlooks=found,
            asked_at=percent(queries.policy(on=self.today)),
            requests=queries.requests()[:20],
            held=queries.held(),
            may_set=self.may(Permission.SET_ENVELOPE),
            **kwargs,
        )


def _told(each: queries.Outlook, ahead: dict[tuple[int, str], int]) -> Decimal:
    """Return what is committed against a limit: of a lot, and where few agreements have a night to come, in round numbers."""
    if each.category:
        return rules.coarse(each.committed, agreements=ahead.get((each.year, each.category), 0))
    is_year = each.crossing is states.Crossing.YEAR
    count = sum(number for (year, _), number in ahead.items() if year == each.year or not is_year)
    return rules.coarse(each.committed, agreements=count) if count < rules.FEWEST else each.committed


class Request(DetailPage):
    """One request: the evidence as it stood, what was tried, questions and answers, and the way to decide."""

    permission = Permission.SEE_BUDGET
    template_name = "budget/request.html"
    caption = "Demand approval, opened by the system"

    def get_context_data(self, **kwargs):
        """Add the request."""
        row = queries.request(request_id=self.kwargs["request_id"])
        is_open = row.approval.state == "requested"
        figures = row.figures
        numbers = [
            ("Limit", pounds(figures["limit"])),
            ("Committed", pounds(self.committed(row))),
            (
                "Expected",
                f"{pounds(figures['middle'])}; in eight cases of ten {pounds(figures['low'])} to {pounds(figures['high'])}",
            ),
            ("Chance of passing the limit", percent(figures["chance"])),
            ("Placements paid for", f"{figures['places_now']} now, {figures['places_a_year_ago']} a year before"),
            ("Cost of a day", pounds(round(figures["a_day_now"], 2))),
            ("Reckoned from", figures["basis"]),
            ("As it stood on", day(figures["seen_on"])),
            ("Leave asked for", pounds(row.approval.amount)),
            ("Leave not yet used", pounds(queries.left_of(row.approval)) if row.approval.state == "approved" else ""),
        ]
        return super().get_context_data(
            title=row.approval.title,
            row=row,
            state=tag(row.approval.state),
            numbers=[pair for pair in numbers if pair[1]],
            approval=row.approval,
            questions=[(title_of(each.role), each) for each in row.approval.questions.all()],
            may_ask=is_open and self.may(Permission.AGREE_AS_OFFICE),
            may_answer=is_open and self.may(Permission.ASK_APPROVAL),
            is_open=is_open,
            **kwargs,
        )

    def committed(self, row) -> Decimal:
        """Return what was committed; of a lot in round numbers to whoever may not see children."""
        amount = Decimal(row.figures["committed"])
        if not row.category or self.may(Permission.SEE_CHILDREN):
            return amount
        return rules.coarse(amount, agreements=max(1, row.figures["places_now"]))


class _OnRequest(ActionView):
    permission = Permission.ASK_APPROVAL

    def get_success_url(self):
        """Go back to the request."""
        return reverse("budget:request", args=[self.kwargs["request_id"]])

    @property
    def back_url(self):
        """Lead back to the request."""
        return self.get_success_url()


class Tried(_OnRequest):
    """Say what was tried."""

    form_class = forms.Tried
    title, button, done = "What was tried", "Save", "The offices can read it."

    def get_initial(self):
        """Fill in what is there."""
        return {"tried": queries.request(request_id=self.kwargs["request_id"]).tried}

    def act(self, data):
        """Save it."""
        actions.say_what_was_tried(request_id=self.kwargs["request_id"], **data, by=self.user, now=self.now)


class Policy(ActionView):
    """Set at which chance approval is sought."""

    permission = Permission.SET_ENVELOPE
    form_class = forms.Policy
    title, button, done = "When demand approval is sought", "Set it", "It is set."
    success_url = back_url = reverse_lazy("budget:demand")

    def get_initial(self):
        """Begin with what holds."""
        return {"chance": round(100 * queries.policy(on=self.today)), "start_on": self.today}

    def act(self, data):
        """Set it."""
        actions.set_demand_policy(
            chance=Decimal(data["chance"]) / 100, start_on=data["start_on"], by=self.user, now=self.now
        )


class Held(TableView):
    """What would pass a limit and waits.

    Whoever may not see children is told the whole cost in round numbers: with the price it would tell the last day.
    """

    permission = Permission.SEE_BUDGET
    title = "Waiting for demand approval"
    empty = "Nothing waits."
    file_name = "waiting"

    @property
    def columns(self):
        """The columns."""
        return (
            Column("reference", "Agreement", sort="reference"),
            Column("provider", "Provider", cell="provider.name", sort="provider__name"),
            Column("limit", "Would pass", cell=_limit),
            Column("over", "By", cell=self.over, numeric=True, out=self.over),
            Column("cost", "Whole cost", cell=lambda row: pounds(self.cost(row)), numeric=True, out=self.cost),
            Column("held_at", "Since", cell=lambda row: day(row.held_at), sort="held_at", out=lambda row: row.held_at),
        )

    def cost(self, row):
        """Return the whole cost, as exactly as it may be told."""
        return row.cost if self.may(Permission.SEE_CHILDREN) else rules.coarse(row.cost, agreements=1)

    def over(self, row) -> str:
        """Return by how much the limit would be passed, as exactly as it may be told."""
        told = row.over if self.may(Permission.SEE_CHILDREN) else rules.coarse(row.over, agreements=1)
        return pounds(told) if told else f"Under {pounds(rules.MORE_ROUGHLY / 2)}"

    def rows(self, filters):
        """Return what waits."""
        return queries.held()


def _limit(row) -> str:
    words = rules.limit_words(row.crossing, row.financial_year, row.category)
    return words[0].upper() + words[1:]
