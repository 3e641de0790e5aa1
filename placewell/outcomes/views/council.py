"""The council's outcomes, measure by measure."""

from placewell.accounts.permissions import Permission
from placewell.web.views import DetailPage


class Council(DetailPage):
    """The council's outcomes."""

    permission = Permission.SEE_OUTCOMES
    template_name = "outcomes/council.html"
    title = "Outcomes"
