"""Input for the evaluation."""

from django import forms as plain

from placewell.web import forms


class Declare(forms.Form):
    """Interests of an assessor."""

    has_interest = forms.YesNoField(
        label="Do you have an interest in any bidder?",
        help_text="Work, money, family or friendship, now or in the last three years",
    )
    interest = forms.TextArea(label="What it is", required=False)

    def clean(self):
        """An interest is told."""
        data = super().clean()
        if data.get("has_interest") and not data.get("interest"):
            self.add_error("interest", "Say what the interest is.")
        return data


class Verdict(forms.Form):
    """Yes or no, and why."""

    verdict = forms.YesNoField(label="Decision")
    reason = forms.TextArea(label="Why")


class Heard(forms.Form):
    """What the bidder said."""

    heard = forms.TextArea(label="What the bidder said")


class Mark(forms.Form):
    """A mark of the scale, and why."""

    mark = plain.TypedChoiceField(label="Mark", coerce=int, widget=plain.RadioSelect)
    reason = forms.TextArea(label="Why")

    def __init__(self, *args, marks=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["mark"].choices = marks


class Exclude(forms.Form):
    """A ground for exclusion that may apply."""

    ground = plain.ChoiceField(label="Ground")
    facts = forms.TextArea(label="What is known")
    occurred_on = forms.DateField(label="When it happened")

    def __init__(self, *args, grounds=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = [("", "Choose a ground"), *grounds]


class AskPrice(forms.Form):
    """A question about a price."""

    lot = plain.ChoiceField(label="Lot", widget=plain.RadioSelect)
    asked = forms.TextArea(label="What you ask the bidder")

    def __init__(self, *args, lots=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lot"].choices = lots


class Recommend(forms.Form):
    """The report, and in which tier each ranked bid joins its lot."""

    delegation = plain.ChoiceField(label="Under which delegation", widget=plain.RadioSelect)
    report = forms.TextArea(label="Report", help_text="Why these bids: the offices decide on it.")

    def __init__(self, *args, bids=(), delegations=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["delegation"].choices = delegations
        for name, label in bids:
            field = plain.ChoiceField(
                label=label,
                required=False,
                choices=[("1", "Tier 1"), ("2", "Tier 2"), ("3", "Tier 3"), ("", "Not on the lot")],
                widget=plain.Select({"class": "govuk-select"}),
            )
            self.fields[name] = field


class Reopen(forms.Form):
    """Another round."""

    reference = plain.CharField(label="Reference", max_length=40)
    start_on = forms.DateField(label="New contracts start")


class RecommendDirect(forms.Form):
    """The report, and the provider of each lot."""

    delegation = plain.ChoiceField(label="Under which delegation", widget=plain.RadioSelect)
    report = forms.TextArea(label="Report", help_text="Why this provider, and how the price was tested")

    def __init__(self, *args, lots=(), providers=(), delegations=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["delegation"].choices = delegations
        for name, label in lots:
            field = forms.PickField(label=label)
            field.choices = [("", "Choose a provider"), *providers]
            forms.dress(field)
            self.fields[name] = field
