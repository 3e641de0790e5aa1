"""Discounts, retainers and rebates."""

from django import forms as plain

from placewell.web import forms

from .. import states


class Discount(forms.Form):
    """A discount on the weekly prices of an agreement."""

    kind = plain.ChoiceField(
        label="For",
        choices=[(each.value, states.discount_words(each).capitalize()) for each in states.DISCOUNTS],
    )
    percent = plain.DecimalField(label="Per cent", max_digits=5, decimal_places=2)
    start_on = forms.DateField(label="From")
    end_on = forms.DateField(label="Until")
    reason = forms.TextArea(label="Why", rows=2)


class EndDiscount(forms.Form):
    """From when a discount is none any more."""

    end_on = forms.DateField(
        label="No discount from the night of", help_text="A day that has passed puts right what was given by mistake."
    )
    reason = forms.TextArea(label="Why", rows=2)


class Retainer(forms.Form):
    """What is paid for a place that is kept while the child is away."""

    away_from = forms.DateField(label="First night away")
    back_on = forms.DateField(
        label="Back on",
        required=False,
        help_text="The first night in the home again. Leave it open while nobody knows: the retainer ends when the child’s "
        "return is recorded.",
    )
    full_nights = plain.IntegerField(label="Nights paid whole first", min_value=0, max_value=366, initial=7)
    percent = plain.DecimalField(
        label="Retainer in per cent of the price", max_digits=5, decimal_places=2, min_value=0, max_value=100
    )
    most_nights = plain.IntegerField(
        label="Until how many nights away",
        min_value=0,
        max_value=366,
        initial=28,
        help_text="Counted from the first night away. After them nothing is paid until the child is back.",
    )
    reason = forms.TextArea(label="Why", rows=2)


class BackOn(forms.Form):
    """When a child who was away is back."""

    back_on = forms.DateField(label="Back on", help_text="The first night in the home again.")


class VolumeTerm(forms.Form):
    """What a provider gives back once so many nights are bought in a year."""

    provider_id = forms.PickField(label="Provider")
    least_nights = plain.IntegerField(label="From how many nights in a year", min_value=1, max_value=1_000_000)
    percent = plain.DecimalField(label="Per cent of the year's prices", max_digits=5, decimal_places=2)
    start_on = forms.DateField(label="From")
    agreement = plain.CharField(label="Where it is agreed", max_length=80, help_text="The contract and its clause.")

    def __init__(self, *args, providers=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["provider_id"].choices = providers
