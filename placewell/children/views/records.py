"""Pages of children's records. Whoever may not see a child meets the page that says there is none."""

from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from placewell.accounts import queries as people
from placewell.accounts.permissions import Permission
from placewell.notifications.actions import note_opened
from placewell.web.templatetags.web import day
from placewell.web.views import ActionView, Column, DetailPage, TableView

from .. import actions, forms, queries


class Children(TableView):
    """The children whom the reader may see."""

    permission = Permission.SEE_CHILDREN
    title = "Children"
    empty = "There is no child here whom you may see."
    filter_form = forms.Filters
    file_name = "children"
    columns = (
        Column("reference", "Reference", sort="reference"),
        Column("name", "Name", sort="family_name"),
        Column("age", "Age", cell=lambda row: queries.age(row, on=timezone.localdate()), numeric=True),
        Column("legal_status", "Legal status", cell=lambda row: queries.words_of("legal_status", row.status_now)),
        Column("placement", "Lives", cell=lambda row: queries.words_of("placement_type", row.placement_now)),
        Column("since", "Since", cell="since", sort="since"),
        Column("social_worker", "Social worker", cell="social_worker.name", sort="social_worker__name"),
    )

    def rows(self, filters):
        """Return the reader's children as the filters leave them."""
        rows = queries.with_current_episode(queries.children(for_user=self.user, on=self.today), on=self.today)
        return queries.filtered(
            rows,
            on=self.today,
            words=filters.get("words", ""),
            in_care={"": True, "ours": True, "before": False}.get(filters.get("in_care", "")),
            not_bought=filters.get("in_care") == "ours",
            worker=self.user.pk if filters.get("mine") else None,
        )

    def link(self, row):
        """Lead to the record."""
        return reverse("children:child", args=[row.pk])


class OneChild:
    """A page about one child, found before anything else: 404 for whoever may not see the record."""

    def dispatch(self, request, *args, **kwargs):
        """Find the child once it is known that the page may be opened."""
        if request.user.is_authenticated and self.permission and self.may(self.permission):
            self.child = queries.child(child_id=kwargs["child_id"], for_user=request.user, on=self.today)
            self.caption = self.child.reference
            self.back_url = reverse("children:child", args=[self.child.pk])
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self):
        """Lead back to the record."""
        return self.back_url


class Child(OneChild, DetailPage):
    """One child's record. Reading it is recorded."""

    permission = Permission.SEE_CHILDREN
    template_name = "children/child.html"

    def get_context_data(self, **kwargs):
        """Gather the record."""
        child, on = self.child, self.today
        actions.note_record_seen(child_id=child.pk, by=self.user, now=self.now)
        note_opened(record="children.child", record_id=child.pk, by=self.user, now=self.now)
        held = {need.code: need for need in queries.need_rows(child_id=child.pk)}
        words = queries.needs_table()
        needs = [
            (title, [(words[code].words, held[code].detail) for code in held if words[code].kind == kind])
            for kind, title in queries.KINDS.items()
        ]
        current = queries.current_episode(child_id=child.pk, on=on)
        self.title = child.name
        return super().get_context_data(
            child=child,
            sex=dict(forms.SEXES)[child.sex],
            age=queries.age(child, on=on),
            current=current,
            status=queries.words_of("legal_status", current.legal_status) if current else "",
            placement=queries.words_of("placement_type", current.placement_type) if current else "",
            ethnicity=queries.words_of("ethnicity", child.ethnicity) if child.ethnicity else "",
            timeline=[told(episode) for episode in queries.episodes(child_id=child.pk)],
            siblings=queries.siblings(child_id=child.pk, for_user=self.user, on=on),
            reviews=queries.care_reviews(child_id=child.pk)[:6],
            missing=queries.missing_episodes(child_id=child.pk)[:6],
            needs=[(title, rows) for title, rows in needs if rows],
            named=queries.named_people(child_id=child.pk) if child.is_restricted else [],
            may_edit=self.may(Permission.EDIT_CHILD),
            may_record=self.may(Permission.RECORD_EPISODE),
            may_restrict=self.may(Permission.RESTRICT_CHILD),
            **kwargs,
        )


