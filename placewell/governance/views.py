"""Pages for decisions and approvals, and the public register."""

from django.http import HttpResponse, JsonResponse
from django.urls import reverse, reverse_lazy

from placewell.accounts.permissions import Permission
from placewell.accounts.roles import title_of
from placewell.web.documents import pdf
from placewell.web.templatetags.web import day, pounds, tag
from placewell.web.views import ActionView, Column, DetailPage, TableView

from . import actions, forms, queries, rules, states


class Decisions(TableView):
    """Every decision of the council."""

    permission = Permission.SEE_DECISIONS
    title = "Decisions"
    template_name = "governance/decisions.html"
    empty = "No decision has been recorded yet."
    file_name = "decisions"
    columns = (
        Column("number", "Number", sort="number"),
        Column("title", "Title", sort="title"),
        Column("body", "Taken by"),
        Column("taken_on", "Date", cell=lambda row: day(row.taken_on), sort="taken_on", out=lambda row: row.taken_on),
        Column("state", "State", cell=lambda row: tag(row.state), sort="state", out=lambda row: row.state),
    )

    def rows(self, filters):
        """Return all decisions."""
        return queries.decisions()

    def link(self, row):
        """Lead to the decision."""
        return reverse("governance:decision", args=[row.pk])

    def get_context_data(self, **kwargs):
        """Say whether a decision may be recorded here."""
        return super().get_context_data(may_record=self.may(Permission.RECORD_DECISION), **kwargs)


class Decision(DetailPage):
    """One decision: its own words beside its terms, and whether it is in force."""

    permission = Permission.SEE_DECISIONS
    template_name = "governance/decision.html"

    def get_context_data(self, **kwargs):
        """Add the decision, its clock, and what may be done."""
        found = queries.decision(decision_id=self.kwargs["decision_id"])
        why_not = queries.why_not_in_force(found, on=self.today)
        may = {
            "publish": found.state == states.Decision.MADE and self.may(Permission.PUBLISH_DECISION),
            "call_in": found.state == states.Decision.PUBLISHED
            and bool(why_not)
            and self.may(Permission.CALL_IN_DECISION),
            "resolve": found.state == states.Decision.CALLED_IN and self.may(Permission.RESOLVE_CALL_IN),
            "ask": not why_not and self.may(Permission.ASK_APPROVAL),
        }
        return super().get_context_data(
            title=found.title,
            caption=f"{found.body} decision {found.number}",
            decision=found,
            why_not=why_not,
            in_force_from=queries.in_force_from(found),
            delegations=[_told(each) for each in found.delegations.all()],
            may=may,
            **kwargs,
        )


def _told(delegation) -> dict:
    """Return a delegation in words."""
    offices = [
        f"{each.get_manner_display().lower()} with the {title_of(each.role)}" for each in delegation.consultees.all()
    ]
    return {
        "pk": delegation.pk,
        "act": delegation.get_act_display(),
        "who": title_of(delegation.role),
        "offices": " and ".join(offices),
        "ceiling": delegation.ceiling,
        "resolution": delegation.resolution,
    }


