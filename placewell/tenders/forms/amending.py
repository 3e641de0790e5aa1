"""Input for amendments of a published tender: each says why, and that is published."""

from decimal import Decimal

from django import forms as plain

from placewell.web import forms

from . import Dates, LotTerms, Method


class Why(forms.TextArea):
    """Why it is amended."""

    def __init__(self):
        super().__init__(label="Why", help_text="This is published with the amendment.")


class AmendQuestion(forms.Form):
    """A published question as it shall read."""

    text = forms.TextArea(label="Question")
    guidance = forms.TextArea(label="What a good answer has", required=False)
    most_words = plain.IntegerField(label="Most words", required=False, min_value=1, max_value=10000)
    weight = plain.DecimalField(label="Weight (per cent of quality)", min_value=0, max_value=100)
    pass_mark = plain.IntegerField(label="Pass mark", required=False, min_value=0)
    reason = Why()


class AmendDates(Dates):
    """New dates, and why."""

    reason = Why()


class AmendWeights(Method):
    """How bids are judged from now on, and what each quality question weighs."""

    reason = Why()

    def __init__(self, *args, questions=(), **kwargs):
        super().__init__(*args, **kwargs)
        reason = self.fields.pop("reason")
        for number, text in questions:
            self.fields[f"question_{number}"] = plain.DecimalField(
                label=f"Weight of question {number} (per cent of quality)",
                help_text=text,
                min_value=Decimal("0.01"),
                max_value=100,
                max_digits=5,
                decimal_places=2,
            )
        self.fields["reason"] = reason

    def clean(self):
        """Gather the weights of the questions."""
        data = super().clean()
        names = [name for name in self.fields if name.startswith("question_")]
        data["question_weights"] = {
            int(name.removeprefix("question_")): data.pop(name) for name in names if name in data
        }
        return data


class AmendLot(LotTerms):
    """A published lot as it shall read."""

    title = plain.CharField(label="Title", max_length=100)
    reason = Why()
    field_order = ["title", "value", "ceiling", "lines", "reason"]
