"""Input for the budget's lists."""

from django import forms as plain

from placewell.governance.states import Category
from placewell.kernel.periods import financial_year
from placewell.storage.models import choices
from placewell.web import forms

from . import rules


class Filters(forms.Form):
    """Narrow the commitments."""

    year = plain.IntegerField(label="Financial year starting in", required=False, min_value=2000, max_value=2100)
    category = plain.ChoiceField(label="Lot", required=False, choices=[("", "All"), *choices(Category)])


class SetEnvelope(forms.Form):
    """What may be spent in one year."""

    financial_year = plain.TypedChoiceField(label="Financial year", coerce=int)
    amount = forms.MoneyField(label="Envelope")

    def __init__(self, *args, decision, on, taken=frozenset(), **kwargs):
        super().__init__(*args, **kwargs)
        first, now = financial_year(decision.taken_on), financial_year(on)
        years = range(first, max(first, now) + (decision.years or 1) + 1)
        self.fields["financial_year"].choices = [(y, rules.year_words(y)) for y in years if y not in taken]
        self.fields["amount"].initial = decision.annual_amount
