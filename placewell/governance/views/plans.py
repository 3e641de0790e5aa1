"""The forward plan, as anybody reads it, and the notices and reports behind it."""

from django.http import JsonResponse
from django.urls import reverse, reverse_lazy

from placewell.accounts.permissions import Permission
from placewell.web.templatetags.web import day, tag
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, queries, rules, states
from ..forms import plans as plan_forms


class ForwardPlan(TableView):
    """Every decision of which notice was given; those who plan see the drafts too."""

    public = True
    title = "Forward plan"
    lede = "Decisions that the council plans to take about homes for looked-after children."
    template_name = "governance/forward_plan.html"
    empty = "No notice of a decision stands."
    file_name = "forward-plan"
    filter_form = plan_forms.PlanFilters
    columns = (
        Column("title", "Matter", sort="title"),
        Column("body", "Decided by"),
        Column("is_key", "Key decision"),
        Column("due_from", "Decided from", cell=lambda r: day(r.due_from), sort="due_from", out=lambda r: r.due_from),
        Column("due_to", "To", cell=lambda r: day(r.due_to), sort="due_to", out=lambda r: r.due_to),
        Column(
            "notified_on",
            "Notice given",
            cell=lambda r: day(r.notified_on),
            sort="notified_on",
            out=lambda r: r.notified_on,
        ),
        Column("state", "State", cell=lambda r: tag(r.state), sort="state", out=lambda r: r.state),
    )

    def rows(self, filters):
        """Return the notices; drafts for those who may see decisions."""
        rows = queries.forward_plan() if self.may(Permission.SEE_DECISIONS) else queries.public_forward_plan()
        return rows.filter(state=filters["state"]) if filters.get("state") else rows

    def link(self, row):
        """Lead to the notice."""
        return reverse("governance:planned", args=[row.pk])

    def get_context_data(self, **kwargs):
        """Say whether a decision may be planned here."""
        return super().get_context_data(may_plan=self.may(Permission.PLAN_DECISION), **kwargs)


FIELDS = (
    "title",
    "matter",
    "body",
    "is_key",
    "route",
    "due_from",
    "due_to",
    "notified_on",
    "documents",
    "where_to_get",
    "state",
)


class ForwardPlanJson(DetailPage):
    """The forward plan as JSON."""

    public = True

    def get(self, request, *args, **kwargs):
        """Return the notices that were given."""
        rows = queries.public_forward_plan()
        return JsonResponse({"forward_plan": [{name: getattr(row, name) for name in FIELDS} for row in rows]})


class Planned(DetailPage):
    """One notice, when it allows a decision, and its reports."""

    public = True
    template_name = "governance/planned.html"
    caption = "Forward plan"

    def get_context_data(self, **kwargs):
        """Add the notice, its clock, its reports, and what may be done."""
        found = queries.planned(planned_id=self.kwargs["planned_id"])
        is_open = found.state in (states.Planned.DRAFT, states.Planned.NOTIFIED)
        stands = found.state == states.Planned.NOTIFIED
        may = {
            "notify": found.state == states.Planned.DRAFT and self.may(Permission.PUBLISH_DECISION),
            "private": stands
            and found.is_private
            and not found.private_notice_on
            and self.may(Permission.PUBLISH_DECISION),
            "report": is_open and self.may(Permission.PLAN_DECISION),
            "publish_report": self.may(Permission.PUBLISH_DECISION),
            "withdraw": is_open and self.may(Permission.PLAN_DECISION),
            "record": stands and self.may(Permission.RECORD_DECISION),
            "read": self.may(Permission.SEE_DECISIONS),
        }
        first = queries.first_day(found) if found.notified_on else None
        return super().get_context_data(
            title=found.title,
            planned=found,
            first_day=first,
            why_not=queries.why_not_yet(found, on=self.today) if stands else "",
            agenda_by=queries.agenda_by(found),
            reports=reports_of(found, self),
            may=may,
            **kwargs,
        )


