"""The council's choice between offers: recommended, consented to, decided, agreed."""

from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.kernel.errors import NotFound
from placewell.web.views import ActionView

from .. import actions, forms, models, queries, states


class _OnOffer(ActionView):
    """A form about one offer."""

    def found(self) -> models.Offer:
        """Return the offer."""
        return queries.offer(offer_id=self.kwargs["offer_id"])

    def get_success_url(self):
        """Go back to the referral."""
        return reverse("placements:referral", args=[self.found().invitation.referral_id])

    @property
    def back_url(self):
        """Lead back to the referral."""
        return self.get_success_url()

    @property
    def caption(self):
        """Name the home."""
        offer = self.found()
        return f"{offer.home.reference}, {offer.provider.name}"


class Recommend(_OnOffer):
    """Recommend a home."""

    permission = Permission.RECOMMEND_OFFER
    form_class = forms.Recommend
    title, button, done = "Recommend this home", "Recommend", "The home is recommended; whoever decides has been asked."

    def act(self, data):
        """Recommend it."""
        actions.recommend_offer(offer_id=self.kwargs["offer_id"], **data, by=self.user, now=self.now)


class TakeBack(_OnOffer):
    """Take a recommendation back before anybody decided."""

    permission = Permission.RECOMMEND_OFFER
    form_class = forms.Reason
    title, button, done = "Take the recommendation back", "Take it back", "It is not recommended any more."
    lede = "The offer stands, and another home may be recommended. What was heard about this one stays with it."

    def act(self, data):
        """Take it back."""
        actions.take_recommendation_back(offer_id=self.kwargs["offer_id"], **data, by=self.user, now=self.now)


class Accept(_OnOffer):
    """Choose a home."""

    permission = Permission.DECIDE_OFFER
    form_class = forms.Reasons
    title, button, done = "Choose this home", "Choose this home", "The home is chosen and the place is held."
    template_name = "placements/accept.html"

    def get_context_data(self, **kwargs):
        """Show the alternatives beside it, and what must come first."""
        offer = self.found()
        referral = offer.invitation.referral
        given = {"for_user": self.user, "on": self.today}
        columns, lines = queries.compare(referral, first=offer.pk, **given)
        others = queries.offers(referral_id=referral.pk).exclude(pk=offer.pk)
        return super().get_context_data(
            offer=offer,
            answers=queries.answers(offer, referral=referral, **given),
            has_place=queries.has_place([offer], referral)[offer.pk],
            waiting=queries.waited_for(offer),
            columns=columns,
            lines=[(name, list(zip(columns, values, strict=True))) for name, values in lines],
            others=len(columns) > 1,
            gone=others.exclude(pk__in=[each.pk for each in columns]),
            **kwargs,
        )

    def act(self, data):
        """Accept it."""
        actions.accept_offer(offer_id=self.kwargs["offer_id"], **data, by=self.user, now=self.now)


class Decline(_OnOffer):
    """Decline an offer."""

    permission = Permission.DECIDE_OFFER
    form_class = forms.Reasons
    title, button, is_warning, done = "Decline this offer", "Decline", True, "The offer is declined."

    def act(self, data):
        """Decline it."""
        actions.decline_offer(offer_id=self.kwargs["offer_id"], **data, by=self.user, now=self.now)


class DrawUp(_OnOffer):
    """Draw up the agreement."""

    permission = Permission.MAKE_AGREEMENT
    form_class = forms.DrawUp
    title, button, done = (
        "Draw up the placement agreement",
        "Draw up",
        "The agreement is drawn up; a manager signs it next.",
    )

    def get_initial(self):
        """Begin with what the referral says."""
        referral = self.found().invitation.referral
        aims = states.CARE_PLANS.get(referral.care_plan, "")
        return {"aims": aims, "education": referral.education, "family_time": referral.family_time}

    def act(self, data):
        """Draw it up."""
        notice_days = data.pop("notice_days")
        terms = {"offer_id": self.kwargs["offer_id"], "notice_days": notice_days, "terms": data}
        self.made = actions.draw_up_agreement(**terms, by=self.user, now=self.now)

    def get_success_url(self):
        """Go to the agreement."""
        made = getattr(self, "made", None)
        return reverse("placements:agreement", args=[made.pk]) if made else super().get_success_url()


class Undo(_OnOffer):
    """Take a choice back before an agreement is drawn up."""

    permission = Permission.MAKE_AGREEMENT
    form_class = forms.Reason
    title, button, is_warning = "The home fell through", "Take the choice back", True
    lede = "The place is free, and every provider who was asked is asked again."
    done = "The choice is taken back. The referral is open again."

    def act(self, data):
        """Take it back."""
        actions.undo_choice(offer_id=self.kwargs["offer_id"], **data, by=self.user, now=self.now)


