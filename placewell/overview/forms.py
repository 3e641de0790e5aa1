"""Input for the trail."""

from django import forms as plain

from placewell.web import forms


class TrailFilters(forms.Form):
    """Narrow the trail."""

    words = plain.CharField(label="Words", required=False, max_length=100)
    room = plain.ChoiceField(
        label="About",
        required=False,
        choices=[
            ("", "Everything"),
            ("governance", "Decisions and approvals"),
            ("contracts", "Contracts"),
            ("budget", "Money"),
            ("market", "Providers and homes"),
            ("children", "Children's records"),
            ("placements", "Referrals and placements"),
            ("accounts", "People and roles"),
        ],
    )
    since = forms.DateField(label="From", required=False)
    until = forms.DateField(label="Until", required=False)
    subject = plain.CharField(required=False, max_length=100, widget=plain.HiddenInput)
