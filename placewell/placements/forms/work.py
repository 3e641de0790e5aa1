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


class HandOver(forms.Form):
    """What is handed over, to whom, and why."""

    rows = plain.MultipleChoiceField(
        label="What do you hand over?", widget=plain.CheckboxSelectMultiple, required=False
    )
    everything = plain.BooleanField(required=False)
    to_id = plain.ChoiceField(label="Who carries it on?")
    reason = forms.TextArea(label="Why?", rows=3)

    def __init__(self, *args, rows, others, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["rows"].choices, self.fields["to_id"].choices = rows, [("", "Choose a colleague"), *people]
        self.fields["everything"].label = f"Also everything else they hold, on which nothing waits now ({others})"
        for name, is_empty in (("rows", not rows), ("everything", not others)):
            if is_empty:
                del self.fields[name]


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
