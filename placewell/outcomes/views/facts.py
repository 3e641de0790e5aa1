"""Record a fact of a child, read its versions, put it right."""

from functools import cached_property

from placewell.accounts.permissions import Permission
from placewell.kernel.errors import NotFound
from placewell.web.views import ActionView

from .. import actions, forms, queries, rules
from .children import OneChild


class Record(OneChild, ActionView):
    """Record a fact."""

    permission = Permission.RECORD_OUTCOME
    form_class = forms.RecordFact
    button, done = "Record it", "Recorded with your name."

    @cached_property
    def kind(self):
        """Which kind."""
        kind = rules.fact_kinds().get(self.kwargs["kind"])
        if kind is None:
            raise NotFound("There is no such kind of fact.")
        return kind

    @property
    def title(self):
        """Name the kind."""
        return self.kind.title

    def get_form_kwargs(self):
        """Ask what the kind asks."""
        return super().get_form_kwargs() | {"kind": self.kind}

    def act(self, data):
        """Record it."""
        fact = actions.RecordedFact(kind=self.kind.code, **data)
        actions.record_fact(child_id=self.child_id, fact=fact, by=self.user, now=self.now)


class Fact(OneChild, ActionView):
    """A fact, all its versions, and the form that puts it right."""

    permission = Permission.RECORD_OUTCOME
    form_class = forms.AmendFact
    template_name = "outcomes/fact.html"
    button, done = "Save", "Saved. What was recorded before stays to be read."

    @cached_property
    def fact(self):
        """The fact."""
        return queries.fact(fact_id=self.kwargs["fact_id"], for_user=self.user, on=self.today)

    @property
    def child_id(self):
        """Whose fact it is."""
        return self.fact.child_id

    @property
    def kind(self):
        """Its kind."""
        return rules.fact_kinds()[self.fact.kind]

    @property
    def title(self):
        """Name the kind and the day."""
        return f"{self.kind.title}, {self.fact.on:%-d %B %Y}"

    def get_form_kwargs(self):
        """Ask what the kind asks."""
        return super().get_form_kwargs() | {"kind": self.kind}

    def get_initial(self):
        """Offer what holds."""
        names = ("last_on", "answer", "amount", "out_of", "source", "note")
        return {name: getattr(self.fact, name) for name in names}

    def get_context_data(self, **kwargs):
        """Add the versions."""
        versions = list(queries.versions_of(of=self.fact))
        is_newest = versions[0].pk == self.fact.pk and not versions[0].is_withdrawn
        return super().get_context_data(versions=versions, kind=self.kind, is_newest=is_newest, **kwargs)

    def act(self, data):
        """Amend or withdraw it."""
        reason, withdrawn = data.pop("reason"), data.pop("is_withdrawn")
        told = None if withdrawn else actions.RecordedFact(kind=self.fact.kind, on=self.fact.on, **data)
        actions.amend_fact(fact_id=self.fact.pk, fact=told, reason=reason, by=self.user, now=self.now)
