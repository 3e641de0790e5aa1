"""Input for agreements, stays and tiers."""

from django import forms as plain

from placewell.governance.states import Category
from placewell.storage.models import choices
from placewell.web import forms

from .. import rules, states
from .desk import Reason


class DrawUp(forms.Form):
    """The terms that each agreement settles for itself."""

    notice_days = plain.IntegerField(label="Days of notice", initial=28, min_value=0, max_value=365)
    aims = forms.TextArea(label="What the placement is for", rows=3)
    education = forms.TextArea(label="School", rows=2, required=False)
    family_time = forms.TextArea(label="Time with family", rows=2, required=False)
    delegated = forms.TextArea(label="What the carers may decide themselves", rows=3, required=False)


class Sign(forms.Form):
    """A signature; for the council, a duty that cannot wait when the envelope would be passed."""

    statutory_duty = forms.TextArea(
        label="Statutory duty that cannot wait",
        rows=2,
        required=False,
        help_text="Only when this would pass the envelope and the child cannot wait for approval. It is recorded.",
    )


class Disclose(forms.Form):
    """Who of the provider may read who the child is, and what they must know."""

    to = plain.MultipleChoiceField(
        label="Who needs to know?", widget=plain.CheckboxSelectMultiple, help_text="Name as few people as will do."
    )
    must_know = forms.TextArea(
        label="What carers must know from the first night",
        help_text="Allergies and medicines, what keeps the child safe, whom to ring. They also see name and date of birth.",
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = people


class TellMore(Disclose):
    """What named people may know of a child while their home is considered."""

    must_know = forms.TextArea(
        label="What they may know now",
        help_text="What was kept back stands here already. Names, addresses, schools and numbers are still removed.",
    )


class Confirm(forms.Form):
    """Nothing to fill in."""


def coded(codes, name: str) -> list[tuple[str, str]]:
    """Return one of the return's code lists to choose from, nothing chosen."""
    return [("", "Choose one"), *((code, f"{words} ({code})") for code, words in (codes or {}).get(name, {}).items())]


class Start(forms.Form):
    """The day of moving in; for a child who comes into care, the legal side."""

    on = forms.DateField(label="Moved in on")
    legal_status = plain.ChoiceField(
        label="Legal status", required=False, help_text="The child comes into care with this placement."
    )
    main_need = plain.ChoiceField(label="Main need", required=False)
    change_reason = plain.ChoiceField(
        label="Why does the present placement end?", choices=list(rules.CHANGE_REASONS.items())
    )
    note = forms.TextArea(label="What happened, in the child's interest to remember", rows=3)

    def __init__(self, *args, is_move=False, in_care=False, codes=None, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("legal_status", "main_need"):
            self.fields[name].choices = coded(codes, name)
        gone = [] if is_move else ["change_reason", "note"]
        for name in [*gone, "legal_status", "main_need"] if is_move or in_care else gone:
            del self.fields[name]


class End(forms.Form):
    """When and why a placement ended."""

    on = forms.DateField(label="Left on")
    change_reason = plain.ChoiceField(label="Why did it end?", choices=list(rules.CHANGE_REASONS.items()))
    note = forms.TextArea(label="What happened, in the child's interest to remember", rows=3)
    leaves_care = plain.ChoiceField(label="If the child left care, why", required=False)

    def __init__(self, *args, codes=None, **kwargs):
        super().__init__(*args, **kwargs)
        left = {code: words for code, words in (codes or {}).get("end_reason", {}).items() if code != "X1"}
        self.fields["leaves_care"].choices = [
            ("", "The child stays in care"),
            *coded({"end_reason": left}, "end_reason")[1:],
        ]
        self.fields["change_reason"].choices = [("", "Choose one"), *self.fields["change_reason"].choices]


class Longer(forms.Form):
    """Until when."""

    effective_on = forms.DateField(label="Agreed until", help_text="Never past the 18th birthday.")
    reason = forms.TextArea(label="Why", rows=3)


class NewPrice(forms.Form):
    """Which price, from when."""

    weekly_fee = forms.MoneyField(
        label="New price a week", help_text="All of it but extras. Say below what of it is for what."
    )
    care_fee = forms.MoneyField(label="Of it, care", required=False)
    education_fee = forms.MoneyField(label="Of it, education", required=False)
    health_fee = forms.MoneyField(label="Of it, health", required=False)
    effective_on = forms.DateField(label="From the night of")
    reason = forms.TextArea(label="Why", rows=3)

    def clean(self):
        """Put the parts together; what is for nothing else is for accommodation."""
        data = super().clean()
        parts = {kind: data.pop(f"{kind}_fee", None) or 0 for kind in ("care", "education", "health")}
        whole = data.get("weekly_fee")
        if whole is not None and sum(parts.values()) > whole:
            self.add_error("weekly_fee", "The parts are more than the price: it is all of them together.")
        elif whole is not None:
            data["parts"] = {"accommodation": whole - sum(parts.values()), **parts}
        return data


class Extra(forms.Form):
    """Something more, for some time or once."""

    how = plain.ChoiceField(
        label="How is it paid?",
        choices=[("extra", "Each week, for some time"), ("once", "Once")],
        widget=plain.RadioSelect,
    )
    weekly_fee = forms.MoneyField(label="What it costs", help_text="A week, or once.")
    effective_on = forms.DateField(label="From the night of", help_text="Of something paid once: the day.")
    until_on = forms.DateField(
        label="Until", required=False, help_text="The day after the last night. Not for something paid once."
    )
    reason = forms.TextArea(label="What it is for, and why", rows=3)

    def clean(self):
        """Ask for the end of what is paid each week."""
        data = super().clean()
        if data.get("how") == "extra" and not data.get("until_on") and "until_on" not in self.errors:
            self.add_error("until_on", "Say until when it is paid each week.")
        if data.get("how") == "once":
            data["until_on"] = None
        return data


class Away(forms.Form):
    """Since when, and why."""

    start_on = forms.DateField(label="First night away")
    end_on = forms.DateField(label="Day back, if it is known", required=False)
    reason = plain.ChoiceField(label="Why", choices=choices(states.AbsenceReason), widget=plain.RadioSelect)


class OnDay(forms.Form):
    """A day."""

    on = forms.DateField(label="On which day")


class GiveNotice(forms.Form):
    """When the placement will end, and why."""

    leaves_on = forms.DateField(label="The child leaves on")
    reason = forms.TextArea(label="Why", rows=3)


class DutyDone(forms.Form):
    """When it was done."""

    on = forms.DateField(label="Done on")
    note = forms.TextArea(label="Anything to remember", rows=3, required=False)


class DecideChange(Sign):
    """Sign it or not."""

    approve = forms.YesNoField(label="Do you sign this change?")
    field_order = ("approve", "statutory_duty")


class MoreTime(Reason):
    """How much longer, and why."""

    hours = plain.IntegerField(
        label="How many hours more?",
        help_text="Counted as the tier’s clock counts: working hours, unless it is an emergency.",
        min_value=1,
        max_value=336,
    )
    field_order = ("hours", "reason")


class TierClock(forms.Form):
    """How long a tier has to answer."""

    category = plain.ChoiceField(label="Kind of home", choices=choices(Category))
    urgency = plain.ChoiceField(label="How soon?", choices=choices(states.Urgency))
    tier = plain.IntegerField(label="Tier", min_value=1, max_value=9)
    hours = plain.IntegerField(label="Hours to answer in", min_value=1, max_value=336)
    working = forms.YesNoField(label="Count working hours alone?")
    start_on = forms.DateField(label="With effect from")
