"""Input of the visits room."""

import datetime as dt

from django import forms as plain
from django.core.exceptions import ValidationError

from placewell.storage.models import choices
from placewell.web import forms

from .. import rules, states
from .days import AwayForm, Base, Times, Week, WeeklyTime, time_field

__all__ = ["AwayForm", "Base", "Times", "Week", "WeeklyTime"]


class DueFilters(forms.Form):
    """Whose, what, and how soon."""

    whose = plain.ChoiceField(choices=[("", "Everybody whom I may see"), ("mine", "My own children")], required=False)
    kind = plain.ChoiceField(label="What is due", choices=[("", "Anything"), *choices(states.Duty)], required=False)
    within = plain.ChoiceField(
        label="Due within",
        choices=[
            ("60", "60 days"),
            ("0", "Late already"),
            ("missed", "Will be late as planned"),
            ("7", "7 days"),
            ("28", "28 days"),
            ("365", "A year"),
        ],
        required=False,
    )
    team = plain.ChoiceField(required=False)

    def __init__(self, *args, teams=(), workers=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["whose"].choices += [(key, name) for name, key in workers]
        self.fields["team"].choices = [("", "Every team"), *((str(team.pk), team.name) for team in teams)]


class MadeFilters(forms.Form):
    """Which visits."""

    waiting = plain.ChoiceField(
        label="Signed off", choices=[("", "All"), ("yes", "Waiting to be signed off")], required=False
    )
    seen = plain.ChoiceField(
        label="The child was",
        choices=[("", "Seen or not"), ("no", "Not seen"), ("not_alone", "Not seen alone")],
        required=False,
    )


class RecordVisit(forms.Form):
    """A visit, written down where it was made."""

    sent_key = plain.UUIDField(widget=plain.HiddenInput)
    made_on = forms.DateField(label="Day of the visit")
    started_at = time_field("Time", required=False)
    is_seen = forms.YesNoField(label="Did you see the child?")
    is_seen_alone = forms.YesNoField(label="Did you see the child alone?", required=False)
    why_not_alone = forms.TextArea(
        label="If not alone, why?",
        rows=2,
        required=False,
        help_text="The child refused, it was not appropriate, or it was not possible.",
    )
    where = plain.ChoiceField(label="Where?", choices=choices(states.Where), widget=plain.RadioSelect({"inline": True}))
    is_unannounced = plain.BooleanField(label="Nobody was told before", required=False)
    own_words = forms.TextArea(
        label="What the child said, in the child's own words",
        rows=3,
        required=False,
        help_text="Kept apart and not changed.",
    )
    views = forms.TextArea(label="The child's wishes and feelings, as you understood them", rows=3, required=False)
    observed = forms.TextArea(label="The home and the care", rows=3, required=False)
    concerns = forms.TextArea(label="Concerns", rows=2, required=False)
    is_welfare_safeguarded = forms.YesNoField(
        label="Is the child's welfare safeguarded there?",
        required=False,
        help_text="If not, the child's care is reviewed at once (SI 2010/959 reg 30).",
    )
    late_reason = forms.TextArea(label="If the visit is late, why?", rows=2, required=False)
    miles = plain.DecimalField(label="Miles driven for it", min_value=0, max_digits=5, decimal_places=1, required=False)
    action = forms.TextArea(label="Something to do after it", rows=2, required=False)
    action_owner = plain.ChoiceField(label="Who does it?", required=False)
    action_due_on = forms.DateField(label="By when?", required=False)

    def __init__(self, *args, colleagues=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["action_owner"].choices = [("", "Choose"), *((str(one.pk), one.name) for one in colleagues)]

    def clean(self):
        """Ask for what belongs together."""
        data = super().clean()
        if data.get("is_seen") and data.get("is_seen_alone") is None:
            self.add_error("is_seen_alone", "Say whether you saw the child alone.")
        if data.get("is_seen") and data.get("is_welfare_safeguarded") is None:
            self.add_error("is_welfare_safeguarded", "Say whether the child's welfare is safeguarded.")
        if data.get("action"):
            for name in ("action_owner", "action_due_on"):
                if not data.get(name):
                    self.add_error(name, "Say who does it and by when.")
        return data


class Note(forms.Form):
    """A few words."""

    note = forms.TextArea(label="Note", rows=2, required=False)


class Arrange(forms.Form):
    """In which situation a child is visited, and how often at least."""

    situation = plain.ChoiceField(label="Situation", required=False)
    interval_days = plain.IntegerField(
        label="At most so many days between visits",
        min_value=1,
        max_value=365,
        required=False,
        help_text="Where you visit more often than the law asks.",
    )
    reason = forms.TextArea(label="Why?", rows=3)

    def __init__(self, *args, on, **kwargs):
        super().__init__(*args, **kwargs)
        told = [(rule.situation.value, f"{rule.words} ({rule.source})") for rule in rules.rules_on(on).values()]
        self.fields["situation"].choices = [("", "As the legal status and the placement say"), *told]


class Standard(forms.Form):
    """The council's own interval."""

    interval_days = plain.IntegerField(
        label="At most so many days between visits to any child",
        min_value=1,
        max_value=365,
        required=False,
        help_text="It can only be stricter than the law. Leave it empty for the law alone.",
    )
    reason = forms.TextArea(label="Why?", rows=3)


class UnannouncedShare(forms.Form):
    """How many visits in a hundred are drawn to be made unannounced."""

    percent = plain.IntegerField(
        label="Unannounced visits in a hundred",
        min_value=0,
        max_value=100,
        help_text="No law asks for any. Which visits, and on which day, is drawn by lot: nobody who plans chooses.",
    )
    reason = forms.TextArea(label="Why?", rows=3)


class Ask(forms.Form):
    """Who asked for a visit, and when."""

    kind = plain.ChoiceField(label="Why is a visit owed?", widget=plain.RadioSelect)
    asked_on = forms.DateField(label="When was that?")
    reason = forms.TextArea(label="What was said", rows=3)

    def __init__(self, *args, on, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, row["words"]) for kind, row in rules.asked_rows(on).items()]


class Assessment(forms.Form):
    """When the child's health was assessed."""

    held_on = forms.DateField(label="Day of the assessment")
    note = forms.TextArea(label="Note", rows=2, required=False)


class Review(forms.Form):
    """When a child's care was reviewed, and how the child took part."""

    held_on = forms.DateField(label="Day of the review")
    participation = plain.ChoiceField(label="How did the child take part?")

    def __init__(self, *args, codes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["participation"].choices = list(codes.items())


class Missing(forms.Form):
    """How, and since when, a child is away."""

    kind = plain.ChoiceField(label="How is the child away?", widget=plain.RadioSelect)
    start_on = forms.DateField(label="Since which day?")

    def __init__(self, *args, codes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(codes.items())


class Back(forms.Form):
    """When a child who was missing came back."""

    end_on = forms.DateField(label="On which day was the child found, or back?")


class Interview(forms.Form):
    """What came of the interview after a child was missing."""

    outcome = plain.ChoiceField(
        label="What came of it?",
        widget=plain.RadioSelect,
        choices=[
            (states.Interview.OFFERED, "Offered, not held yet"),
            (states.Interview.HELD, "Offered and held"),
            (states.Interview.DECLINED, "Offered, the child said no"),
            (states.Interview.NOT_OFFERED, "Not offered"),
        ],
    )
    offered_on = forms.DateField(label="Offered on", required=False)
    settled_on = forms.DateField(label="Held or declined on", required=False)
    held_by = plain.CharField(label="Who held it, and of which organisation?", max_length=100, required=False)
    is_independent = plain.BooleanField(label="They are independent of the home and of our team", required=False)
    note = forms.TextArea(
        label="Note",
        rows=3,
        required=False,
        help_text="What the child wants changed, or why it was not offered. The interview itself is kept elsewhere.",
    )


class AskPlan(forms.Form):
    """Which team, from which day."""

    team = plain.ChoiceField(label="Team")
    first_on = forms.DateField(label="First day")

    def __init__(self, *args, teams, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["team"].choices = [(str(team.pk), team.name) for team in teams]


class Move(forms.Form):
    """Where a planned visit is wanted, and why; its own place keeps it there."""

    worker = plain.ChoiceField(label="Who visits?")
    on = plain.ChoiceField(label="Day")
    start = time_field("Start")
    reason = forms.TextArea(label="Why?", rows=2)

    def __init__(self, *args, workers, days, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["worker"].choices = [(str(one.pk), one.name) for one in workers]
        self.fields["on"].choices = [(day.isoformat(), f"{day:%A %-d %B}") for day in days]


class Confirm(forms.Form):
    """With whom a visit was agreed."""

    with_whom = plain.CharField(label="Agreed with", max_length=100)


class GoOut(forms.Form):
    """Back by when."""

    back_by = time_field("Back by")


class Month(forms.Form):
    """A month, as 2026-11."""

    month = plain.CharField(label="Month, as 2026-11", max_length=7, required=False)

    def clean_month(self):
        """Return the first day of the month, or None."""
        text = self.cleaned_data["month"].strip()
        if not text:
            return None
        try:
            return dt.datetime.strptime(text, "%Y-%m").replace(tzinfo=dt.UTC).date()
        except ValueError:
            raise ValidationError("Write a month as 2026-11.") from None


class Confirmed(forms.Form):
    """Nothing to fill in."""
