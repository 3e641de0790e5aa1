"""The documents of a placement: written, and read as accessible PDF."""

from functools import cached_property

from django.http import HttpResponse
from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.kernel.errors import NotFound
from placewell.web.documents import pdf
from placewell.web.templatetags.web import moment
from placewell.web.views import ActionView, DetailPage

from .. import actions, forms, queries, states

TITLES = {
    states.Duty.PLACEMENT_PLAN: "Write the placement plan",
    states.Duty.NOTIFICATIONS: "Write to those who must know",
    states.Duty.TERMINATION_NOTICE: "Write that the placement ended",
    states.Duty.DISRUPTION_MEETING: "Record the disruption meeting",
}


class WriteDocument(ActionView):
    """Write the document that a duty asks for; the facts come from what is kept here."""

    permission = Permission.START_PLACEMENT
    template_name = "placements/write_document.html"
    button, done = "Write it", "It is written. What comes next stands below."

    @property
    def duty(self) -> states.Duty:
        """Return the step that the address names."""
        if self.kwargs["kind"] not in set(states.Duty):
            raise NotFound("There is no such document.")
        return states.Duty(self.kwargs["kind"])

    def get_form_kwargs(self):
        """Offer whom the law names for this placement; those who must be told are ticked."""
        given = super().get_form_kwargs()
        first = queries.first_words(self.placement, self.duty)
        if self.get_form_class() is not forms.Letter:
            return given | {"initial": first}
        told = queries.told_of(self.placement, self.duty, on=self.today)
        initial = {"to": [each.code for each in told if each.must], "how": states.Delivery.SECURE_EMAIL} | {
            name: first[name] for name in ("what_happens_next",) if name in first
        }
        return given | {"told": told, "initial": initial}

    @cached_property
    def placement(self):
        """Return the placement, when the person may see the child."""
        return queries.placement(placement_id=self.kwargs["placement_id"], for_user=self.user, on=self.today)

    def get_form_class(self):
        """Ask for what this document needs."""
        return forms.DOCUMENTS[self.duty]

    @property
    def title(self):
        """Say which document it is."""
        return TITLES[self.duty]

    def get_context_data(self, **kwargs):
        """Show what it will say by itself."""
        row = self.placement
        _, lede, facts = queries.document_facts(row, self.duty, on=self.today)
        return super().get_context_data(
            **{"facts": facts, "placement": row, "kind": self.duty.value, "lede": lede, **kwargs}
        )

    def act(self, data):
        """Write it."""
        letter = {name: data.pop(name) for name in ("to", "how", "left_out") if name in data}
        given = {"placement_id": self.kwargs["placement_id"], "kind": self.duty, "parts": data, **letter}
        self.made = actions.write_document(**given, by=self.user, now=self.now)

    def get_success_url(self):
        """Go to the document: it waits to be sent, or to be signed."""
        return reverse("placements:document", args=[self.made.pk])

    @property
    def back_url(self):
        """Lead back to the placement."""
        return reverse("placements:placement", args=[self.kwargs["placement_id"]])


class _Document:
    """What the pages of one document share; the council's own page of it is where they lead."""

    def found(self):
        """Return the document, when the person may see the child."""
        return queries.document(document_id=self.kwargs["document_id"], for_user=self.request.user, on=self.today)

    def get_success_url(self):
        """Go back to the document."""
        return reverse("placements:document", args=[self.kwargs["document_id"]])

    @property
    def back_url(self):
        """Lead back to the document."""
        return self.get_success_url()


class Document(_Document, DetailPage):
    """One version of a plan, a letter or a record: what it says, who has it, and what they say; the reading is recorded."""

    permission = Permission.SEE_PLACEMENTS
    template_name = "placements/document.html"

    def get_context_data(self, **kwargs):
        """Add the document, who it went to, and what the carers say."""
        row = actions.read_document(document_id=self.kwargs["document_id"], by=self.user, now=self.now)
        told = queries.released(agreement_id=row.placement.agreement_id).filter(ended_at=None)
        return super().get_context_data(
            **of_document(row),
            caption=row.placement.agreement.reference,
            ours=True,
            recipients=queries.recipients(row),
            carers=[each.to.name for each in told],
            may_record=self.may(Permission.START_PLACEMENT),
            may_tell=self.may(Permission.SEND_REFERRAL),
            **kwargs,
        )


