"""The council's side: referrals, search, offers, decisions, consents."""

import datetime as dt
from decimal import Decimal

from django.urls import reverse
from django.utils.timezone import localtime

from placewell.accounts.permissions import Permission
from placewell.children import queries as children
from placewell.market import queries as market
from placewell.notifications import queries as notifications
from placewell.web.maps import map_panel, point
from placewell.web.templatetags.web import day, tag
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, models, queries, states
from .handing import hand_over_url

BLUR_M = 1000


class Referrals(TableView):
    """Every child who needs, or needed, a home."""

    permission = Permission.SEE_PLACEMENTS
    title = "Referrals"
    empty = "No child waits for a home. A referral starts on the child's record."
    file_name = "referrals"
    filter_form = forms.ReferralFilters
    columns = (
        Column("reference", "Referral", sort="reference"),
        Column("child", "Child", cell="child.reference"),
        Column("urgency", "How soon", cell=lambda row: tag(row.urgency), sort="urgency", out=lambda row: row.urgency),
        Column(
            "needed_on",
            "Needed from",
            cell=lambda row: day(row.needed_on),
            sort="needed_on",
            out=lambda row: row.needed_on,
        ),
        Column(
            "written_at",
            "Written",
            cell=lambda row: day(row.written_at),
            sort="written_at",
            out=lambda row: localtime(row.written_at).date(),
        ),
        Column("asked", "Asked", numeric=True),
        Column("offered", "Offers", numeric=True),
        Column("state", "State", cell=lambda row: tag(row.state), sort="state", out=lambda row: row.state),
    )

    def get_context_data(self, **kwargs):
        """Lead to the joint suggestion."""
        url = reverse("placements:suggest") if self.may(Permission.SEND_REFERRAL) else ""
        return super().get_context_data(**{"add_url": url, "add_label": "Suggest homes for all who wait", **kwargs})

    def rows(self, filters):
        """Return the referrals of children whom the person may see, as the filter leaves them."""
        rows, state = queries.referrals(for_user=self.user, on=self.today), filters.get("state", "")
        if state == "waiting":
            return queries.waiting(rows)
        return rows.filter(state=state) if state else rows

    def link(self, row):
        """Lead to the referral."""
        return reverse("placements:referral", args=[row.pk])


class OfReferral:
    """What the pages of one referral share."""

    def found(self) -> models.Referral:
        """Return the referral, when the person may see the child."""
        return queries.referral(referral_id=self.kwargs["referral_id"], for_user=self.request.user, on=self.today)

    def get_success_url(self):
        """Go back to the referral."""
        return reverse("placements:referral", args=[self.kwargs["referral_id"]])

    @property
    def back_url(self):
        """Lead back to the referral."""
        return self.get_success_url()


class Referral(OfReferral, DetailPage):
    """One referral: what the child needs, who was asked, what was offered, what comes next."""

    permission = Permission.SEE_PLACEMENTS
    template_name = "placements/referral.html"

    def get_context_data(self, **kwargs):
        """Add the referral, its offers side by side, and what may be done."""
        row = self.found()
        view = queries.view(row, on=self.today)
        may = {
            "edit": row.state in ("draft", "ready", "sent") and self.may(Permission.WRITE_REFERRAL),
            "answers": self.may(Permission.WRITE_REFERRAL) or self.may(Permission.DECIDE_OFFER),
            "write": self.may(Permission.SEND_REFERRAL),
            "ready": row.state == states.Referral.DRAFT and self.may(Permission.WRITE_REFERRAL),
            "send": (
                row.state in ("ready", "sent") or (row.state == "draft" and row.urgency == states.Urgency.EMERGENCY)
            )
            and self.may(Permission.SEND_REFERRAL),
            "take_over": row.state != states.Referral.CLOSED
            and row.holder.pk != self.user.pk
            and self.may(Permission.WRITE_REFERRAL),
            "close": row.state in ("draft", "ready", "sent") and self.may(Permission.WRITE_REFERRAL),
            "recommend": self.may(Permission.RECOMMEND_OFFER),
            "decide": self.may(Permission.DECIDE_OFFER),
            "draw_up": self.may(Permission.MAKE_AGREEMENT),
        }
        return super().get_context_data(
            title=f"A home for {row.child.name}",
            caption=f"Referral {row.reference}",
            referral=row,
            shown=view.shown,
            view=view,
            siblings=queries.siblings_of(row, for_user=self.user, on=self.today),
            together=[each for each in queries.sought_together(row) if each.pk != row.pk],
            messages_sent=queries.messages(invitation_ids=row.invitations.values_list("pk", flat=True)),
            cascade=getattr(row, "cascade", None),
            tiers=queries.cascade_log(row),
            searches=queries.frozen_searches(referral_id=row.pk),
            emergency=getattr(row, "emergency", None),
            invitations=self.invitations(row),
            cards=(cards := self.cards(row)),
            gone=(gone := sum(not each["is_live"] for each in cards)),
            live=len(cards) - gone,
            may=may,
            hand_over_url=self.hand_over_url(row),
            **kwargs,
        )

    def cards(self, row) -> list[dict]:
        """Return the offers, each with what the law asks, who was heard, and who was told more of the child."""
        offers = list(queries.offers(referral_id=row.pk))
        told = queries.told_more(offer_ids=[each.pk for each in offers])
        drawn_up = queries.agreements(for_user=self.user, on=self.today).filter(offer__in=offers).order_by()
        agreements = dict(drawn_up.values_list("offer", "pk"))
        places = queries.has_place([each for each in offers if each.state in states.LIVE_OFFERS], row)
        return [
            {
                "offer": offer,
                "answers": (hasattr(offer, "acceptance") and offer.acceptance.facts.get("considerations"))
                or queries.answers(offer, referral=row, for_user=self.user, on=self.today),
                "consents": list(offer.consents.all()),
                "consultations": list(offer.consultations.all()),
                "told": told.get(offer.pk, ()),
                "is_live": offer.state in states.LIVE_OFFERS,
                "agreement": agreements.get(offer.pk),
                "has_place": places.get(offer.pk),
            }
            for offer in offers
        ]

    def invitations(self, row) -> list:
        """Return what was sent to providers, each with how many mails went out about it."""
        found = list(row.invitations.select_related("provider").order_by("provider__name"))
        mailed = notifications.mailed_about(record="placements.invitation", record_ids=[each.pk for each in found])
        for each in found:
            each.mailed = mailed.get(each.pk, 0)
        return found

    def hand_over_url(self, row: models.Referral) -> str:
        """Return where the referral is handed to a colleague, where the person may."""
        is_over = row.state in (states.Referral.CLOSED, states.Referral.MATCHED)
        may = queries.may_hand_on(row.holder, Permission.SEND_REFERRAL, user=self.user, on=self.today)
        return hand_over_url(row.holder.pk, f"referral:{row.pk}") if may and not is_over else ""


