"""The envelope, its lots, virements, months and funders."""

import datetime as dt

from django import forms as plain

from placewell.governance.states import Category
from placewell.kernel.periods import financial_year
from placewell.storage.models import choices
from placewell.web import forms

from .. import rules, states


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


class LotShare(forms.Form):
    """What part of the envelope is meant for a lot, and its codes in the ledger."""

    category = plain.ChoiceField(label="Lot", choices=choices(Category))
    amount = forms.MoneyField(label="Share of the envelope")
    cost_centre = plain.CharField(label="Cost centre", max_length=20)
    subjective_code = plain.CharField(label="Subjective code", max_length=20)


class Virement(forms.Form):
    """Money to move from one lot to another."""

    from_category = plain.ChoiceField(label="From", choices=choices(Category))
    to_category = plain.ChoiceField(label="To", choices=choices(Category))
    amount = forms.MoneyField(label="How much")
    reason = forms.TextArea(label="Why", rows=3)


class CloseMonth(forms.Form):
    """Which month to freeze."""

    month = plain.TypedChoiceField(label="Month", coerce=lambda text: dt.date.fromisoformat(text))

    def __init__(self, *args, months, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = [(each.isoformat(), rules.month_words(each)) for each in months]


class Funding(forms.Form):
    """The share that another funder bears."""

    funder = plain.ChoiceField(
        label="Who pays", choices=[each for each in choices(states.Funder) if each[0] != states.Funder.SOCIAL_CARE]
    )
    percent = plain.DecimalField(label="Share in per cent", max_digits=5, decimal_places=2)
    agreement = plain.CharField(label="Reference of the funding agreement", max_length=80)
    start_on = forms.DateField(label="From")
    end_on = forms.DateField(label="Until", required=False)
    review_on = forms.DateField(label="Look at it again on")
