"""Pages on which key holders are appointed, make their keys, and open the bids; and the bids as they were opened."""

from django.urls import reverse

from placewell.accounts import queries as accounts
from placewell.accounts.permissions import Permission
from placewell.accounts.roles import ROLES
from placewell.kernel.errors import NotFound, Refused
from placewell.web.downloads import download
from placewell.web.templatetags.web import moment
from placewell.web.views import Column, DetailPage, TableView

from .. import actions, forms, queries, states
from .tenders import OnTender

TOLD = {
    states.Attempt.TOO_EARLY: "The deadline has not passed by the database's clock. The attempt was recorded.",
    states.Attempt.NOT_A_HOLDER: "You keep no key of this tender. The attempt was recorded.",
    states.Attempt.WRONG_CODE: "This is not your code. The attempt was recorded.",
}


class Appoint(OnTender):
    """Appoint somebody to keep an opening key."""

    form_class = forms.Pick
    title, button, done = "Appoint a key holder", "Appoint", "The officer is appointed, and makes a key now."
    lede = "Bids are opened by two of them, one after the other. Appoint three, so that one may be away."

    def get_form_kwargs(self):
        """Offer the officers whose role allows it."""
        allowed = [code for code, role in ROLES.items() if Permission.HOLD_OPENING_KEY in role.may]
        found = {
            person.pk: (str(person.pk), f"{person.name}, {ROLES[code].title}")
            for code in allowed
            for person in accounts.holders(role=code, council_id=self.user.organisation_id, on=self.today)
        }
        return super().get_form_kwargs() | {"people": sorted(found.values(), key=lambda pair: pair[1])}

    def act(self, data):
        """Appoint them."""
        actions.appoint_key_holder(
            procurement_id=self.procurement.pk, user_id=data["person"], by=self.user, now=self.now
        )


class MakeKey(OnTender):
    """Make one's own key: the code is shown once, on the answer to this form."""

    permission = Permission.HOLD_OPENING_KEY
    form_class = forms.Empty
    title, button = "Make your opening key", "Make my key"
    lede = (
        "You will be shown a code once. Write it down or keep it in your password safe: it opens the bids together with "
        "another officer's code, it is stored nowhere, and nobody can tell it to you again."
    )

    def form_valid(self, form):
        """Show the code, and where it is confirmed."""
        try:
            code = actions.make_key(procurement_id=self.procurement.pk, by=self.user, now=self.now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        self.template_name = "tenders/code.html"
        return self.render_to_response(
            self.get_context_data(
                form=form,
                title="Your opening code",
                code=code,
                next_url=reverse("tenders:confirm_key", args=[self.procurement.pk]),
                next_words="I have kept it: confirm",
            )
        )


class ConfirmKey(OnTender):
    """Type the code, to show that it was kept."""

    permission = Permission.HOLD_OPENING_KEY
    form_class = forms.Code
    title, button, done = "Confirm your opening code", "Confirm", "Your key counts now."
    lede = "Type the code that you were shown, from where you kept it."

    def act(self, data):
        """Confirm it."""
        actions.confirm_key(procurement_id=self.procurement.pk, code=data["code"], by=self.user, now=self.now)


class Open(OnTender):
    """Act with one's half of the key."""

    permission = Permission.HOLD_OPENING_KEY
    form_class = forms.Code
    title, button = "Open the bids", "Act with my key"
    lede = (
        "Two officers act, one after the other, after the deadline by the database's clock. Each attempt is recorded."
    )

    def act(self, data):
        """Act; what became of it is kept even when nothing opens."""
        outcome = actions.open_bids(procurement_id=self.procurement.pk, code=data["code"], by=self.user, now=self.now)
        if outcome in TOLD:
            raise Refused(TOLD[outcome])
        self.done = (
            "The bids are open." if outcome == states.Attempt.OPENED else "Your half is in. A second officer must act."
        )

    def get_success_url(self):
        """Lead to the opening."""
        return reverse("tenders:opening", args=[self.procurement.pk])


class Opening(DetailPage):
    """Who acted and who tried, and when, by the database's clock."""

    permission = Permission.SEE_TENDERS
    template_name = "tenders/opening.html"
    title = "Opening of the bids"

    def get_context_data(self, **kwargs):
        """Add the acts and attempts."""
        found = queries.procurement(procurement_id=self.kwargs["procurement_id"])
        at = queries.moment()
        return super().get_context_data(
            caption=f"{found.reference} {found.title}",
            procurement=found,
            is_closed=bool(found.tenders_by_at and at >= found.tenders_by_at),
            at=at,
            openings=found.openings.select_related("holder").order_by("at"),
            attempts=queries.attempts(procurement_id=found.pk),
            may_open=self.may(Permission.HOLD_OPENING_KEY) and found.state == states.Procurement.PUBLISHED,
            **kwargs,
        )


class Bids(TableView):
    """The opened bids."""

    permission = Permission.SEE_TENDERS
    title = "Opened bids"
    empty = "No bid is open. Until two key holders open them, nobody can read, name or count them."
    file_name = "bids"
    columns = (
        Column("provider", "Provider", cell=lambda row: row.provider.name, sort="provider__name"),
        Column("lots", "Lots", cell=lambda row: ", ".join(map(str, row.lots))),
        Column(
            "submitted_at",
            "Submitted",
            cell=lambda row: moment(row.submitted_at),
            sort="submitted_at",
            out=lambda row: row.submitted_at,
        ),
    )

    def rows(self, filters):
        """Return the tender's opened bids."""
        found = queries.procurement(procurement_id=self.kwargs["procurement_id"])
        self.caption = f"{found.reference} {found.title}"
        self.may_read = queries.may_read(
            procurement_id=found.pk,
            user=self.user,
            runs=self.may(Permission.RUN_TENDER),
            checks=self.may(Permission.HOLD_OPENING_KEY),
        )
        return queries.bids(procurement_id=found.pk)

    def link(self, row):
        """Lead to the bid, for whoever may read it."""
        return reverse("tenders:opened", args=[row.pk]) if self.may_read else ""


class Bid(DetailPage):
    """One opened bid: answers and files; its prices once quality is locked."""

    permission = Permission.SEE_TENDERS
    template_name = "tenders/bid.html"

    def get_context_data(self, **kwargs):
        """Add the bid with its parts."""
        found = queries.bid(bid_id=self.kwargs["bid_id"])
        queries.require_reader(
            bid=found,
            user=self.user,
            runs=self.may(Permission.RUN_TENDER),
            checks=self.may(Permission.HOLD_OPENING_KEY),
        )
        prices = sorted(found.prices.all(), key=lambda each: (each.line.lot.number, each.line.number))
        return super().get_context_data(
            title=found.provider.name,
            caption=f"{found.procurement.reference} {found.procurement.title}",
            bid=found,
            answers=sorted(found.answers.all(), key=lambda each: each.question.number),
            prices=prices or None,
            files=found.files.all(),
            costs=queries.visit_costs(found.procurement, [found]),
            **kwargs,
        )


class File(DetailPage):
    """A file of an opened bid, to be kept and not shown in the browser."""

    permission = Permission.SEE_TENDERS

    def get(self, request, *args, **kwargs):
        """Send the file."""
        bid = queries.bid(bid_id=self.kwargs["bid_id"])
        queries.require_reader(
            bid=bid, user=self.user, runs=self.may(Permission.RUN_TENDER), checks=self.may(Permission.HOLD_OPENING_KEY)
        )
        file = next((each for each in bid.files.all() if each.pk == self.kwargs["file_id"]), None)
        if file is None:
            raise NotFound("There is no such file.")
        return download(file.name, bytes(file.body))
