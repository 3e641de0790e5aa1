"""Input for referrals, offers and the choice between them."""

from typing import ClassVar

from django import forms as plain

from placewell.contracts.states import NeedLevel
from placewell.governance.states import Category
from placewell.kernel.money import pounds
from placewell.storage.models import choices
from placewell.web import forms

from .. import states


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
    health = forms.TextArea(
        label="Health",
        rows=3,
        required=False,
        help_text="Conditions, medicines, consents, and the score of the last strengths and difficulties questionnaire.",
    )
    education = forms.TextArea(
        label="Education",
        rows=3,
        required=False,
        help_text="Year, attendance, the personal education plan, and an education, health and care plan if there is one.",
    )
    history = forms.TextArea(
        label="Where the child has lived, and why it ended",
        rows=4,
        required=False,
        help_text="What went well there too. What the record knows is filled in the first time: check it.",
    )
    family_time = forms.TextArea(label="Time with family", rows=3, required=False)
    identity = forms.TextArea(label="Identity, faith, culture and language", rows=3, required=False)
    child_views = forms.TextArea(label="What the child says", rows=3, required=False)
    parent_views = forms.TextArea(label="What the parents say", rows=3, required=False)

    # One thing at a time: the steps of writing a referral, each saved before the next.
    STEPS: ClassVar = {
        "home": (
            "What is needed",
            ("categories", "urgency", "needed_on", "expected_end_on", "need_level", "care_plan"),
        ),
        "needs": ("Needs and risks", ("needs", "risks", "required_features", "is_solo", "not_with")),
        "parent": ("A parent with the child", ("with_parent", "parent_needs")),
        "where": ("Where", ("max_distance_miles", "no_go_postcodes", "no_go_miles")),
        "child": ("The child", ("summary", "needs_and_care", "risks_and_safety", "health", "education", "history")),
        "family": ("Family and views", ("family_time", "identity", "child_views", "parent_views")),
    }

    def __init__(self, *args, vocabulary, step="", **kwargs):
        super().__init__(*args, **kwargs)
        pairs = {"needs": "skills", "risks": "risks", "required_features": "features"}
        for field, kind in pairs.items():
            self.fields[field].choices = sorted(vocabulary[kind].items(), key=lambda pair: pair[1])
        for name in list(self.fields) if step else ():
            if name not in self.STEPS[step][1]:
                del self.fields[name]


class CopyReferral(forms.Form):
    """New dates for the words of the last referral."""

    urgency = plain.ChoiceField(label="How soon?", choices=choices(states.Urgency), widget=plain.RadioSelect)
    needed_on = forms.DateField(label="Needed from")
    expected_end_on = forms.DateField(label="Expected to last until", help_text="Never past the 18th birthday.")


class Words(forms.Form):
    """A question or a message."""

    words = forms.TextArea(label="What do you want to say?", rows=4)


class AnswerQuestion(forms.Form):
    """The answer, and whether the others read it too."""

    words = forms.TextArea(label="Your answer", rows=4, help_text="Names are removed.")
    to_all = forms.YesNoField(
        label="Should every provider who was asked read it?",
        help_text="Yes, unless it is about this provider's own home: all should know the same.",
    )
    question = forms.TextArea(
        label="The question as the others read it", rows=3, help_text="Take out whatever says who asked."
    )


class DecideEmergency(forms.Form):
    """Whether the emergency search was right."""

    approve = forms.YesNoField(label="Do you approve that a home was searched for at once?")
    reasons = forms.TextArea(label="Your reasons", rows=3)


class CompleteConsent(forms.Form):
    """The points that an emergency left open."""

    satisfied = plain.MultipleChoiceField(
        label="These hold now too", choices=list(states.SATISFIED_OF.items()), widget=plain.CheckboxSelectMultiple
    )


