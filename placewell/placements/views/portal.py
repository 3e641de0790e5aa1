"""The provider's side: referrals sent to it, its offers, its agreements. Nothing of anybody else's."""

from django.urls import reverse
from django.utils.timezone import localdate

from placewell.accounts.permissions import Permission
from placewell.market import queries as market
from placewell.notifications.actions import note_opened
from placewell.web.templatetags.web import day, moment, pounds, tag
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, queries, rules, states
from ..actions.offers import PARTS


class Invitations(TableView):
    """The referrals that were sent to us."""

    permission = Permission.MAKE_OFFER
    title = "Referrals sent to us"
    empty = "No referral has been sent to you yet."
    file_name = "referrals"
    columns = (
        Column("reference", "Referral"),
        Column("child", "Child", cell=lambda row: f"{row.shown['sex']}, {row.shown['age']}"),
        Column("area", "Area", cell=lambda row: row.shown["area"]),
        Column("urgency", "How soon", cell=lambda row: tag(row.shown["urgency"]), out=lambda row: row.shown["urgency"]),
        Column(
            "answer_by",
            "Answer by",
            cell=lambda row: moment(row.answer_by) if row.state == states.Invitation.SENT else "",
            sort="answer_by",
            out=lambda row: moment(row.answer_by),
        ),
        Column("state", "State", cell=lambda row: tag(row.state), sort="state", out=lambda row: row.state),
    )

    def rows(self, filters):
        """Return our own."""
        return queries.invitations(for_user=self.user)

    def link(self, row):
        """Lead to the referral."""
        return reverse("placements:invitation", args=[row.pk])


class Invitation(DetailPage):
    """One referral as it was sent to us, and what we said."""

    permission = Permission.MAKE_OFFER
    template_name = "placements/invitation.html"
    caption = "Referral"

    def get_context_data(self, **kwargs):
        """Add the referral and our offers."""
        row = queries.invitation(invitation_id=self.kwargs["invitation_id"], for_user=self.user)
        note_opened(record="placements.invitation", record_id=row.pk, by=self.user, now=self.now)
        offers = list(queries.offers().filter(invitation=row).select_related("agreement"))
        live = [each.pk for each in offers if each.state in states.LIVE_OFFERS]
        return super().get_context_data(
            title=row.reference,
            invitation=row,
            shown=row.shown,
            offers=offers,
            told=queries.told_more(offer_ids=live),
            story=[each | {"at": moment(each["at"])} for each in queries.what_happened(row)],
            is_open=row.state == states.Invitation.SENT,
            may_answer_again=row.state == states.Invitation.DECLINED,
            may_ask=row.state in (states.Invitation.SENT, states.Invitation.OFFERED),
            **kwargs,
        )


class _OnInvitation(ActionView):
    permission = Permission.MAKE_OFFER

    def found(self):
        """Return the referral, when it was sent to us."""
        return queries.invitation(invitation_id=self.kwargs["invitation_id"], for_user=self.user)

    def get_success_url(self):
        """Go back to the referral."""
        return reverse("placements:invitation", args=[self.kwargs["invitation_id"]])

    @property
    def back_url(self):
        """Lead back to the referral."""
        return self.get_success_url()

    @property
    def caption(self):
        """Name the referral."""
        return f"Referral {self.found().reference}"


