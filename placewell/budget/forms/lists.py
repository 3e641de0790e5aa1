"""What narrows lists, and what any form may ask."""

from django import forms as plain

from placewell.governance.states import Category
from placewell.storage.models import choices
from placewell.web import forms

from ..states import Funder


class Filters(forms.Form):
    """Narrow the commitments."""

    year = plain.IntegerField(label="Financial year starting in", required=False, min_value=2000, max_value=2100)
    category = plain.ChoiceField(label="Lot", required=False, choices=[("", "All"), *choices(Category)])


class YearFilter(forms.Form):
    """Which financial year."""

    year = plain.IntegerField(label="Financial year starting in", required=False, min_value=2000, max_value=2100)


class NightFilters(YearFilter):
    """Narrow the nights behind a figure."""

    month = plain.CharField(required=False, widget=plain.HiddenInput)
    category = plain.ChoiceField(label="Lot", required=False, choices=[("", "All"), *choices(Category)])
    provider = plain.UUIDField(required=False, widget=plain.HiddenInput)
    funder = plain.ChoiceField(required=False, choices=[("", "All"), *choices(Funder)], widget=plain.HiddenInput)


class Decide(forms.Form):
    """Approve or refuse."""

    approve = forms.YesNoField(label="Do you approve?")
    reasons = forms.TextArea(label="Your reasons", rows=3)


class Reason(forms.Form):
    """Why."""

    reason = forms.TextArea(label="Why", rows=3)


class Nothing(forms.Form):
    """Nothing to fill in."""