class Siblings(forms.Form):
    """Which brothers and sisters, and whether together."""

    sibling_ids = plain.MultipleChoiceField(label="Who else needs a home?", widget=plain.CheckboxSelectMultiple)
    together = forms.YesNoField(label="Should they live together?")
    reason = forms.TextArea(
        label="If apart, why?",
        rows=3,
        required=False,
        help_text="The law asks for brothers and sisters to live together wherever that can be done.",
    )

    def __init__(self, *args, siblings, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sibling_ids"].choices = siblings


class Send(forms.Form):
    """Who is asked, and until when they answer."""

    provider_ids = plain.MultipleChoiceField(
        label="Providers to ask, first tier first", widget=plain.CheckboxSelectMultiple
    )
    hours = plain.IntegerField(label="Hours to answer in", initial=48, min_value=1, max_value=720)

    def __init__(self, *args, providers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["provider_ids"].choices = providers


OFFER_PRICES = ("weekly_fee", "care_fee", "education_fee", "health_fee", "one_off_fee")


class Offer(forms.Form):
    """A home, a price, and why it suits."""

    home_id = plain.ChoiceField(label="Which of your homes?")
    weekly_fee = forms.MoneyField(label="Price a week", help_text="All of it. Say below what of it is for what.")
    care_fee = forms.MoneyField(label="Of that for care", required=False)
    education_fee = forms.MoneyField(label="Of that for education", required=False)
    health_fee = forms.MoneyField(label="Of that for health", required=False)
    one_off_fee = forms.MoneyField(label="Paid once, beside the price a week", required=False)
    earliest_on = forms.DateField(label="Earliest day")
    how_needs_are_met = forms.TextArea(label="How the home meets this child's needs")
    effect_on_residents = forms.TextArea(label="Effect on children who live there", rows=3, required=False)

    def __init__(self, *args, homes, asked=(), card=(), needed_on=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["home_id"].choices = homes if len(homes) == 1 else [("", "Choose a home"), *homes]
        if needed_on:
            self.fields["earliest_on"].help_text = f"A home is needed from {needed_on:%-d %B %Y}."
        if card:
            own = "; ".join(f"{pounds(fee)} on {reference}" for reference, fee in card)
            self.fields["weekly_fee"].help_text = f"Your rate card says {own}. {self.fields['weekly_fee'].help_text}"
        self._ask_of_each_need(dict.fromkeys(need for row in asked for need in row.shown["needs"]))
        if len(asked) > 1:  # one home, a price for each of the brothers and sisters
            prices = {name: self.fields.pop(name) for name in OFFER_PRICES}
            for row in asked:
                who = f"{row.reference} ({row.shown['sex'].lower()}, {row.shown['age']})"
                for name, field in prices.items():
                    each = forms.MoneyField(
                        label=f"{str(field.label).removesuffix(' (optional)')} for {who}", required=field.required
                    )
                    each.error_messages["required"] = "Enter an answer."
                    forms.dress(each)
                    self.fields[f"{name}_{row.pk}"] = each

    def _ask_of_each_need(self, needs):
        """Ask how each need is met, one by one, before anything else that there is to say."""
        self.needs = {f"need_{number}": need for number, need in enumerate(needs)}
        general = {name: self.fields.pop(name) for name in ("how_needs_are_met", "effect_on_residents")}
        for name, need in self.needs.items():
            self.fields[name] = forms.TextArea(label=f"How you meet: {need} (optional)", rows=2, required=False)
            forms.dress(self.fields[name])
        self.fields |= general
        if self.needs:
            self.fields["how_needs_are_met"].label = "How the home meets this child's other needs"

    def clean(self):
        """Tell how each need is met in the one account that the council reads."""
        data = super().clean()
        said = [(need, data.pop(name, "").strip()) for name, need in self.needs.items()]
        met = [f"{need}: {words}" for need, words in said if words]
        if "how_needs_are_met" in data:
            data["how_needs_are_met"] = "\n".join([*met, data["how_needs_are_met"]])
        return data


class DeclineInvitation(forms.Form):
    """Why no home can be offered."""

    reason = plain.ChoiceField(label="Why?", choices=choices(states.DeclineReason), widget=plain.RadioSelect)
    note = forms.TextArea(label="Anything else", rows=3, required=False)


class Recommend(forms.Form):
    """Why this home."""

    recommendation = forms.TextArea(label="Why does this home suit this child best?")


class Reasons(forms.Form):
    """A person's own reasons."""

    reasons = forms.TextArea(label="Your reasons")


class Consultation(forms.Form):
    """What somebody says of a home."""

    answer = forms.TextArea(label="What did they say?", help_text="Or why they could not be asked.")
    on = forms.DateField(label="On which day")

    def __init__(self, *args, is_asked=False, **kwargs):
        super().__init__(*args, **kwargs)
        if is_asked:
            self.fields["answer"].label, self.fields["answer"].help_text = "Your answer", ""


class Reason(forms.Form):
    """Why."""

    reason = forms.TextArea(label="Why")


class DecideConsent(forms.Form):
    """The points of regulation 10 or 11, and the decision."""

    satisfied = plain.MultipleChoiceField(
        label="I am satisfied that",
        widget=plain.CheckboxSelectMultiple,
        required=False,
    )
    approve = forms.YesNoField(label="Do you approve?")
    reasons = forms.TextArea(label="Your reasons")

    def __init__(self, *args, kind, **kwargs):
        super().__init__(*args, **kwargs)
        self.points = states.satisfied_of(kind)
        self.fields["satisfied"].choices = list(self.points.items())

    def clean_satisfied(self):
        """Return each point with whether it was ticked."""
        return {code: code in self.cleaned_data["satisfied"] for code in self.points}
