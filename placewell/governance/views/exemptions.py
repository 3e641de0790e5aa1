"""The exemption register: each exemption with its tests and gates, and what anybody may read."""

import datetime as dt

from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.web.templatetags.web import day, moment, pounds, tag, words
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, queries

UNASKED = "draft"


class Exemptions(TableView):
    """The register."""

    permission = Permission.SEE_DECISIONS
    template_name = "governance/exemptions.html"
    title = "Exemptions"
    lede = "Placements bought without competition, each with its tests, the law's own gate, and who allowed it."
    empty = "Nothing was bought without competition."
    file_name = "exemptions"
    filter_form = forms.ExemptionFilters
    columns = (
        Column("reference", "Reference", sort="reference"),
        Column(
            "drafted_at",
            "Asked",
            cell=lambda row: day(row.drafted_at),
            sort="drafted_at",
            out=lambda row: row.drafted_at,
        ),
        Column("category", "Lot", cell=lambda row: row.get_category_display(), sort="category"),
        Column("supplier", "Supplier", sort="supplier"),
        Column(
            "value", "Value", cell=lambda row: pounds(row.value), numeric=True, sort="value", out=lambda row: row.value
        ),
        Column("reason", "What is lacking", cell=lambda row: row.get_reason_display(), sort="reason"),
        Column("ground", "Ground in law", cell=lambda row: row.get_ground_display(), sort="ground"),
        Column("retrospective", "Afterwards", cell=lambda row: "Yes" if row.is_retrospective else ""),
        Column(
            "review_on", "Review", cell=lambda row: day(row.review_on), sort="review_on", out=lambda row: row.review_on
        ),
        Column("state", "State", cell=lambda row: tag(state_of(row)), out=lambda row: state_of(row)),
    )

    def rows(self, filters):
        """Return the register as the filters leave it."""
        return queries.exemptions(**filters)

    def link(self, row):
        """Lead to the exemption."""
        return reverse("governance:exemption", args=[row.pk])


def state_of(row) -> str:
    """Return what became of an exemption."""
    if row.ended_on:
        return "ended"
    return row.approval.state if row.approval else UNASKED


class Exemption(DetailPage):
    """One exemption."""

    permission = Permission.SEE_DECISIONS
    template_name = "governance/exemption.html"
    caption = "Exemption"

    def get_context_data(self, **kwargs):
        """Add the exemption and what may be done."""
        row = queries.exemption(exemption_id=self.kwargs["exemption_id"])
        notices = ", ".join(row.notices) or "None"
        law = [
            ("Regime", {"pcr2015": "Public Contracts Regulations 2015", "pa2023": "Procurement Act 2023"}[row.regime]),
            ("Threshold", f"{pounds(row.threshold)}; this is {'above it' if row.is_above else 'below it'}"),
            ("Ground", row.get_ground_display()),
            *[(words(name), text) for name, text in row.ground_reasons.items() if text],
            ("Notices owed", notices),
            ("Legal", f"{row.legal_comment} ({row.legal_by.name})" if row.legal_by else "Has not commented"),
            ("Legal confirms the ground", row.legal_confirms if row.legal_by else None),
        ]
        facts = [
            ("Supplier", row.supplier),
            ("Value", f"{pounds(row.value)} at {pounds(row.weekly_fee)} a week"),
            ("Nights", f"From {day(row.start_on)} until {day(row.end_on) or 'nobody knows: reckoned to the review'}"),
            ("What is lacking", row.get_reason_display()),
            ("Budget code", row.budget_code),
            ("Finance", f"{row.finance_comment} ({row.finance_by.name})" if row.finance_by else "Has not commented"),
            ("Review", day(row.review_on)),
            ("Back to the contract", row.return_plan),
            (
                "Bought before it was decided",
                f"Yes: to be decided by {day(row.due_on)}" if row.is_retrospective else "No",
            ),
            ("Drafted by", f"{row.drafted_by.name}, {moment(row.drafted_at)}"),
        ]
        is_open, own = row.approval is None, row.drafted_by_id == self.user.pk
        held = {role.code for role in self.user.roles(on=self.today)}
        kinds = [kind for kind, office in actions.COMMENTS.items() if office in held and is_open and not own]
        return super().get_context_data(
            title=row.reference,
            row=row,
            state=tag(state_of(row)),
            answers=row.answers.all(),
            facts=facts,
            law=law,
            asked=row.search_log.get("asked", []),
            searches=[
                each | {"at": dt.datetime.fromisoformat(each["at"])} for each in row.search_log.get("searches", [])
            ],
            kinds=kinds,
            may_ask=is_open and self.may(Permission.ASK_APPROVAL),
            may_end=not row.ended_on and self.may(Permission.ASK_EXEMPTION),
            summary=getattr(row, "summary", None),
            may_publish=state_of(row) == "approved" and self.may(Permission.PUBLISH_DECISION),
            **kwargs,
        )


class _OnExemption(ActionView):
    def get_success_url(self):
        """Go back to the exemption."""
        return reverse("governance:exemption", args=[self.kwargs["exemption_id"]])

    @property
    def back_url(self):
        """Lead back to the exemption."""
        return self.get_success_url()

    def given(self) -> dict:
        """Return what each action takes."""
        return {"exemption_id": self.kwargs["exemption_id"], "by": self.user, "now": self.now}


class Comment(_OnExemption):
    """Comment for finance or legal."""

    permission = Permission.COMMENT_ON_EXEMPTION
    button, done = "Record it", "Your comment is recorded."

    @property
    def form_class(self):
        """Legal says too whether the ground is met."""
        return forms.LegalComment if self.kwargs["kind"] == "legal" else forms.FinanceComment

    @property
    def title(self):
        """Say for whom."""
        return f"Comment for {self.kwargs['kind']}"

    def act(self, data):
        """Record it."""
        actions.comment_on_exemption(kind=self.kwargs["kind"], **data, **self.given())


class Ask(_OnExemption):
    """Ask the office of the delegation."""

    permission = Permission.ASK_APPROVAL
    form_class = forms.Nothing
    title, button, done = "Ask for this exemption", "Ask", "The office has been asked."

    def act(self, data):
        """Ask."""
        actions.ask_exemption(**self.given())


class End(_OnExemption):
    """End it."""

    permission = Permission.ASK_EXEMPTION
    form_class = forms.EndExemption
    title, button, is_warning, done = "End this exemption", "End it", True, "The exemption has ended."

    def get_initial(self):
        """Begin with today."""
        return {"on": self.today}

    def act(self, data):
        """End it."""
        actions.end_exemption(**data, **self.given())


class Publish(_OnExemption):
    """Publish the summary."""

    permission = Permission.PUBLISH_DECISION
    form_class = forms.Nothing
    title, button, done = "Publish a summary", "Publish", "The summary is in the public register."
    lede = "It is made from codes: nothing that anybody wrote, no name, no home and no exact price is in it."

    def act(self, data):
        """Publish it."""
        actions.publish_exemption(**self.given())


class PublishedExemptions(TableView):
    """What anybody may read of exemptions."""

    public = True
    title = "Exemptions from competition"
    lede = "Placements that were bought without competition, and why. No child, home or exact price is told."
    empty = "No exemption has been published yet."
    file_name = "exemptions-published"
    columns = (
        Column("text", "What was bought and why"),
        Column(
            "published_at",
            "Published",
            cell=lambda row: day(row.published_at),
            sort="published_at",
            out=lambda row: row.published_at,
        ),
    )

    def rows(self, filters):
        """Return the summaries."""
        return queries.published_exemptions()
