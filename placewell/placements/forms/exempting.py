"""Input for an exemption: the three tests, the law's gate, the price and the way back."""

from django import forms as plain

from placewell.governance.states import Category, Ground, Lacking
from placewell.storage.models import choices
from placewell.web import forms


class DraftExemption(forms.Form):
    """Why this home is bought without competition."""

    provider_id = forms.PickField(label="From whom")
    category = plain.ChoiceField(label="Kind of home", choices=choices(Category))
    weekly_fee = forms.MoneyField(label="Price a week")
    start_on = forms.DateField(label="First night")
    end_on = forms.DateField(label="Last day, where it is known", required=False)
    reason = plain.ChoiceField(label="What is lacking on the contract", choices=choices(Lacking))
    test_a = forms.TextArea(
        label="(a) Why it cannot be placed on the contract",
        rows=3,
        help_text="Who was asked and what they answered comes with it.",
    )
    test_b = forms.TextArea(label="(b) Why a statutory duty needs it", rows=3)
    duty = plain.CharField(label="The duty, by its section", max_length=200, initial="Children Act 1989 s.22C")
    test_c = forms.TextArea(
        label="(c) Why following the contract procedure rules would prevent the duty being met", rows=3
    )
    rule = plain.CharField(label="The contract procedure rule", max_length=200)
    ground = plain.ChoiceField(
        label="Ground in procurement law",
        choices=choices(Ground),
        help_text="For legal to confirm. Where nobody knows how long, the value counts as above the threshold.",
    )
    views = forms.TextArea(label="The child's or carer's views", rows=2, required=False, help_text="For user choice.")
    preference_or_only_supplier = forms.TextArea(
        label="Their preference, or why only this supplier can", rows=2, required=False, help_text="For user choice."
    )
    best_interests = forms.TextArea(
        label="Why a competition is not in the child's best interests",
        rows=2,
        required=False,
        help_text="For user choice.",
    )
    why_urgent = forms.TextArea(label="Why it is urgent", rows=2, required=False, help_text="For urgency.")
    why_not_foreseeable = forms.TextArea(
        label="Why it could not be foreseen", rows=2, required=False, help_text="For urgency."
    )
    why = forms.TextArea(label="Why another ground holds", rows=2, required=False)
    budget_code = plain.CharField(label="Budget code", max_length=40, required=False)
    review_on = forms.DateField(label="Review on")
    return_plan = forms.TextArea(label="How the placement comes back to the contract", rows=2)
    is_retrospective = plain.BooleanField(label="It is an emergency that has been bought already", required=False)

    GROUND = ("views", "preference_or_only_supplier", "best_interests", "why_urgent", "why_not_foreseeable", "why")

    def __init__(self, *args, providers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["provider_id"].choices = providers

    def wanted(self) -> dict:
        """Return what the action takes."""
        data = dict(self.cleaned_data)
        data["ground_reasons"] = {name: data.pop(name) for name in self.GROUND if data.get(name)} | {}
        for name in self.GROUND:
            data.pop(name, None)
        data["answers"] = {
            "a": (data.pop("test_a"), ""),
            "b": (data.pop("test_b"), data.pop("duty")),
            "c": (data.pop("test_c"), data.pop("rule")),
        }
        return data | {"reason": Lacking(data["reason"]), "ground": Ground(data["ground"])}
