"""Pages for frameworks, contracts and rates."""

from django.urls import reverse
from django.utils.functional import cached_property

from placewell.accounts.permissions import Permission
from placewell.web.templatetags.web import day, tag
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, queries, states
from ..forms import live as live_forms


class Frameworks(TableView):
    """Every framework."""

    permission = Permission.SEE_CONTRACTS
    title = "Contracts"
    template_name = "contracts/frameworks.html"
    empty = "No framework has been set up yet."
    file_name = "frameworks"
    columns = (
        Column("reference", "Reference", sort="reference"),
        Column("title", "Title", sort="title"),
        Column("start_on", "From", cell=lambda row: day(row.start_on), sort="start_on", out=lambda row: row.start_on),
        Column("end_on", "Until", cell=lambda row: day(row.end_on), sort="end_on", out=lambda row: row.end_on),
        Column("providers", "Providers", numeric=True, sort="providers"),
        Column("state", "State", cell=lambda row: tag(row.state), out=lambda row: row.state),
    )

    def rows(self, filters):
        """Return all frameworks."""
        return queries.frameworks()

    def link(self, row):
        """Lead to the framework."""
        return reverse("contracts:framework", args=[row.pk])

    def get_context_data(self, **kwargs):
        """Say whether a framework may be set up here."""
        return super().get_context_data(may_manage=self.may(Permission.MANAGE_CONTRACTS), **kwargs)


class Framework(DetailPage):
    """One framework: lots, providers by tier and rank, today's prices, and the decision behind it."""

    permission = Permission.SEE_CONTRACTS
    template_name = "contracts/framework.html"

    def get_context_data(self, **kwargs):
        """Add the framework with its lots."""
        found = queries.framework(framework_id=self.kwargs["framework_id"])
        return super().get_context_data(
            title=found.title,
            caption=found.reference,
            framework=found,
            lots=[(lot, [_row(each, self.today) for each in _in_order(lot)]) for lot in found.lots.all()],
            changes=queries.changes(framework_id=found.pk),
            uplifts=queries.uplifts(framework_id=found.pk),
            rounds=(rounds := queries.rounds(framework_id=found.pk, on=self.today)),
            reopens_next=queries.reopens_next(found, planned=rounds),
            left=None
            if found.lifetime_ceiling is None
            else found.lifetime_ceiling + found.allowed_beyond - found.committed,
            share=found.committed / found.lifetime_ceiling if found.lifetime_ceiling else None,
            may_manage=self.may(Permission.MANAGE_CONTRACTS),
            sees_record=self.may(Permission.SEE_OUTCOMES),
            **kwargs,
        )


LEVELS = [each.value for each in states.NeedLevel]  # from least care to most


def _in_order(lot) -> list:
    return sorted(lot.contracts.all(), key=lambda each: (each.tier, each.rank or 999, each.provider.name))


def _row(contract, on) -> dict:
    """Return a provider's line: today's standard prices from the lowest to the highest."""
    live = [r.weekly_fee for r in contract.rates.all() if r.start_on <= on and (r.end_on is None or r.end_on > on)]
    return {"contract": contract, "lowest": min(live, default=None), "highest": max(live, default=None)}


class Contract(DetailPage):
    """One provider on one lot, with every price that ever held."""

    permission = Permission.SEE_CONTRACTS
    template_name = "contracts/contract.html"

    def get_context_data(self, **kwargs):
        """Add the contract, its rates and what may be done."""
        found = queries.contract(contract_id=self.kwargs["contract_id"])
        return super().get_context_data(
            title=found.provider.name,
            caption=f"{found.reference}, {found.lot}",
            contract=found,
            why_not=queries.why_not_covering(found, on=self.today),
            rates=sorted(queries.rates(contract_id=found.pk), key=lambda each: LEVELS.index(each.need_level)),
            documents=queries.documents(contract_id=found.pk),
            blocks=queries.block_use(list(queries.blocks(contract_id=found.pk)), on=self.today),
            changes=queries.changes(framework_id=found.lot.framework_id).filter(contract=found),
            call_offs=queries.call_offs(contract_id=found.pk)[:25],
            today=self.today,
            may_manage=self.may(Permission.MANAGE_CONTRACTS),
            may_change=self.may(Permission.MANAGE_CONTRACTS) and found.lot.framework.state == states.Framework.AWARDED,
            sees_record=self.may(Permission.SEE_OUTCOMES),
            is_suspended=found.state == states.Contract.SUSPENDED
            and not queries.is_suspension_over(found, on=self.today),
            may_resume=not found.suspended_for and found.suspended_by_id != self.user.pk,
            is_over=found.state == states.Contract.ENDED,
            **kwargs,
        )


class OnContract(ActionView):
    """A form about one contract."""

    permission = Permission.MANAGE_CONTRACTS

    @cached_property
    def found(self):
        """The contract that the address names."""
        return queries.contract(contract_id=self.kwargs["contract_id"])

    def get_success_url(self):
        """Go back to the contract."""
        return reverse("contracts:contract", args=[self.kwargs["contract_id"]])

    @property
    def back_url(self):
        """Lead back to the contract."""
        return self.get_success_url()

    @property
    def caption(self):
        """Name the contract and the provider."""
        return f"{self.found.reference}, {self.found.provider.name}"


class SetRate(OnContract):
    """Set a price from a day on."""

    form_class = forms.SetRate
    title, button, done = "Set a price", "Set the price", "The price is set."

    def act(self, data):
        """Set it."""
        actions.set_rate(contract_id=self.kwargs["contract_id"], **data, by=self.user, now=self.now)


class Suspend(OnContract):
    """Stop new placements."""

    form_class = live_forms.Suspend
    title, button, is_warning = "Stop new placements with this provider", "Suspend", True
    done = "No new placements will be made under this contract."

    def act(self, data):
        """Suspend it."""
        actions.suspend_contract(contract_id=self.kwargs["contract_id"], **data, by=self.user, now=self.now)


class Resume(OnContract):
    """Let placements start again."""

    form_class = forms.Reason
    title, button, done = "Let new placements start again", "Resume", "New placements may be made again."
    lede = "Somebody else than who wanted the suspension lets them start again."

    def act(self, data):
        """Resume it."""
        actions.resume_contract(contract_id=self.kwargs["contract_id"], **data, by=self.user, now=self.now)


class End(OnContract):
    """End a provider's contract."""

    form_class = forms.Reason
    title, button, is_warning = "End this contract", "End it", True
    lede = "No child can be placed under it any more. Agreements that run under it stay in force."
    done = "The contract ended."

    def act(self, data):
        """End it."""
        actions.end_contract(contract_id=self.kwargs["contract_id"], **data, by=self.user, now=self.now)
