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


PRICE_HELP = (
    "Prices stand at today's mean of what is committed. Nought for homes that this envelope does not pay, such as the "
    "council's own carers"
)


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
    price_RES = MoneyField(label="Residential, pounds a week", help_text=PRICE_HELP)
    price_IFA = MoneyField(label="Agency fostering, pounds a week")
    price_SUP = MoneyField(label="Supported, pounds a week")
    price_IH = MoneyField(label="The council's own fostering, pounds a week")
    price_OTH = MoneyField(label="Other homes, pounds a week")
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


OFFERS_HELP = (
    "One a line under the titles, as a spreadsheet saves it: id, provider, type (fostering, residential or supported), form "
    "(block or cost_volume), price_week; and if wanted extra_price_week, guarantee_pct, usable_pct, min_beds, max_beds, "
    "start_year, quality (0 to 100), xor_group, requires. Or the list of bids in JSON, as the engine reads it"
)


class KeepOptions(Form):
    """Offers of places, typed in or from a file."""

    title = forms.CharField(label="What should the list be called?", max_length=120)
    upload = forms.FileField(label="File", required=False, help_text="CSV or JSON; it takes the place of what is below")
    offers = TextArea(label="Offers", rows=14, required=False, help_text=OFFERS_HELP)

    def clean(self):
        """Ask for one of the two."""
        data = super().clean()
        if not data.get("upload") and not (data.get("offers") or "").strip():
            self.add_error("offers", "Enter the offers, or choose a file.")
        return data


class Share(forms.IntegerField):
    """A share in whole per cent."""

    def __init__(self, **kwargs):
        super().__init__(**{"min_value": 0, "max_value": 100, **kwargs})


class Places(forms.IntegerField):
    """A number of places."""

    def __init__(self, **kwargs):
        super().__init__(**{"min_value": 0, "max_value": 10_000, **kwargs})


class AskCapacity(Form):
    """For which futures, among which offers, within which limits."""

    title = forms.CharField(label="What should it be called?", max_length=120)
    futures = forms.ChoiceField(label="Futures of", help_text="A forecast and one of its scenarios")
    offers = forms.ChoiceField(label="Choose among")
    years = forms.IntegerField(label="Years of the contract", min_value=1, max_value=15)
    budget_year = MoneyField(label="Budget a year")
    commit_cap_pct = Share(label="Of it, at most this share may be paid whether used or not, per cent")
    provider_cap_pct = Share(label="And at most this share may lie with one provider, per cent")
    rise_pct = Percent(label="Prices of offers rise each year by, per cent", min_value=-20, max_value=50)
    already_fostering = Places(label="Foster places already bought in advance")
    already_residential = Places(label="Residential places already bought in advance")
    already_supported = Places(label="Supported places already bought in advance")
    spot_fostering = Places(label="Foster places that can be had as needed")
    spot_residential = Places(label="Residential places that can be had as needed")
    spot_supported = Places(label="Supported places that can be had as needed")
    emergency_factor_pct = forms.IntegerField(
        label="When there are no more, a place costs this much of the usual price, per cent",
        min_value=0,
        max_value=1000,
    )
    quality_min = Share(label="Offers with a quality below this are out")
    quality_value = forms.IntegerField(
        label="Pounds a week that each point of quality above it is worth, for each place", min_value=0, max_value=1000
    )
    alpha_pct = forms.IntegerField(
        label="The bad years are the worst futures beyond, per cent", min_value=1, max_value=99,
        help_text="90: the worst tenth",
    )  # fmt: skip
    lambda_pct = Share(label="Weight of the bad years against the average, per cent", help_text="0: the average alone")

    def __init__(self, *args, futures, offers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["futures"].choices = futures
        self.fields["offers"].choices = offers


class BeginStatement(Form):
    """A statement and its period."""

    title = forms.CharField(label="Title", max_length=120)
    start_on = DateField(label="From")
    end_on = DateField(label="Until")


class WriteSection(Form):
    """One section; *seen* names the version that was read."""

    text = TextArea(label="Text", rows=16, max_length=20_000, help_text="Leave an empty line between paragraphs")
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class PutFiguresIn(Form):
    """Which forecast the figures come from."""

    forecast = forms.ChoiceField(label="Figures of the forecast")

    def __init__(self, *args, forecasts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["forecast"].choices = forecasts


class Withdraw(Form):
    """Why something is taken back."""

    reason = TextArea(label="Why is it taken back?", rows=4, max_length=1000)