def of_document(row) -> dict:
    """Return what both sides' pages of a document show."""
    answers = list(queries.plan_answers(row))
    signature = next((each for each in answers if each.kind == states.PlanAnswer.SIGNED), None)
    return {
        "title": f"{row.title}, version {row.version}",
        "document": row,
        "is_plan": row.kind == states.Duty.PLACEMENT_PLAN,
        "signature": signature,
        "comments": [each for each in answers if each is not signature],
    }


class RecordSent(_Document, ActionView):
    """Record that a letter went out."""

    permission = Permission.START_PLACEMENT
    form_class = forms.LetterSent
    title, button, done = "Record that the letter went out", "Record it", "It is recorded to whom the letter went."

    def get_form_kwargs(self):
        """Offer those whom it has not reached."""
        open_ones = [each for each in queries.recipients(self.found()) if each.sent is None]
        return super().get_form_kwargs() | {"to": [each.to for each in open_ones]}

    def get_initial(self):
        """Begin with all of them, today, the way that was planned."""
        row = self.found()
        return {"to": row.sent_to, "on": self.today, "how": row.sent_how}

    def act(self, data):
        """Record it."""
        actions.record_sent(document_id=self.kwargs["document_id"], **data, by=self.user, now=self.now)


class SignedOnPaper(_Document, ActionView):
    """Record that the carers signed the plan on paper."""

    permission = Permission.START_PLACEMENT
    form_class = forms.SignedOnPaper
    title, button, done = "The carers signed on paper", "Record it", "The signature is recorded."

    def act(self, data):
        """Record it."""
        actions.record_plan_signed(document_id=self.kwargs["document_id"], **data, by=self.user, now=self.now)


def as_pdf(row, to: str = "") -> HttpResponse:
    """Return one version of a document as an accessible PDF; of a letter, the copy for *to* names nobody else."""
    sent = [["Written to", to or "; ".join(row.sent_to)]] if row.sent_to else []
    sent += [["Not written to, and why", row.left_out]] if row.left_out and not to else []
    signed = []
    if row.kind == states.Duty.PLACEMENT_PLAN:
        found = next((each for each in queries.plan_answers(row) if each.kind == states.PlanAnswer.SIGNED), None)
        words = f"{found.signed_as}: {found.by.name}, {moment(found.at)}. {found.words}" if found else "Not signed yet"
        signed = [["Agreed and signed by the carers", words.strip()]]
    written = [["Written by", f"{row.written_by.name}, {row.written_at:%-d %B %Y}"]]
    data = {
        "title": row.title,
        "council": row.council.name,
        "reference": f"{row.placement.agreement.reference}, {row.title.lower()}, version {row.version}",
        "lede": row.lede,
        "facts": [*row.facts, *sent, *written, *signed],
    }
    response = HttpResponse(pdf("placements/documents/facts.typ", data), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{row.kind}-{row.version}.pdf"'
    return response


class DocumentPdf(DetailPage):
    """One version as an accessible PDF; the reading is recorded."""

    permission = Permission.SEE_PLACEMENTS

    def get(self, request, *args, **kwargs):
        """Return the document."""
        return as_pdf(actions.read_document(document_id=self.kwargs["document_id"], by=self.user, now=self.now))


class CopyPdf(_Document, DetailPage):
    """One recipient's copy of a letter, to be printed or attached; that it was opened is recorded."""

    permission = Permission.START_PLACEMENT

    def get(self, request, *args, **kwargs):
        """Return the copy."""
        to = next((each.to for each in queries.recipients(self.found()) if each.number == self.kwargs["number"]), "")
        return as_pdf(actions.print_copy(document_id=self.kwargs["document_id"], to=to, by=self.user, now=self.now), to)
