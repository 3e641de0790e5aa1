"""What people type to ask about need: shape and plain validation."""

import json

from django import forms

from placewell.web.forms import DateField, Form, MoneyField, TextArea
from placewell.web.previewed import FilesField

from . import states

SOURCES = [
    (states.Source.CHILDREN.value, "The children in Placewell"),
    (states.Source.UPLOAD.value, "A statutory return that I upload"),
]


class Percent(forms.DecimalField):
    """A share in per cent."""

    def __init__(self, **kwargs):
        super().__init__(**{"decimal_places": 1, "widget": forms.TextInput({"inputmode": "decimal"}), **kwargs})


class AskForecast(Form):
    """From which children, and how far ahead."""

    title = forms.CharField(label="What should it be called?", max_length=120)
    source = forms.ChoiceField(label="Start from", choices=SOURCES, widget=forms.RadioSelect)
    uploads = FilesField(
        label="Files of the return",
        required=False,
        help_text="header.csv and episodes.csv, and uasc.csv if there is one; several years, or one ZIP with them. "
        "They are deleted when the forecast is done",
    )
    as_of = DateField(
        label="Forecast from the end of",
        required=False,
        help_text="Left empty: today, or the last 31 March of a return",
    )
    years = forms.IntegerField(label="Years ahead", min_value=1, max_value=15)
    envelope = MoneyField(label="Envelope a year")
    inflation = Percent(label="Prices rise each year by, per cent", min_value=-50, max_value=100)
    scenario = TextArea(
        label="Scenario",
        rows=6,
        required=False,
        help_text="As JSON, in the form that `placewell forecast --scenario` reads. The sliders of a forecast write one for you",
    )

    def clean_scenario(self):
        """Return the scenarios as plain values."""
        text = self.cleaned_data["scenario"].strip()
        try:
            found = json.loads(text) if text else []
        except ValueError as broken:
            raise forms.ValidationError(f"This is not JSON: {broken}") from None
        return found if isinstance(found, list) else [found]

    def clean(self):
        """Ask for files where a return is to be uploaded."""
        data = super().clean()
        if data.get("source") == states.Source.UPLOAD and not data.get("uploads"):
            self.add_error("uploads", "Choose the files of the return.")
        return data


class Sliders(Form):
    """What could be done differently, from the day of the forecast on."""

    divert = forms.IntegerField(
        label="Of children who would come to agency fostering, this share goes to the council's own carers",
        min_value=0,
        max_value=60,
    )
    step_down = forms.IntegerField(
        label="Of children in residential homes, this share moves to fostering each year", min_value=0, max_value=60
    )
    entries = forms.IntegerField(label="Children coming into care, against now", min_value=-40, max_value=40)
    price = forms.IntegerField(label="Residential prices, against now", min_value=-30, max_value=30)
    STARTS = {"divert": 0, "step_down": 0, "entries": 0, "price": 0}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget = forms.NumberInput({
                "type": "range", "min": field.min_value, "max": field.max_value, "step": 1, "class": "pw-range",
            })  # fmt: skip
            field.widget.input_type = "range"
