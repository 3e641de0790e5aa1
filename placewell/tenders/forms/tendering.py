"""Input for what is announced beside a tender, and for what providers register once."""

import datetime as dt

from django import forms as plain
from django.core.exceptions import ValidationError

from placewell.storage.models import choices
from placewell.web import forms

from .. import rules, states

KIND_WORDS = {
    states.Notice.ENGAGEMENT: "Engagement notice (UK2): the market is asked, or was",
    states.Notice.PLANNED: "Planned procurement notice (UK3)",
    states.Notice.INTENTION: "Intention to set up a dynamic market (UK13)",
}


class TenderFilters(forms.Form):
    """Narrow the list of tenders."""

    state = plain.ChoiceField(
        label="State",
        choices=[("", "Every state"), ("running", "Under way"), *choices(states.Procurement)],
        required=False,
    )


class Announce(forms.Form):
    """A notice of what is planned."""

    kind = plain.ChoiceField(label="Notice", widget=plain.RadioSelect)
    text = forms.TextArea(label="What it says", help_text="Anybody may read it. Name no child and nobody's address.")

    def __init__(self, *args, kinds=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(each.value, KIND_WORDS.get(each, each.value)) for each in kinds]


class Pipeline(forms.Form):
    """A year's pipeline."""

    text = forms.TextArea(
        label="What it says",
        help_text="It stands before the description of each purchase. Name no child and nobody's address.",
    )


class AnnounceContract(forms.Form):
    """A notice about a contract."""

    kind = plain.ChoiceField(
        label="Notice",
        choices=[("change", "It changes (UK10)"), ("ending", "It ended (UK11)")],
        widget=plain.RadioSelect,
    )
    text = forms.TextArea(label="What changes, or why it ended")


class Engagement(forms.Form):
    """The market was asked."""

    held_on = forms.DateField(label="When")
    how = plain.CharField(label="How", max_length=200, help_text="A meeting of 14 providers, a written survey")
    learned = forms.TextArea(label="What it said", help_text="Kept with the tender. It is not published.")


class Ocid(forms.Form):
    """The identifier that the platform issued."""

    ocid = plain.CharField(label="Identifier", max_length=60, help_text="As Find a Tender shows it: ocds-h6vhtk-0525b3")


class Timetable(forms.Form):
    """The steps that are published with the notice."""

    steps = forms.TextArea(
        label="Steps",
        rows=8,
        required=False,
        help_text="One a line: day, month, year, and the step. 1 9 2026 Bids close",
    )

    def clean_steps(self):
        """Return [(day, step)]."""
        found = []
        for line in filter(None, map(str.strip, self.cleaned_data["steps"].splitlines())):
            parts = line.split(None, 3)
            try:
                found.append((dt.date(int(parts[2]), int(parts[1]), int(parts[0])), parts[3].strip()[:100]))
            except (IndexError, ValueError):
                raise ValidationError(f"“{line}” is not a day, a month, a year and a step.") from None
        return found


class PublishDirect(forms.Form):
    """Whom a direct award is meant for."""

    proposed = plain.ChoiceField(label="Provider that is to have the contract")

    def __init__(self, *args, providers=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["proposed"].choices = providers


class Profile(forms.Form):
    """Who a provider is."""

    legal_name = plain.CharField(label="Legal name", max_length=200)
    legal_form = plain.ChoiceField(label="What you are", choices=choices(states.LegalForm), widget=plain.RadioSelect)
    company_number = plain.CharField(label="Company number", max_length=10, required=False)
    charity_number = plain.CharField(label="Charity number", max_length=12, required=False)
    vat_number = plain.CharField(label="VAT number", max_length=14, required=False)
    unique_number = plain.CharField(
        label="Unique identifier", max_length=20, required=False, help_text="PPON, from the central digital platform"
    )
    address = forms.TextArea(label="Registered address", rows=4)
    website = plain.CharField(label="Website", max_length=200, required=False)
    contact_email = plain.EmailField(label="E-mail address for tenders")
    is_small = plain.BooleanField(label="We have fewer than 250 staff and are small or medium-sized", required=False)
    is_voluntary = plain.BooleanField(label="We are a voluntary, community or social enterprise", required=False)

    def clean_company_number(self):
        """Keep it as Companies House writes it: eight signs."""
        number = self.cleaned_data["company_number"].replace(" ", "").upper()
        if number and not (number.isalnum() and len(number) <= 8):
            raise ValidationError("A company number has eight signs, like 01234567 or SC123456.")
        return number.zfill(8) if number.isdecimal() else number


class Connected(forms.Form):
    """Somebody connected with a provider."""

    name = plain.CharField(label="Name of the person or company", max_length=200)
    link = plain.ChoiceField(label="Link", choices=choices(states.Link), widget=plain.RadioSelect)
    company_number = plain.CharField(label="Company number", max_length=10, required=False, help_text="Of a company")
    since_on = forms.DateField(label="Since", required=False)


class Paper(forms.Form):
    """A paper of a provider; it asks for what this kind of paper has."""

    def __init__(self, *args, paper: rules.PaperForm, **kwargs):
        super().__init__(*args, **kwargs)
        if paper.numbered:
            self._take("number", plain.CharField(label=paper.numbered, max_length=40))
        if paper.has_cover or paper.least_cover:
            least = f"At least £{paper.least_cover:,} by law" if paper.least_cover else ""
            self._take("cover", forms.MoneyField(label="Sum covered", help_text=least))
        if paper.expires:
            self._take("from_on", forms.DateField(label="From", required=False))
            self._take("expires_on", forms.DateField(label="Ends, or is due for review, on"))
        if paper.filed:
            self._take("file", plain.FileField(label="File", help_text="PDF, Word, Excel or a picture, up to 10 MB"))

    def _take(self, name: str, field) -> None:
        if not field.required and "(optional)" not in field.label:
            field.label = f"{field.label} (optional)"
        field.widget.dress(field) if hasattr(field.widget, "dress") else forms.dress(field)
        self.fields[name] = field


class Reuse(forms.Form):
    """An earlier bid of one's own."""

    bid = plain.ChoiceField(label="Earlier bid", widget=plain.RadioSelect)

    def __init__(self, *args, bids=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["bid"].choices = bids


class PickPaper(forms.Form):
    """One of the provider's own papers."""

    paper = plain.ChoiceField(label="Paper", widget=plain.RadioSelect)

    def __init__(self, *args, papers=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["paper"].choices = papers
