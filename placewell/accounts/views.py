"""Pages for people and their posts, and the demo's one-click sign-in."""

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from placewell.web.views import ActionView, Column, DetailPage, TableView

from . import actions, forms, queries
from .permissions import Permission


class Personas(TemplateView):
    """The demo's people, one click each. There is no such page outside the demo."""

    template_name = "accounts/personas.html"
    public = True

    def dispatch(self, request, *args, **kwargs):
        """Be there in the demo alone."""
        if not settings.DEMO_PERSONAS or settings.PRODUCTION:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        """Add the people."""
        return super().get_context_data(people=queries.personas(on=timezone.localdate()), **kwargs)

    def post(self, request):
        """Sign in as the person chosen."""
        form = forms.Persona(request.POST)
        person = queries.persona(email=form.cleaned_data["email"]) if form.is_valid() else None
        if person is None:
            raise Http404
        login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
        return redirect("/")


class People(TableView):
    """Everybody who signs in, with their roles today."""

    permission = Permission.MANAGE_ACCOUNTS
    title = "People and roles"
    empty = "Nobody matches."
    filter_form = forms.People
    file_name = "people"

    @property
    def columns(self):
        """The columns, with the roles that count today."""
        return (
            Column("name", "Name", sort="name"),
            Column("email", "E-mail address", sort="email"),
            Column("organisation", "Organisation", cell="organisation.name", sort="organisation__name"),
            Column("roles", "Roles today", cell=lambda person: ", ".join(r.title for r in person.roles(on=self.today))),
            Column("is_active", "Signs in", cell=lambda person: "Yes" if person.is_active else "No"),
        )

    def rows(self, filters):
        """Return the council's and the providers' people."""
        return queries.filtered_people(queries.people(for_user=self.user), on=self.today, **filters)

    def get_context_data(self, **kwargs):
        """Add the way to add somebody."""
        return super().get_context_data(add_url=reverse("people:add"), add_label="Add a person", **kwargs)

    def link(self, row):
        """Lead to the person."""
        return reverse("people:person", args=[row.pk])


class Person(DetailPage):
    """One person and the posts they hold."""

    permission = Permission.MANAGE_ACCOUNTS
    template_name = "accounts/person.html"
    caption = "Person"

    def get_context_data(self, **kwargs):
        """Add the person."""
        person = queries.person(user_id=self.kwargs["user_id"], for_user=self.user)
        return super().get_context_data(person=person, title=person.name, posts=queries.posts(person=person), **kwargs)


class AddPerson(ActionView):
    """Add somebody."""

    permission = Permission.MANAGE_ACCOUNTS
    form_class = forms.AddPerson
    title, button, done = (
        "Add a person",
        "Add",
        "The person was added. They set a password by “Forgotten your password?”.",
    )

    def get_form_kwargs(self):
        """Offer the organisations."""
        return super().get_form_kwargs() | {"organisations": queries.organisations(for_user=self.user)}

    def act(self, data):
        """Add them."""
        self.added = actions.add_person(**data, by=self.user, now=self.now)

    def get_success_url(self):
        """Go to the person, who needs a post next."""
        return reverse("people:person", args=[self.added.pk])


class _OnPerson(ActionView):
    permission = Permission.MANAGE_ACCOUNTS

    def get_success_url(self):
        """Go back to the person."""
        return reverse("people:person", args=[self.kwargs["user_id"]])

    @property
    def back_url(self):
        """Lead back to the person."""
        return self.get_success_url()


class GivePost(_OnPerson):
    """Give a role."""

    form_class = forms.GivePost
    title, button, done = "Give a role", "Give the role", "The role was given."

    def act(self, data):
        """Give it."""
        actions.give_post(user_id=self.kwargs["user_id"], **data, by=self.user, now=self.now)


class EndPost(_OnPerson):
    """End a role."""

    form_class = forms.EndPost
    title, button, done = "End a role", "End the role", "The role ends on that day."

    def act(self, data):
        """End it."""
        actions.end_post(post_id=self.kwargs["post_id"], **data, by=self.user, now=self.now)


class StopPerson(_OnPerson):
    """Stop somebody from signing in."""

    form_class = forms.StopPerson
    title, button, is_warning, done = "Stop this person from signing in", "Stop", True, "They can no longer sign in."

    def act(self, data):
        """Stop them."""
        actions.stop_person(user_id=self.kwargs["user_id"], **data, by=self.user, now=self.now)
