"""Demand approval."""

from django import forms as plain

from placewell.web import forms


class Policy(forms.Form):
    """At which chance demand approval is sought."""

    chance = plain.IntegerField(
        label="Chance in per cent",
        min_value=1,
        max_value=99,
        help_text="When the chance of passing a limit is this or more, the system asks the three offices for approval.",
    )
    start_on = forms.DateField(label="From")


class Tried(forms.Form):
    """What was tried before."""

    tried = forms.TextArea(
        label="What was tried",
        rows=5,
        help_text="Step-down plans, own carers, prices asked again.",
    )