class Notice(DetailPage):
    """The decision notice as an accessible PDF."""

    permission = Permission.SEE_DECISIONS

    def get(self, request, *args, **kwargs):
        """Return the document."""
        found = queries.decision(decision_id=kwargs["decision_id"])
        data = {
            "title": f"Decision notice {found.number}: {found.title}",
            "council": str(request.user.organisation),
            "reference": found.number,
            "facts": [
                ["Taken by", found.body],
                ["Date", day(found.taken_on)],
                ["Agenda item", found.item or "None"],
                ["Published", day(found.published_on) or "Not yet"],
                ["In force from", day(queries.in_force_from(found)) or "Not published"],
            ],
            "parts": [
                ["Decision", found.text],
                *([f"Resolution {each.number}", each.text] for each in found.resolutions.all()),
                ["Reasons", found.reasons],
                ["Alternatives considered and rejected", found.alternatives],
                ["Conflicts of interest", found.conflicts or "None declared."],
                ["Dispensations", found.dispensations or "None."],
            ],
        }
        response = HttpResponse(pdf("governance/documents/notice.typ", data), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="decision-{found.number}.pdf"'
        return response


class RecordDecision(ActionView):
    """Record a decision as it was taken."""

    permission = Permission.RECORD_DECISION
    form_class = forms.RecordDecision
    title, button, done = "Record a decision", "Record", "The decision was recorded."
    success_url = back_url = reverse_lazy("governance:decisions")

    def act(self, data):
        """Record it; each line of the resolutions is one."""
        lines = [line.strip() for line in data.pop("resolutions").splitlines() if line.strip()]
        lots = tuple((states.Category(each), each.replace("_", " ").capitalize()) for each in data.pop("lots"))
        terms = rules.DecisionTerms(
            **data, resolutions=tuple((str(n), text) for n, text in enumerate(lines, start=1)), lots=lots
        )
        actions.record_decision(terms=terms, by=self.user, now=self.now)


class _OnDecision(ActionView):
    def get_success_url(self):
        """Go back to the decision."""
        return reverse("governance:decision", args=[self.kwargs["decision_id"]])

    @property
    def back_url(self):
        """Lead back to the decision."""
        return self.get_success_url()

    @property
    def caption(self):
        """Name the decision."""
        found = queries.decision(decision_id=self.kwargs["decision_id"])
        return f"{found.number} {found.title}"


class Publish(_OnDecision):
    """Publish a decision."""

    permission = Permission.PUBLISH_DECISION
    form_class = forms.Publish
    title, button, done = (
        "Publish this decision",
        "Publish",
        "The decision is published. The call-in window runs from that day.",
    )

    def act(self, data):
        """Publish it."""
        actions.publish_decision(decision_id=self.kwargs["decision_id"], **data, by=self.user, now=self.now)


class CallIn(_OnDecision):
    """Record a call-in."""

    permission = Permission.CALL_IN_DECISION
    form_class = forms.CallIn
    title, button, done = (
        "Record a call-in",
        "Record the call-in",
        "Nothing can act on this decision until the call-in is resolved.",
    )
    is_warning = True

    def act(self, data):
        """Record it."""
        actions.call_in_decision(decision_id=self.kwargs["decision_id"], **data, by=self.user, now=self.now)


class Resolve(_OnDecision):
    """Record what became of a call-in."""

    permission = Permission.RESOLVE_CALL_IN
    form_class = forms.Resolve
    title, button, done = "Record what became of the call-in", "Record", "The call-in is resolved."

    def act(self, data):
        """Record it."""
        actions.resolve_call_in(decision_id=self.kwargs["decision_id"], **data, by=self.user, now=self.now)


class AskApproval(ActionView):
    """Ask for leave to act under a delegation."""

    permission = Permission.ASK_APPROVAL
    form_class = forms.AskApproval
    title, button, done = "Ask for approval", "Ask", "The offices have been asked."
    success_url = back_url = reverse_lazy("governance:approvals")

    def act(self, data):
        """Ask."""
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
        found = queries.approvals()
        return found.filter(delegation__act=filters["act"]) if filters.get("act") else found

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
            answer_as=answer_as if is_open else "",
            may_decide=is_open and found.delegation.role in held,
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


class Register(TableView):
    """The public register of decisions; anybody may read it."""

    public = True
    title = "Register of decisions"
    lede = (
        "Decisions about homes for looked-after children, as they were published. Nothing exempt or personal is here."
    )
    empty = "No decision has been published yet."
    file_name = "register-of-decisions"
    columns = (
        Column("number", "Number", sort="number"),
        Column("title", "Title", sort="title"),
        Column("body", "Taken by"),
        Column(
            "taken_on", "Taken on", cell=lambda row: day(row.taken_on), sort="taken_on", out=lambda row: row.taken_on
        ),
        Column(
            "published_on",
            "Published on",
            cell=lambda row: day(row.published_on),
            sort="published_on",
            out=lambda row: row.published_on,
        ),
        Column("state", "State", cell=lambda row: tag(row.state), out=lambda row: row.state),
    )

    def rows(self, filters):
        """Return what is published."""
        return queries.public_register()

    def link(self, row):
        """Lead to the public page."""
        return reverse("governance:registered", args=[row.pk])


PUBLIC_FIELDS = (
    "number",
    "body",
    "item",
    "title",
    "text",
    "reasons",
    "alternatives",
    "conflicts",
    "dispensations",
    "is_key",
    "state",
)


class RegisterJson(DetailPage):
    """The register as JSON."""

    public = True

    def get(self, request, *args, **kwargs):
        """Return the published decisions with their resolutions."""
        rows = queries.public_register().prefetch_related("resolutions")
        return JsonResponse({"decisions": [_public(row) for row in rows]})


def _public(row) -> dict:
    """Return the public part of a decision."""
    return {name: getattr(row, name) for name in PUBLIC_FIELDS} | {
        "taken_on": row.taken_on,
        "published_on": row.published_on,
        "resolutions": [{"number": each.number, "text": each.text} for each in row.resolutions.all()],
    }


class Registered(DetailPage):
    """One decision as anybody may read it."""

    public = True
    template_name = "governance/registered.html"

    def get_context_data(self, **kwargs):
        """Add the public part."""
        row = queries.public_register().prefetch_related("resolutions").filter(pk=self.kwargs["decision_id"]).first()
        found = row or queries.decision(decision_id=None)
        return super().get_context_data(
            title=found.title, caption=f"{found.body} decision {found.number}", decision=_public(found), **kwargs
        )
