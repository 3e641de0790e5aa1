"""What a tender asks: questions, and the criterion that is computed."""

from decimal import Decimal

from django import forms as plain

from placewell.storage.models import choices
from placewell.web import forms

from .. import states


class Question(forms.Form):
    """A question as it is asked."""

    part = plain.ChoiceField(label="What it is for", choices=choices(states.Part), widget=plain.RadioSelect)
    kind = plain.ChoiceField(
        label="How it is answered",
        choices=[each for each in choices(states.Answer) if each[0] != states.Answer.HOMES],
        widget=plain.RadioSelect,
    )
    lot = plain.ChoiceField(label="For", required=False)
    text = forms.TextArea(label="Question")
    guidance = forms.TextArea(label="What a good answer has", required=False)
    most_words = plain.IntegerField(label="Most words", required=False, min_value=1, max_value=10000)
    weight = plain.DecimalField(
        label="Weight (per cent of quality)",
        required=False,
        min_value=0,
        max_value=100,
        help_text="None for a condition",
    )
    pass_mark = plain.IntegerField(label="Pass mark", required=False, min_value=0)
    is_required = forms.YesNoField(label="Must it be answered?")

    def __init__(self, *args, lots=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lot"].choices = [("", "All lots"), *lots]


class VisitCriterion(forms.Form):
    """What visits to a bid's homes cost, as a criterion of quality."""

    weight = plain.DecimalField(
        label="Weight (per cent of quality)", min_value=Decimal("0.01"), max_value=100, max_digits=5, decimal_places=2
    )
    most = forms.MoneyField(
        label="Cost a year for one child that earns nothing",
        help_text="£0 earns the whole weight, and what lies between in proportion.",
    )
    lot = plain.ChoiceField(label="For", required=False)

    def __init__(self, *args, lots=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lot"].choices = [("", "All lots"), *lots]
