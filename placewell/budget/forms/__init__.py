"""Input for the budget's lists."""

import datetime as dt

from django import forms as plain

from placewell.governance.states import Category
from placewell.kernel.periods import financial_year
from placewell.storage.models import choices
from placewell.web import forms

from .. import rules, states


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


class YearFilter(forms.Form):
    """Which financial year."""

    year = plain.IntegerField(label="Financial year starting in", required=False, min_value=2000, max_value=2100)


class NightFilters(YearFilter):
    """Narrow the nights behind a figure."""

    month = plain.CharField(required=False, widget=plain.HiddenInput)
    category = plain.ChoiceField(label="Lot", required=False, choices=[("", "All"), *choices(Category)])
    provider = plain.UUIDField(required=False, widget=plain.HiddenInput)


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


class Decide(forms.Form):
    """Approve or refuse."""

    approve = forms.YesNoField(label="Do you approve?")
    reasons = forms.TextArea(label="Your reasons", rows=3)


class Reason(forms.Form):
    """Why."""

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


class Discount(forms.Form):
    """A discount on the weekly prices of an agreement."""

    kind = plain.ChoiceField(
        label="For",
        choices=[
            (each.value, each.value.removeprefix("discount_").replace("_", " ").capitalize())
            for each in states.DISCOUNTS
        ],
    )
    percent = plain.DecimalField(label="Per cent", max_digits=5, decimal_places=2)
    start_on = forms.DateField(label="From")
    end_on = forms.DateField(label="Until")
    reason = forms.TextArea(label="Why", rows=2)


class Policy(forms.Form):
    """At which chance demand approval is sought."""

    chance = plain.IntegerField(
        label="Chance in per cent",
        min_value=1,
        max_value=99,
        help_text="When the chance of passing a limit is this or more, the system asks the three offices for approval.",
    )
    start_on = forms.DateField(label="From")


class Tried(forms.Form):
    """What was tried before."""

    tried = forms.TextArea(
        label="What was tried",
        rows=5,
        help_text="Step-down plans, own carers, prices asked again.",
    )


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

    state = plain.ChoiceField(label="State", required=False, choices=[("", "All"), *choices(states.InvoiceLine)])
    reference = plain.CharField(label="Agreement", required=False, max_length=20)
    file_id = plain.UUIDField(required=False, widget=plain.HiddenInput)


class QueryLine(forms.Form):
    """What to ask of a line."""

    question = forms.TextArea(label="What is to be asked of the provider", rows=3)


class Nothing(forms.Form):
    """Nothing to fill in."""