def told(episode) -> dict:
    """Return an episode as an entry of a timeline."""
    until = day(episode.end_on) if episode.end_on else "now"
    parts = [queries.words_of("legal_status", episode.legal_status)]
    if episode.end_reason and episode.end_reason != "X1":
        parts.append(f"Ended: {queries.words_of('end_reason', episode.end_reason)}")
    if episode.change_reason:
        parts.append(f"Moved: {queries.words_of('change_reason', episode.change_reason)}")
    return {
        "title": queries.words_of("placement_type", episode.placement_type),
        "at": f"{day(episode.start_on)} to {until}",
        "text": ". ".join(parts),
    }


class Register(ActionView):
    """Open a child's record."""

    permission = Permission.EDIT_CHILD
    form_class = forms.Register
    title = "Open a child's record"
    button = "Open the record"
    done = "The record was opened."

    def act(self, data):
        """Register the child."""
        self.child = actions.register_child(**data, by=self.user, now=self.now)

    def get_success_url(self):
        """Lead to the new record."""
        return reverse("children:child", args=[self.child.pk])


class Change(OneChild, ActionView):
    """Change who a child is said to be."""

    permission = Permission.EDIT_CHILD
    form_class = forms.Details
    title = "Change the record"
    done = "The record was changed."

    def get_initial(self):
        """Show what is held."""
        return {name: getattr(self.child, name) for name in forms.Details.base_fields}

    def get_form(self, form_class=None):
        """Leave out what a return states and nobody changes here."""
        form = super().get_form(form_class)
        for name in ("born_on", "sex"):
            form.fields.pop(name)
        return form

    def act(self, data):
        """Change the record."""
        actions.change_child(child_id=self.child.pk, **data, by=self.user, now=self.now)


class Allocate(OneChild, ActionView):
    """Allocate a child to a social worker."""

    permission = Permission.EDIT_CHILD
    form_class = forms.Allocate
    title = "Allocate a social worker"
    button = "Allocate"
    done = "The child was allocated."

    def get_form_kwargs(self):
        """Offer the council's social workers."""
        workers = people.holders(role="social_worker", council_id=self.user.organisation_id, on=self.today)
        return super().get_form_kwargs() | {"people": workers}

    def get_initial(self):
        """Show who is allocated."""
        return {"worker": str(self.child.social_worker_id or "")}

    def act(self, data):
        """Allocate."""
        actions.allocate_worker(child_id=self.child.pk, user_id=data["worker"] or None, by=self.user, now=self.now)


class Restrict(OneChild, ActionView):
    """Restrict a record to named people."""

    permission = Permission.RESTRICT_CHILD
    form_class = forms.Restrict
    title = "Restrict the record"
    done = "Who may see the record was changed."
    is_warning = True

    def get_form_kwargs(self):
        """Offer the people of the council who see children."""
        colleagues = queries.people_who_see_children(council_id=self.user.organisation_id, on=self.today)
        return super().get_form_kwargs() | {"people": colleagues}

    def get_initial(self):
        """Show who is named."""
        named = queries.named_people(child_id=self.child.pk)
        return {
            "is_restricted": "yes" if self.child.is_restricted else "",
            "people": [str(row.user_id) for row in named],
        }

    def act(self, data):
        """Restrict the record, or lift the restriction."""
        actions.restrict_child(
            child_id=self.child.pk,
            is_restricted=data["is_restricted"],
            user_ids=map(UUID, data["people"]),
            reason=data["reason"],
            by=self.user,
            now=self.now,
        )

    def get_success_url(self):
        """Lead to the list: the reader may no longer see the record."""
        return reverse("children:list")


class Needs(OneChild, ActionView):
    """Say what a child needs."""

    permission = Permission.EDIT_CHILD
    form_class = forms.Needs
    title = "Needs and risks"
    done = "The needs were saved."

    def get_initial(self):
        """Tick what holds."""
        held = queries.needs(child_id=self.child.pk).codes
        words = queries.needs_table()
        return {kind: [code for code in held if words[code].kind == kind] for kind in queries.KINDS}

    def form_valid(self, form):
        """Keep the details that were written before."""
        self.codes = form.chosen()
        return super().form_valid(form)

    def act(self, data):
        """Set the needs."""
        details = {need.code: need.detail for need in queries.need_rows(child_id=self.child.pk)}
        chosen = {code: details.get(code, "") for code in self.codes}
        actions.set_needs(child_id=self.child.pk, needs=chosen, by=self.user, now=self.now)
