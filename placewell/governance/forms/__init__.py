"""Input for decisions, call-ins and approvals."""

from django import forms as plain

from placewell.web import forms

from ..states import Act, Approval, Category, Lacking, Maker


class RecordDecision(forms.Form):
    """A decision in its own words, and its money."""

    planned = forms.PickField(
        label="Notice on the forward plan", required=False, help_text="A key decision needs one that allows it by now."
    )
    maker = plain.ChoiceField(
        label="Who takes such decisions",
        choices=[
            (Maker.EXECUTIVE.value, "Cabinet, or a committee of it"),
            (Maker.MEMBER.value, "One member of Cabinet"),
        ],
        initial=Maker.EXECUTIVE.value,
    )
    number = plain.CharField(label="Number", max_length=30)
    body = plain.CharField(label="Who took it", max_length=100, initial="Cabinet")
    taken_on = forms.DateField(label="Date")
    item = plain.CharField(label="Agenda item", max_length=30, required=False)
    title = plain.CharField(label="Title", max_length=200)
    text = forms.TextArea(label="The decision", rows=8)
    resolutions = forms.TextArea(label="Resolutions", help_text="One on each line, in order.", required=False)
    reasons = forms.TextArea(label="Reasons")
    alternatives = forms.TextArea(label="Alternatives considered and rejected")
    conflicts = forms.TextArea(label="Conflicts of interest declared", rows=2, required=False)
    dispensations = forms.TextArea(label="Dispensations", rows=2, required=False)
    is_key = plain.BooleanField(label="This is a key decision", required=False)
    is_subject_to_call_in = plain.BooleanField(label="It may be called in", required=False, initial=True)
    call_in_working_days = plain.IntegerField(
        label="Clear working days in which it may be called in", initial=5, min_value=0, max_value=60
    )
    call_in_members = plain.IntegerField(
        label="How many members it takes",
        initial=4,
        min_value=1,
        max_value=100,
        help_text="Or the chair of scrutiny alone",
    )
    call_in_by = plain.CharField(label="Who may call it in", max_length=300, required=False)
    urgency_reason = forms.TextArea(
        label="Why it is too urgent to be called in",
        rows=2,
        required=False,
        help_text="Only where it may not be called in",
    )
    urgency_consent_by = plain.CharField(label="Who consented that it is urgent", max_length=200, required=False)
    urgency_consent_on = forms.DateField(label="When they consented", required=False)
    annual_amount = forms.MoneyField(label="Envelope a year", required=False)
    years = plain.IntegerField(label="For how many years", required=False, min_value=1, max_value=30)
    lots = plain.MultipleChoiceField(
        label="Groups of placements that it allows",
        choices=[(each.value, each.value.replace("_", " ").capitalize()) for each in Category],
        widget=plain.CheckboxSelectMultiple,
        required=False,
    )
    replaces = forms.PickField(
        label="Decision that it replaces", required=False, help_text="That one is set aside when this is published."
    )

    def __init__(self, *args, planned=(), decisions=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["planned"].choices = [("", "None: it is not a key decision"), *planned]
        self.fields["replaces"].choices = [("", "None"), *decisions]


class Publish(forms.Form):
    """The day of publication."""

    on = forms.DateField(label="Published on")


class CallIn(forms.Form):
    """Who called a decision in, and why."""

    called_by = plain.CharField(
        label="Called in by", max_length=300, help_text="In words, for example: four members of scrutiny"
    )
    members = forms.TextArea(label="Members who signed", rows=5, required=False, help_text="One name on each line")
    is_by_chair = plain.BooleanField(label="The chair of scrutiny called it in", required=False)
    grounds = forms.TextArea(label="Grounds")


class Resolve(forms.Form):
    """What became of a call-in."""

    upheld = forms.YesNoField(label="Does the decision stand?")
    outcome = forms.TextArea(label="Outcome")


class Refer(forms.Form):
    """What scrutiny or full council asked for."""

    to_council = plain.ChoiceField(
        label="Where it goes",
        choices=[("no", "Back to whoever took it, to reconsider"), ("yes", "To full council")],
        widget=plain.RadioSelect,
    )
    heard_on = forms.DateField(label="Heard on")
    advice = forms.TextArea(label="What was advised, and why")


class Reason(forms.Form):
    """Why."""

    reason = forms.TextArea(label="Why")


class AskApproval(forms.Form):
    """What leave is asked for."""

    title = plain.CharField(label="What for", max_length=200)
    amount = forms.MoneyField(label="Whole cost", required=False)
    evidence = forms.TextArea(label="Evidence", help_text="Numbers, what was tried, and what happens without it.")
    is_key = plain.BooleanField(label="This is a key decision of its own", required=False)
    planned_id = forms.PickField(
        label="Its notice on the forward plan", required=False, help_text="Only for a key decision"
    )

    def __init__(self, *args, planned=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["planned_id"].choices = [("", "None"), *planned]


class Answer(forms.Form):
    """What a consulted office says."""

    agrees = forms.YesNoField(label="Do you agree?")
    views = forms.TextArea(label="Your views")
    conflict = forms.TextArea(
        label="A conflict of interest",
        rows=2,
        required=False,
        help_text="Whoever has one takes no part without a dispensation.",
    )
    dispensation = forms.TextArea(label="The dispensation, and who granted it", rows=2, required=False)


class Decide(forms.Form):
    """Approve or refuse."""

    approve = forms.YesNoField(label="Do you approve?")
    reasons = forms.TextArea(label="Your reasons")
    alternatives = forms.TextArea(label="Alternatives considered and rejected", required=False)
    conflicts = forms.TextArea(
        label="Conflicts of interest",
        rows=2,
        required=False,
        help_text="Whoever has one takes no part without a dispensation.",
    )
    dispensations = forms.TextArea(label="Dispensations", rows=2, required=False)


class Filters(forms.Form):
    """Narrow the list of approvals."""

    act = plain.ChoiceField(
        label="For",
        required=False,
        choices=[("", "Anything")] + [(a.value, a.value.replace("_", " ").capitalize()) for a in Act],
    )
    state = plain.ChoiceField(
        label="State",
        required=False,
        choices=[("", "Every state")] + [(s.value, s.value.capitalize()) for s in Approval],
    )


class ExemptionFilters(forms.Form):
    """Narrow the register."""

    state = plain.ChoiceField(
        label="State",
        required=False,
        choices=[
            ("", "Any"),
            ("draft", "Draft"),
            ("requested", "Asked"),
            ("approved", "Approved"),
            ("refused", "Refused"),
        ],
    )
    reason = plain.ChoiceField(
        label="What is lacking",
        required=False,
        choices=[("", "Anything")] + [(a.value, a.value.replace("_", " ").capitalize()) for a in Lacking],
    )
    category = plain.ChoiceField(
        label="Lot",
        required=False,
        choices=[("", "All")] + [(a.value, a.value.replace("_", " ").capitalize()) for a in Category],
    )
    supplier = plain.CharField(label="Supplier", required=False, max_length=100)


class FinanceComment(forms.Form):
    """What finance says of an exemption."""

    comment = forms.TextArea(label="Your comment")


class LegalComment(FinanceComment):
    """What legal says, and whether the ground in the law is met."""

    confirms = forms.YesNoField(label="Is the ground in procurement law met?")


class EndExemption(forms.Form):
    """When an exemption ended, and why."""

    on = forms.DateField(label="Ended on")
    reason = forms.TextArea(label="Why")


class Nothing(forms.Form):
    """Nothing to fill in."""


class Question(forms.Form):
    """What an office asks."""

    question = forms.TextArea(label="Your question", rows=3)


class AnswerQuestion(forms.Form):
    """What the office is told."""

    answer = forms.TextArea(label="Answer", rows=4)