def reports_of(row, view) -> list[dict]:
    """Return the reports of a notice or decision as the person of *view* may read them."""
    signed_in, may_exempt = view.may(Permission.SEE_DECISIONS), view.may(Permission.READ_EXEMPT)
    paragraphs = queries.exempt_paragraphs()
    found = []
    for report in row.reports.all():
        if not (report.published_on or signed_in):
            continue
        found.append(
            {
                "report": report,
                "papers": report.background_papers.splitlines(),
                "exempt": getattr(report, "exempt", None) if may_exempt else None,
                "paragraphs": [f"{number}: {paragraphs[number]}" for number in report.exempt_paragraphs],
            }
        )
    return found


class PlanDecision(ActionView):
    """Draft a notice."""

    permission = Permission.PLAN_DECISION
    form_class = plan_forms.PlanDecision
    title, button, done = "Plan a decision", "Save the notice", "The notice is drafted. Give it when it is right."
    back_url = reverse_lazy("governance:forward_plan")

    def act(self, data):
        """Draft it."""
        self.made = actions.plan_decision(terms=rules.NoticeTerms(**data), by=self.user, now=self.now)

    def get_success_url(self):
        """Lead to the notice."""
        return reverse("governance:planned", args=[self.made.pk])


class _OnPlanned(ActionView):
    permission = Permission.PUBLISH_DECISION

    def get_success_url(self):
        """Go back to the notice."""
        return reverse("governance:planned", args=[self.kwargs["planned_id"]])

    @property
    def back_url(self):
        """Lead back to the notice."""
        return self.get_success_url()

    @property
    def caption(self):
        """Name what is planned."""
        return queries.planned(planned_id=self.kwargs["planned_id"]).title


class GiveNotice(_OnPlanned):
    """Publish the notice."""

    form_class = forms.Publish
    title, button, done = "Give notice", "Publish the notice", "The notice stands on the forward plan."

    def act(self, data):
        """Publish it."""
        actions.give_notice(planned_id=self.kwargs["planned_id"], **data, by=self.user, now=self.now)


class PrivateNotice(_OnPlanned):
    """Publish the further notice of a private meeting."""

    form_class = plan_forms.PrivateNotice
    title, button, done = "Give the further notice", "Publish it", "The further notice is published."

    def act(self, data):
        """Publish it."""
        actions.give_private_notice(planned_id=self.kwargs["planned_id"], **data, by=self.user, now=self.now)


class Withdraw(_OnPlanned):
    """Take it off the plan."""

    permission = Permission.PLAN_DECISION
    form_class = forms.Reason
    title, button, is_warning, done = (
        "Take this off the forward plan",
        "Take it off",
        True,
        "It is off the forward plan.",
    )

    def act(self, data):
        """Withdraw it."""
        actions.withdraw_notice(planned_id=self.kwargs["planned_id"], **data, by=self.user, now=self.now)


class WriteReport(_OnPlanned):
    """Write a report on it."""

    permission = Permission.PLAN_DECISION
    form_class = plan_forms.WriteReport
    title, button, done = "Write a report", "Save the report", "The report is saved. It is not published yet."

    def get_form_kwargs(self):
        """Offer the paragraphs of the law."""
        return super().get_form_kwargs() | {"paragraphs": queries.exempt_paragraphs().items()}

    def act(self, data):
        """Write it."""
        actions.write_report(planned_id=self.kwargs["planned_id"], **data, by=self.user, now=self.now)


class PublishReport(_OnPlanned):
    """Publish the public part of a report."""

    form_class = forms.Publish
    title, button, done = "Publish the report", "Publish", "The public part of the report is published."
    lede = "What is exempt stays back: anybody reads that there is such a part, and under which paragraph."

    def act(self, data):
        """Publish it."""
        actions.publish_report(report_id=self.kwargs["report_id"], **data, by=self.user, now=self.now)
