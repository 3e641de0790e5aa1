"""Input about days and hours: of workers, of teams, of children."""

import datetime as dt

from django import forms as plain

from placewell.storage.models import choices
from placewell.web import forms

from .. import states

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
TIME_INPUT = plain.TimeInput({"class": "govuk-input govuk-input--width-5", "inputmode": "numeric"}, format="%H:%M")


def time_field(label: str, **kwargs) -> plain.TimeField:
    """Return a field for a time of day, as people write it."""
    formats = ["%H:%M", "%H.%M", "%H%M", "%I:%M%p", "%I.%M%p", "%I%p"]
    wrong = {"invalid": "Enter a time like 9:30 or 15:45."}
    return plain.TimeField(label=label, widget=TIME_INPUT, input_formats=formats, error_messages=wrong, **kwargs)


class AwayForm(forms.Form):
    """Days on which a worker cannot visit."""

    worker = plain.ChoiceField(label="Who?")
    start_on = forms.DateField(label="First day")
    last_on = forms.DateField(label="Last day")
    kind = plain.ChoiceField(label="Why?", choices=choices(states.Away), widget=plain.RadioSelect({"inline": True}))
    plan_again = plain.BooleanField(
        label="Plan the team's visits again, moving as few as possible", required=False, initial=True
    )

    def __init__(self, *args, workers, may_plan, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["worker"].choices = [(str(one.pk), one.name) for one in workers]
        if not may_plan:
            del self.fields["plan_again"]


class Hours(forms.Form):
    """From when to when on each working day; both empty is not at all."""

    def __init__(self, *args, hours=None, **kwargs):
        super().__init__(*args, **kwargs)
        for number, day in enumerate(WEEKDAYS):
            at = hours[number] if hours else None
            for end, word in enumerate(("from", "to")):
                field = time_field(f"{day.capitalize()} {word}", required=False)
                field.label = f"{day.capitalize()} {word}"
                field.initial = dt.time(at[end] // 60, at[end] % 60) if at else None
                self.fields[f"{day}_{word}"] = field

    def clean(self):
        """Ask for both ends of a day, in order."""
        data = super().clean()
        for day in WEEKDAYS:
            a, b = data.get(f"{day}_from"), data.get(f"{day}_to")
            if (a is None) != (b is None) or (a is not None and b is not None and b <= a):
                self.add_error(f"{day}_to", f"Give both times for {day.capitalize()}, the later one last, or neither.")
        return data

    @property
    def hours(self) -> list:
        """The hours of Monday to Friday in minutes of the day."""
        found = []
        for day in WEEKDAYS:
            a, b = (self.cleaned_data.get(f"{day}_{word}") for word in ("from", "to"))
            found.append([a.hour * 60 + a.minute, b.hour * 60 + b.minute] if a and b else None)
        return found


class Week(Hours):
    """A worker's hours, and where their day starts."""

    starts_at = plain.CharField(
        label="Postcode where your day starts",
        max_length=8,
        required=False,
        help_text="Leave it empty to start at the team's base.",
    )


class Times(Hours):
    """When a child can be seen."""

    note = forms.TextArea(label="What others should know", rows=2, required=False)


class Base(forms.Form):
    """Where a team's days start."""

    team = plain.ChoiceField(label="Team")
    postcode = plain.CharField(label="Postcode of the team's base", max_length=8)

    def __init__(self, *args, teams, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["team"].choices = [(str(team.pk), team.name) for team in teams]


class WeeklyTime(forms.Form):
    """A weekly time at which a child cannot be seen."""

    kind = plain.ChoiceField(label="What is then?", choices=choices(states.Busy), widget=plain.RadioSelect)
    weekday = plain.TypedChoiceField(
        label="Day", choices=[(str(n), day.capitalize()) for n, day in enumerate(WEEKDAYS)], coerce=int
    )
    start = time_field("From")
    end = time_field("To")
    from_on = forms.DateField(label="First day")
    last_on = forms.DateField(label="Last day", required=False, help_text="For a term, or until it is looked at again.")
    confirmed_by = plain.CharField(label="Who told us?", max_length=100, help_text="The carer, the school, the child.")
    note = forms.TextArea(label="What others should know", rows=2, required=False)
