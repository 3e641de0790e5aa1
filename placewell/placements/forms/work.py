"""Input for the work list and for covering."""

from django import forms as plain

from placewell.web import forms

from ..queries import KINDS


class WorkFilters(forms.Form):
    """Whose, which kind, and whether late."""

    whose = plain.ChoiceField(
        label="Whose", choices=[("", "Mine, and those I cover for"), ("everyone", "Everyone's")], required=False
    )
    kind = plain.ChoiceField(label="Kind", choices=[("", "Every kind"), *KINDS.items()], required=False)
    late = plain.BooleanField(label="Only what is late", required=False)


class Cover(forms.Form):
    """Who is away, who covers, and when."""

    away_id = plain.ChoiceField(label="Who is away?")
    covered_by_id = plain.ChoiceField(label="Who covers?")
    start_on = forms.DateField(label="From")
    end_on = forms.DateField(label="Back on")
    note = forms.TextArea(label="Anything to know", rows=2, required=False)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("away_id", "covered_by_id"):
            self.fields[name].choices = people
