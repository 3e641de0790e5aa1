"""Individual placement agreements, for both sides: read, signed, given other terms, and what comes of them."""

from django.http import HttpResponse
from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.budget.rules import PassesLimit
from placewell.children import queries as children
from placewell.notifications.actions import note_opened
from placewell.web.documents import pdf
from placewell.web.templatetags.web import day, moment, pounds
from placewell.web.views import ActionView, DetailPage

from .. import actions, forms, queries, states


class _Agreement:
    def found(self):
        """Return the agreement; the database hides those of others."""
        return queries.agreement(agreement_id=self.kwargs["agreement_id"], for_user=self.request.user, on=self.today)

    def get_success_url(self):
        """Go back to the agreement."""
        return reverse("placements:agreement", args=[self.kwargs["agreement_id"]])

    @property
    def back_url(self):
        """Lead back to the agreement."""
        return self.get_success_url()


def _parts(row) -> list[tuple[str, str]]:
    """Return the agreement as pairs of words; nothing in it names the child."""
    lines = [_price(line, row) for line in sorted(row.price_lines.all(), key=lambda line: (line.start_on, line.kind))]
    terms = [(name.replace("_", " ").capitalize(), value) for name, value in row.terms.items() if value]
    return [
        ("Reference", f"{row.reference}, version {row.version}"),
        ("Provider", row.provider.name),
        ("Home", row.home.reference),
        ("Contract", row.contract.reference if row.contract else "An exemption" if row.exemption_id else "None"),
        ("From", day(row.start_on)),
        ("Until", day(row.end_on)),
        ("Price", "; ".join(lines)),
        ("Charged", "For each night: the day of arrival counts, the day of leaving does not"),
        ("Notice", f"{row.notice_days} days"),
        *terms,
        ("Drawn up by", row.drawn_up_by.name),
        ("Signed for the council", _signed(row.council_signed_by, row.council_signed_at)),
        ("Signed for the provider", _signed(row.provider_signed_by, row.provider_signed_at)),
    ]


def _price(line, row) -> str:
    """Return one part of the price in words, with its days where they are not the whole stay's."""
    if line.kind == line.ONE_OFF:
        return f"Once: {pounds(line.weekly_fee / 7)}"
    first = f" from {day(line.start_on)}" if line.start_on > row.start_on else ""
    last = f" until {day(line.end_on)}" if line.end_on < row.end_on else ""
    return f"{line.kind.capitalize()}: {pounds(line.weekly_fee)} a week{first}{last}"


def _signed(who, when) -> str:
    return f"{who.name}, {moment(when)}" if who else "Not yet"


WAITS = "Its money waits for demand approval. Until then it is signed only where a statutory duty cannot wait."


def _next_step(row, *, ours: bool) -> str:
    """Return what happens next with an agreement, and who does it; "" when nothing is left."""
    if hasattr(row, "placement"):
        return ""
    match states.Agreement(row.state):
        case states.Agreement.DRAFT:
            held = ours and queries.waits_for_money(row)
            return WAITS if held else "The council signs next."
        case states.Agreement.COUNCIL_SIGNED:
            return (
                "The provider signs next." if ours else "You sign next. If something is wrong, tell the council first."
            )
        case states.Agreement.IN_FORCE:
            return f"The child is to move in on {row.start_on:%-d %B %Y}."
    return ""


class Agreement(_Agreement, DetailPage):
    """One agreement, for whichever side is signed in."""

    template_name = "placements/agreement.html"
    caption = "Individual placement agreement"
    permission = Permission.SIGN_AGREEMENT

    def may(self, permission):
        """Let those who see placements read it too."""
        return super().may(permission) or super().may(Permission.SEE_PLACEMENTS)

    def get_context_data(self, **kwargs):
        """Add the agreement and what may be done."""
        row = self.found()
        ours = self.user.organisation_id == row.council_id
        sees = super().may
        told = list(queries.released(agreement_id=row.pk))
        if self.user.may(Permission.FOLLOW_RECORD, on=self.today):
            note_opened(record="placements.agreement", record_id=row.pk, by=self.user, now=self.now)
        may = {
            "sign_council": ours
            and row.state == states.Agreement.DRAFT
            and sees(Permission.SIGN_AGREEMENT)
            and row.drawn_up_by_id != self.user.pk,
            "redraw": ours
            and row.state == states.Agreement.DRAFT
            and self.user.may(Permission.MAKE_AGREEMENT, on=self.today),
            "sign_provider": not ours and row.state == states.Agreement.COUNCIL_SIGNED,
            "start": ours
            and row.state == states.Agreement.IN_FORCE
            and not hasattr(row, "placement")
            and self.user.may(Permission.START_PLACEMENT, on=self.today),
            "not_arrived": ours
            and row.state in (states.Agreement.DRAFT, states.Agreement.COUNCIL_SIGNED, states.Agreement.IN_FORCE)
            and not hasattr(row, "placement")
            and row.offer_id is not None
            and self.user.may(Permission.START_PLACEMENT, on=self.today),
            "disclose": ours
            and row.state in (states.Agreement.COUNCIL_SIGNED, states.Agreement.IN_FORCE)
            and sees(Permission.SEND_REFERRAL),
        }
        return super().get_context_data(
            title=f"Agreement {row.reference}",
            agreement=row,
            parts=_parts(row),
            ends_after_contract=ours and row.contract is not None and row.contract.end_on < row.end_on,
            next_step=_next_step(row, ours=ours),
            may=may,
            ours=ours,
            released=told,
            notice=queries.open_notice(agreement_id=row.pk),
            changes=row.changes.filter(state=states.Consent.APPROVED).order_by("decided_at"),
            plan=None if ours else queries.plans_for_carers(for_user=self.user, agreement_id=row.pk).first(),
            **kwargs,
        )


