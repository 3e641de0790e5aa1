"""The home page, one child's story, the trace."""

from django.conf import settings
from django.shortcuts import redirect
from django.urls import reverse

from placewell.accounts.permissions import Permission
from placewell.children.actions import note_record_seen
from placewell.placements import queries as placements
from placewell.web.views import DetailPage

from . import queries


class Home(DetailPage):
    """What needs doing now, for whoever is signed in."""

    public = True
    template_name = "overview/home.html"

    def get(self, request, *args, **kwargs):
        """Show the person's page; nobody's is the demo's people, or the sign-in page."""
        if request.user.is_authenticated:
            return super().get(request, *args, **kwargs)
        return redirect("people:personas" if settings.DEMO_PERSONAS else settings.LOGIN_URL)

    def get_context_data(self, **kwargs):
        """Add the work and the figures."""
        return super().get_context_data(
            title=f"Hello, {self.user.name.split(' ')[0]}",
            work=queries.work(user=self.user, on=self.today),
            figures=queries.figures(user=self.user, on=self.today),
            **kwargs,
        )


class Trace(DetailPage):
    """From a placement up to the decision that allows it."""

    permission = Permission.SEE_PLACEMENTS
    template_name = "overview/trace.html"
    title = "What allows this placement"

    def get_context_data(self, **kwargs):
        """Add the chain."""
        steps = placements.chain(placement_id=self.kwargs["placement_id"], for_user=self.user, on=self.today)
        return super().get_context_data(steps=steps, broken=[step for step in steps if step.broken], **kwargs)


class Authority(DetailPage):
    """Everything that lacks authority: none, when all is well."""

    permission = Permission.SEE_CONTRACTS
    template_name = "overview/authority.html"
    title = "What lacks authority"

    def get_context_data(self, **kwargs):
        """Add the broken rows."""
        return super().get_context_data(broken=list(placements.without_authority()), **kwargs)


class Story(DetailPage):
    """One child, from coming into care until now."""

    permission = Permission.SEE_CHILDREN
    template_name = "overview/story.html"
    caption = "A child's story"

    def get_context_data(self, **kwargs):
        """Add the child and the events; the reading is recorded."""
        child, events = queries.story(child_id=self.kwargs["child_id"], for_user=self.user, on=self.today)
        note_record_seen(child_id=child.pk, by=self.user, now=self.now, why="story")
        return super().get_context_data(
            title=child.name,
            child=child,
            events=events,
            record_url=reverse("children:child", args=[child.pk]),
            write_url=reverse("placements:write", args=[child.pk]) if self.may(Permission.WRITE_REFERRAL) else "",
            **kwargs,
        )
