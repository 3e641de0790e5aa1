"""Input for contracts and rates."""

from django import forms as plain

from placewell.storage.models import choices
from placewell.web import forms

from .states import NeedLevel


class SetRate(forms.Form):
    """A price from one day on."""

    age_from = plain.IntegerField(label="From age", min_value=0, max_value=17)
    age_to = plain.IntegerField(label="To age", min_value=0, max_value=17)
    need_level = plain.ChoiceField(label="Level of need", choices=choices(NeedLevel))
    weekly_fee = forms.MoneyField(label="Price a week")
    start_on = forms.DateField(label="From", help_text="Earlier prices stay as they were.")

    def clean(self):
        """The ages are in order."""
        data = super().clean()
        if data.get("age_from") is not None and data.get("age_to") is not None and data["age_to"] < data["age_from"]:
            self.add_error("age_to", "This is below the first age.")
        return data


class Reason(forms.Form):
    """Why."""

    reason = forms.TextArea(label="Why")
