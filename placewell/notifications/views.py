"""The pages of what one is told: the list, what comes by mail, and what one follows."""

import datetime as dt
from functools import cached_property
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.generic import View

from placewell.accounts.permissions import Permission
from placewell.kernel.errors import NotFound
from placewell.web.views import ActionView, DetailPage, Permitted

from . import actions, forms, queries

ON_A_PAGE = 50


class Notifications(DetailPage):
    """What one was told, the unread first, by what it is about."""

    permission = Permission.BE_TOLD
    template_name = "notifications/list.html"
    title = "Notifications"

    def get_context_data(self, **kwargs):
        """Add the page of what was told, the filters, and how to take *mark all* back."""
        groups = list(dict.fromkeys(kind.group for kind in queries.kinds_for(self.user, on=self.today)))
        form = forms.Filters(self.request.GET or None, groups=groups)
        wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
        rows = queries.shown_to(self.user, on=self.today)
        rows = queries.filtered(rows, group=wanted.get("group", ""), only=wanted.get("only", ""), on=self.today)
        page = Paginator(rows.select_related("about"), ON_A_PAGE).get_page(self.request.GET.get("page"))
        lines = queries.lines(list(page.object_list), user=self.user, on=self.today)
        kept = {name: value for name, value in wanted.items() if value}
        return super().get_context_data(
            filters=form,
            page=page,
            unread_lines=[line for line in lines if line.row.read_at is None],
            read_lines=[line for line in lines if line.row.read_at is not None],
            group=wanted.get("group", ""),
            only=wanted.get("only", ""),
            kept=urlencode(kept),
            here=self.request.get_full_path(),
            marked=_moment(self.request.GET.get("marked", "")),
            may_follow=self.may(Permission.FOLLOW_RECORD),
            **kwargs,
        )


def _moment(text: str) -> dt.datetime | None:
    """Return the moment that an address names; None for anything else."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _back(request, fallback: str) -> HttpResponseRedirect:
    """Go back to where the form stood, in this site only."""
    there = request.POST.get("next", "")
    known = url_has_allowed_host_and_scheme(
        there, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(there if known and there.startswith("/") else fallback)


class Open(Permitted, View):
    """Lead to what a notification is about, and mark it as read."""

    permission = Permission.BE_TOLD

    def get(self, request, notification_id):
        """Mark it and lead there."""
        found = queries.notification(notification_id=notification_id, for_user=self.user, on=self.today)
        actions.mark_read(notification_id=found.pk, by=self.user, now=self.now)
        return redirect(found.path)


class Mark(Permitted, View):
    """Mark one as read or unread, or all as read, or take the latter back."""

    permission = Permission.BE_TOLD
    http_method_names = ("post",)

    def post(self, request):
        """Mark what the form names."""
        given = {"by": self.user, "now": self.now}
        one = self._one(request.POST.get("notification", ""))
        if one is not None:
            act = actions.mark_unread if request.POST.get("as") == "unread" else actions.mark_read
            act(notification_id=one.pk, **given)
            return _back(request, reverse("notifications:list"))
        if at := _moment(request.POST.get("marked", "")):
            count = actions.mark_unread(read_at=at, **given)
            messages.success(request, f"{count} {'is' if count == 1 else 'are'} unread again.")
            return _back(request, reverse("notifications:list"))
        group = request.POST.get("group", "")
        count = actions.mark_read(group=group, **given)
        told = {"marked": given["now"].isoformat()} if count else {}
        return redirect(f"{reverse('notifications:list')}?{urlencode(told | ({'group': group} if group else {}))}")

    def _one(self, pk: str):
        if not pk:
            return None
        try:
            return queries.notification(notification_id=UUID(pk), for_user=self.user, on=self.today)
        except ValueError:
            raise NotFound("There is no such notification.") from None


class Timings(ActionView):
    """Choose what comes by mail, and when."""

    permission = Permission.BE_TOLD
    form_class = forms.Timings
    template_name = "notifications/timings.html"
    title, button, done = "What comes by mail", "Save", "Saved. What waits to be mailed goes by your new choice."

    @cached_property
    def kinds(self):
        """The kinds that the person is told of."""
        return queries.kinds_for(self.user, on=self.today)

    @property
    def back_url(self):
        """Lead back to the list."""
        return reverse("notifications:list")

    def get_success_url(self):
        """Go back to the list."""
        return reverse("notifications:list")

    def get_initial(self):
        """Show what was chosen, or what is usual."""
        chosen = queries.choices_of([self.user.pk])
        return {kind.code: chosen.get((self.user.pk, kind.code), kind.timing) for kind in self.kinds}

    def get_form_kwargs(self):
        """Ask for each kind."""
        return super().get_form_kwargs() | {"kinds": self.kinds}

    def get_context_data(self, **kwargs):
        """Add the fields by group."""
        context = super().get_context_data(**kwargs)
        groups: dict[str, list] = {}
        for kind in self.kinds:
            groups.setdefault(kind.group, []).append(context["form"][kind.code])
        return context | {"groups": groups.items()}

    def act(self, data):
        """Keep the choice."""
        actions.choose_timings(timings=data, by=self.user, now=self.now)


class Following(DetailPage):
    """What one follows, and what one opened last."""

    permission = Permission.FOLLOW_RECORD
    template_name = "notifications/following.html"
    title = "What I follow"
    caption = "Notifications"

    def get_context_data(self, **kwargs):
        """Add the records."""
        return super().get_context_data(
            followed=queries.following(user=self.user, on=self.today),
            recent=queries.recent(user=self.user, on=self.today),
            of_provider=self.user.scope.kind == "provider",
            back_url=reverse("notifications:list"),
            here=self.request.path,
            **kwargs,
        )


class Follow(Permitted, View):
    """Follow a record, or follow it no more."""

    permission = Permission.FOLLOW_RECORD
    http_method_names = ("post",)

    def post(self, request, record, record_id):
        """Do what the form's button says."""
        leaves = request.POST.get("as") == "unfollow"
        act = actions.unfollow if leaves else actions.follow
        act(record=record, record_id=record_id, by=self.user, now=self.now)
        messages.success(
            request, "You follow it no more." if leaves else "You follow it: what happens to it is told to you."
        )
        return _back(request, reverse("notifications:following"))
