"""Invoices and what is said of their lines."""

from django import forms as plain

from placewell.storage.models import choices
from placewell.web import forms

from .. import states


class Receive(forms.Form):
    """A file of invoices, or a schedule."""

    upload = plain.FileField(
        label="Invoices or a schedule",
        help_text="CSV or a spreadsheet. A column for the agreement's reference, the nights and the amount is enough; "
        "children's names are not kept.",
    )
    invoice_number = plain.CharField(
        label="Invoice number, when the file has no column for it", max_length=60, required=False
    )


class LineFilters(forms.Form):
    """Narrow the invoice lines."""

    state = plain.ChoiceField(
        label="State", required=False, choices=[("", "All"), ("open", "Queried or held"), *choices(states.InvoiceLine)]
    )
    reference = plain.CharField(label="Agreement", required=False, max_length=20)
    whose = plain.ChoiceField(label="Who sees to it", required=False, choices=[("", "Anybody"), ("mine", "I do")])
    file_id = plain.UUIDField(required=False, widget=plain.HiddenInput)
    provider = plain.UUIDField(required=False, widget=plain.HiddenInput)


class QueryLine(forms.Form):
    """What to ask of a line."""

    question = forms.TextArea(label="What is to be asked of the provider", rows=3)


class HandOverLine(forms.Form):
    """Who sees to a line from now on, and why it changes hands."""

    to_id = plain.ChoiceField(label="Who sees to it from now on?")
    everything = plain.BooleanField(required=False)
    reason = forms.TextArea(label="Why it changes hands", rows=2)

    def __init__(self, *args, people, others, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to_id"].choices = [("", "Choose a colleague"), *people]
        if others:
            lines = "line" if others == 1 else "lines"
            self.fields[
                "everything"
            ].label = f"And the {others} other open {lines} of this provider with the same person"
        else:
            del self.fields["everything"]
