"""Input for a referral, a step at a time."""

from typing import ClassVar

from django import forms as plain

from placewell.contracts.states import NeedLevel
from placewell.governance.states import Category
from placewell.storage.models import choices
from placewell.web import forms

from .. import rules, states


class Referral(forms.Form):
    """What a child needs. Everything can be filled in later, but the first five."""

    categories = plain.MultipleChoiceField(
        label="Which kinds of home?", choices=choices(Category), widget=plain.CheckboxSelectMultiple
    )
    urgency = plain.ChoiceField(label="How soon?", choices=choices(states.Urgency), widget=plain.RadioSelect)
    needed_on = forms.DateField(label="Needed from")
    expected_end_on = forms.DateField(label="Expected to last until", help_text="Never past the 18th birthday.")
    need_level = plain.ChoiceField(label="Level of need", choices=choices(NeedLevel))
    care_plan = plain.ChoiceField(
        label="The plan for the child", choices=[("", "Not settled yet"), *states.CARE_PLANS.items()], required=False
    )
    needs = plain.MultipleChoiceField(
        label="The home should be good at", widget=plain.CheckboxSelectMultiple, required=False
    )
    risks = plain.MultipleChoiceField(
        label="Risks that the child may pose", widget=plain.CheckboxSelectMultiple, required=False
    )
    required_features = plain.MultipleChoiceField(
        label="The home must have", widget=plain.CheckboxSelectMultiple, required=False
    )
    is_solo = plain.BooleanField(label="The child must be the only one there", required=False)
    not_with = forms.TextArea(
        label="With whom the child cannot live",
        rows=2,
        required=False,
        help_text="Children, adults or animals, and why. Names are removed.",
    )
    with_parent = plain.ChoiceField(
        label="Does a parent come with the child?",
        choices=[("", "No: the child comes alone"), *choices(states.WithParent)],
        widget=plain.RadioSelect,
        required=False,
        help_text="Then only homes for parent and child together, and family centres, are found.",
    )
    parent_needs = forms.TextArea(
        label="What help the parent needs",
        rows=3,
        required=False,
        help_text="And what is to be assessed, by when, and on whose direction.",
    )
    preferred_districts = plain.CharField(
        label="Areas that would suit best",
        required=False,
        max_length=200,
        help_text="The first halves of postcodes, with commas: RM17, RM16. The search marks homes there; providers are not told.",
    )
    max_distance_miles = plain.IntegerField(
        label="At most this many miles from home", required=False, min_value=1, max_value=500
    )
    no_go_postcodes = plain.CharField(
        label="Postcodes near which the child is not safe",
        required=False,
        max_length=200,
        help_text="With commas between them. Providers are not told.",
    )
    no_go_miles = plain.IntegerField(
        label="No home within this many miles of them", initial=3, min_value=1, max_value=100
    )
    summary = forms.TextArea(
        label="The child in a few sentences",
        help_text="Who the child is and likes. Names are removed before a provider sees this.",
        required=False,
    )
    needs_and_care = forms.TextArea(label="Care that the child needs", required=False)
    risks_and_safety = forms.TextArea(label="Risks, and how to keep the child safe", required=False)
    unsafe_people = forms.TextArea(
        label="People who are a risk to the child",
        rows=2,
        required=False,
        help_text="Who, where, and what carers should do. Nobody outside the council is told before it has signed.",
    )
    health = forms.TextArea(
        label="Health",
        rows=3,
        required=False,
        help_text="Conditions, medicines and consents.",
    )
    disabilities = plain.MultipleChoiceField(
        label="Disabilities",
        widget=plain.CheckboxSelectMultiple,
        required=False,
        help_text="Told to homes that are considered, and not before.",
    )
    emotional = forms.TextArea(
        label="Feelings and behaviour",
        rows=3,
        required=False,
        help_text="How the child feels and copes, and what helps.",
    )
    sdq_score = plain.IntegerField(
        label="Strengths and difficulties: the last score",
        required=False,
        min_value=0,
        max_value=states.SDQ_MOST,
        help_text=f"The total, 0 to {states.SDQ_MOST}. Providers see whether it is usual, borderline or a cause for concern.",
    )
    sdq_on = forms.DateField(label="When was it filled in?", required=False)
    education = forms.TextArea(
        label="Education",
        rows=3,
        required=False,
        help_text="Year, attendance, what helps at school, and what is planned.",
    )
    sen_status = plain.ChoiceField(
        label="Special educational needs",
        choices=[("", "Not known yet"), *states.SPECIAL_NEEDS.items()],
        required=False,
        help_text="Providers see whether there is an education, health and care plan.",
    )
    sen_need = plain.ChoiceField(
        label="The primary need", required=False, help_text="Told to homes that are considered, and not before."
    )
    sen_on = forms.DateField(label="Day of the plan, or of its last review", required=False)
    pep_on = forms.DateField(label="Day of the last personal education plan", required=False)
    history = forms.TextArea(
        label="Where the child has lived, and why it ended",
        rows=4,
        required=False,
        help_text="What went well there too. What the record knows is filled in the first time: check it.",
    )
    family_first = forms.TextArea(
        label="Why not with a parent, a relative or a friend?",
        rows=3,
        required=False,
        help_text="The law looks to them first. Who was thought of, and what was found. Providers do not see it.",
    )
    family_time = forms.TextArea(label="Time with family", rows=3, required=False)
    identity = forms.TextArea(label="Identity, faith, culture and language", rows=3, required=False)
    child_views = forms.TextArea(label="What the child says", rows=3, required=False)
    parent_views = forms.TextArea(label="What the parents say", rows=3, required=False)

    documents = plain.MultipleChoiceField(
        label="Which documents are ready?",
        widget=plain.CheckboxSelectMultiple,
        required=False,
        help_text="Providers see which. The papers themselves follow once the council has signed.",
    )
    authorised_by = plain.CharField(
        label="Who authorised looking outside the council’s own homes?",
        required=False,
        max_length=200,
        help_text="Name and post. Providers do not see it.",
    )
    authorised_on = forms.DateField(label="On which day?", required=False)

    # One thing at a time: the steps of writing a referral, each saved before the next.
    STEPS: ClassVar = {
        "home": (
            "What is needed",
            ("categories", "urgency", "needed_on", "expected_end_on", "need_level", "care_plan"),
        ),
        "needs": ("Needs and risks", ("needs", "risks", "required_features", "is_solo", "not_with")),
        "parent": ("A parent with the child", ("with_parent", "parent_needs")),
        "where": ("Where", ("preferred_districts", "max_distance_miles", "no_go_postcodes", "no_go_miles")),
        "child": ("The child", ("summary", "needs_and_care", "risks_and_safety", "unsafe_people", "history")),
        "health": ("Health", ("health", "disabilities", "emotional", "sdq_score", "sdq_on")),
        "school": ("Education", ("education", "sen_status", "sen_need", "sen_on", "pep_on")),
        "family": ("Family and views", ("family_first", "family_time", "identity", "child_views", "parent_views")),
        "papers": ("Papers", ("documents", "authorised_by", "authorised_on")),
    }

    def __init__(self, *args, vocabulary, step="", today=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        for field, kind in {"needs": "skills", "risks": "risks", "required_features": "features"}.items():
            self.fields[field].choices = sorted(vocabulary[kind].items(), key=lambda pair: pair[1])
        for field in ("disabilities", "documents"):
            self.fields[field].choices = list(rules.codes_of(field).items())
        self.fields["sen_need"].choices = [("", "Not known, or none"), *rules.codes_of("sen_need").items()]
        for name in list(self.fields) if step else ():
            if name not in self.STEPS[step][1]:
                del self.fields[name]

    def clean(self):
        """Refuse what has not happened yet, and a primary need of a child who has none."""
        data = super().clean()
        for name in ("sdq_on", "sen_on", "pep_on", "authorised_on"):
            if self.today and (day := data.get(name)) and day > self.today:
                self.add_error(name, "This day is still to come: enter the day on which it was done.")
        if data.get("sen_status") == "none" and data.get("sen_need"):
            self.add_error(
                "sen_need", "Choose no primary need, or say above that the child has special educational needs."
            )
        return data
