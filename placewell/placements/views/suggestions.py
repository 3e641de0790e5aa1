"""Helps to decide, which decide nothing: a joint suggestion for all who wait, and offers side by side."""

import time

from placewell.accounts.permissions import Permission
from placewell.web.views import DetailPage

from .. import queries
from .desk import OfReferral


class SuggestAll(DetailPage):
    """A home for each child who waits, thought of together."""

    permission = Permission.SEND_REFERRAL
    template_name = "placements/suggest.html"
    title = "Homes for all who wait"

    def get_context_data(self, **kwargs):
        """Think of all together."""
        result = queries.suggest(for_user=self.user, on=self.today, clock=time.monotonic)
        return super().get_context_data(result=result, **kwargs)


class Compare(OfReferral, DetailPage):
    """The offers for one child side by side, on what this child needs; price last."""

    permission = Permission.SEE_PLACEMENTS
    template_name = "placements/compare.html"
    title = "The offers side by side"

    def get_context_data(self, **kwargs):
        """Compare the offers that are open or were chosen."""
        row = self.found()
        columns, lines = queries.compare(row, for_user=self.user, on=self.today)
        return super().get_context_data(
            caption=f"{row.child.name}, referral {row.reference}",
            referral=row,
            columns=columns,
            lines=[(name, list(zip(columns, values, strict=True))) for name, values in lines],
            may={"recommend": self.may(Permission.RECOMMEND_OFFER), "decide": self.may(Permission.DECIDE_OFFER)},
            **kwargs,
        )
