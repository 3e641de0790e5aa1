"""Pages of block places, documents and challenges."""

from django.urls import reverse, reverse_lazy

from placewell.accounts.permissions import Permission
from placewell.market import queries as market
from placewell.web.templatetags.web import day, percent, pounds, tag
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, queries, states
from ..forms import live as forms


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
            **kwargs,
        )


class DecideBlock(ActionView):
    """Agree to a block or refuse it."""

    permission = Permission.COMMIT_MONEY
    form_class = forms.Decide
    title, button, done = "Decide this block", "Record my decision", "Your decision is recorded."
    lede = "When you agree, its whole cost is committed against the envelope and the framework's ceiling."

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


class _OnContract(ActionView):
    permission = Permission.MANAGE_CONTRACTS

    def get_success_url(self):
        """Go back to the contract."""
        return reverse("contracts:contract", args=[self.kwargs["contract_id"]])

    @property
    def back_url(self):
        """Lead back to the contract."""
        return self.get_success_url()

    def get_form_kwargs(self):
        """Find the contract."""
        self.found = queries.contract(contract_id=self.kwargs["contract_id"])
        self.caption = f"{self.found.reference}, {self.found.provider.name}"
        return super().get_form_kwargs()


class ProposeBlock(_OnContract):
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


class FileDocument(_OnContract):
    """Record a document that was seen."""

    form_class = forms.Document
    title, button, done = "Record a document", "Record it", "The document is recorded."
    lede = "It replaces the one of its kind before it. You say that you have looked at it."

    def act(self, data):
        """Record it."""
        actions.file_document(contract_id=self.found.pk, **data, by=self.user, now=self.now)


class Documents(TableView):
    """Every document of a live contract, those that run out first in front."""

    permission = Permission.SEE_CONTRACTS
    title = "Providers' documents"
    empty = "No document is recorded."
    file_name = "documents"
    filter_form = forms.DocumentFilters
    columns = (
        Column("provider", "Provider", cell="provider.name", sort="provider__name"),
        Column("kind", "Document", cell=lambda row: row.get_kind_display(), sort="kind"),
        Column("reference", "Reference"),
        Column("contract", "Contract", cell="contract.reference", sort="contract__reference"),
        Column(
            "expires_on",
            "Runs out",
            cell=lambda r: day(r.expires_on) or "Never",
            sort="expires_on",
            out=lambda r: r.expires_on,
        ),
        Column("checked_by", "Seen by", cell=lambda row: f"{row.checked_by}, {day(row.checked_at)}"),
    )

    def get_context_data(self, **kwargs):
        """Lead back to the contracts."""
        return super().get_context_data(back_url=reverse("contracts:list"), **kwargs)

    def rows(self, filters):
        """Return the documents that the filter leaves."""
        return queries.running_out(on=self.today) if filters.get("soon") else queries.documents()

    def link(self, row):
        """Lead to the contract."""
        return reverse("contracts:contract", args=[row.contract_id])


class Challenges(TableView):
    """The register of challenges."""

    permission = Permission.SEE_CONTRACTS
    title = "Challenges"
    lede = "Complaints, letters before action, claims and reviews, and what became of each."
    template_name = "contracts/challenges.html"
    empty = "Nobody has challenged a contract."
    file_name = "challenges"
    columns = (
        Column("reference", "Reference", sort="reference"),
        Column("framework", "About", cell="framework.title"),
        Column("kind", "How it came", cell=lambda row: row.get_kind_display()),
        Column("challenger", "From"),
        Column(
            "received_on",
            "Received",
            cell=lambda r: day(r.received_on),
            sort="received_on",
            out=lambda r: r.received_on,
        ),
        Column("answer_by", "Answer by", cell=lambda r: day(r.answer_by), sort="answer_by", out=lambda r: r.answer_by),
        Column("holds_award", "Holds the award"),
        Column("state", "State", cell=lambda row: tag(row.state), sort="state", out=lambda row: row.state),
    )

    def rows(self, filters):
        """Return every challenge."""
        return queries.challenges()

    def link(self, row):
        """Lead to the challenge."""
        return reverse("contracts:challenge", args=[row.pk])

    def get_context_data(self, **kwargs):
        """Say whether one may be entered."""
        return super().get_context_data(may_manage=self.may(Permission.MANAGE_CONTRACTS), **kwargs)


class Challenge(DetailPage):
    """One challenge."""

    permission = Permission.SEE_CONTRACTS
    template_name = "contracts/challenge.html"
    caption = "Challenge"

    def get_context_data(self, **kwargs):
        """Add the challenge."""
        found = queries.challenge(challenge_id=self.kwargs["challenge_id"])
        return super().get_context_data(
            title=f"{found.reference}, {found.challenger}",
            challenge=found,
            facts=[
                ("How it came", found.get_kind_display()),
                ("Received", day(found.received_on)),
                ("To be answered by", day(found.answer_by)),
                ("Grounds", found.grounds),
                ("Holds the award", found.holds_award),
                ("Closed", day(found.closed_on)) if found.closed_on else None,
                ("Outcome", found.outcome) if found.outcome else None,
            ],
            may_close=found.state == states.Challenge.OPEN and self.may(Permission.MANAGE_CONTRACTS),
            **kwargs,
        )


class ReceiveChallenge(ActionView):
    """Enter a challenge."""

    permission = Permission.MANAGE_CONTRACTS
    form_class = forms.Challenge
    title, button, done = "Enter a challenge", "Enter it", "The challenge is in the register."
    success_url = back_url = reverse_lazy("contracts:challenges")

    def get_form_kwargs(self):
        """Offer the frameworks."""
        return super().get_form_kwargs() | {"frameworks": [(str(row.pk), str(row)) for row in queries.frameworks()]}

    def act(self, data):
        """Enter it."""
        actions.receive_challenge(**data, by=self.user, now=self.now)


class CloseChallenge(ActionView):
    """Close a challenge."""

    permission = Permission.MANAGE_CONTRACTS
    form_class = forms.CloseChallenge
    title, button, done = "Close the challenge", "Close it", "The challenge is closed."

    def get_success_url(self):
        """Go back to the challenge."""
        return reverse("contracts:challenge", args=[self.kwargs["challenge_id"]])

    @property
    def back_url(self):
        """Lead back to the challenge."""
        return self.get_success_url()

    def act(self, data):
        """Close it."""
        actions.close_challenge(challenge_id=self.kwargs["challenge_id"], **data, by=self.user, now=self.now)
