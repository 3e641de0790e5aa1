"""The public record of each algorithm, as pages and as JSON; anybody may read them."""

from django.http import HttpResponse

from placewell.accounts import queries as accounts
from placewell.kernel.errors import NotFound
from placewell.web.views import DetailPage

from . import atrs


def organisation() -> str:
    """Return the council's name where there is one only."""
    names = [each.name for each in accounts.councils()[:2]]
    return names[0] if len(names) == 1 else ""


class Algorithms(DetailPage):
    """What the council lets a computer rank, forecast or plan."""

    public = True
    template_name = "overview/algorithms.html"
    title = "Algorithms"

    def get_context_data(self, **kwargs):
        """List them."""
        return super().get_context_data(records=[atrs.record(slug) for slug in atrs.SLUGS], **kwargs)


class OfOne(DetailPage):
    """A page about one of them."""

    public = True

    @property
    def record(self) -> atrs.Record:
        """Which."""
        if self.kwargs["slug"] not in atrs.SLUGS:
            raise NotFound("There is no such algorithm.")
        return atrs.record(self.kwargs["slug"], organisation=organisation())


class Algorithm(OfOne):
    """One of them: the record whole."""

    template_name = "overview/algorithm.html"
    caption = "Algorithms"

    def get_context_data(self, **kwargs):
        """Add the record."""
        record = self.record
        return super().get_context_data(title=record.name, record=record, **kwargs)


class AlgorithmOut(OfOne):
    """One of them as JSON."""

    def get(self, request, *args, **kwargs):
        """Write it."""
        return HttpResponse(atrs.as_json(self.record), content_type="application/json; charset=utf-8")
