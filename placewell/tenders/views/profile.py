"""What a provider registers once for every tender: who it is, who stands behind it, its papers; and what a council reads of it."""

from django.urls import reverse

from placewell.accounts import queries as accounts
from placewell.accounts.permissions import Permission
from placewell.kernel.errors import NotFound
from placewell.market import queries as market
from placewell.web.downloads import download
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, queries


class Registered(DetailPage):
    """Our registration for tenders: what is there, what is missing, what runs out."""

    permission = Permission.BID
    template_name = "tenders/profile.html"
    title = "Our registration for tenders"

    def provider_id(self):
        """Return whose registration it is."""
        return self.user.organisation_id

    def get_context_data(self, **kwargs):
        """Add the registration."""
        pk = self.provider_id()
        register = {each.urn: each for each in market.registrations(for_user=self.user).filter(provider=pk)}
        standing = queries.standing(provider_id=pk, on=self.today)
        for each in standing:
            for row in each.rows:
                row.register = register.get(row.number)
        return super().get_context_data(
            profile=queries.profile(provider_id=pk),
            connected=queries.connected(provider_id=pk),
            standing=standing,
            lacking=queries.lacking(provider_id=pk, on=self.today),
            is_ours=pk == self.user.organisation_id,
            bids=queries.our_bids(provider_id=pk),
            **kwargs,
        )


class OfProvider(Registered):
    """A provider's registration as a council reads it."""

    permission = Permission.SEE_TENDERS

    def provider_id(self):
        """Return the provider that the address names."""
        found = next((each for each in accounts.providers() if each.pk == self.kwargs["provider_id"]), None)
        if found is None:
            raise NotFound("There is no such provider.")
        self.title, self.caption = found.name, "Registered for tenders"
        return found.pk

    def get_context_data(self, **kwargs):
        """Name the provider."""
        return super().get_context_data(**kwargs) | {"title": self.title, "caption": self.caption, "bids": []}


class RunningOut(TableView):
    """Papers of providers that are over, or soon will be."""

    permission = Permission.SEE_TENDERS
    title = "Providers' papers that run out"
    lede = "Insurance, registrations and policies that ended, or will within sixty days."
    empty = "Nothing runs out."
    file_name = "papers-that-run-out"
    columns = (
        Column("provider", "Provider", cell="provider.name", sort="provider__name"),
        Column("kind", "Paper", cell=lambda row: queries.paper_forms()[row.kind].title, sort="kind"),
        Column("number", "Number"),
        Column("expires_on", "Ends", sort="expires_on"),
    )

    def rows(self, filters):
        """Return them."""
        return queries.running_out(on=self.today)

    def link(self, row):
        """Lead to the provider's registration."""
        return reverse("tenders:of_provider", args=[row.provider_id])


class _Ours(ActionView):
    """A form of a provider's about its own registration."""

    permission = Permission.BID
    button = "Save"

    @property
    def back_url(self):
        """Lead back to the registration."""
        return reverse("tenders:registered")

    def get_success_url(self):
        """Go back to the registration."""
        return reverse("tenders:registered")


class Edit(_Ours):
    """Say who we are."""

    form_class = forms.Profile
    title, done = "Who we are", "Saved."

    def get_initial(self):
        """Start with what is there, or with what the register knows."""
        found = queries.profile(provider_id=self.user.organisation_id)
        if found:
            return {name: getattr(found, name) for name in forms.Profile.base_fields}
        provider = market.provider(provider_id=self.user.organisation_id, for_user=self.user)
        return {"legal_name": provider.name, "company_number": provider.company_number}

    def act(self, data):
        """Save it."""
        actions.save_profile(fields=data, by=self.user, now=self.now)


class AddConnected(_Ours):
    """Name somebody who stands behind us."""

    form_class = forms.Connected
    title, button, done = "Add a connected person or company", "Add", "Added."
    lede = (
        "Directors, those with significant control, parent and subsidiary companies (Procurement Act 2023, section 26)."
    )

    def act(self, data):
        """Add them."""
        actions.add_connected(**data, by=self.user, now=self.now)


class RemoveConnected(_Ours):
    """Take somebody off the list."""

    form_class = forms.Empty
    title, button, is_warning, done = "Take this off the list", "Take it off", True, "Taken off."

    def act(self, data):
        """Take them off."""
        actions.remove_connected(connected_id=self.kwargs["connected_id"], by=self.user, now=self.now)


class AddPaper(_Ours):
    """Add a paper of one kind."""

    form_class = forms.Paper
    done = "The paper is added."

    def get_form_kwargs(self):
        """Ask for what this kind has."""
        self.paper = queries.paper_forms().get(self.kwargs["kind"])
        if self.paper is None:
            raise NotFound("There is no such paper.")
        self.title = self.paper.title
        if self.paper.code != "registration":
            self.lede = "It takes the place of the one that is there."
        return super().get_form_kwargs() | {"paper": self.paper}

    def act(self, data):
        """Add it."""
        file = data.pop("file", None)
        given = {"name": file.name, "data": file.read()} if file else {}
        actions.add_paper(kind=self.paper.code, **data, **given, by=self.user, now=self.now)


class SetPaperAside(_Ours):
    """Take a paper out."""

    form_class = forms.Empty
    title, button, is_warning, done = "Take this paper out", "Take it out", True, "The paper is taken out."
    lede = "No new bid is offered it. Bids that hold it keep it."

    def act(self, data):
        """Take it out."""
        actions.set_paper_aside(paper_id=self.kwargs["paper_id"], by=self.user, now=self.now)


class PaperFile(DetailPage):
    """The file of a paper, to be kept: the provider's own, or for a council that sees tenders."""

    permission = Permission.BID

    def dispatch(self, request, *args, **kwargs):
        """Let councils that see tenders in too."""
        if request.user.is_authenticated and self.may(Permission.SEE_TENDERS):
            self.permission = Permission.SEE_TENDERS
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, *args, **kwargs):
        """Send it."""
        found = queries.paper(paper_id=self.kwargs["paper_id"])
        if not found.body:
            raise NotFound("This paper has no file.")
        return download(found.name, bytes(found.body))
