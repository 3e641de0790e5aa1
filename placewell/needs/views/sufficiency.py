"""Have we enough homes, of the right kind, near enough? A map and a table."""

from functools import cached_property

from placewell.accounts.permissions import Permission
from placewell.market import queries as market
from placewell.web import maps
from placewell.web.views import Column, TableView

from .. import published, queries, rules, sufficiency

AGE_TITLES = tuple(f"Aged {low} to {high}" for low, high in rules.AGES)


class Sufficiency(TableView):
    """Need by kind, age and area beside the places near, small numbers hidden from those who may not see children."""

    permission = Permission.SEE_NEED
    template_name = "needs/sufficiency.html"
    title = "Sufficiency"
    empty = "No child is looked after yet."
    file_name = "sufficiency"
    columns = (
        Column("kind", "Homes", cell=lambda row: rules.GROUPS[row.gap.kind].short, sort="gap__kind"),
        Column("area", "From", cell="gap.area", sort="gap__area"),
        Column("short", "Wanted near", cell="short", numeric=True, sort="gap__short"),
        *(
            Column(f"age{i}", title, cell=lambda row, i=i: row.ages[i], numeric=True)
            for i, title in enumerate(AGE_TITLES)
        ),
        Column("far", "Over 20 miles from home", cell="far", numeric=True),
        Column("outside", "Outside the borough", cell="outside", numeric=True),
        Column("expected", "Expected", cell="expected", numeric=True, sort="gap__expected"),
        Column("near", "Places within 20 miles", cell="near", numeric=True, sort="gap__places_near"),
        Column("free", "Free of them", cell="free", numeric=True, sort="gap__free_near"),
        Column("visiting", "Visits to a child there, £ a year", cell="visiting", numeric=True),
        Column("borough", "Places in the borough", cell="gap.places_in_borough", numeric=True),
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
        """Return a row for each group of homes and area, the widest gap first."""
        hide = (lambda counts: [str(n) for n in counts]) if self.may_see_children else rules.published
        return [
            _Row(gap, hide, self.answer.visiting.get(gap.area))
            for gap in sorted(self.answer.gaps, key=lambda gap: -gap.short)
        ]

    def get_context_data(self, **kwargs):
        """Add the map, the picture and the sentences."""
        answer = self.answer
        wanted, hides = sorted(answer.summaries, key=lambda each: -each.short), not self.may_see_children
        return super().get_context_data(
            map=_map(answer, self.user.organisation.area_code, hides=hides),
            borough=market.area_name(self.user.organisation.area_code),
            lead=_lead(wanted, hides),
            sentences=[published.sentence(each, hides=hides) for each in wanted],
            picture=published.bars(answer.summaries, hides=hides) if answer.summaries else "",
            summaries=[(each, hides and rules.is_few(each.short), _saved(each)) for each in wanted],
            visiting=bool(answer.visiting),
            until=answer.until,
            hides=hides,
            may_write=self.may(Permission.WRITE_STATEMENT),
            **kwargs,
        )


class _Row:
    def __init__(self, gap: rules.Gap, hide, visiting) -> None:
        self.gap = gap
        self.visiting = f"{visiting.pounds:,.0f}" if visiting else "Not known"
        self.ages = hide(gap.ages)
        (self.far,), (self.outside,), (self.short,) = hide([gap.far]), hide([gap.outside]), hide([gap.short])
        (self.expected,) = hide([round(gap.expected)])  # what is expected of few would tell how few they are
        where_known = gap.area != sufficiency.UNKNOWN
        self.near, self.free = (gap.places_near, gap.free_near) if where_known else ("Not known", "Not known")


def _saved(each: sufficiency.Summary) -> str:
    """Return what visits would cost less a year, or more, once the places are near."""
    if not each.visiting_now or not each.visiting_then:
        return ""
    pounds = round(each.visiting_now.pounds - each.visiting_then.pounds)
    return f"£{pounds:,}" if pounds >= 0 else f"£{-pounds:,} more"


def _places(short: int, hides: bool) -> str:
    few = hides and rules.is_few(short)
    return "a few places" if few else f"{short} place{'' if short == 1 else 's'}"


def _lead(wanted: list[sufficiency.Summary], hides: bool) -> str:
    """Return the answer to the page's question in one sentence."""
    short = [each for each in wanted if each.short]
    if not wanted:
        return ""
    if not short:
        return "Yes: there is a place near for every child expected."
    told = [f"{_places(each.short, hides)} in {_low(rules.GROUPS[each.kind].words)}" for each in short]
    return f"No: we need {', '.join(told[:-1])}{' and ' if told[1:] else ''}{told[-1]} nearer home."


def _low(words: str) -> str:
    return words[:1].lower() + words[1:]


def _map(answer: sufficiency.Sufficiency, area_code: str, *, hides: bool):
    """Return the map: each district of the borough tinted by what it lacks, twenty miles round it; dots for those outside."""
    shown = market.outline(area_code, districts=answer.centres) if answer.centres else market.Outline([], {})
    by_area = {area: [gap for gap in answer.gaps if gap.area == area] for area in answer.centres}
    short = {area: sum(gap.short for gap in gaps) for area, gaps in by_area.items()}
    tags = {area: _tag(area, n, hides) for area, n in short.items()}
    name, most = market.area_name(area_code), max([*short.values(), 1])
    areas = [maps.Area((maps.way(ring),), f"{name}, as its postcodes lie") for ring in shown.rings]
    for area in sorted(short.keys() & shown.districts.keys()):
        about = {"label": _said(area, by_area[area], hides), "shade": short[area] / most}
        rings = shown.districts[area]
        areas += [maps.Area((maps.way(ring),), tag="" if n else tags[area], **about) for n, ring in enumerate(rings)]
    points = [
        maps.point(
            easting=round(centre[0]),
            northing=round(centre[1]),
            label=_said(area, by_area[area], hides),
            kind="short" if short[area] else "enough",
            tag=tags[area],
            blur_m=1000,
        )
        for area, centre in sorted(answer.centres.items())
        if area not in shown.districts
    ]
    lines = []
    if shown.rings:
        east, north = (sum(spot[i] for spot in shown.rings[0]) / len(shown.rings[0]) for i in (0, 1))
        ring = maps.circle(easting=east, northing=north, radius_m=sufficiency.METRES)
        lines = [maps.Line(ring, f"20 miles from the middle of {name}")]
    return maps.map_panel(points, areas, title="Where places are wanted", table_id="table", lines=lines)


def _tag(area: str, short: int, hides: bool) -> str:
    many = "a few" if hides and rules.is_few(short) else short
    return f"{area}\n{many} wanted" if short else f"{area}\nenough"


def _said(area: str, gaps: list[rules.Gap], hides: bool) -> str:
    wanted = [f"{_places(g.short, hides)} in {_low(rules.GROUPS[g.kind].words)}" for g in gaps if g.short]
    return f"{area}: {', '.join(wanted) or 'enough places'}"
