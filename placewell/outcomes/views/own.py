"""The provider's side: what the council wrote, what is to be put right, returns, and events to report."""

from django.urls import reverse
from django.utils.functional import cached_property

from placewell.accounts import queries as accounts
from placewell.accounts.permissions import Permission
from placewell.market import queries as market
from placewell.web.views import ActionView, DetailPage

from .. import actions, queries
from ..forms import monitoring
from ..forms import providers as forms
from ..rules import ladder, returns
from ..rules.funnel import FEWEST
from ..rules.kpis import Kpi
from .providers import rated


class Own(DetailPage):
    """Everything from councils that a provider should know of."""

    permission = Permission.ANSWER_COUNCIL
    template_name = "outcomes/own.html"
    title = "From the council"

    def get_context_data(self, **kwargs):
        """Gather it."""
        mine = {"provider_id": self.user.organisation_id}
        return super().get_context_data(
            measures=queries.measures(**mine),
            figures=queries.figures(**mine)[:3],
            improvements=queries.own_open(for_user=self.user),
            returns=queries.provider_returns(**mine),
            visits=queries.home_visits(**mine)[:10],
            events=queries.concerns(**mine)[:10],
            today=self.today,
            ends=ladder.MEASURE_ENDS,
            **kwargs,
        )


# Where a provider finds the facts behind a measure.
BEHIND = {
    Kpi.ANSWERED: ("placements:invitations", "the referrals sent to you"),
    Kpi.RESPONSE: ("placements:invitations", "the referrals sent to you"),
    Kpi.OFFERED: ("placements:invitations", "the referrals sent to you"),
    Kpi.KEPT: ("placements:invitations", "the referrals sent to you"),
    Kpi.VACANCIES: ("market:homes", "your homes and their places"),
    Kpi.UNPLANNED: ("placements:agreements", "your agreements"),
    Kpi.GOALS: ("placements:agreements", "your agreements"),
    Kpi.INVOICES: ("budget:sent_invoices", "your invoices"),
    Kpi.ACTIONS: ("outcomes:own", "what is to be put right"),
    Kpi.RETURNS: ("outcomes:own", "your returns"),
}


class OwnFigures(DetailPage):
    """The provider's own figures as one council has them: targets, rating words, the facts behind, and its reply."""

    permission = Permission.ANSWER_COUNCIL
    template_name = "outcomes/own_figures.html"
    title = "Your figures"

    def get_context_data(self, **kwargs):
        """Gather the figures that the address names, and those before."""
        row = queries.own_figures(figures_id=self.kwargs["figures_id"], for_user=self.user)
        earlier = queries.figures(provider_id=self.user.organisation_id).exclude(pk=row.pk)[:12]
        lines = [
            (line, rated(queries.rating_of(line)), reverse(BEHIND[Kpi(line["kpi"])][0]), BEHIND[Kpi(line["kpi"])][1])
            for line in row.lines
        ]
        return super().get_context_data(
            caption=f"{row.council.name}, as of {row.as_of:%-d %B %Y}",
            row=row,
            lines=lines,
            earlier=earlier,
            fewest=FEWEST,
            **kwargs,
        )


class OwnMeasure(DetailPage):
    """One letter of the council, with what was replied."""

    permission = Permission.ANSWER_COUNCIL
    template_name = "outcomes/own_measure.html"

    def get_context_data(self, **kwargs):
        """Gather it."""
        row = queries.own_measure(measure_id=self.kwargs["measure_id"], for_user=self.user)
        return super().get_context_data(
            title=row.get_kind_display(),
            caption=row.reference,
            row=row,
            may_reply=row.state not in ladder.MEASURE_ENDS,
            is_late=self.today > row.reply_by,
            **kwargs,
        )


class OwnAction(ActionView):
    """A form of the provider's that leads back to what the council wrote."""

    permission = Permission.ANSWER_COUNCIL

    def get_success_url(self):
        """Lead to the overview."""
        return reverse("outcomes:own")

    @property
    def back_url(self):
        """Lead back to it."""
        return reverse("outcomes:own")


class Reply(OwnAction):
    """Reply to a letter."""

    form_class = forms.Reply
    title, button, done = "Reply to the council", "Send it", "Sent. The council reads it before it decides."

    @property
    def caption(self):
        """Name the letter."""
        row = queries.own_measure(measure_id=self.kwargs["measure_id"], for_user=self.user)
        return f"{row.get_kind_display()} {row.reference}"

    def act(self, data):
        """Send it."""
        actions.reply(measure_id=self.kwargs["measure_id"], **data, by=self.user, now=self.now)

    def get_success_url(self):
        """Lead to the letter."""
        return reverse("outcomes:own_measure", args=[self.kwargs["measure_id"]])


class ReplyToFigures(OwnAction):
    """Reply to one's own figures."""

    form_class = forms.Reply
    title, button, done = "Reply to your figures", "Send it", "Sent. The council reads it beside the figures."

    @property
    def caption(self):
        """Name the figures."""
        row = queries.own_figures(figures_id=self.kwargs["figures_id"], for_user=self.user)
        return f"{row.council.name}, as of {row.as_of:%-d %B %Y}"

    def act(self, data):
        """Send it."""
        actions.reply_to_figures(figures_id=self.kwargs["figures_id"], **data, by=self.user, now=self.now)

    def get_success_url(self):
        """Lead to the figures."""
        return reverse("outcomes:own_figures", args=[self.kwargs["figures_id"]])


class SayDone(OwnAction):
    """Say that something is put right."""

    form_class = monitoring.SayDone
    title, button, done = "Say that it is put right", "Send it", "Sent. The council looks at it."

    @property
    def lede(self):
        """Say what it is."""
        return queries.improvement(improvement_id=self.kwargs["improvement_id"]).what

    def act(self, data):
        """Say so."""
        actions.say_done(improvement_id=self.kwargs["improvement_id"], **data, by=self.user, now=self.now)


class Event(OwnAction):
    """Report a notifiable event."""

    form_class = forms.Event
    title, button, done = "Report an event", "Report it", "Reported. The council decides what follows."
    lede = "A serious injury, police called, a child missing, an allegation: what you must also tell the regulator."

    def get_form_kwargs(self):
        """Offer the provider's homes and the councils."""
        return super().get_form_kwargs() | {"homes": market.homes(for_user=self.user), "councils": accounts.councils()}

    def act(self, data):
        """Report it."""
        actions.report_event(**data, by=self.user, now=self.now)


class SendReturn(OwnAction):
    """Send a quarter's return."""

    form_class = monitoring.Return
    title, button, done = "Your quarterly return", "Send it", "Sent. The council reads it."

    @cached_property
    def row(self):
        """The return."""
        return queries.provider_return(return_id=self.kwargs["return_id"])

    @property
    def caption(self):
        """Name the quarter."""
        return f"{self.row.council.name}, quarter from {self.row.quarter:%-d %B %Y}"

    @property
    def lede(self):
        """Show why it was sent back."""
        back = self.row.state == returns.Return.SENT_BACK
        return f"The council sent it back: {self.row.answer}" if back else ""

    def get_initial(self):
        """Begin with what was sent before."""
        return self.row.figures | {"explained": self.row.explained}

    def act(self, data):
        """Send it."""
        explained = data.pop("explained")
        actions.send_return(return_id=self.row.pk, figures=data, explained=explained, by=self.user, now=self.now)
