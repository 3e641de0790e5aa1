"""Have we enough homes, of the right kind, near enough? A map and a table."""

from functools import cached_property

from placewell.accounts.permissions import Permission
from placewell.web import maps
from placewell.web.templatetags.web import pounds
from placewell.web.views import Column, TableView

from .. import queries, rules, sufficiency

AGE_TITLES = tuple(f"Aged {low} to {high}" for low, high in rules.AGES)
NAMES = {"fostering": "Foster homes", "residential": "Children's homes", "supported": "Supported homes"}


class Sufficiency(TableView):
    """Need by kind, age and area beside the places near, small numbers hidden from those who may not see children."""

    permission = Permission.SEE_NEED
    template_name = "needs/sufficiency.html"
    title = "Sufficiency"
    empty = "No child is looked after yet."
    file_name = "sufficiency"
    columns = (
        Column("kind", "Kind of home", cell=lambda row: NAMES[row.gap.kind], sort="gap__kind"),
        Column("area", "Children from", cell="gap.area", sort="gap__area"),
        *(
            Column(f"age{i}", title, cell=lambda row, i=i: row.ages[i], numeric=True)
            for i, title in enumerate(AGE_TITLES)
        ),
        Column("far", "Over 20 miles from home", cell="far", numeric=True),
        Column("outside", "Outside the borough", cell="outside", numeric=True),
        Column("expected", "Expected", cell="expected", numeric=True, sort="gap__expected"),
        Column("near", "Places within 20 miles", cell="near", numeric=True, sort="gap__places_near"),
        Column("free", "Free of them", cell="free", numeric=True, sort="gap__free_near"),
        Column("borough", "Places in the borough", cell="gap.places_in_borough", numeric=True),
        Column("short", "Places wanted near", cell="gap.short", numeric=True, sort="gap__short"),
    )

    @cached_property
    def answer(self) -> sufficiency.Sufficiency:
        """How need and places compare today."""
        area = self.user.organisation.area_code
        return sufficiency.sufficiency(area_code=area, forecast=queries.latest_forecast(), on=self.today)

    @cached_property
    def may_see_children(self) -> bool:
        """May the reader see numbers so small that they could be children?"""
        return self.user.may(Permission.SEE_CHILDREN, on=self.today)

    def rows(self, filters):
        """Return a row for each kind and area."""
        hide = (lambda counts: [str(n) for n in counts]) if self.may_see_children else rules.published
        return [_Row(gap, hide) for gap in self.answer.gaps]

    def get_context_data(self, **kwargs):
        """Add the map and the sentences."""
        answer = self.answer
        points = [
            maps.point(
                easting=round(centre[0]), northing=round(centre[1]), label=_said(area, answer), kind="area", blur_m=1000
            )
            for area, centre in sorted(answer.centres.items())
        ]
        return super().get_context_data(
            map=maps.map_panel(points, title="Where places are wanted", table_id="table"),
            sentences=[_sentence(each) for each in answer.summaries],
            until=answer.until,
            hides=not self.may_see_children,
            **kwargs,
        )


class _Row:
    def __init__(self, gap: rules.Gap, hide) -> None:
        self.gap = gap
        self.ages = hide(gap.ages)
        (self.far,), (self.outside,) = hide([gap.far]), hide([gap.outside])
        (self.expected,) = hide([round(gap.expected)])  # what is expected of few would tell how few they are
        where_known = gap.area != sufficiency.UNKNOWN
        self.near, self.free = (gap.places_near, gap.free_near) if where_known else ("Not known", "Not known")


def _said(area: str, answer: sufficiency.Sufficiency) -> str:
    wanted = [f"{g.short} places in {NAMES[g.kind].lower()}" for g in answer.gaps if g.area == area and g.short]
    return f"{area}: {', '.join(wanted) or 'enough places'}"


def _sentence(each: sufficiency.Summary) -> str:
    if not each.short:
        return f"{NAMES[each.kind]}: there are enough places near."
    words = f"{NAMES[each.kind]}: {each.short} more places near, or {each.homes} homes of {each.usual_size}."
    if each.miles_far is not None and each.miles_near is not None:
        words += f" Children who live far away are {each.miles_far:.0f} miles from home on average; those near, {each.miles_near:.0f}."
    if each.pounds_a_year:
        words += f" Full, at today's mean fee, that is {pounds(round(each.pounds_a_year, -3))} a year instead of what is paid elsewhere."
    return words
