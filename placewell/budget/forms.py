"""Input for the budget's lists."""

from django import forms as plain

from placewell.governance.states import Category
from placewell.storage.models import choices
from placewell.web import forms


class Filters(forms.Form):
    """Narrow the commitments."""

    year = plain.IntegerField(label="Financial year starting in", required=False, min_value=2000, max_value=2100)
    category = plain.ChoiceField(label="Lot", required=False, choices=[("", "All"), *choices(Category)])
