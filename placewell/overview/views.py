"""The home page, one child's story, the trace, the trail."""

from functools import cached_property
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from placewell.accounts import queries as accounts
from placewell.accounts.permissions import Permission
from placewell.accounts.roles import title_of
from placewell.audit import queries as audit
from placewell.children.actions import note_record_seen
from placewell.kernel.periods import financial_year
from placewell.notifications import queries as notifications
from placewell.placements import queries as placements
from placewell.web.documents import pdf
from placewell.web.tables import Column, TableView
from placewell.web.templatetags.web import pounds
from placewell.web.views import DetailPage

from . import cycle, finding, forms, queries, report

LONGEST = 100  # letters of a question
SOONEST = 12  # what waits that is seen at once; the rest opens below


class Home(DetailPage):
    """What needs doing now, for whoever is signed in."""

    public = True
    template_name = "overview/home.html"

    def get(self, request, *args, **kwargs):
        """Show the person's page; nobody's is the demo's people, or the sign-in page."""
        if request.user.is_authenticated:
            return super().get(request, *args, **kwargs)
        return redirect("people:personas" if settings.DEMO_PERSONAS else settings.LOGIN_URL)

    def get_context_data(self, **kwargs):
        """Add the work, the soonest of it first, and the figures."""
        work = list(queries.work(user=self.user, now=self.now))
        return super().get_context_data(
            title=f"Hello, {self.user.name}",
            work=work[:SOONEST],
            later=work[SOONEST:],
            desk_url=reverse("placements:work") if self.may(Permission.WRITE_REFERRAL) else "",
            figures=queries.figures(user=self.user, on=self.today),
            may_see_cycle=self.may(Permission.SEE_BUDGET),
            **kwargs,
        )


class Cycle(DetailPage):
    """The whole cycle on a page."""

    permission = Permission.SEE_BUDGET
    template_name = "overview/cycle.html"
    title = "How we are doing for children in care"
    caption = "The cycle"

    def get_context_data(self, **kwargs):
        """Add the stages."""
        found = cycle.stages(council=self.user.organisation, reader=self.user, on=self.today)
        return super().get_context_data(stages=found, on=self.today, **kwargs)


class QuarterlyReport(DetailPage):
    """The quarterly report for Cabinet and the corporate parenting board, as PDF/UA."""

    permission = Permission.SEE_BUDGET

    def get(self, request, *args, **kwargs):
        """Write the document."""
        told = report.quarterly(council=self.user.organisation, reader=self.user, on=self.today)
        answer = HttpResponse(pdf("overview/documents/quarterly.typ", told), content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="quarterly-report-{self.today:%Y-%m-%d}.pdf"'
        return answer


class Find(DetailPage):
    """Find anything; asked by POST, so that a name stands in no address and in no log."""

    permission = Permission.SEE_MARKET
    template_name = "overview/find.html"
    title = "Find"

    def post(self, request, *args, **kwargs):
        """Show what was found."""
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **kwargs):
        """Add what was asked, and what it finds."""
        words = self.request.POST.get("words", "")[:LONGEST]
        found = finding.find(words, user=self.user, on=self.today)
        may_follow, lists = self.may(Permission.FOLLOW_RECORD), []
        if may_follow and not words:
            lists = [
                ("Opened last", notifications.recent(user=self.user, on=self.today)),
                ("What I follow", notifications.following(user=self.user, on=self.today)),
            ]
        given = {"words": words, "found": found, "lists": lists, "may_follow": may_follow}
        return super().get_context_data(shortest=finding.SHORTEST, **given, **kwargs)


class Trace(DetailPage):
    """From an agreement up to the decision that allows it."""

    permission = Permission.SEE_CONTRACTS
    template_name = "overview/trace.html"
    title = "What allows this placement"

    def get_context_data(self, **kwargs):
        """Add the chain."""
        steps = placements.chain(agreement_id=self.kwargs["agreement_id"], for_user=self.user, on=self.today)
        return super().get_context_data(steps=steps, broken=[step for step in steps if step.broken], **kwargs)


class Trail(TableView):
    """Everything that anybody did, newest first, with references in the place of children's names."""

    permission = Permission.SEE_TRAIL
    title = "The trail"
    lede = "Every act, by whom and in which office. Nothing here can be changed or removed, by anybody."
    empty = "Nothing was done that these filters find."
    file_name = "trail"
    filter_form = forms.TrailFilters

    @cached_property
    def columns(self):
        """The columns; people's names are asked for once."""
        names = {str(each.pk): each.name for each in accounts.actors()}
        return (
            Column("at", "When", sort="at"),
            Column("told", "What was done", cell=lambda row: row.told or queries.in_words(row.what)),
            Column("actor", "By", cell=lambda row: names.get(row.actor, "")),
            Column("office", "As", cell=lambda row: title_of(row.office) if row.office else ""),
            Column("reason", "Reason", cell=self.reason),
        )

    def rows(self, filters):
        """Return the events that the filters leave."""
        return audit.trail(**filters)

    def reason(self, row) -> str:
        """Return the reason, unless it may tell of a child whom the person may not see."""
        tells_of_children = row.what.startswith(("children.", "placements."))
        return "" if tells_of_children and not self.may(Permission.SEE_ALL_CHILDREN) else row.reason

    def link(self, row):
        """Lead to all that was done to the same row."""
        return f"{reverse('overview:trail')}?{urlencode({'subject': row.subject})}"


class Authority(DetailPage):
    """Everything that lacks authority: none, when all is well."""

    permission = Permission.SEE_CONTRACTS
    template_name = "overview/authority.html"
    title = "What lacks authority"

    def get_context_data(self, **kwargs):
        """Add the broken rows."""
        return super().get_context_data(
            broken=list(placements.without_authority(on=self.today)),
            may_see_money=self.may(Permission.SEE_BUDGET),
            **kwargs,
        )


class Story(DetailPage):
    """One child, from coming into care until now."""

    permission = Permission.SEE_CHILDREN
    template_name = "overview/story.html"
    caption = "A child's story"

    def get_context_data(self, **kwargs):
        """Add the child and the events; the reading is recorded."""
        child, events = queries.story(child_id=self.kwargs["child_id"], for_user=self.user, on=self.today)
        note_record_seen(child_id=child.pk, by=self.user, now=self.now, why="story")
        return super().get_context_data(
            title=child.name,
            child=child,
            events=events,
            record_url=reverse("children:child", args=[child.pk]),
            write_url=reverse("placements:write", args=[child.pk]) if self.may(Permission.WRITE_REFERRAL) else "",
            **kwargs,
        )


class OffContract(TableView):
    """What is bought outside contracts and approved exemptions this year, by reason."""

    permission = Permission.SEE_BUDGET
    title = "Off contract"
    lede = "Spend and nights of this financial year that neither a contract nor an approved exemption covers."
    empty = "Everything is bought under a contract or an approved exemption."
    file_name = "off-contract"
    columns = (
        Column("reason", "Why", sort="reason"),
        Column("agreements", "Agreements", numeric=True, sort="agreements"),
        Column("nights", "Nights", numeric=True, sort="nights"),
        Column(
            "amount",
            "Amount",
            cell=lambda row: pounds(row.amount),
            numeric=True,
            sort="amount",
            out=lambda row: row.amount,
        ),
    )

    def rows(self, filters):
        """Return the gap by reason."""
        return placements.off_contract(year=financial_year(self.today), on=self.today)