class AgreementPdf(Agreement):
    """The agreement as an accessible PDF."""

    def get(self, request, *args, **kwargs):
        """Return the document."""
        row = self.found()
        data = {
            "title": f"Individual placement agreement {row.reference}",
            "council": row.council.name,
            "reference": f"{row.reference} v{row.version}",
            "facts": [list(part) for part in _parts(row)],
        }
        response = HttpResponse(pdf("placements/documents/facts.typ", data), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="agreement-{row.reference}.pdf"'
        return response


class OtherTerms(_Agreement, ActionView):
    """Give a draft other terms."""

    permission = Permission.MAKE_AGREEMENT
    form_class = forms.DrawUp
    title, button, done = (
        "Change the terms",
        "Save the next version",
        "The draft has its next version; a manager signs it.",
    )

    def get_initial(self):
        """Begin with what stands in it."""
        row = self.found()
        return row.terms | {"notice_days": row.notice_days}

    def act(self, data):
        """Change them."""
        given = {"agreement_id": self.kwargs["agreement_id"], "notice_days": data.pop("notice_days"), "terms": data}
        actions.redraw_agreement(**given, by=self.user, now=self.now)


class SignForCouncil(_Agreement, ActionView):
    """Sign for the council; the money is committed."""

    permission = Permission.SIGN_AGREEMENT
    form_class = forms.Sign
    title, button, done = "Sign for the council", "Sign", "Signed. The money is committed."

    def act(self, data):
        """Sign it; what would pass the envelope waits for demand approval, which the system asks for."""
        given = {"agreement_id": self.kwargs["agreement_id"], "by": self.user, "now": self.now}
        try:
            actions.sign_for_council(**data, **given)
        except PassesLimit as refusal:
            actions.hold_agreement(**given)
            self.done = (
                f"{refusal} It is not signed: it waits, and the three offices have been asked for demand approval."
            )


class SignForProvider(_Agreement, ActionView):
    """Sign for the provider; the agreement is in force."""

    permission = Permission.SIGN_AGREEMENT
    form_class = forms.Confirm
    title, button, done = "Sign for the provider", "Sign", "Signed. The agreement is in force."

    def act(self, data):
        """Sign it."""
        actions.sign_for_provider(agreement_id=self.kwargs["agreement_id"], by=self.user, now=self.now)


class NotArrived(_Agreement, ActionView):
    """Record that the child never moved in."""

    permission = Permission.START_PLACEMENT
    form_class = forms.Reason
    title, button, is_warning = "The child did not arrive", "Record it", True
    lede = "Place and money are freed, and every provider who was asked is asked again."
    done = "Recorded. The referral is open again."

    def act(self, data):
        """Record it."""
        self.cancelled = actions.record_not_arrived(
            agreement_id=self.kwargs["agreement_id"], **data, by=self.user, now=self.now
        )


class Start(_Agreement, ActionView):
    """Record that the child moved in."""

    permission = Permission.START_PLACEMENT
    form_class = forms.Start
    title, button, done = "The child moved in", "Record the start", "The placement has started."

    def get_form_kwargs(self):
        """Ask why the present placement ends, when there is one; the legal side only of a child who comes into care."""
        child_id = self.found().child_id
        in_care = children.current_episode(child_id=child_id, on=self.today) is not None
        is_move = queries.lives_now(child_id=child_id) is not None
        return super().get_form_kwargs() | {"is_move": is_move, "in_care": in_care, "codes": children.codes()}

    def get_initial(self):
        """Begin with the day agreed, once it has come."""
        return {"on": min(self.found().start_on, self.today)}

    def act(self, data):
        """Start it, or move the child from the home before."""
        given = {"agreement_id": self.kwargs["agreement_id"], "by": self.user, "now": self.now}
        act = actions.move_placement if "change_reason" in data else actions.start_placement
        self.started = act(**data, **given)

    def get_success_url(self):
        """Go to the placement."""
        started = getattr(self, "started", None)
        return reverse("placements:placement", args=[started.pk]) if started else super().get_success_url()
