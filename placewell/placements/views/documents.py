"""The documents of a placement: written, and read as accessible PDF."""

from functools import cached_property

from django.http import HttpResponse
from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.kernel.errors import NotFound
from placewell.web.documents import pdf
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
    button, done = "Write it", "It is written, and the step is recorded as done."

    @property
    def duty(self) -> states.Duty:
        """Return the step that the address names."""
        if self.kwargs["kind"] not in set(states.Duty):
            raise NotFound("There is no such document.")
        return states.Duty(self.kwargs["kind"])

    def get_form_kwargs(self):
        """Offer whom the law names for this placement; those who must be told are ticked."""
        given = super().get_form_kwargs()
        if self.get_form_class() is not forms.Letter:
            return given
        told = queries.told_of(self.placement, self.duty, on=self.today)
        return given | {"told": told, "initial": {"to": [each.code for each in told if each.must]}}

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
        actions.write_document(**given, by=self.user, now=self.now)

    def get_success_url(self):
        """Go back to the placement."""
        return reverse("placements:placement", args=[self.kwargs["placement_id"]])

    @property
    def back_url(self):
        """Lead back to the placement."""
        return self.get_success_url()


class DocumentPdf(DetailPage):
    """One version as an accessible PDF; the reading is recorded."""

    permission = Permission.SEE_PLACEMENTS

    def get(self, request, *args, **kwargs):
        """Return the document."""
        row = actions.read_document(document_id=self.kwargs["document_id"], by=self.user, now=self.now)
        to = [["Written to", "; ".join(row.sent_to)]] if row.sent_to else []
        to += [["Not written to, and why", row.left_out]] if row.left_out else []
        signed = [["Signed by the carer", ""], ["Signed for the council", ""]] if row.kind == "placement_plan" else []
        written = [["Written by", f"{row.written_by.name}, {row.written_at:%-d %B %Y}"]]
        data = {
            "title": row.title,
            "council": row.council.name,
            "reference": f"{row.placement.agreement.reference}, {row.title.lower()}, version {row.version}",
            "lede": row.lede,
            "facts": [*row.facts, *to, *written, *signed],
        }
        response = HttpResponse(pdf("placements/documents/facts.typ", data), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="{row.kind}-{row.version}.pdf"'
        return response
