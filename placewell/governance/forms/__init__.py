"""Input for decisions, call-ins and approvals."""

from django import forms as plain

from placewell.web import forms

from ..states import Act, Category


class RecordDecision(forms.Form):
    """A decision in its own words, and its money."""

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
    call_in_by = plain.CharField(label="Who may call it in", max_length=300, required=False)
    annual_amount = forms.MoneyField(label="Envelope a year", required=False)
    years = plain.IntegerField(label="For how many years", required=False, min_value=1, max_value=30)
    lots = plain.MultipleChoiceField(
        label="Groups of placements that it allows",
        choices=[(each.value, each.value.replace("_", " ").capitalize()) for each in Category],
        widget=plain.CheckboxSelectMultiple,
        required=False,
    )


class Publish(forms.Form):
    """The day of publication."""

    on = forms.DateField(label="Published on")


class CallIn(forms.Form):
    """Who called a decision in, and why."""

    called_by = forms.TextArea(label="Called in by", rows=2)
    grounds = forms.TextArea(label="Grounds")


class Resolve(forms.Form):
    """What became of a call-in."""

    upheld = forms.YesNoField(label="Does the decision stand?")
    outcome = forms.TextArea(label="Outcome")


class Reason(forms.Form):
    """Why."""

    reason = forms.TextArea(label="Why")


class AskApproval(forms.Form):
    """What leave is asked for."""

    title = plain.CharField(label="What for", max_length=200)
    amount = forms.MoneyField(label="Whole cost", required=False)
    evidence = forms.TextArea(label="Evidence", help_text="Numbers, what was tried, and what happens without it.")


class Answer(forms.Form):
    """What a consulted office says."""

    agrees = forms.YesNoField(label="Do you agree?")
    views = forms.TextArea(label="Your views")


class Decide(forms.Form):
    """Approve or refuse."""

    approve = forms.YesNoField(label="Do you approve?")
    reasons = forms.TextArea(label="Your reasons")


class Filters(forms.Form):
    """Narrow the list of approvals."""

    act = plain.ChoiceField(
        label="For",
        required=False,
        choices=[("", "Anything")] + [(a.value, a.value.replace("_", " ").capitalize()) for a in Act],
    )
