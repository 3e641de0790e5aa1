"""Pages of places that are bought in block."""

from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.market import queries as market
from placewell.web.templatetags.web import day, percent, pounds, tag
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, queries, rules, states
from ..forms import live as forms
from .contracts import OnContract


class Blocks(TableView):
    """Every block of places with its use."""

    permission = Permission.SEE_CONTRACTS
    title = "Places bought in block"
    lede = "Paid for whether they are used or not."
    empty = "No places are bought in block."
    file_name = "block-places"
    columns = (
        Column("home", "Home", cell="block.home.reference", sort="block.home.reference"),
        Column("provider", "Provider", cell="block.provider.name", sort="block.provider.name"),
        Column("places", "Places", cell="block.places", numeric=True),
        Column("used_now", "Used now", numeric=True),
        Column(
            "fee",
            "A week each",
            cell=lambda r: pounds(r.block.weekly_fee),
            numeric=True,
            out=lambda r: r.block.weekly_fee,
        ),
        Column(
            "share",
            "Used so far",
            cell=lambda r: "" if r.share is None else percent(r.share),
            numeric=True,
            sort="share",
        ),
        Column(
            "unused",
            "Paid and not used",
            cell=lambda r: pounds(r.unused_cost),
            numeric=True,
            out=lambda r: r.unused_cost,
        ),
        Column(
            "end_on", "Until", cell=lambda r: day(r.block.end_on), sort="block.end_on", out=lambda r: r.block.end_on
        ),
        Column("state", "State", cell=lambda r: tag(r.block.state), out=lambda r: r.block.state),
    )

    def rows(self, filters):
        """Return the blocks with their use up to today."""
        return queries.block_use(list(queries.blocks()), on=self.today)

    def get_context_data(self, **kwargs):
        """Lead back to the contracts."""
        return super().get_context_data(back_url=reverse("contracts:list"), **kwargs)

    def link(self, row):
        """Lead to the block."""
        return reverse("contracts:block", args=[row.block.pk])


class Block(DetailPage):
    """One block, and what was decided of it."""

    permission = Permission.SEE_CONTRACTS
    template_name = "contracts/block.html"
    caption = "Places bought in block"

    def get_context_data(self, **kwargs):
        """Add the block and its use."""
        found = queries.block(block_id=self.kwargs["block_id"])
        (use,) = queries.block_use([found], on=self.today)
        return super().get_context_data(
            title=f"{found.home.reference}, {found.provider.name}",
            bought=found,  # a template has a `block` of its own
            facts=[
                ("Places", found.places),
                (
                    "Price a week",
                    f"{pounds(found.weekly_fee)} each, {pounds(found.weekly_fee * found.places)} together",
                ),
                ("From", day(found.start_on)),
                ("Until", day(found.end_on)),
                ("Notice", f"{found.notice_days} days"),
                ("Why in block", found.reason),
                ("Used now", f"{use.used_now} of {found.places}"),
                ("Used so far", f"{use.nights_used:,} of {use.nights_paid:,} nights") if use.nights_paid else None,
                ("Paid and not used", pounds(use.unused_cost)) if use.nights_paid else None,
                ("Asked by", f"{found.asked_by} on {day(found.asked_at)}"),
                ("Decided by", f"{found.decided_by} on {day(found.decided_at)}. {found.decided_because}")
                if found.decided_by
                else None,
            ],
            may_decide=found.state == states.Asked.PROPOSED
            and found.asked_by_id != self.user.pk
            and self.may(Permission.COMMIT_MONEY),
            endings=[
                (each, each.state == states.Asked.PROPOSED and self._may_decide(each)) for each in found.endings.all()
            ],
            may_end=found.state == states.Asked.AGREED
            and found.end_on > self.today
            and self.may(Permission.MANAGE_CONTRACTS)
            and not any(each.state == states.Asked.PROPOSED for each in found.endings.all()),
            **kwargs,
        )

    def _may_decide(self, ending) -> bool:
        return ending.asked_by_id != self.user.pk and self.may(Permission.COMMIT_MONEY)


