"""Input about providers: targets, concerns and measures."""

from django import forms as plain

from placewell.contracts import queries as contracts
from placewell.storage.models import choices
from placewell.web import forms

from ..rules import kpis, ladder

# Raised from a page of their own, with what they rest on.
BY_HAND = [
    kind for kind in ladder.ConcernKind if kind not in (ladder.ConcernKind.KPI_BREACH, ladder.ConcernKind.GRADE_DROP)
]
SEVERITY_WORDS = (
    (ladder.Severity.LOW, "Low: it can be talked about"),
    (ladder.Severity.SERIOUS, "Serious: something must change"),
    (ladder.Severity.CHILDREN_AT_RISK, "Children may be at risk: it cannot wait"),
)


def worded(words) -> list[tuple[str, str]]:
    """Return the members as choices in plain words."""
    return [(word.value, word.value.replace("_", " ").capitalize()) for word in words]


def frameworks() -> list[tuple[str, str]]:
    """Return the frameworks as choices, newest first."""
    return [("", "All"), *((str(each.pk), each.title) for each in contracts.frameworks())]


class WaitingFilters(forms.Form):
    """What of all that waits."""

    words = plain.CharField(label="What, or whom it is about", required=False)


class Filters(forms.Form):
    """Which providers."""

    words = plain.CharField(label="Name", required=False)
    only = plain.ChoiceField(
        label="Show",
        choices=[
            ("", "All"),
            ("breach", "Below a target"),
            ("suspended", "Suspended"),
            ("concern", "With an open concern"),
        ],
        required=False,
    )
    framework = plain.ChoiceField(label="Under the contract", choices=frameworks, required=False)


class ConcernFilters(forms.Form):
    """Which concerns."""

    state = plain.ChoiceField(choices=[("open", "Open"), ("closed", "Closed"), ("all", "All")], required=False)
    kind = plain.ChoiceField(choices=[("", "Any"), *choices(ladder.ConcernKind)], required=False)


