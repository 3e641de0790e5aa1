"""Leaving a contract: every placement under it, what happens to each, and the spend without cover until it is nought."""

from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.web.charts import Series, bar_chart
from placewell.web.templatetags.web import day, pounds
from placewell.web.views import ActionView, DetailPage

from .. import actions, queries
from ..forms import live as forms

PARTS = (
    ("covered", "Under the old contract"),
    ("settled", "Settled"),
    ("planned", "As planned"),
    ("gap", "Without cover"),
)


class Leaving(DetailPage):
    """The whole of it on one page."""

    permission = Permission.SEE_CONTRACTS
    template_name = "contracts/leaving.html"

    def get_context_data(self, **kwargs):
        """Add the placements, the chart and its table."""
        framework = queries.framework(framework_id=self.kwargs["framework_id"])
        rows = queries.leaving(framework=framework, on=self.today)
        months = queries.gap(framework=framework, rows=rows, on=self.today)
        bare = queries.uncovered(rows)
        undecided = sum(row.step is None for row in rows)
        return super().get_context_data(
            title="Leaving this contract",
            caption=framework.title,
            framework=framework,
            rows=rows,
            months=months,
            bare=bare,
            undecided=undecided,
            unsettled=sum(row.step is None or row.step.done_on is None for row in rows),
            untold=sum(row.step is not None and row.step.told_on is None for row in rows),
            picture=_picture(months, bare) if months else "",
            may_manage=self.may(Permission.MANAGE_CONTRACTS),
            may_move=self.may(Permission.SIGN_AGREEMENT),
            **kwargs,
        )


def _picture(months, bare):
    """Return the gap chart."""
    labels = [f"{month.month:%b %y}" for month in months]
    told = (
        f"From {day(bare.from_on)} {pounds(bare.weekly)} a week is not covered." if bare else "Everything is covered."
    )
    return bar_chart(
        title="What the placements cost, and what allows it",
        description=f"Each bar is a month, from {labels[0]} to {labels[-1]}. {told}",
        labels=labels if len(labels) <= 9 else [each if i % 3 == 0 else "" for i, each in enumerate(labels)],
        series=[Series(label, [float(getattr(month, key)) for month in months]) for key, label in PARTS],
    )


class _Back(ActionView):
    permission = Permission.MANAGE_CONTRACTS

    def framework_id(self):
        """Return the framework that is left."""
        raise NotImplementedError

    def get_success_url(self):
        """Go back to the whole."""
        return reverse("contracts:leaving", args=[self.framework_id()])

    @property
    def back_url(self):
        """Lead back to the whole."""
        return self.get_success_url()


class Plan(_Back):
    """Decide what happens to one placement."""

    form_class = forms.Leaving
    title, button, done = "What happens to this placement", "Save", "It is decided. Tell those who must know."

    def framework_id(self):
        """Return the framework that is left."""
        return self.found.contract.lot.framework_id

    def get_form_kwargs(self):
        """Offer the provider's other contracts, and the exemptions that name it."""
        self.found = queries.call_off(call_off_id=self.kwargs["call_off_id"])
        self.caption = f"{self.found.reference}, {self.found.provider.name}"
        self.lede = f"{pounds(self.found.weekly_fee)} a week, until {day(self.found.end_on)}."
        found = queries.may_move_to(self.found, on=self.today)
        words = [(str(each.pk), f"{each.reference}, {each.lot.framework.title}") for each in found]
        exempt = [
            (str(each.pk), f"{each.reference}, {each.get_reason_display().lower()}: "
             + (each.approval.get_state_display().lower() if each.approval else "not asked for"))
            for each in queries.may_exempt(self.found)
        ]  # fmt: skip
        return super().get_form_kwargs() | {"contracts": words, "exemptions": exempt}

    def act(self, data):
        """Save it."""
        data |= {name: data[name] or None for name in ("to_contract_id", "exemption_id")}
        actions.plan_leaving(call_off_id=self.found.pk, **data, by=self.user, now=self.now)


class _OnStep(_Back):
    def framework_id(self):
        """Return the framework that is left."""
        return self.found.framework_id

    def get_form_kwargs(self):
        """Find the step."""
        self.found = queries.step(step_id=self.kwargs["step_id"])
        self.caption = f"{self.found.call_off.reference}, {self.found.call_off.provider.name}"
        return super().get_form_kwargs()


class Tell(_OnStep):
    """Record who was told."""

    form_class = forms.Told
    title, button, done = "Who was told", "Record", "It is recorded who was told."

    def act(self, data):
        """Record it."""
        actions.tell_of_leaving(step_id=self.found.pk, **data, by=self.user, now=self.now)


class Settle(_OnStep):
    """Settle it."""

    form_class = forms.Settle
    title, button, done = "Settle this placement", "It is settled", "The placement is settled."

    def act(self, data):
        """Settle it."""
        actions.finish_leaving(step_id=self.found.pk, **data, by=self.user, now=self.now)
