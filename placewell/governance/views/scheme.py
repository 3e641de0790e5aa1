"""The scheme of delegation: who may do what, passed on or ended, and the limits of offices."""

from django.urls import reverse, reverse_lazy

from placewell.accounts.permissions import Permission
from placewell.accounts.roles import title_of
from placewell.web.templatetags.web import day, pounds, words
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, queries
from ..forms import plans as forms


def offices(delegation) -> str:
    """Return in words who must agree and who is heard."""
    parts = [
        f"{each.get_manner_display().lower()} with the {title_of(each.role)}" for each in delegation.consultees.all()
    ]
    return " and ".join(parts)


def scope(delegation) -> str:
    """Return of which groups of placements it is leave."""
    return ", ".join(words(each) for each in delegation.categories) or "All that the decision names"


def ceiling(delegation) -> str:
    """Return its ceiling in words."""
    if delegation.ceiling is None:
        return "No ceiling"
    return f"{pounds(delegation.ceiling)} {'in all' if delegation.ceiling_counts == 'together' else 'each'}"


class Scheme(TableView):
    """Every delegation that holds, or will."""

    permission = Permission.SEE_DECISIONS
    title = "Scheme of delegation"
    template_name = "governance/scheme.html"
    empty = "Nothing is delegated."
    file_name = "scheme-of-delegation"
    filter_form = forms.SchemeFilters
    columns = (
        Column("act", "May", cell=lambda row: row.get_act_display()),
        Column("role", "Who", cell=lambda row: title_of(row.role), sort="role"),
        Column("offices", "With", cell=offices),
        Column("scope", "For", cell=scope),
        Column("ceiling", "Up to", cell=ceiling, sort="ceiling"),
        Column(
            "end_on", "Until", cell=lambda row: day(row.end_on) or "No end", sort="end_on", out=lambda row: row.end_on
        ),
        Column("source", "Under", cell=lambda row: _source(row)),
    )

    def rows(self, filters):
        """Return what holds, of one office where asked."""
        found = queries.scheme(on=self.today)
        return found.filter(role=filters["role"]) if filters.get("role") else found

    def link(self, row):
        """Lead to the delegation."""
        return reverse("governance:delegation", args=[row.pk])

    def get_context_data(self, **kwargs):
        """Say whether limits may be set here."""
        return super().get_context_data(may_keep=self.may(Permission.KEEP_SCHEME), **kwargs)


def _source(row) -> str:
    where = f"resolution {row.resolution.number}" if row.resolution else row.source
    passed = " (passed on)" if row.parent_id else ""
    return f"{row.decision.number}{', ' if where else ''}{where}{passed}"


class Delegation(DetailPage):
    """One delegation, what was passed on of it, and what may be done."""

    permission = Permission.SEE_DECISIONS
    template_name = "governance/delegation.html"
    caption = "Scheme of delegation"

    def get_context_data(self, **kwargs):
        """Add the delegation in words."""
        found = queries.delegation(delegation_id=self.kwargs["delegation_id"])
        is_over = found.end_on is not None and found.end_on <= self.today
        holds = self.user.holds(found.role, on=self.today)
        return super().get_context_data(
            title=f"{title_of(found.role)}: {found.get_act_display().lower()}",
            delegation=found,
            facts=[
                ("Who", title_of(found.role)),
                ("With", offices(found) or "Nobody else"),
                ("For", scope(found)),
                ("Up to", ceiling(found)),
                ("From", day(found.start_on)),
                ("Until", day(found.end_on) or "No end"),
                ("Conditions", found.conditions or "None"),
                ("May be passed on", found.may_sub_delegate),
                ("Passed on from", title_of(found.parent.role)) if found.parent else None,
                ("Ended because", found.ended_because) if found.ended_because else None,
            ],
            parts=[(each, title_of(each.role), ceiling(each)) for each in found.parts.all()],
            may_pass_on=found.may_sub_delegate and holds and not is_over,
            may_end=self.may(Permission.KEEP_SCHEME) and not is_over,
            may_ask=self.may(Permission.ASK_APPROVAL) and not is_over,
            **kwargs,
        )


class _OnDelegation(ActionView):
    def get_success_url(self):
        """Go back to the delegation."""
        return reverse("governance:delegation", args=[self.kwargs["delegation_id"]])

    @property
    def back_url(self):
        """Lead back to the delegation."""
        return self.get_success_url()


class SubDelegate(_OnDelegation):
    """Pass it on."""

    permission = Permission.AGREE_AS_OFFICE
    form_class = forms.SubDelegate
    title, button, done = "Pass this on", "Pass it on", "It is passed on. The same offices must still agree."

    def act(self, data):
        """Pass it on."""
        actions.sub_delegate(delegation_id=self.kwargs["delegation_id"], **data, by=self.user, now=self.now)


class EndDelegation(_OnDelegation):
    """End it."""

    permission = Permission.KEEP_SCHEME
    form_class = forms.EndDelegation
    title, button, is_warning, done = "End this delegation", "End it", True, "The delegation ends on that day."
    lede = "From that day nothing new can be done under it, nor under what was passed on of it. What was done stays."

    def act(self, data):
        """End it."""
        actions.end_delegation(delegation_id=self.kwargs["delegation_id"], **data, by=self.user, now=self.now)


class Limits(TableView):
    """Up to how much each office decides alone, as it was on each day."""

    permission = Permission.SEE_DECISIONS
    title = "Limits of offices"
    lede = (
        "Up to how much an office decides alone. Where limits of whole cost and of weekly fees are set, a home, a price or a "
        "block of places must be within both; what is dearer needs another office."
    )
    template_name = "governance/limits.html"
    empty = "No limit has been set: the first setting that comes with Placewell holds."
    file_name = "limits-of-offices"
    columns = (
        Column("role", "Office", cell=lambda row: title_of(row.role), sort="role"),
        Column("kind", "Of what", cell=lambda row: row.get_kind_display()),
        Column(
            "amount",
            "Up to",
            cell=lambda row: "No limit" if row.amount is None else pounds(row.amount),
            numeric=True,
            sort="amount",
            out=lambda row: row.amount,
        ),
        Column("start_on", "From", cell=lambda row: day(row.start_on), sort="start_on", out=lambda row: row.start_on),
        Column("end_on", "Until", cell=lambda row: day(row.end_on) or "Now", out=lambda row: row.end_on),
        Column("source", "Where it says so"),
    )

    def rows(self, filters):
        """Return every limit."""
        return queries.limit_rows()

    def get_context_data(self, **kwargs):
        """Say whether limits may be set here."""
        return super().get_context_data(may_keep=self.may(Permission.KEEP_SCHEME), **kwargs)


class SetLimit(ActionView):
    """Set a limit from a day on."""

    permission = Permission.KEEP_SCHEME
    form_class = forms.SetLimit
    title, button, done = "Set a limit", "Set it", "The limit is set. The one before ends that day."
    success_url = back_url = reverse_lazy("governance:limits")

    def act(self, data):
        """Set it."""
        actions.set_limit(**data, by=self.user, now=self.now)
