"""What people type into children's records: shape and plain validation."""

from django import forms

from placewell.web.forms import DateField, Form, PickField, TextArea, YesNoField
from placewell.web.previewed import FilesField

from . import queries, states

SEXES = [(states.Sex.FEMALE.value, "Female"), (states.Sex.MALE.value, "Male"), (states.Sex.UNKNOWN.value, "Not known")]


class Filters(Form):
    """Which children to list."""

    words = forms.CharField(label="Reference or name", required=False)
    in_care = forms.ChoiceField(
        label="Looked after",
        choices=[
            ("", "Now"),
            ("ours", "Now, in a home that we do not buy"),
            ("before", "Before"),
            ("all", "Now or before"),
        ],
        required=False,
    )
    mine = forms.BooleanField(label="Allocated to me", required=False)


class Details(Form):
    """Who a child is."""

    given_name = forms.CharField(label="Given name", max_length=100)
    family_name = forms.CharField(label="Family name", max_length=100)
    born_on = DateField(label="Date of birth")
    sex = forms.ChoiceField(label="Sex", choices=SEXES, widget=forms.RadioSelect)
    ethnicity = PickField(label="Ethnicity", required=False)
    language = forms.CharField(label="First language", max_length=40, required=False)
    religion = forms.CharField(label="Religion", max_length=40, required=False)
    home_postcode = forms.CharField(label="Home postcode", max_length=8, required=False)
    school = forms.CharField(label="School", max_length=200, required=False)
    school_postcode = forms.CharField(label="School's postcode", max_length=8, required=False)
    upn = forms.CharField(label="Unique pupil number", max_length=13, required=False)
    is_unaccompanied = forms.BooleanField(label="Came alone seeking asylum", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ethnicity"].choices = [("", "Not said"), *queries.codes()["ethnicity"].items()]


class Register(Details):
    """A new record."""

    return_id = forms.CharField(
        label="Identifier in the return",
        max_length=20,
        required=False,
        help_text="CHILD in SSDA903, from the case system",
    )


class Allocate(Form):
    """Who works with a child."""

    worker = PickField(label="Social worker", required=False)

    def __init__(self, *args, people=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["worker"].choices = [("", "Nobody"), *((str(one.pk), one.name) for one in people)]


class JoinSiblings(Form):
    """Who a child's brother or sister is."""

    sibling = PickField(label="Brother or sister")

    def __init__(self, *args, children=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sibling"].choices = [
            ("", "Choose a child"),
            *((str(one.pk), f"{one.name}, {one.reference}") for one in children),
        ]


class Reason(Form):
    """Why."""

    reason = TextArea(label="Why", rows=3)


class Restrict(Form):
    """Who may see a restricted record."""

    is_restricted = YesNoField(label="Restrict this record?")
    people = forms.MultipleChoiceField(
        label="People who may see it",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="The social worker and you may see it in any case",
    )
    reason = TextArea(label="Why", rows=3)

    def __init__(self, *args, people=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = [(str(one.pk), one.name) for one in people]


class Needs(Form):
    """What a child needs, in the shared words."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for kind, title in queries.KINDS.items():
            words = [(word.code, word.words) for word in queries.needs_table().values() if word.kind == kind]
            self.fields[kind] = forms.MultipleChoiceField(
                label=title, choices=words, required=False, widget=forms.CheckboxSelectMultiple
            )

    def chosen(self) -> list[str]:
        """Return the codes that were chosen."""
        return [code for kind in queries.KINDS for code in self.cleaned_data[kind]]


class _Coded(Form):
    """Answers in the return's code lists."""

    lists: dict[str, str] = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, listed in self.lists.items():
            words = [(code, f"{words} ({code})") for code, words in queries.codes()[listed].items()]
            self.fields[name].choices = [("", "Choose one"), *words]


class StartEpisode(_Coded):
    """A child comes into care."""

    lists = {
        name: name for name in ("start_reason", "legal_status", "main_need", "placement_type", "placement_provider")
    }
    start_on = DateField(label="From")
    start_reason = PickField(label="Why it starts")
    legal_status = PickField(label="Legal status")
    main_need = PickField(label="Main need")
    placement_type = PickField(label="Where the child lives")
    placement_provider = PickField(label="Whose home it is", required=False)
    home_postcode = forms.CharField(label="Home postcode", max_length=8, required=False)
    placement_postcode = forms.CharField(label="Postcode of the placement", max_length=8, required=False)
    urn = forms.CharField(label="The home's number (URN)", max_length=10, required=False)


class MoveEpisode(_Coded):
    """A child moves, or the legal status changes: one episode ends and the next begins the same day."""

    lists = {
        name: name for name in ("start_reason", "legal_status", "placement_type", "placement_provider", "change_reason")
    }
    on = DateField(label="On")
    start_reason = PickField(label="What changes")
    change_reason = PickField(label="Why the placement changes", required=False)
    placement_type = PickField(label="Where the child lives now")
    placement_provider = PickField(label="Whose home it is", required=False)
    placement_postcode = forms.CharField(label="Postcode of the placement", max_length=8, required=False)
    urn = forms.CharField(label="The home's number (URN)", max_length=10, required=False)
    legal_status = PickField(label="Legal status", required=False, help_text="Only when it changes")


class EndEpisode(_Coded):
    """A child leaves care."""

    lists = {"end_reason": "end_reason"}
    end_on = DateField(label="On", help_text="The first day on which the child is not looked after")
    end_reason = PickField(label="Why care ends")


class Upload(Form):
    """The files of one return."""

    uploads = FilesField(
        label="Files of the return",
        help_text="CSV files or Excel workbooks (.xlsx), one ZIP of them, or the XML document",
    )

    year = forms.TypedChoiceField(
        label="Collection, if the files' names do not say it",
        coerce=int,
        empty_value=None,
        required=False,
        help_text="A later year's rows replace an earlier year's",
    )

    def __init__(self, *args, years=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [("", "Their names say it"), *((year, str(year)) for year in reversed(years))]


class Year(Form):
    """Which collection to write."""

    year = forms.TypedChoiceField(label="Collection", coerce=int)

    def __init__(self, *args, years=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [
            (year, f"{year}: 1 April {year - 1} to 31 March {year}") for year in reversed(years)
        ]


class Confirm(Form):
    """Nothing but the button."""
