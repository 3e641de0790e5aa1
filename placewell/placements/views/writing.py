"""Writing a referral: a step at a time, each saved; check the answers; change it later."""

import datetime as dt

from django.http import HttpResponse
from django.urls import reverse
from django.views.generic import FormView

from placewell.accounts.permissions import Permission
from placewell.children import queries as children
from placewell.kernel.errors import NotAllowed, NotFound, Refused
from placewell.kernel.periods import age_on
from placewell.market import queries as market
from placewell.web.views import ActionView, DetailPage

from .. import actions, forms, queries, rules, states
from .desk import OfReferral, OnReferral

STEPS = list(forms.Referral.STEPS)


class _Write(ActionView):
    permission = Permission.WRITE_REFERRAL
    form_class = forms.Referral
    template_name = "placements/write.html"

    def get_form_kwargs(self):
        """Offer the market's vocabulary, and the fields of this step."""
        return super().get_form_kwargs() | {"vocabulary": market.vocabulary(), "step": self.step, "today": self.today}


class WriteReferral(_Write):
    """Start a referral for a child with what is needed; the words come in the next steps."""

    title, button, step = "What is needed", "Save and continue", STEPS[0]

    @property
    def caption(self):
        """Name the child and the step."""
        return f"{self.child().name}: step 1 of {len(STEPS)}"

    def child(self):
        """Return the child, when the person may see it."""
        return children.child(child_id=self.kwargs["child_id"], for_user=self.user, on=self.today)

    def get_context_data(self, **kwargs):
        """Offer to copy the last referral."""
        last = queries.referrals(for_user=self.user, on=self.today).filter(child=self.kwargs["child_id"]).first()
        return super().get_context_data(last=last, **kwargs)

    def act(self, data):
        """Write it."""
        self.written = actions.write_referral(child_id=self.kwargs["child_id"], **data, by=self.user, now=self.now)

    def get_success_url(self):
        """Go to the next step."""
        return reverse("placements:change_step", args=[self.written.pk, STEPS[1]])


class CopyReferral(ActionView):
    """Start from the words of the last referral."""

    permission = Permission.WRITE_REFERRAL
    form_class = forms.CopyReferral
    title, button, done = (
        "Copy the last referral",
        "Copy",
        "Copied. Check each answer: what was true then may not be now.",
    )

    def act(self, data):
        """Copy it."""
        self.made = actions.copy_last_referral(child_id=self.kwargs["child_id"], **data, by=self.user, now=self.now)

    def get_success_url(self):
        """Go and check the answers."""
        return reverse("placements:ready", args=[self.made.pk])


