"""Input for the forward plan, reports, officers' decisions and the scheme of delegation."""

from django import forms as plain

from placewell.accounts.roles import ROLES
from placewell.storage.models import choices
from placewell.web import forms

from ..states import Category, Limit, Planned, Route

ROLE_CHOICES = sorted(
    (
        (code, role.title)
        for code, role in ROLES.items()
        if not role.of_provider and code not in ("worker", "connected_system")
    ),
    key=lambda each: each[1],
)
WHY_SHORT = "Only for the general exception or special urgency"


class PlanDecision(forms.Form):
    """Notice of a decision to come."""

    title = plain.CharField(label="Title", max_length=200)
    matter = forms.TextArea(label="What is to be decided")
    body = plain.CharField(label="Who will decide", max_length=100, initial="Cabinet")
    is_key = plain.BooleanField(label="This is a key decision", required=False, initial=True)
    due_from = forms.DateField(label="Decided on or after")
    due_to = forms.DateField(label="Decided on or before")
    documents = forms.TextArea(label="Documents that will be considered", rows=3, help_text="One on each line")
    where_to_get = forms.TextArea(label="Where to get them", rows=2)
    route = plain.ChoiceField(
        label="How notice is given",
        choices=[
            (Route.ORDINARY.value, "28 clear days before"),
            (Route.GENERAL_EXCEPTION.value, "General exception: the chair of scrutiny is told, and 5 clear days pass"),
            (Route.SPECIAL_URGENCY.value, "Special urgency: the chair of scrutiny agrees that it cannot wait"),
        ],
        initial=Route.ORDINARY.value,
        widget=plain.RadioSelect,
    )
    impracticable_because = forms.TextArea(
        label="Why 28 days are impracticable", rows=2, required=False, help_text=WHY_SHORT
    )
    chair = plain.CharField(label="Who was told, or agreed", max_length=200, required=False, help_text=WHY_SHORT)
    chair_on = forms.DateField(label="When they were told, or agreed", required=False)
    is_private = plain.BooleanField(label="The meeting will be held in private", required=False)
    private_because = forms.TextArea(label="Why in private", rows=2, required=False)
    private_agreed_by = plain.CharField(
        label="Who agreed that the private meeting is urgent", max_length=200, required=False
    )


class PrivateNotice(forms.Form):
    """The further notice of a private meeting."""

    on = forms.DateField(label="Published on")
    representations = forms.TextArea(label="What was said against it, and the answer", required=False)


class WriteReport(forms.Form):
    """A report: what anybody may read, and what is exempt."""

    title = plain.CharField(label="Title", max_length=200)
    author = plain.CharField(label="Written by", max_length=200, help_text="The office, not the person")
    text = forms.TextArea(label="The report", rows=12, help_text="Anybody will read this.")
    background_papers = forms.TextArea(label="Background papers", rows=3, required=False, help_text="One on each line")
    exempt_text = forms.TextArea(
        label="What is not for publication",
        rows=6,
        required=False,
        help_text="Only those who decide and audit read this.",
    )
    paragraphs = plain.TypedMultipleChoiceField(
        label="Exempt under Schedule 12A, paragraph", coerce=int, required=False, widget=plain.CheckboxSelectMultiple
    )
    public_interest = forms.TextArea(
        label="Why keeping it back outweighs the public interest in telling", rows=3, required=False
    )

    def __init__(self, *args, paragraphs=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["paragraphs"].choices = [(number, f"{number}: {words}") for number, words in paragraphs]


class OfficerDecision(forms.Form):
    """The record of what an office decided, in words fit to be published."""

    number = plain.CharField(label="Number", max_length=30)
    title = plain.CharField(label="Title", max_length=200)
    text = forms.TextArea(
        label="The decision", help_text="Anybody will read this: nothing about a child or a bid's price."
    )
    reasons = forms.TextArea(label="Reasons")
    alternatives = forms.TextArea(label="Alternatives considered and rejected")
    conflicts = forms.TextArea(label="Conflicts of interest declared", rows=2, required=False)
    dispensations = forms.TextArea(label="Dispensations", rows=2, required=False)


class SubDelegate(forms.Form):
    """Pass a delegation on."""

    role = plain.ChoiceField(label="To whom", choices=ROLE_CHOICES)
    ceiling = forms.MoneyField(label="Up to", required=False, help_text="No amount is no ceiling of its own.")
    end_on = forms.DateField(label="Until", required=False, help_text="The first day on which it holds no more")
    categories = plain.MultipleChoiceField(
        label="For", choices=choices(Category), widget=plain.CheckboxSelectMultiple, required=False
    )
    conditions = forms.TextArea(label="Conditions", rows=3, required=False)


class EndDelegation(forms.Form):
    """End a delegation."""

    on = forms.DateField(label="From", help_text="The first day on which it holds no more")
    reason = forms.TextArea(label="Why")


class SetLimit(forms.Form):
    """Up to how much an office decides alone."""

    role = plain.ChoiceField(label="Office", choices=ROLE_CHOICES)
    kind = plain.ChoiceField(label="Of what", choices=choices(Limit))
    amount = forms.MoneyField(label="Up to", required=False, help_text="No amount is no limit.")
    start_on = forms.DateField(label="From")
    source = plain.CharField(
        label="Where it says so", max_length=200, help_text="The paragraph of the scheme of delegation"
    )


class PlanFilters(forms.Form):
    """Narrow the forward plan."""

    state = plain.ChoiceField(
        label="State",
        required=False,
        choices=[
            ("", "Every state"),
            (Planned.DRAFT.value, "Draft"),
            (Planned.NOTIFIED.value, "Notice given, to be decided"),
            (Planned.TAKEN.value, "Taken"),
            (Planned.WITHDRAWN.value, "Withdrawn"),
        ],
    )


class SchemeFilters(forms.Form):
    """Narrow the scheme."""

    role = plain.ChoiceField(label="Office", required=False, choices=[("", "Any"), *ROLE_CHOICES])
