"""Pages of what is planned and announced beside a tender: the forward plan, engagement, timetable, identifier, contracts."""

from django.urls import reverse, reverse_lazy

from placewell.accounts.permissions import Permission
from placewell.web.templatetags.web import day, pounds, tag
from placewell.web.views import ActionView, Column, TableView

from .. import actions, forms, queries, states
from .tenders import OnTender


class ForwardPlan(TableView):
    """What is planned to be bought: when, and for how much."""

    permission = Permission.SEE_TENDERS
    title = "Forward plan of procurements"
    lede = "Every procurement that is not over, by the day on which its notice is planned."
    empty = "Nothing is planned."
    file_name = "forward-plan"
    template_name = "tenders/forward_plan.html"
    columns = (
        Column("reference", "Reference", sort="reference"),
        Column("title", "Title", sort="title"),
        Column("procedure", "Procedure", cell=lambda row: row.get_procedure_display()),
        Column("planned_value", "Planned value", cell=lambda row: pounds(row.planned_value), numeric=True,
               sort="planned_value", out=lambda row: row.planned_value),
        Column("notice", "Notice planned", cell=lambda row: day(row.planned_notice_on), sort="planned_notice_on",
               out=lambda row: row.planned_notice_on),
        Column("start_on", "Contracts start", cell=lambda row: day(row.start_on), sort="start_on",
               out=lambda row: row.start_on),
        Column("end_on", "Contracts end", cell=lambda row: day(row.end_on), sort="end_on", out=lambda row: row.end_on),
        Column("told", "Announced by", cell=lambda row: ", ".join(dict.fromkeys(
            each.get_kind_display() for each in row.notices.all())) or "Nothing yet"),
        Column("state", "State", cell=lambda row: tag(row.state), sort="state", out=lambda row: row.state),
    )  # fmt: skip

    def rows(self, filters):
        """Return what is not over."""
        return queries.forward_plan()

    def get_context_data(self, **kwargs):
        """Add the pipelines, and the one that is due."""
        due = queries.pipeline_due(on=self.today) if self.may(Permission.RUN_TENDER) else None
        return super().get_context_data(pipelines=queries.pipelines(), due=due, **kwargs)

    def link(self, row):
        """Lead to the tender."""
        return reverse("tenders:tender", args=[row.pk])


class PublishPipeline(ActionView):
    """Publish what the council means to buy, once a year."""

    permission = Permission.RUN_TENDER
    form_class = forms.Pipeline
    button = "Publish the pipeline"
    done = "The pipeline is published, with a notice of each purchase."
    back_url = reverse_lazy("tenders:forward_plan")

    @property
    def year(self) -> int:
        """The year in which the financial year begins."""
        return self.kwargs["year"]

    @property
    def title(self):
        """Name the year."""
        return f"Publish the pipeline of {self.year} to {self.year + 1}"

    @property
    def lede(self):
        """Say what belongs into it, by when it is due and what the law asks."""
        terms = queries.pipeline_terms(year=self.year)
        if terms is None:
            return "The Procurement Act asked for no pipeline in this year."
        names = "; ".join(str(each) for each in queries.for_pipeline(year=self.year)) or "none is planned yet"
        return (
            f"Every purchase over {pounds(terms.value_over)} of which a notice is planned before {day(terms.ends_on(self.year))}: "
            f"{names}. The law asks for it by {day(terms.due_on(self.year))} of a council that expects to pay over "
            f"{pounds(terms.spend_over)} under contracts in the year; others may publish it."
        )

    def act(self, data):
        """Publish it."""
        self.made = actions.publish_pipeline(year=self.year, **data, by=self.user, now=self.now)

    def get_success_url(self):
        """Show it as anybody reads it."""
        return reverse("tenders:pipeline", args=[self.made.pk])


class SetTimetable(OnTender):
    """Set the timetable."""

    form_class = forms.Timetable
    title, button, done = "Timetable", "Save", "The timetable is saved."
    lede = "It is published with the notice, and locked from then on: later it moves by an amendment."

    def get_initial(self):
        """Start with what is there, or with the procedure's usual steps."""
        lines = [f"{each.on:%-d %-m %Y} {each.title}" for each in self.procurement.steps.all()]
        usual = queries.procedures()[self.procurement.procedure].timetable
        start = self.procurement.start_on
        return {"steps": "\n".join(lines or [f"{start:%-d %-m %Y} {each}" for each in usual])}

    def act(self, data):
        """Save it."""
        actions.set_timetable(procurement_id=self.procurement.pk, steps=data["steps"], by=self.user, now=self.now)


class RecordEngagement(OnTender):
    """Record that the market was asked."""

    form_class = forms.Engagement
    title, button, done = "Record market engagement", "Record it", "It is recorded."

    def act(self, data):
        """Record it."""
        actions.record_engagement(procurement_id=self.procurement.pk, **data, by=self.user, now=self.now)


class Announce(OnTender):
    """Publish a notice of what is planned."""

    form_class = forms.Announce
    title, button, done = "Announce what is planned", "Publish it", "The notice is published."
    lede = "It tells of the purchase, its lots, its value and its dates, and nothing of the method."

    def get_form_kwargs(self):
        """Offer the notices that this procurement's law knows."""
        kinds = [
            each
            for each in states.BEFORE_THE_NOTICE
            if each is not states.Notice.PIPELINE
            and queries.notice_form(regime=self.procurement.legal_regime, kind=each)
            and (each is not states.Notice.INTENTION or queries.procedures()[self.procurement.procedure].intention)
        ]
        return super().get_form_kwargs() | {"kinds": kinds}

    def get_initial(self):
        """Start with the description."""
        return {"text": self.procurement.description}

    def act(self, data):
        """Publish it."""
        actions.announce_plan(procurement_id=self.procurement.pk, **data, by=self.user, now=self.now)


class RecordOcid(OnTender):
    """Keep the platform's identifier."""

    form_class = forms.Ocid
    title, button, done = "Identifier of the central platform", "Keep it", "The identifier is kept."
    lede = "Find a Tender issues it when it takes the first notice. Placewell never makes one."

    def act(self, data):
        """Keep it."""
        actions.record_ocid(procurement_id=self.procurement.pk, **data, by=self.user, now=self.now)


class AnnounceContract(OnTender):
    """Publish that a contract changes or ended."""

    form_class = forms.AnnounceContract
    title, button, done = "Announce a change or an end", "Publish it", "The notice is published."

    def find(self):
        """Return the tender of the contract that the address names."""
        self.winner = queries.winner(winner_id=self.kwargs["winner_id"])
        self.lede = f"{self.winner.contract.reference}, {self.winner.provider.name}"
        return self.winner.award.procurement_id

    def act(self, data):
        """Publish it."""
        actions.announce_contract(winner_id=self.winner.pk, **data, by=self.user, now=self.now)

    def get_success_url(self):
        """Go back to the award."""
        return reverse("tenders:awards", args=[self.procurement.pk])
