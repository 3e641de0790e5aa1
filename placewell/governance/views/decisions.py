"""Pages for decisions: the list, one decision, its notice, and what is done with it."""

from django.http import HttpResponse
from django.urls import reverse, reverse_lazy

from placewell.accounts.permissions import Permission
from placewell.accounts.roles import title_of
from placewell.web.documents import pdf
from placewell.web.templatetags.web import day, tag
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, queries, rules, states


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
            "set_aside": found.state in (states.Decision.PUBLISHED, states.Decision.UPHELD)
            and self.may(Permission.RESOLVE_CALL_IN),
            "plan": not why_not and self.may(Permission.RUN_TENDER),
            "set_up": not why_not and self.may(Permission.MANAGE_CONTRACTS),
            "set_envelope": not why_not and bool(found.annual_amount) and self.may(Permission.SET_ENVELOPE),
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


class SetAside(_OnDecision):
    """Set a decision aside: nothing new may act on it."""

    permission = Permission.RESOLVE_CALL_IN
    form_class = forms.Reason
    title, button, done = "Set the decision aside", "Set it aside", "The decision was set aside."
    lede = "Nothing new can act on it: no award, no placement, no spending. What was done under it stays."
    is_warning = True

    def act(self, data):
        """Set it aside."""
        actions.set_decision_aside(decision_id=self.kwargs["decision_id"], **data, by=self.user, now=self.now)
