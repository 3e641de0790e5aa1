"""Pages on which providers and registrations are added by hand, when the register does not have them yet."""

from django.urls import reverse, reverse_lazy

from placewell.accounts.permissions import Permission
from placewell.web.views import ActionView

from .. import actions, forms, queries, states


class AddProvider(ActionView):
    """Add an owner of homes."""

    permission = Permission.IMPORT_REGISTER
    form_class = forms.NewProvider
    title, button = "Add a provider", "Add the provider"
    done = "The provider was added. Add its registrations now."
    lede = "Only when the published register does not have it yet: the next edition brings the rest."
    back_url = reverse_lazy("market:providers")

    def act(self, data):
        """Add it."""
        self.made = actions.add_provider(**data, by=self.user, now=self.now)

    def get_success_url(self):
        """Lead to the provider."""
        return reverse("market:provider", args=[self.made.pk])


class AddRegistration(ActionView):
    """Add a registration of a provider."""

    permission = Permission.IMPORT_REGISTER
    form_class = forms.NewRegistration
    title, button, done = "Add a registration", "Add the registration", "The registration was added."

    def dispatch(self, request, *args, **kwargs):
        """Find the provider."""
        if request.user.is_authenticated and self.may(self.permission):
            found = queries.provider(provider_id=kwargs["provider_id"], for_user=request.user)
            self.caption, self.back_url = found.name, reverse("market:provider", args=[found.pk])
        return super().dispatch(request, *args, **kwargs)

    def act(self, data):
        """Add it."""
        words = data | {"kind": states.Kind(data["kind"]), "grade": states.Grade(data["grade"])}
        self.made = actions.add_registration(
            provider_id=self.kwargs["provider_id"], **words, by=self.user, now=self.now
        )

    def get_success_url(self):
        """Lead to the registration."""
        return reverse("market:registration", args=[self.made.pk])