class Offer(_OnInvitation):
    """Offer a home."""

    form_class = forms.Offer
    title, button, done = "Offer a home", "Make the offer", "Your offer was made. The council will answer."

    def get_form_kwargs(self):
        """Offer our own open homes of the kinds that are sought."""
        shown = self.found().shown
        mine = [
            h
            for h in market.homes(for_user=self.user).filter(is_open=True)
            if rules.CATEGORY_OF.get(h.kind) in shown["categories"]
        ]
        stay = queries.stay_sought(shown)
        free = market.free_places(home_ids=[h.pk for h in mine], start_on=stay[0], end_on=stay[1])
        mine.sort(key=lambda h: (not free[h.pk], h.reference))
        return super().get_form_kwargs() | {
            "homes": [(str(h.pk), queries.home_words(h, free=free[h.pk])) for h in mine],
            "needed_on": stay[0],
            "asked": self.asked(),
            "card": queries.own_card(self.found(), for_user=self.user),
        }

    def asked(self):
        """Return the referral, with those of brothers and sisters sought together."""
        return queries.invited_together(invitation_id=self.kwargs["invitation_id"], for_user=self.user)

    def act(self, data):
        """Offer it, for all where brothers and sisters are sought together."""
        if len(asked := self.asked()) > 1:
            fees = {row.pk: data.pop(f"weekly_fee_{row.pk}") for row in asked}
            parts = {row.pk: {name: data.pop(f"{name}_{row.pk}") for name in PARTS} for row in asked}
            actions.make_offer_for_siblings(weekly_fees=fees, parts=parts, **data, by=self.user, now=self.now)
            return
        parts = {name: data.pop(name) for name in PARTS}
        actions.make_offer(invitation_id=self.kwargs["invitation_id"], **data, parts=parts, by=self.user, now=self.now)


class Decline(_OnInvitation):
    """Say that no home can be offered."""

    form_class = forms.DeclineInvitation
    title, button, done = "We cannot offer a home", "Send", "Thank you: the council knows."

    def act(self, data):
        """Decline it."""
        actions.decline_invitation(invitation_id=self.kwargs["invitation_id"], **data, by=self.user, now=self.now)


class AfterAll(_OnInvitation):
    """Open a referral again that we declined."""

    form_class = forms.Confirm
    title, button, done = "We can offer a home after all", "Open it again", "The referral is open to you again."
    lede = "You said that you could not. The council sees that you look at it again."

    def act(self, data):
        """Open it."""
        actions.answer_after_all(invitation_id=self.kwargs["invitation_id"], by=self.user, now=self.now)


class Withdraw(ActionView):
    """Take an offer back."""

    permission = Permission.MAKE_OFFER
    form_class = forms.Reason
    title, button, is_warning, done = "Take this offer back", "Take it back", True, "The offer was taken back."

    def act(self, data):
        """Take it back."""
        offer = actions.withdraw_offer(offer_id=self.kwargs["offer_id"], **data, by=self.user, now=self.now)
        self.invitation_id = offer.invitation_id

    def get_success_url(self):
        """Go back to the referral."""
        return reverse("placements:invitation", args=[self.invitation_id])

    @property
    def back_url(self):
        """Lead back to the list."""
        return reverse("placements:invitations")


class Agreements(TableView):
    """Our agreements with councils."""

    permission = Permission.SIGN_AGREEMENT
    title = "Agreements"
    empty = "There is no agreement yet."
    file_name = "agreements"
    columns = (
        Column("reference", "Agreement", sort="reference"),
        Column("home", "Home", cell="home.reference"),
        Column("start_on", "From", cell=lambda row: day(row.start_on), sort="start_on", out=lambda row: row.start_on),
        Column("end_on", "Until", cell=lambda row: day(row.end_on), sort="end_on", out=lambda row: row.end_on),
        Column(
            "price",
            "A week",
            cell=lambda row: pounds(row.weekly_fee(on=localdate())),
            numeric=True,
            out=lambda row: row.weekly_fee(on=localdate()),
        ),
        Column("state", "State", cell=lambda row: tag(row.state), sort="state", out=lambda row: row.state),
    )

    def may(self, permission):
        """Let those who see placements read the list too."""
        return super().may(permission) or super().may(Permission.SEE_PLACEMENTS)

    def rows(self, filters):
        """Return those that the signed-in side may see."""
        return queries.agreements(for_user=self.user, on=self.today).prefetch_related("price_lines")

    def link(self, row):
        """Lead to the agreement."""
        return reverse("placements:agreement", args=[row.pk])
