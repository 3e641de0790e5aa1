"""What people type about the market: shape and plain validation."""

from django import forms

from placewell.web.forms import DateField, Form, PickField, TextArea
from placewell.web.previewed import FilesField

from . import queries, states

ANY = ("", "Any")
TAKES = [("any", "Anybody"), ("F", "Girls"), ("M", "Boys")]
LIVED_IN = [kind for kind in states.Kind if kind not in (states.Kind.OTHER, states.Kind.FOSTERING_AGENCY)]


def said(words) -> list[tuple[str, str]]:
    """Return states as choices, in words."""
    return [(word.value, word.value.replace("_", " ").capitalize()) for word in words]


class ProviderFilters(Form):
    """Which providers to list."""

    words = forms.CharField(label="Name or company number", required=False)


class RegistrationFilters(Form):
    """Which registrations to list."""

    words = forms.CharField(label="Number, provider or authority", required=False)
    kind = forms.ChoiceField(label="Kind", choices=[ANY, *said(states.Kind)], required=False)
    grade = forms.ChoiceField(label="Grade", choices=[ANY, *said(states.Grade)], required=False)
    status = forms.ChoiceField(label="Status", choices=[ANY, *said(states.Registration)], required=False)


class NewProvider(Form):
    """An owner of homes who is not in the register yet."""

    name = forms.CharField(label="Name", max_length=200)
    company_number = forms.CharField(label="Company number", max_length=20, required=False)
    sector = forms.ChoiceField(
        label="Sector",
        choices=[(word, word) for word in ("Private", "Voluntary", "Local authority", "Health authority")],
    )


class NewRegistration(Form):
    """What the regulator says of one registration."""

    urn = forms.RegexField(
        r"^(SC)?\d{6,8}$",
        label="Number (URN)",
        help_text="For example SC412345",
        error_messages={"invalid": "Enter the regulator's number: SC and six digits, or six to eight digits."},
    )
    kind = forms.ChoiceField(label="Kind", choices=said(states.Kind))
    name = forms.CharField(label="Name", max_length=200, required=False)
    registered_on = DateField(label="Registered on", required=False)
    places = forms.IntegerField(label="Places", min_value=1, max_value=500, required=False)
    authority_name = forms.CharField(label="Authority", max_length=100, required=False)
    grade = forms.ChoiceField(label="Grade", choices=said(states.Grade))
    inspected_on = DateField(
        label="Inspected on", required=False, help_text="The day of the inspection behind the grade"
    )


class HomeFilters(Form):
    """Which homes to list."""

    words = forms.CharField(label="Reference, provider or number", required=False)
    kind = forms.ChoiceField(label="Kind", choices=[ANY, *said(LIVED_IN)], required=False)
    area = PickField(label="Authority", required=False)
    age = forms.IntegerField(label="Takes a child aged", min_value=0, max_value=25, required=False)
    accepts = forms.ChoiceField(label="Takes", choices=[ANY, ("F", "Girls"), ("M", "Boys")], required=False)
    grade = forms.ChoiceField(label="Grade", choices=[ANY, *said(states.Grade)], required=False)
    feature = PickField(label="Feature or skill", required=False)
    free = forms.BooleanField(label="With a place free tonight", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        words = queries.vocabulary()
        self.fields["feature"].choices = [ANY, *words["features"].items(), *words["skills"].items()]
        self.fields["area"].choices = [ANY, *queries.area_names().items()]


class HomeDetails(Form):
    """What can be said of a home."""

    name = forms.CharField(label="Name", max_length=200, required=False)
    address = TextArea(label="Address", rows=3, required=False)
    postcode = forms.CharField(label="Postcode", max_length=8, required=False)
    age_from = forms.IntegerField(label="Youngest age", min_value=0, max_value=25, required=False)
    age_to = forms.IntegerField(label="Oldest age", min_value=0, max_value=25, required=False)
    accepts = forms.ChoiceField(label="Takes", choices=TAKES, widget=forms.RadioSelect)
    places = forms.IntegerField(label="Places", min_value=1, max_value=60)
    features = forms.MultipleChoiceField(label="Features", required=False, widget=forms.CheckboxSelectMultiple)
    skills = forms.MultipleChoiceField(label="Skills", required=False, widget=forms.CheckboxSelectMultiple)
    excludes = forms.MultipleChoiceField(
        label="Risks that it cannot take", required=False, widget=forms.CheckboxSelectMultiple
    )
    languages = forms.CharField(label="Languages", help_text="Separated by commas", max_length=200, required=False)
    faiths = forms.CharField(label="Faiths", help_text="Separated by commas", max_length=200, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        words = queries.vocabulary()
        for field, kind in (("features", "features"), ("skills", "skills"), ("excludes", "risks")):
            self.fields[field].choices = list(words[kind].items())

    def clean_languages(self) -> list[str]:
        """Return the languages one by one."""
        return [word.strip() for word in self.cleaned_data["languages"].split(",") if word.strip()]

    def clean_faiths(self) -> list[str]:
        """Return the faiths one by one."""
        return [word.strip() for word in self.cleaned_data["faiths"].split(",") if word.strip()]


class NewHome(HomeDetails):
    """A home that isn't here yet."""

    reference = forms.CharField(
        label="Reference", max_length=12, help_text="What people call it where its name is not said"
    )
    kind = forms.ChoiceField(label="Kind", choices=said(LIVED_IN))
    field_order = ("reference", "kind")


class Void(Form):
    """Places that can't be used."""

    places = forms.IntegerField(label="How many places", min_value=1, max_value=60, initial=1)
    start_on = DateField(label="From")
    end_on = DateField(label="Until", required=False, help_text="The day on which they can be used again, if known")
    reason = forms.ChoiceField(label="Why", choices=said(states.VoidReason), widget=forms.RadioSelect)
    note = forms.CharField(label="Note", max_length=500, required=False)


class EndVoid(Form):
    """A place that can be used again."""

    on = DateField(label="From")


class Answer(Form):
    """What was done about a grade that fell."""

    note = TextArea(label="What was done", rows=4)


class Upload(Form):
    """The files of one edition of the register."""

    uploads = FilesField(
        label="Files of the register", help_text="The provider-level file as published: CSV, Excel (.xlsx) or a ZIP"
    )
    as_at = DateField(label="As at", help_text="The date that the file states, usually 31 March")
    is_part = forms.BooleanField(label="These files are a part of the register: close nothing", required=False)


class Confirm(Form):
    """Nothing but the button."""
