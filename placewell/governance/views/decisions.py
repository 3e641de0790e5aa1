"""Pages for decisions: the list, one decision, its notice, and what is done with it."""

from django.urls import reverse, reverse_lazy

from placewell.accounts.permissions import Permission
from placewell.accounts.roles import title_of
from placewell.notifications.actions import note_opened
from placewell.web.templatetags.web import day, tag
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, queries, rules, states
from ..forms import plans as plan_forms
from .notice import notice_response
from .plans import reports_of
from .scheme import ceiling, offices


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
        return super().get_context_data(
            may_record=self.may(Permission.RECORD_DECISION),
            unrecorded=queries.unrecorded().count() if self.may(Permission.RECORD_DECISION) else 0,
            **kwargs,
        )


class Decision(DetailPage):
    """One decision: its own words beside its terms, and whether it is in force."""

    permission = Permission.SEE_DECISIONS
    template_name = "governance/decision.html"

    def get_context_data(self, **kwargs):
        """Add the decision, its clock, and what may be done."""
        found = queries.decision(decision_id=self.kwargs["decision_id"])
        note_opened(record="governance.decision", record_id=found.pk, by=self.user, now=self.now)
        why_not = queries.why_not_in_force(found, on=self.today)
        is_officers = found.maker == states.Maker.OFFICER
        in_call_in = found.state in states.IN_CALL_IN
        may = {
            "publish": found.state == states.Decision.MADE and self.may(Permission.PUBLISH_DECISION),
            "report": self.may(Permission.PLAN_DECISION)
            and found.state in (states.Decision.DRAFT, states.Decision.MADE),
            "call_in": found.state == states.Decision.PUBLISHED
            and bool(why_not)
            and self.may(Permission.CALL_IN_DECISION),
            "refer": found.state in (states.Decision.CALLED_IN, states.Decision.AT_COUNCIL)
            and self.may(Permission.RESOLVE_CALL_IN),
            "resolve": in_call_in and self.may(Permission.RESOLVE_CALL_IN),
            "set_aside": found.state in (states.Decision.PUBLISHED, states.Decision.UPHELD)
            and self.may(Permission.RESOLVE_CALL_IN),
            "plan": not why_not and not is_officers and self.may(Permission.RUN_TENDER),
            "set_up": not why_not and not is_officers and self.may(Permission.MANAGE_CONTRACTS),
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
            reports=reports_of(found, self),
            may=may,
            **kwargs,
        )


def _told(delegation) -> dict:
    """Return a delegation in words."""
    return {
        "pk": delegation.pk,
        "act": delegation.get_act_display(),
        "who": title_of(delegation.role),
        "offices": offices(delegation),
        "ceiling": ceiling(delegation) if delegation.ceiling is not None else "",
        "end_on": delegation.end_on,
    }


class Notice(DetailPage):
    """The decision notice as an accessible PDF."""

    permission = Permission.SEE_DECISIONS

    def get(self, request, *args, **kwargs):
        """Return the document."""
        return notice_response(queries.decision(decision_id=kwargs["decision_id"]))


class RecordDecision(ActionView):
    """Record a decision as it was taken."""

    permission = Permission.RECORD_DECISION
    form_class = forms.RecordDecision
    title, button, done = "Record a decision", "Record", "The decision was recorded."
    success_url = back_url = reverse_lazy("governance:decisions")

    def get_initial(self):
        """Start from the notice that leads here, and from the constitution."""
        constitution = queries.constitution(on=self.today)
        initial = {name: constitution[name] for name in ("call_in_working_days", "call_in_members")}
        if (planned_id := self.request.GET.get("planned", "")) in {str(each.pk) for each in queries.standing()}:
            found = queries.planned(planned_id=planned_id)
            initial |= {"planned": planned_id, "title": found.title, "body": found.body, "is_key": found.is_key}
        return initial

    def get_form_kwargs(self):
        """Offer the notices that stand, and the decisions that this one may replace."""
        standing = [(str(each.pk), each.title) for each in queries.standing()]
        replaceable = queries.decisions().filter(state__in=["published", "upheld"])
        return super().get_form_kwargs() | {
            "planned": standing,
            "decisions": [(str(each.pk), str(each)) for each in replaceable],
        }

    def act(self, data):
        """Record it; each line of the resolutions is one."""
        linked = {"planned_id": data.pop("planned") or None, "replaces_id": data.pop("replaces") or None}
        lines = [line.strip() for line in data.pop("resolutions").splitlines() if line.strip()]
        lots = tuple((states.Category(each), each.replace("_", " ").capitalize()) for each in data.pop("lots"))
        terms = rules.DecisionTerms(
            **data, resolutions=tuple((str(n), text) for n, text in enumerate(lines, start=1)), lots=lots
        )
        actions.record_decision(terms=terms, **linked, by=self.user, now=self.now)


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

    def get_form_kwargs(self):
        """Say who may call it in."""
        found = queries.decision(decision_id=self.kwargs["decision_id"])
        self.lede = (
            f"It takes {found.call_in_members} members, or the chair of scrutiny." if found.call_in_members > 1 else ""
        )
        return super().get_form_kwargs()

    def act(self, data):
        """Record it; each line of the members is one."""
        data["members"] = data["members"].splitlines()
        actions.call_in_decision(decision_id=self.kwargs["decision_id"], **data, by=self.user, now=self.now)


class Resolve(_OnDecision):
    """Record what became of a call-in."""

    permission = Permission.RESOLVE_CALL_IN
    form_class = forms.Resolve
    title, button, done = "Record what became of the call-in", "Record", "The call-in is resolved."

    def act(self, data):
        """Record it."""
        actions.resolve_call_in(decision_id=self.kwargs["decision_id"], **data, by=self.user, now=self.now)


class Refer(_OnDecision):
    """Record that it goes back, or to full council."""

    permission = Permission.RESOLVE_CALL_IN
    form_class = forms.Refer
    title, button, done = "Record where the call-in goes", "Record", "Nothing acts on the decision until it is settled."
    lede = "Neither scrutiny nor full council can change the decision: they can ask whoever took it to think again."

    def act(self, data):
        """Record it."""
        data["to_council"] = data["to_council"] == "yes"
        actions.refer_call_in(decision_id=self.kwargs["decision_id"], **data, by=self.user, now=self.now)


class WriteReport(_OnDecision):
    """Write a report on a decision that was not on the forward plan."""

    permission = Permission.PLAN_DECISION
    form_class = plan_forms.WriteReport
    title, button, done = "Write a report", "Save the report", "The report is saved. It is published with the decision."

    def get_form_kwargs(self):
        """Offer the paragraphs of the law."""
        return super().get_form_kwargs() | {"paragraphs": queries.exempt_paragraphs().items()}

    def act(self, data):
        """Write it."""
        actions.write_report(decision_id=self.kwargs["decision_id"], **data, by=self.user, now=self.now)


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