class DecideBlock(ActionView):
    """Agree to a block or refuse it."""

    permission = Permission.COMMIT_MONEY
    form_class = forms.Decide
    template_name = "contracts/decide_block.html"
    title, button, done = "Decide this block", "Record my decision", "Your decision is recorded."

    def get_context_data(self, **kwargs):
        """Say what is asked for, and of whom, so that its record stands beside the decision."""
        found = queries.block(block_id=self.kwargs["block_id"])
        weekly = pounds(found.weekly_fee * found.places)
        lede = (
            f"{found.places} place{'s'[: found.places != 1]} from {day(found.start_on)} to {day(found.end_on)}, {weekly} a week "
            "together. When you agree, its whole cost is committed against the envelope and the framework's ceiling. Children "
            "who live there cost nothing more for a place that it pays."
        )
        caption = f"{found.home.reference}, {found.provider.name}"
        return super().get_context_data(caption=caption, lede=lede, provider_id=found.provider_id, **kwargs)

    def get_success_url(self):
        """Go back to the block."""
        return reverse("contracts:block", args=[self.kwargs["block_id"]])

    @property
    def back_url(self):
        """Lead back to the block."""
        return self.get_success_url()

    def act(self, data):
        """Decide."""
        actions.decide_block(block_id=self.kwargs["block_id"], **data, by=self.user, now=self.now)


class EndBlock(ActionView):
    """Ask that a block end before its day."""

    permission = Permission.MANAGE_CONTRACTS
    form_class = forms.EndBlock
    title, button, done = "End this block early", "Ask for it", "The earlier end is asked for. Another person decides."

    def get_form_kwargs(self):
        """Say what the terms allow, and what is freed."""
        found = queries.block(block_id=self.kwargs["block_id"])
        first = rules.earliest_block_end(start_on=found.start_on, notice_days=found.notice_days, today=self.today)
        self.caption = f"{found.home.reference}, {found.provider.name}"
        self.lede = (
            f"It runs until {day(found.end_on)}. With a notice of {found.notice_days} days it can end from {day(first)} on. "
            f"Each week less frees {pounds(found.weekly_fee * found.places)}; children who stay in the home then cost "
            "their own price again."
        )
        return super().get_form_kwargs()

    def get_success_url(self):
        """Go back to the block."""
        return reverse("contracts:block", args=[self.kwargs["block_id"]])

    @property
    def back_url(self):
        """Lead back to the block."""
        return self.get_success_url()

    def act(self, data):
        """Ask for it."""
        actions.propose_block_end(block_id=self.kwargs["block_id"], **data, by=self.user, now=self.now)


class DecideBlockEnd(ActionView):
    """Agree to an earlier end of a block or refuse it."""

    permission = Permission.COMMIT_MONEY
    form_class = forms.Decide
    title, button, done = "Decide this earlier end", "Record my decision", "Your decision is recorded."

    def get_form_kwargs(self):
        """Say what is asked for."""
        self.found = queries.block_ending(ending_id=self.kwargs["ending_id"])
        block = self.found.block
        self.caption = f"{block.home.reference}, {block.provider.name}"
        self.lede = (
            f"From {day(self.found.end_on)}, not {day(block.end_on)}: {self.found.reason} When you agree, its cost from that "
            "day on is freed, and children who stay in the home cost their own price again."
        )
        return super().get_form_kwargs()

    def get_success_url(self):
        """Go back to the block."""
        return reverse("contracts:block", args=[self.found.block_id])

    @property
    def back_url(self):
        """Lead back to the block."""
        return self.get_success_url()

    def act(self, data):
        """Decide."""
        actions.decide_block_end(ending_id=self.found.pk, **data, by=self.user, now=self.now)


class ProposeBlock(OnContract):
    """Ask that places be paid for whether used or not."""

    form_class = forms.Block
    title, button, done = "Buy places in block", "Ask for it", "The block is asked for. Another person decides."

    def get_form_kwargs(self):
        """Offer the provider's homes."""
        kwargs = super().get_form_kwargs()
        mine = market.homes(for_user=self.user).filter(provider=self.found.provider_id).order_by("reference")
        return kwargs | {"homes": [(str(home.pk), f"{home.reference} {home.name}") for home in mine]}

    def act(self, data):
        """Ask."""
        actions.propose_block(contract_id=self.found.pk, **data, by=self.user, now=self.now)
