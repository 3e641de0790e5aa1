"""Pages for approvals: asked for, answered by each office, decided."""

from django.urls import reverse, reverse_lazy

from placewell.accounts.permissions import Permission
from placewell.accounts.roles import title_of
from placewell.web.templatetags.web import day, pounds, tag
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, queries, states
from ..forms import plans as plan_forms


class AskApproval(ActionView):
    """Ask for leave to act under a delegation."""

    permission = Permission.ASK_APPROVAL
    form_class = forms.AskApproval
    title, button, done = "Ask for approval", "Ask", "The offices have been asked."
    success_url = back_url = reverse_lazy("governance:approvals")

    def get_form_kwargs(self):
        """Offer the notices that stand, and say what counts as significant."""
        amount = queries.constitution(on=self.today)["key_amount"]
        self.lede = (
            f"From {pounds(amount)} on this is likely to be a key decision of its own, unless the decision that delegates "
            "it settled the matter."
        )
        return super().get_form_kwargs() | {"planned": [(str(each.pk), each.title) for each in queries.standing()]}

    def act(self, data):
        """Ask."""
        data["planned_id"] = data["planned_id"] or None
        actions.ask_approval(delegation_id=self.kwargs["delegation_id"], **data, by=self.user, now=self.now)


class Approvals(TableView):
    """Every request to act under a decision, and what became of it."""

    permission = Permission.SEE_DECISIONS
    title = "Approvals"
    empty = "Nobody has asked for an approval yet."
    file_name = "approvals"
    filter_form = forms.Filters
    columns = (
        Column("title", "What for", sort="title"),
        Column("act", "Act", cell=lambda row: row.delegation.get_act_display()),
        Column(
            "amount",
            "Amount",
            cell=lambda row: pounds(row.amount),
            numeric=True,
            sort="amount",
            out=lambda row: row.amount,
        ),
        Column("asked_at", "Asked", cell=lambda row: day(row.asked_at), sort="asked_at"),
        Column("state", "State", cell=lambda row: tag(row.state), sort="state", out=lambda row: row.state),
    )

    def rows(self, filters):
        """Return the approvals that the filter leaves."""
        asked = {"delegation__act": filters.get("act"), "state": filters.get("state")}
        return queries.approvals().filter(**{name: value for name, value in asked.items() if value})

    def link(self, row):
        """Lead to the approval."""
        return reverse("governance:approval", args=[row.pk])


class Approval(DetailPage):
    """One request, what each office said, and what the signed-in person may say."""

    permission = Permission.SEE_DECISIONS
    template_name = "governance/approval.html"
    caption = "Approval"

    def get_context_data(self, **kwargs):
        """Add the approval and what may be done."""
        found = queries.approval(approval_id=self.kwargs["approval_id"])
        held = {role.code for role in self.user.roles(on=self.today) if role.is_office}
        said = {response.role for response in found.responses.all()}
        is_open = found.state == states.Approval.REQUESTED and found.asked_by_id != self.user.pk
        consulted = list(found.delegation.consultees.all())
        answer_as = next((each.role for each in consulted if each.role in held - said), "")
        return super().get_context_data(
            title=found.title,
            approval=found,
            decision=found.delegation.decision,
            responses=[(title_of(each.role), each) for each in found.responses.all()],
            waiting=[title_of(each.role) for each in consulted if each.role not in said],
            decider=title_of(found.delegation.role),
            record=getattr(found, "decision", None),
            may_record=found.state == states.Approval.APPROVED
            and not hasattr(found, "decision")
            and self.may(Permission.RECORD_DECISION),
            answer_as=answer_as if is_open else "",
            questions=[(title_of(each.role), each) for each in found.questions.all()],
            may_ask=is_open and bool(held & {found.delegation.role, *(each.role for each in consulted)}),
            may_answer=found.state == states.Approval.REQUESTED and self.may(Permission.ASK_APPROVAL),
            may_decide=is_open
            and found.delegation.role in held
            and all(each.answered_at for each in found.questions.all()),
            may_withdraw=found.state == states.Approval.REQUESTED and found.asked_by_id == self.user.pk,
            **kwargs,
        )


