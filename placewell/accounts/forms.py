"""Input for people and their posts."""

from django import forms as plain

from placewell.web import forms

from .roles import ROLES

CHOOSABLE = [(code, role.title) for code, role in ROLES.items() if code not in ("worker", "connected_system")]


class People(forms.Form):
    """Which people to list."""

    words = plain.CharField(label="Name, e-mail address or organisation", required=False)
    role = plain.ChoiceField(label="Role today", choices=[("", "Any"), *CHOOSABLE], required=False)


class AddPerson(forms.Form):
    """A new person."""

    name = plain.CharField(label="Full name", max_length=200)
    email = plain.EmailField(label="Work e-mail address", max_length=254)
    organisation_id = forms.PickField(label="Organisation")

    def __init__(self, *args, organisations=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation_id"].choices = [(str(each.pk), each.name) for each in organisations]


class GivePost(forms.Form):
    """A role, from one day to another."""

    role = plain.ChoiceField(label="Role", choices=CHOOSABLE)
    start_on = forms.DateField(label="From")
    end_on = forms.DateField(label="Until", required=False, help_text="The first day without the role.")


class EndPost(forms.Form):
    """When and why a role ends."""

    end_on = forms.DateField(label="First day without the role")
    reason = plain.CharField(label="Why", max_length=500)


class StopPerson(forms.Form):
    """Why somebody may no longer sign in."""

    reason = plain.CharField(label="Why", max_length=500)


class Persona(forms.Form):
    """Whom to sign in as, in the demo."""

    email = plain.EmailField()