class Target(forms.Form):
    """What is to be reached on one measure, from a day on."""

    framework_id = plain.ChoiceField(label="Framework")
    kpi = plain.ChoiceField(label="Measure")
    target = plain.DecimalField(label="Target", max_digits=7, decimal_places=2, min_value=0)
    slightly = plain.DecimalField(
        label="Slightly below it until",
        max_digits=7,
        decimal_places=2,
        min_value=0,
        help_text="In the measure's own unit.",
    )
    below = plain.DecimalField(
        label="Below it until",
        max_digits=7,
        decimal_places=2,
        min_value=0,
        help_text="Beyond this, significantly below.",
    )
    from_on = forms.DateField(label="From which day?")
    reason = forms.TextArea(label="Where is it published?", rows=2, help_text="The clause or the notice that sets it.")

    def __init__(self, *args, frameworks=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["framework_id"].choices = [(str(row.pk), str(row)) for row in frameworks]
        self.fields["kpi"].choices = [
            (row.kpi.value, f"{row.title} ({row.unit}, {'more' if row.more_is_better else 'less'} is better)")
            for row in kpis.definitions().values()
        ]


class Grave(forms.Form):
    """How grave something is, and what happened."""

    severity = plain.ChoiceField(label="How grave is it?", choices=SEVERITY_WORDS, widget=plain.RadioSelect)
    what = forms.TextArea(label="What happened?", rows=5, help_text="Name no child: say what was done or not done.")
    visit_children = plain.BooleanField(
        label="Ask for a visit to every child who lives there, within a week", required=False
    )


class Concern(Grave):
    """A concern that somebody raises."""

    kind = plain.ChoiceField(label="What is it?", choices=worded(BY_HAND), widget=plain.RadioSelect)
    home_id = plain.ChoiceField(label="Which home?", required=False)
    happened_on = forms.DateField(label="When did it happen?")
    field_order = ("kind", "home_id", "happened_on", "severity", "what", "visit_children")

    def __init__(self, *args, homes=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["home_id"].choices = [
            ("", "The provider as a whole"),
            *((str(h.pk), str(h.reference)) for h in homes),
        ]
        notice = self.fields["visit_children"]
        notice.help_text = "After a notice of the regulator this is the law (SI 2010/959 reg 28) and happens by itself."


class Event(forms.Form):
    """An event that the provider reports."""

    council_id = plain.ChoiceField(label="Whose child was it about?")
    home_id = plain.ChoiceField(label="In which home?")
    happened_on = forms.DateField(label="When did it happen?")
    what = forms.TextArea(label="What happened, and what did you do?", rows=5, help_text="Name no child here.")

    def __init__(self, *args, homes=(), councils=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["home_id"].choices = [(str(h.pk), str(h)) for h in homes]
        self.fields["council_id"].choices = [(str(c.pk), c.name) for c in councils]


class Reason(forms.Form):
    """Why."""

    reason = forms.TextArea(label="Why?", rows=3)


class Weigh(forms.Form):
    """How grave a concern is after all."""

    severity = plain.ChoiceField(label="How grave is it?", choices=SEVERITY_WORDS, widget=plain.RadioSelect)
    reason = forms.TextArea(label="Why?", rows=3)


class Outcome(forms.Form):
    """What came of a concern."""

    outcome = forms.TextArea(label="What came of it?", rows=3)


class Note(forms.Form):
    """A note to the provider."""

    words = forms.TextArea(
        label="What is the provider told?", rows=5, help_text="The provider reads this and may reply."
    )


class Suspension(forms.Form):
    """No new placements."""

    words = forms.TextArea(
        label="What is the provider told?", rows=5, help_text="The provider reads this and may reply."
    )
    only_home = plain.ChoiceField(
        label="Where do new placements stop?",
        choices=[("", "With the whole provider"), ("home", "In this home alone")],
        required=False,
        widget=plain.RadioSelect,
    )
    due_on = forms.DateField(label="When is it looked at again?")
    at_once = plain.BooleanField(
        label="At once: children may be at risk and it cannot wait for the reply", required=False
    )

    def __init__(self, *args, may_at_once=False, home=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["only_home"].label = "Where do new placements stop?"
        if home is None:
            del self.fields["only_home"]
        if not may_at_once:
            del self.fields["at_once"]


class ContractStep(forms.Form):
    """Another tier, or the end of a contract."""

    contract_id = plain.ChoiceField(label="Which contract?")
    tier = plain.IntegerField(label="To which tier?", min_value=1, max_value=9)
    effective_on = forms.DateField(label="From which day?")
    ground = forms.TextArea(label="What allows it?", rows=2, help_text="The clause of the contract, or the law.")
    words = forms.TextArea(
        label="What is the provider told?", rows=5, help_text="The provider reads this and may reply."
    )

    def __init__(self, *args, contracts=(), is_tier=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contract_id"].choices = [(str(c.pk), f"{c.reference}, {c.lot}, tier {c.tier}") for c in contracts]
        if not is_tier:
            del self.fields["tier"]
            self.fields["effective_on"].label = "On which day does it end?"


class Decide(forms.Form):
    """Agree or refuse."""

    agree = forms.YesNoField(label="Do you agree?")
    because = forms.TextArea(label="Why?", rows=3, help_text="The provider's reply is above: say how you weighed it.")


class Judge(forms.Form):
    """Was it met?"""

    is_met = forms.YesNoField(label="Was it met?")
    because = forms.TextArea(label="What does that rest on?", rows=3)


class Extend(forms.Form):
    """More time."""

    due_on = forms.DateField(label="Until when?")
    reason = forms.TextArea(label="Why?", rows=3)


class Reply(forms.Form):
    """What the provider says."""

    words = forms.TextArea(label="Your reply", rows=6)
