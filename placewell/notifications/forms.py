"""Input of the notifications room."""

from django import forms as plain

from placewell.storage.models import choices
from placewell.web import forms

from . import states

TIMINGS = choices(states.Timing)
ONLY = [("", "Everything"), ("unread", "Unread")]


class Filters(forms.Form):
    """What the list leaves."""

    only = plain.ChoiceField(label="Show", choices=ONLY, required=False)
    group = plain.ChoiceField(label="About", required=False)

    def __init__(self, *args, groups=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = [("", "Everything"), *((each, each) for each in groups)]
        for field in self.fields.values():  # every filter is optional: saying so on each is noise
            field.label = str(field.label).removesuffix(" (optional)")


class Timings(forms.Form):
    """When each kind comes by mail: one field for each kind that the person is told of."""

    def __init__(self, *args, kinds=(), **kwargs):
        super().__init__(*args, **kwargs)
        for kind in kinds:
            field = plain.ChoiceField(label=kind.words, choices=TIMINGS)
            field.widget.attrs["class"] = "govuk-select"
            field.error_messages["required"] = "Choose one."
            self.fields[kind.code] = field
