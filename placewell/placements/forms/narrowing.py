"""What narrows the lists of placements and of referrals."""

from django import forms as plain

from placewell.governance.states import Category
from placewell.web import forms

from .. import queries, states


class PlacementFilters(forms.Form):
    """Narrow the list of placements."""

    when = plain.ChoiceField(label="When", choices=[("", "Any time"), *queries.WHEN.items()], required=False)
    category = plain.ChoiceField(
        label="Kind",
        choices=[("", "Every kind"), *((each.value, each.value.replace("_", " ").capitalize()) for each in Category)],
        required=False,
    )
    how_far = plain.ChoiceField(label="How far", choices=[("", "Anywhere"), *queries.HOW_FAR.items()], required=False)


class ReferralFilters(forms.Form):
    """Narrow the list of referrals."""

    state = plain.ChoiceField(
        label="State",
        choices=[
            ("", "Every state"),
            ("waiting", "Waiting for a home"),
            *((each.value, each.value.capitalize()) for each in states.Referral),
        ],
        required=False,
    )
