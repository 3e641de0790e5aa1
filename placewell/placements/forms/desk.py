"""Input for sending referrals, offers and the choice between them."""

from django import forms as plain

from placewell.kernel.money import pounds
from placewell.storage.models import choices
from placewell.web import forms

from .. import states


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
