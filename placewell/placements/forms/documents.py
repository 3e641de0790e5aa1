"""Input for the placement plan, the letters and the record of a disruption meeting."""

from django import forms as plain

from placewell.storage.models import choices
from placewell.web import forms

from .. import states


class Plan(forms.Form):
    """The parts of Schedule 2 that people write."""

    day_to_day_care = forms.TextArea(label="How the child is looked after day to day", rows=3)
    time_with_family = forms.TextArea(label="Time with family, and orders about it", rows=3)
    health = forms.TextArea(label="Health, teeth and medicine, and who consents", rows=3)
    education = forms.TextArea(label="School, the designated teacher, and any education, health and care plan", rows=3)
    decisions_that_carers_take = forms.TextArea(label="Which decisions the carers take themselves", rows=3)
    visits = forms.TextArea(label="Who visits the child, and how often", rows=2)
    identity = forms.TextArea(label="History, faith, culture and language", rows=2, required=False)
    safety = forms.TextArea(label="How the child is kept safe", rows=2, required=False)
    ending = forms.TextArea(label="How the placement can be ended", rows=2, required=False)


class Letter(forms.Form):
    """To whom, and what else they must know."""

    to = plain.MultipleChoiceField(
        label="Who is written to?",
        widget=plain.CheckboxSelectMultiple,
        help_text="The law names these: Care Planning Regulations 2010, regulations 13 and 14.",
    )
    left_out = forms.TextArea(
        label="If somebody whom the law names is not written to, why?",
        rows=2,
        required=False,
        help_text="Parents, contacts and former carers may be left out only where telling them would put the child at "
        "risk of significant harm; others where it cannot reasonably be done.",
    )
    how = plain.ChoiceField(
        label="How will the letter reach them?", choices=choices(states.Delivery), widget=plain.RadioSelect
    )
    what_happens_next = forms.TextArea(label="What happens next, and whom to ring", rows=4)

    def __init__(self, *args, told, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(each.code, each.words) for each in told]


class LetterSent(forms.Form):
    """To whom a letter went, how and when."""

    to = plain.MultipleChoiceField(label="To whom did it go?", widget=plain.CheckboxSelectMultiple)
    how = plain.ChoiceField(label="How?", choices=choices(states.Delivery), widget=plain.RadioSelect)
    on = forms.DateField(label="On which day?")
    note = forms.TextArea(
        label="Anything to know", rows=2, required=False, help_text="A recorded delivery’s number, say."
    )

    def __init__(self, *args, to, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(each, each) for each in to]


class SignPlan(forms.Form):
    """Who agrees to the plan."""

    signed_as = plain.CharField(
        label="Who agrees to this plan?",
        max_length=120,
        help_text="The name, and what they are to the child: “J. Ward, foster carer, and I for the agency”, say.",
    )


class SignedOnPaper(SignPlan):
    """Who signed on paper, and where it is kept."""

    words = forms.TextArea(label="When was it signed, and where is the paper kept?", rows=2)


class Meeting(forms.Form):
    """What was said at a disruption meeting."""

    who_came = forms.TextArea(label="Who came", rows=2)
    what_led_to_it = forms.TextArea(label="What led to the end of the placement")
    what_was_learned = forms.TextArea(label="What was learned, for this child and for the next home")
    actions = forms.TextArea(label="Who does what, by when", rows=3)


DOCUMENTS = {
    states.Duty.PLACEMENT_PLAN: Plan,
    states.Duty.NOTIFICATIONS: Letter,
    states.Duty.TERMINATION_NOTICE: Letter,
    states.Duty.DISRUPTION_MEETING: Meeting,
}
