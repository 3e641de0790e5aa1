"""Input about providers: what is to be put right, visits to homes, quarterly returns."""

from django import forms as plain

from placewell.web import forms

from ..rules import returns

THINGS = 4  # that can be asked for on one form; more follow on another


class Things(forms.Form):
    """A form with things to put right: each what, and by when."""

    with_owner = False

    def __init__(self, *args, colleagues=(), **kwargs):
        super().__init__(*args, **kwargs)
        for number in range(1, THINGS + 1):
            needed = number == 1 and not self.with_owner
            hint = "What, so that anybody could tell whether it is done." if number == 1 else ""
            self.fields[f"what_{number}"] = forms.TextArea(
                label=f"To put right: {number}" + ("" if needed else " (optional)"),
                rows=2,
                required=needed,
                help_text=hint,
            )
            self.fields[f"due_{number}"] = forms.DateField(
                label="By when?" + ("" if needed else " (optional)"), required=needed
            )
            if self.with_owner:
                owner = plain.ChoiceField(
                    label="By whom? (optional)",
                    choices=[("", "The provider"), *((str(one.pk), one.name) for one in colleagues)],
                    required=False,
                )
                owner.widget.attrs["class"] = "govuk-select"
                self.fields[f"owner_{number}"] = owner
        for field in self.fields.values():
            if not hasattr(field.widget, "parts"):
                forms.dress(field)
            if field.required:
                field.error_messages["required"] = forms.missing(field)

    def clean(self):
        """Ask for what belongs together."""
        data = super().clean()
        for number in range(1, THINGS + 1):
            if data.get(f"what_{number}") and not data.get(f"due_{number}") and f"due_{number}" not in self.errors:
                self.add_error(f"due_{number}", "Say by when.")
            if data.get(f"due_{number}") and not data.get(f"what_{number}") and f"what_{number}" not in self.errors:
                self.add_error(f"what_{number}", "Say what.")
        return data

    @property
    def things(self) -> list[tuple]:
        """What was entered, in order: what, by when, and by whom where that is asked."""
        data = self.cleaned_data
        return [
            (data[f"what_{n}"], data[f"due_{n}"], *([data.get(f"owner_{n}") or None] if self.with_owner else []))
            for n in range(1, THINGS + 1)
            if data.get(f"what_{n}")
        ]


class Notice(Things):
    """An improvement notice."""

    words = forms.TextArea(
        label="What is the provider told?", rows=5, help_text="The provider reads this and may reply."
    )
    due_on = forms.DateField(label="By when is it to be met?")


class HomeVisit(Things):
    """What was found in a home."""

    with_owner = True
    made_on = forms.DateField(label="Day of the visit")
    is_unannounced = forms.YesNoField(label="Was it unannounced?")
    found = forms.TextArea(label="What was found?", rows=5, help_text="The provider reads this. Name no child.")
    good = forms.TextArea(label="What was good?", rows=3, required=False)


class Done(forms.Form):
    """Whether something is put right."""

    is_done = forms.YesNoField(label="Is it put right?")
    done_on = forms.DateField(
        label="Since which day?", required=False, help_text="If you leave it, the day on which the provider said so."
    )
    note = forms.TextArea(label="What did you see?", rows=3)


class SayDone(forms.Form):
    """What the provider did."""

    words = forms.TextArea(label="What did you do?", rows=4)


class AskReturns(forms.Form):
    """Which quarter is asked for."""

    quarter = plain.ChoiceField(label="Which quarter?")
    due_on = forms.DateField(label="By when?")

    def __init__(self, *args, quarters=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["quarter"].choices = [(day.isoformat(), f"From {day:%-d %B %Y}") for day in quarters]


class Return(forms.Form):
    """One quarter, in figures."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, words in returns.FIGURES.items():
            field = plain.IntegerField(label=words, min_value=0, max_value=100000)
            forms.dress(field)
            field.error_messages["required"] = "Enter a whole number, nought where there was none."
            self.fields[name] = field
        self.fields["explained"] = self.fields.pop("explained")

    explained = forms.TextArea(
        label="What we should know about these figures",
        rows=4,
        required=False,
        help_text="Where they differ from what we know, say why.",
    )


class AnswerReturn(forms.Form):
    """Accept a return, or send it back."""

    accept = forms.YesNoField(label="Do you accept it?")
    answer = forms.TextArea(label="What should the provider know?", rows=3, required=False)
