"""Input for contracts and rates."""

from django import forms as plain

from placewell.governance.states import Category
from placewell.storage.models import choices
from placewell.web import forms

from .. import models
from ..states import NeedLevel


class _Dated(forms.Form):
    """From one day until another."""

    start_on = forms.DateField(label="From")
    end_on = forms.DateField(label="Until", help_text="The first day that it no longer covers")

    def clean(self):
        """The days are in order."""
        data = super().clean()
        if data.get("start_on") and data.get("end_on") and data["end_on"] <= data["start_on"]:
            self.add_error("end_on", "This is not after the first day.")
        return data


class SetUp(_Dated):
    """A framework under a decision of the council."""

    reference = plain.CharField(label="Reference", max_length=40)
    title = plain.CharField(label="Title", max_length=200)
    legal_regime = plain.ChoiceField(
        label="Law",
        choices=models.Framework._meta.get_field("legal_regime").choices,
        widget=plain.RadioSelect,
        help_text="The Procurement Act for whatever was begun on or after 24 February 2025",
    )
    lots = plain.MultipleChoiceField(label="Lots", widget=plain.CheckboxSelectMultiple)
    lifetime_ceiling = forms.MoneyField(
        label="Whole value", required=False, help_text="All years together. The award must be approved for as much."
    )
    field_order = ("reference", "title", "legal_regime", "lots", "start_on", "end_on")

    def __init__(self, *args, lots=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lots"].choices = choices(Category) if lots is None else lots


class Award(forms.Form):
    """Which approval allows the award."""

    approval = plain.ChoiceField(label="Approval", widget=plain.RadioSelect)

    def __init__(self, *args, approvals=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["approval"].choices = approvals


class AddContract(_Dated):
    """A provider on a lot."""

    provider = forms.PickField(label="Provider")
    reference = plain.CharField(label="Reference", max_length=40)
    tier = plain.IntegerField(label="Tier", min_value=1, max_value=9, initial=1, help_text="Tier 1 is asked first")
    rank = plain.IntegerField(label="Rank inside the tier", min_value=1, max_value=999, required=False)
    field_order = ("provider", "reference", "tier", "rank")

    def __init__(self, *args, providers=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["provider"].choices = [("", "Choose a provider"), *providers]


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