class ChangeReferral(OfReferral, _Write):
    """Change a referral, whole or one step; a draft is saved as you type."""

    def dispatch(self, request, *args, **kwargs):
        """Refuse a step that there is not."""
        self.step = kwargs.get("step", "")
        if self.step and self.step not in STEPS:
            raise NotFound("There is no such step.")
        return super().dispatch(request, *args, **kwargs)

    @property
    def title(self):
        """Name the step."""
        return forms.Referral.STEPS[self.step][0] if self.step else "Change the referral"

    @property
    def caption(self):
        """Name the child and the step."""
        row = self.found()
        where = f": step {STEPS.index(self.step) + 1} of {len(STEPS)}" if self.step else ""
        return f"{row.child.name}{where}"

    @property
    def is_sent(self):
        """Tell whether providers have it already."""
        return self.found().state == states.Referral.SENT

    @property
    def button(self):
        """Say what happens next."""
        return "Save and tell the providers" if self.is_sent else "Save and continue"

    def get_initial(self):
        """Fill in what is there."""
        row = self.found()
        known = {name: getattr(row, name) for name in forms.Referral.base_fields}
        if self.step and not row.history and not self.is_sent:
            known["history"] = queries.earlier_homes(child_id=row.child_id)
        return known

    def get_context_data(self, **kwargs):
        """Say who will be told."""
        row = self.found()
        asked = row.invitations.select_related("provider").exclude(state=states.Invitation.CLOSED)
        told = sorted(each.provider.name for each in asked) if self.is_sent else []
        return super().get_context_data(told=told, is_draft=not self.is_sent, **kwargs)

    def act(self, data):
        """Change it."""
        actions.change_referral(referral_id=self.kwargs["referral_id"], **data, by=self.user, now=self.now)

    def form_valid(self, form):
        """Save; when the page saves by itself, answer without a page."""
        if self.request.headers.get("X-Autosave") and not self.is_sent:
            try:
                self.act(form.cleaned_data)
            except Refused:
                return HttpResponse(status=422)
            return HttpResponse(status=204)
        return super().form_valid(form)

    def form_invalid(self, form):
        """Keep what is right even when a part is not, so that nothing typed is lost."""
        if self.request.headers.get("X-Autosave"):
            return HttpResponse(status=422)
        return super().form_invalid(form)

    def get_success_url(self):
        """Go to the next step, then to the answers; back to the referral once it is sent."""
        where = [self.kwargs["referral_id"]]
        if self.is_sent:
            return reverse("placements:referral", args=where)
        following = STEPS[STEPS.index(self.step) + 1 :] if self.step else []
        if following:
            return reverse("placements:change_step", args=[*where, following[0]])
        return reverse("placements:ready", args=where)


class Ready(OnReferral):
    """Check the answers, and say that the referral is complete."""

    permission = Permission.WRITE_REFERRAL
    form_class = forms.Confirm
    title, button, done = "Check your answers", "Ready to release", "The referral is ready to be released."
    template_name = "placements/check_answers.html"

    def get_context_data(self, **kwargs):
        """Show each answer with a way to change it, what is missing, and what a provider will see."""
        row = self.found()
        written = {name: getattr(row, name) for name in forms.Referral.base_fields}
        context = {
            "steps": _steps(row),
            "missing": rules.missing_parts(written),
            "wanted": rules.wanted_parts(written, age=age_on(row.child.born_on, row.needed_on), on=self.today),
            "known": queries.known_of(row, for_user=self.user, on=self.today),
            "shown": queries.shown(row, on=self.today),
        }
        return super().get_context_data(referral=row, **context, **kwargs)

    def act(self, data):
        """Mark it."""
        actions.ready_referral(referral_id=self.kwargs["referral_id"], by=self.user, now=self.now)


class Answers(OfReferral, DetailPage):
    """All that a referral says, as the council alone knows it, beside the child's record."""

    permission = Permission.SEE_PLACEMENTS
    template_name = "placements/all_answers.html"
    title = "What the council knows"

    def get_context_data(self, **kwargs):
        """Show each answer, to whoever writes referrals or decides on homes."""
        if not (self.may(Permission.WRITE_REFERRAL) or self.may(Permission.DECIDE_OFFER)):
            raise NotAllowed("Whoever writes referrals or decides on homes reads this.")
        row = self.found()
        known = queries.known_of(row, for_user=self.user, on=self.today)
        return super().get_context_data(
            caption=f"Referral {row.reference}", referral=row, steps=_steps(row), known=known, **kwargs
        )


def _steps(row) -> list[tuple[str, str, list]]:
    """Return each step with its title and answers as people read them."""
    form = forms.Referral(vocabulary=market.vocabulary())
    return [
        (
            step,
            title,
            [(form.fields[name].label.replace(" (optional)", ""), _answer(form, row, name)) for name in names],
        )
        for step, (title, names) in forms.Referral.STEPS.items()
    ]


def _answer(form: FormView, row, name: str):
    """Return an answer as people read it."""
    value, options = getattr(row, name), dict(getattr(form.fields[name], "choices", ()))
    if isinstance(value, list):
        return ", ".join(str(options.get(each, each)) for each in value)
    if isinstance(value, dt.date):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return options.get(value, value)
