"""Handing what waits on somebody to a named colleague."""

from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse

from placewell.accounts import queries as accounts
from placewell.accounts.permissions import Permission
from placewell.kernel.errors import NotFound
from placewell.web.views import ActionView

from .. import actions, forms, queries


def hand_over_url(holder_id, what: str) -> str:
    """Return where *what* is handed to a colleague."""
    return f"{reverse('placements:hand_over')}?{urlencode({'of': holder_id, 'what': what})}"


class HandOver(ActionView):
    """Hand what waits on somebody to a named colleague: one row, several, or all that they hold."""

    permission = Permission.WRITE_REFERRAL
    form_class = forms.HandOver
    title, button = "Hand work over", "Hand it over"

    @cached_property
    def holder(self):
        """Whose work it is: the person's own unless the address says another's."""
        known = accounts.people(for_user=self.user).filter(organisation=self.user.organisation_id)
        wanted = self.request.GET.get("of") or str(self.user.pk)
        if found := next((each for each in known if str(each.pk) == wanted), None):
            return found
        raise NotFound("There is no such colleague.")

    @cached_property
    def held(self) -> dict[str, str]:
        """All that they hold."""
        return queries.holdings(holder_id=self.holder.pk, for_user=self.user, on=self.today)

    @cached_property
    def waiting(self) -> dict[str, str]:
        """What waits on them, by what is handed over, with whatever led here."""
        asked = {
            key: f"What there is for {self.held[key]}" for key in self.request.GET.getlist("what") if key in self.held
        }
        return asked | queries.held_by(holder_id=self.holder.pk, user=self.user, now=self.now)

    @cached_property
    def others(self) -> list[str]:
        """What else they hold."""
        return [key for key in self.held if key not in self.waiting]

    @property
    def lede(self):
        """Say whose it is."""
        if self.holder == self.user:
            return "You hold it now. It moves to your colleague’s list, and they are told by mail."
        return f"{self.holder.name} holds it now. It moves to the colleague’s list, and they are told by mail."

    def get_form_kwargs(self):
        """Offer what waits, and the people of the desk."""
        people = queries.desk_people(for_user=self.user, on=self.today)
        names = [(str(each.pk), each.name) for each in people if each != self.holder]
        given = {"rows": list(self.waiting.items()), "others": len(self.others), "people": names}
        return super().get_form_kwargs() | given

    def get_initial(self):
        """Begin with the row that led here."""
        return {"rows": self.request.GET.getlist("what")}

    def act(self, data):
        """Hand it over."""
        chosen = [*data.get("rows", []), *(self.others if data.get("everything") else [])]
        of = {kind: [key.partition(":")[2] for key in chosen if key.startswith(kind)] for kind in ("ref", "pla")}
        given = {"to_id": data["to_id"], "reason": data["reason"], "by": self.user, "now": self.now}
        actions.hand_over(referral_ids=of["ref"], placement_ids=of["pla"], **given)

    def get_success_url(self):
        """Go back to the list."""
        return reverse("placements:work")

    @property
    def back_url(self):
        """Lead back to the list."""
        return self.get_success_url()

    @property
    def done(self):
        """Say where it went."""
        return "It stands on your colleague’s list now."
