"""Input for what happens while a contract runs."""

from decimal import Decimal

from django import forms as plain

from placewell.storage.models import choices
from placewell.web import forms

from .. import states


class Suspend(forms.Form):
    """Stop new placements for a while."""

    reason = forms.TextArea(label="Why")
    until = forms.DateField(
        label="Until",
        required=False,
        help_text="The first day on which placements may be made again, where it is known",
    )


class Extension(forms.Form):
    """A later end of a framework."""

    effective_on = forms.DateField(label="Until", help_text="The first day that it no longer covers")
    words = forms.TextArea(label="Why it is extended")
    ground = forms.TextArea(label="What allows it", rows=2, help_text="The clause, or the law")


class ContractChange(forms.Form):
    """A change of one contract."""

    kind = plain.ChoiceField(
        label="What changes",
        choices=[
            (states.ChangeKind.TERMS.value, "Its terms"),
            (states.ChangeKind.TIER.value, "Its tier or rank"),
            (states.ChangeKind.EXIT.value, "It ends earlier"),
        ],
        widget=plain.RadioSelect,
    )
    words = forms.TextArea(label="The change in words")
    ground = forms.TextArea(label="What allows it", rows=2, help_text="The clause, or the law")
    effective_on = forms.DateField(label="From", help_text="Of an earlier end: the first day that it no longer covers")
    tier = plain.IntegerField(label="New tier", min_value=1, max_value=9, required=False)
    rank = plain.IntegerField(label="New rank in the tier", min_value=1, max_value=999, required=False)


class Decide(forms.Form):
    """Agree or refuse."""

    agree = forms.YesNoField(label="Do you agree?")
    because = forms.TextArea(label="Why")


class Uplift(forms.Form):
    """A rise of every price."""

    index = plain.CharField(label="Index", max_length=60, initial="CPI, 12 months to September")
    index_percent = plain.DecimalField(
        label="What it says (percent)", min_value=Decimal(-99), max_digits=5, decimal_places=2
    )
    cap_percent = plain.DecimalField(
        label="Cap (percent)",
        min_value=Decimal(0),
        help_text="Prices rise by the lower of the two.",
        max_digits=5,
        decimal_places=2,
    )
    effective_on = forms.DateField(label="From")
    reason = forms.TextArea(label="Why")


class Round(forms.Form):
    """A re-opening."""

    opens_on = forms.DateField(label="Opens")
    closes_on = forms.DateField(label="Closes")
    starts_on = forms.DateField(label="Those who join start")
    notice = plain.CharField(label="Reference of its tender or notice", max_length=200, required=False)


class Block(forms.Form):
    """Places paid for whether used or not."""

    home_id = forms.PickField(label="Home")
    places = plain.IntegerField(label="Places", min_value=1, max_value=50)
    weekly_fee = forms.MoneyField(label="Price a week of one place")
    start_on = forms.DateField(label="From")
    end_on = forms.DateField(label="Until", help_text="The first day on which it is no longer paid")
    notice_days = plain.IntegerField(
        label="Notice (days)",
        min_value=0,
        max_value=730,
        initial=28,
        help_text="By which it can be ended early, as its terms say",
    )
    reason = forms.TextArea(label="Why in block")

    def __init__(self, *args, homes=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["home_id"].choices = [("", "Choose a home"), *homes]


class EndBlock(forms.Form):
    """An earlier end of a block."""

    end_on = forms.DateField(label="Until", help_text="The first day on which it is no longer paid")
    reason = forms.TextArea(label="Why it ends early")
    waiver = forms.TextArea(
        label="A shorter notice that the provider agreed to",
        required=False,
        rows=3,
        help_text="Only where the notice is not kept: what was agreed, with whom and when",
    )


class Document(forms.Form):
    """What a provider showed."""

    kind = plain.ChoiceField(label="Kind", choices=choices(states.DocumentKind))
    reference = plain.CharField(label="Reference, or where it is kept", max_length=200)
    issued_on = forms.DateField(label="Issued")
    expires_on = forms.DateField(label="Runs out", required=False)
    file = plain.FileField(label="The file", required=False, help_text="PDF, Word, Excel, PNG or JPEG, up to 10 MB")


class Challenge(forms.Form):
    """A challenge that came in."""

    framework_id = plain.ChoiceField(label="Framework")
    reference = plain.CharField(label="Reference", max_length=40)
    kind = plain.ChoiceField(label="How it came", choices=choices(states.ChallengeKind))
    challenger = plain.CharField(label="From", max_length=200)
    received_on = forms.DateField(label="Received")
    answer_by = forms.DateField(label="To be answered by")
    grounds = forms.TextArea(label="Grounds")
    holds_award = plain.BooleanField(
        label="It holds the award",
        required=False,
        help_text="No award and no new contract until it is closed: a claim notified during the standstill, for one.",
    )

    def __init__(self, *args, frameworks=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["framework_id"].choices = frameworks


class CloseChallenge(forms.Form):
    """What became of it."""

    state = plain.ChoiceField(
        label="What became of it",
        choices=[each for each in choices(states.Challenge) if each[0] != states.Challenge.OPEN],
        widget=plain.RadioSelect,
    )
    outcome = forms.TextArea(label="Outcome, and what was learnt")


class Leaving(forms.Form):
    """What happens to one placement."""

    what = plain.ChoiceField(
        label="What happens to it",
        choices=[
            (states.Leaving.MOVE.value, "It moves to the provider's contract on another framework"),
            (states.Leaving.VARY.value, "Its agreement is varied"),
            (states.Leaving.SPOT.value, "It stays as a spot purchase under an exemption"),
            (states.Leaving.END.value, "It ends"),
        ],
        widget=plain.RadioSelect,
    )
    to_contract_id = plain.ChoiceField(label="To which contract", required=False)
    exemption_id = plain.ChoiceField(
        label="Under which exemption",
        required=False,
        help_text="Of the register, for this provider. One that is not there yet is asked for from the child's referral; "
        "choose it here when it is.",
    )
    due_on = forms.DateField(label="By when")
    reason = forms.TextArea(label="Why", rows=3)

    def __init__(self, *args, contracts=(), exemptions=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to_contract_id"].choices = [("", "None"), *contracts]
        self.fields["exemption_id"].choices = [("", "None yet"), *exemptions]


class Told(forms.Form):
    """Who was told."""

    told = forms.TextArea(
        label="Who was told", rows=3, help_text="The provider, the social worker, the child and family"
    )
    on = forms.DateField(label="When")


class Settle(forms.Form):
    """Settle it: the button is the answer."""


class DocumentFilters(forms.Form):
    """Narrow the documents."""

    soon = plain.ChoiceField(
        label="Which", required=False, choices=[("", "All"), ("yes", "Run out within 60 days, or have run out")]
    )