class OnReferral(OfReferral, ActionView):
    """A form about one referral."""


class Siblings(OnReferral):
    """Seek homes for brothers and sisters in one search, or apart with the reason."""

    permission = Permission.WRITE_REFERRAL
    form_class = forms.Siblings
    title, button, done = "Brothers and sisters", "Save", "The brothers and sisters are one search."

    def get_form_kwargs(self):
        """Offer the brothers and sisters in care whom the person may see."""
        known = children.siblings(child_id=self.found().child_id, for_user=self.user, on=self.today)
        return super().get_form_kwargs() | {"siblings": [(str(each.pk), f"{each.name} ({each})") for each in known]}

    def act(self, data):
        """Plan it."""
        actions.plan_siblings(referral_id=self.kwargs["referral_id"], **data, by=self.user, now=self.now)


class Send(OnReferral):
    """Release the anonymised referral to providers, having seen what they will see."""

    permission = Permission.SEND_REFERRAL
    form_class = forms.Send
    title, button, done = "Release to providers", "Release", "The referral was released."
    lede = "This is exactly what each provider will see. Names, addresses, schools and numbers have been removed."
    template_name = "placements/release.html"

    def get_form_kwargs(self):
        """Offer the providers under contract, first tier first."""
        row = self.found()
        asked = queries.providers_to_ask(row, on=self.today)
        providers = [(str(each.provider_id), f"{each.provider_name}, tier {each.tier}") for each in asked]
        providers += queries.exempt_providers(row, on=self.today)
        return super().get_form_kwargs() | {"providers": list(dict(providers).items())}

    def get_context_data(self, **kwargs):
        """Show what goes out."""
        view = queries.view(self.found(), on=self.today)
        return super().get_context_data(shown=view.shown, view=view, **kwargs)

    def act(self, data):
        """Release it."""
        actions.send_referral(
            referral_id=self.kwargs["referral_id"],
            provider_ids=data["provider_ids"],
            answer_by=self.now + dt.timedelta(hours=data["hours"]),
            by=self.user,
            now=self.now,
        )


class Close(OnReferral):
    """Close a referral without a placement."""

    permission = Permission.WRITE_REFERRAL
    form_class = forms.Reason
    title, button, is_warning, done = "Close this referral", "Close", True, "The referral is closed."

    def act(self, data):
        """Close it."""
        actions.close_referral(referral_id=self.kwargs["referral_id"], **data, by=self.user, now=self.now)


class Search(OfReferral, DetailPage):
    """Homes for the child, best first, with each reason; and why the others cannot."""

    permission = Permission.SEND_REFERRAL
    template_name = "placements/search.html"

    def get_context_data(self, **kwargs):
        """Search, and draw the homes on a map, blurred to a kilometre."""
        row, asked_for = self.found(), self.request.GET.get("home", "").strip()[:12]
        result = queries.search(row, for_user=self.user, on=self.today, home_reference=asked_for)
        points = [
            point(easting=each.home.easting, northing=each.home.northing, label=each.home.reference, blur_m=BLUR_M)
            for each in result.best
            if each.home.easting is not None
        ]
        if (grid := market.grid(row.child.home_postcode)) is not None:
            points.append(
                point(easting=grid[0], northing=grid[1], label="The child's home area", kind="child", blur_m=BLUR_M)
            )
        return super().get_context_data(
            title=f"Homes for {row.child.name}",
            caption=f"Referral {row.reference}",
            referral=row,
            result=result,
            asked_for=asked_for,
            may_start=getattr(row, "cascade", None) is None or row.cascade.state == states.Cascade.FINISHED,
            map=map_panel(points, title="Homes that can take the child"),
            **kwargs,
        )


class FrozenSearch(DetailPage):
    """What the search showed when homes were asked, as it stood then."""

    permission = Permission.SEE_PLACEMENTS
    template_name = "placements/frozen_search.html"

    def get_context_data(self, **kwargs):
        """Add it."""
        row = queries.frozen_search(search_id=self.kwargs["search_id"], for_user=self.user, on=self.today)
        homes = row.facts["homes"]
        return super().get_context_data(
            title="What the search showed",
            caption=f"Referral {row.referral.reference}",
            search=row,
            facts=row.facts,
            homes=[
                each | {"weekly_fee": Decimal(each["weekly_fee"]) if each["weekly_fee"] else None} for each in homes
            ],
            **kwargs,
        )