class DecideConsent(ActionView):
    """Give or refuse the approval that the law asks for."""

    permission = Permission.SEE_PLACEMENTS
    form_class = forms.DecideConsent
    button, done = "Record my decision", "Your decision is recorded."
    template_name = "placements/consent.html"

    def found(self):
        """Return the consent."""
        row = queries.consents().filter(pk=self.kwargs["consent_id"]).first()
        if row is None:
            raise NotFound("There is no such approval.")
        return row

    def get_form_kwargs(self):
        """Ask for the points of this kind of approval."""
        return super().get_form_kwargs() | {"kind": self.found().kind}

    @property
    def title(self):
        """Say which approval it is."""
        kind = self.found().kind
        if kind == states.ConsentKind.SCHOOLING:
            return "Approve a move that disrupts schooling?"
        return f"Approve a placement {kind.replace('_', ' ')}?"

    def get_context_data(self, **kwargs):
        """Show what it is for."""
        row = self.found()
        return super().get_context_data(
            consent=row,
            answers=queries.answers(
                row.offer, referral=row.offer.invitation.referral, for_user=self.user, on=self.today
            ),
            **kwargs,
        )

    def act(self, data):
        """Decide."""
        actions.decide_consent(consent_id=self.kwargs["consent_id"], **data, by=self.user, now=self.now)

    def get_success_url(self):
        """Go back to the referral."""
        return reverse("placements:referral", args=[self.found().offer.invitation.referral_id])


class ApproveEmergency(ActionView):
    """Approve afterwards that an emergency was searched for at once."""

    permission = Permission.DECIDE_OFFER
    form_class = forms.DecideEmergency
    title, button, done = "Approve an emergency search", "Record my decision", "Your decision is recorded."
    lede = "A home was searched for at once. Without your approval no home can be chosen."

    def found(self) -> models.Referral:
        """Return the referral, when the person may see the child."""
        return queries.referral(referral_id=self.kwargs["referral_id"], for_user=self.user, on=self.today)

    @property
    def caption(self):
        """Name the referral."""
        return f"Referral {self.found().reference}"

    def act(self, data):
        """Decide."""
        actions.approve_emergency(referral_id=self.found().pk, **data, by=self.user, now=self.now)

    def get_success_url(self):
        """Go back to the referral."""
        return reverse("placements:referral", args=[self.kwargs["referral_id"]])

    @property
    def back_url(self):
        """Lead back to the referral."""
        return self.get_success_url()


class Consultation(ActionView):
    """Record what somebody says of a home before it is chosen."""

    permission = Permission.WRITE_REFERRAL
    form_class = forms.Consultation
    template_name = "placements/consultation.html"
    button, done = "Record it", "It is recorded."

    def may(self, permission):
        """Let the reviewing officer answer without the desk."""
        return super().may(permission) or (
            super().may(Permission.ANSWER_CONSULTATION) and self.found().party == states.Party.REVIEWING_OFFICER
        )

    @property
    def answers_alone(self) -> bool:
        """Tell whether the reader is the one who is asked."""
        return self.user.may(Permission.ANSWER_CONSULTATION, on=self.today)

    def get_form_kwargs(self):
        """Ask in other words whoever is asked."""
        return super().get_form_kwargs() | {"is_asked": self.answers_alone}

    def get_context_data(self, **kwargs):
        """Show the home that it is about."""
        offer = self.found().offer
        referral = offer.invitation.referral
        answers = queries.answers(offer, referral=referral, for_user=self.user, on=self.today)
        return super().get_context_data(offer=offer, answers=answers, **kwargs)

    def found(self) -> models.Consultation:
        """Return the consultation, when the person may see the child."""
        rows = queries.consultations(for_user=self.user, on=self.today)
        row = rows.filter(pk=self.kwargs["consultation_id"]).first()
        if row is None:
            raise NotFound("There is no such consultation.")
        return row

    @property
    def title(self):
        """Say who is asked."""
        if self.answers_alone:
            return "What do you say of this home?"
        return f"Ask the {self.found().get_party_display().lower()} about this home"

    @property
    def lede(self):
        """Say by when and why."""
        row = self.found()
        return f"{row.offer.home.reference} for {row.offer.invitation.referral.child.name}. {row.source}."

    def get_initial(self):
        """Begin with today."""
        return {"on": self.today}

    def act(self, data):
        """Record it."""
        actions.record_consultation(consultation_id=self.kwargs["consultation_id"], **data, by=self.user, now=self.now)

    def get_success_url(self):
        """Go back to the referral."""
        return reverse("placements:referral", args=[self.found().offer.invitation.referral_id])

    @property
    def back_url(self):
        """Lead back to the referral."""
        return self.get_success_url()


class CompleteConsent(DecideConsent):
    """Record that the points which an emergency left open hold too."""

    form_class = forms.CompleteConsent

    def get_form_kwargs(self):
        """Ask for the points alone."""
        return {name: value for name, value in super().get_form_kwargs().items() if name != "kind"}

    title = "What the emergency left open"  # type: ignore[assignment]
    button, done = "Record it", "Every point is recorded."

    def get_initial(self):
        """Tick what holds already."""
        return {"satisfied": [code for code, held in self.found().satisfied.items() if held]}

    def act(self, data):
        """Complete it."""
        held = dict.fromkeys(data["satisfied"], True)
        actions.complete_consent(consent_id=self.kwargs["consent_id"], satisfied=held, by=self.user, now=self.now)
