"""Input of bidders."""

from django import forms as plain

from placewell.web import forms

from .. import states


class Code(forms.Form):
    """A code, typed."""

    code = plain.CharField(
        label="Code",
        max_length=60,
        help_text="Eight groups of four letters and digits",
        widget=plain.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )


class Clarify(forms.Form):
    """A question to the council."""

    question = forms.TextArea(
        label="Your question", help_text="Don't name yourself: the question is published as it stands."
    )


class CheckReceipt(forms.Form):
    """A receipt as it was given, with its signature."""

    text = forms.TextArea(label="Receipt", rows=9, help_text="Paste it whole, from its first line to the signature")


class Lots(forms.Form):
    """The lots that are bid for."""

    lots = plain.MultipleChoiceField(label="Lots", widget=plain.CheckboxSelectMultiple, required=False)

    def __init__(self, *args, lots=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lots"].choices = lots
        self.fields["lots"].label = "Lots you bid for"


class Answer(forms.Form):
    """One answer; an unfinished one is kept too."""

    answer = forms.TextArea(label="Your answer", rows=12, required=False)

    def __init__(self, *args, kind=states.Answer.TEXT, **kwargs):
        super().__init__(*args, **kwargs)
        if kind == states.Answer.YES_NO:
            self.fields["answer"] = plain.ChoiceField(
                label="Your answer",
                choices=[("yes", "Yes"), ("no", "No")],
                widget=plain.RadioSelect({"inline": True}),
                required=False,
            )
        elif kind == states.Answer.HOMES:
            self.fields["answer"].label = "Your homes"
            self.fields["answer"].help_text = "One a line: postcode, and how many children can live there. RM17 6SL 4"


class Prices(forms.Form):
    """The prices of one lot; unfinished ones are kept too."""

    def __init__(self, *args, lines=(), **kwargs):
        super().__init__(*args, **kwargs)
        for name, label in lines:
            field = forms.MoneyField(label=label, required=False)
            forms.dress(field)
            self.fields[name] = field