class _OnApproval(ActionView):
    permission = Permission.AGREE_AS_OFFICE

    def get_success_url(self):
        """Go back to the approval."""
        return reverse("governance:approval", args=[self.kwargs["approval_id"]])

    @property
    def back_url(self):
        """Lead back to the approval."""
        return self.get_success_url()

    @property
    def caption(self):
        """Name what is asked."""
        return queries.approval(approval_id=self.kwargs["approval_id"]).title


class Answer(_OnApproval):
    """Say what a consulted office thinks."""

    form_class = forms.Answer
    title, button, done = "Answer for your office", "Record my answer", "Your answer is recorded."

    def act(self, data):
        """Record it."""
        ids = {"approval_id": self.kwargs["approval_id"], "role": self.kwargs["role"]}
        actions.respond(**ids, **data, by=self.user, now=self.now)


class Decide(_OnApproval):
    """Approve or refuse."""

    form_class = forms.Decide
    title, button, done = "Decide", "Record my decision", "Your decision is recorded."

    def act(self, data):
        """Record it."""
        actions.decide_approval(approval_id=self.kwargs["approval_id"], **data, by=self.user, now=self.now)


class AskBack(_OnApproval):
    """Ask as one of the offices, before anything is decided."""

    form_class = forms.Question
    title, button, done = "Ask before you decide", "Ask", "Your question waits for an answer."

    def act(self, data):
        """Ask it."""
        actions.ask_about_approval(approval_id=self.kwargs["approval_id"], **data, by=self.user, now=self.now)


class AnswerQuestion(_OnApproval):
    """Answer an office's question."""

    permission = Permission.ASK_APPROVAL
    form_class = forms.AnswerQuestion
    title, button, done = "Answer the question", "Answer", "The answer is recorded."

    @property
    def lede(self):
        """Say what was asked."""
        found = queries.unanswered().filter(pk=self.kwargs["question_id"]).first()
        return f"“{found.question}”" if found else "This has been answered, or decided."

    def act(self, data):
        """Answer it."""
        actions.answer_about_approval(question_id=self.kwargs["question_id"], **data, by=self.user, now=self.now)


class Withdraw(_OnApproval):
    """Take a request back."""

    permission = Permission.ASK_APPROVAL
    form_class = forms.Reason
    title, button, is_warning, done = "Take the request back", "Take it back", True, "The request was taken back."

    def act(self, data):
        """Withdraw it."""
        actions.withdraw_approval(approval_id=self.kwargs["approval_id"], **data, by=self.user, now=self.now)


class Unrecorded(Approvals):
    """What offices approved and is not recorded as an officer's decision yet."""

    title = "Officers' decisions to record"
    lede = "Each is recorded with its reasons, the alternatives, conflicts and dispensations, and published (SI 2012/2089 reg 13)."
    template_name = "web/table_page.html"
    empty = "Every decision that an office took is recorded."
    file_name = "decisions-to-record"
    filter_form = None

    def rows(self, filters):
        """Return what waits, oldest first."""
        return queries.unrecorded()


class RecordOfficerDecision(_OnApproval):
    """Record what the office decided, in words fit to be published."""

    permission = Permission.RECORD_DECISION
    form_class = plan_forms.OfficerDecision
    title, button, done = (
        "Record the office's decision",
        "Record it",
        "The decision is recorded. Publish it on its page.",
    )

    def get_initial(self):
        """Start with what the office said."""
        found = queries.approval(approval_id=self.kwargs["approval_id"])
        return {
            "title": found.title,
            "reasons": found.reasons,
            "alternatives": found.alternatives,
            "conflicts": found.conflicts,
            "dispensations": found.dispensations,
        }

    def act(self, data):
        """Record it."""
        self.made = actions.record_officer_decision(
            approval_id=self.kwargs["approval_id"], **data, by=self.user, now=self.now
        )

    def get_success_url(self):
        """Lead to the decision, or back."""
        made = getattr(self, "made", None)
        return reverse("governance:decision", args=[made.pk]) if made else super().get_success_url()
