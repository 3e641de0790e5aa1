"""Input about one child: goals, scores, facts."""

from django import forms as plain

from placewell.storage.models import choices
from placewell.web import forms

from .. import rules, states


class _Goal(forms.Form):
    """What a goal says."""

    what = forms.TextArea(label="What is to be different for the child?", rows=3)
    own_words = forms.TextArea(
        label="In the child's own words", rows=3, required=False, help_text="As the child said it, not put better."
    )
    why_no_words = forms.TextArea(label="If the child said nothing, why?", rows=2, required=False)
    known_by = forms.TextArea(label="How will people know that it is reached?", rows=2)
    agreed_on = forms.DateField(label="Agreed on")
    agreed_with = plain.CharField(
        label="Agreed with", help_text="For example: the child, the carers, mum.", max_length=300
    )


class AgreeGoal(_Goal):
    """A new goal."""

    area = plain.ChoiceField(label="What is the goal about?", choices=choices(states.Area))
    field_order = ("area",)


class AmendGoal(_Goal):
    """A new version of a goal."""

    is_dropped = plain.BooleanField(label="Drop this goal: it is not pursued any more", required=False)
    reason = forms.TextArea(label="Why does it change?", rows=2)


class ScoreGoal(forms.Form):
    """How far a goal was reached."""

    score = plain.TypedChoiceField(
        label="How far was it reached?",
        coerce=lambda value: states.Score(int(value)),
        choices=[(score.value, words) for score, words in states.SCORE_WORDS.items()],
        widget=plain.RadioSelect,
    )
    evidence = forms.TextArea(label="What shows it?", rows=4, help_text="What was seen, measured or said, and by whom.")
    child_says = forms.TextArea(label="What the child says about it", rows=3, required=False)
    scored_on = forms.DateField(label="Day")


class AmendScore(ScoreGoal):
    """A score put right."""

    reason = forms.TextArea(label="Why is the score put right?", rows=2)


class RecordFact(forms.Form):
    """A fact of one kind: only what the kind asks."""

    on = forms.DateField(label="Day")
    last_on = forms.DateField(label="Last day of the period")
    answer = plain.ChoiceField(widget=plain.RadioSelect)
    amount = plain.DecimalField(max_digits=7, decimal_places=1, min_value=0)
    out_of = plain.DecimalField(max_digits=7, decimal_places=1, min_value=0)
    source = plain.CharField(
        label="Where is it written down?",
        help_text="For example: the school's register, the dentist's letter.",
        max_length=300,
    )
    note = forms.TextArea(label="Note", rows=2, required=False)

    def __init__(self, *args, kind: rules.FactKind, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].label = "First day of the period" if kind.period else kind.day
        asked = {"last_on": kind.period, "answer": kind.answers, "amount": kind.amount, "out_of": kind.out_of}
        for name, wanted in asked.items():
            if not wanted:
                del self.fields[name]
        if kind.answers:
            self.fields["answer"] = plain.ChoiceField(
                label=kind.ask, choices=list(kind.answers.items()), widget=plain.RadioSelect
            )
        for name in ("amount", "out_of"):
            if name in self.fields:
                self.fields[name].label = getattr(kind, name)


class AmendFact(RecordFact):
    """A fact put right; its day stays."""

    is_withdrawn = plain.BooleanField(label="Withdraw it: it was never so", required=False)
    reason = forms.TextArea(label="What was wrong?", rows=2)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["on"]


class WhoseGoals(forms.Form):
    """Whose goals."""

    whose = plain.ChoiceField(choices=[("", "Everybody whom I may see"), ("mine", "My own children")], required=False)
    what = plain.ChoiceField(
        label="What waits",
        choices=[("", "Anything"), ("agree", "Goals to agree"), *choices(states.Stage)],
        required=False,
    )
