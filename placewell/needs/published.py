"""What may be published of need: a forecast and the figures of a sufficiency statement, small counts hidden.

Everything here is made of plain values and pictures, so that what was published looks the same whatever happens later.
"""

from collections.abc import Sequence
from typing import Any, TypedDict

from placewell.web import charts
from placewell.web.templatetags.web import day, pounds

from . import models, queries, rules, sufficiency

HIDDEN = "not shown"


class Table(TypedDict):
    """A table of a statement in words."""

    title: str
    head: list[str]
    rows: list[list[str]]


def picture(fan: queries.Fan, came: Sequence[float] = ()) -> str:
    """Return the fan chart of one kind of home, the past joined on; *came*: what came since, where it is an earlier one."""
    return charts.fan_chart(
        title=f"{fan.title}: children, past and expected",
        description=fan.sentence,
        labels=fan.labels,
        history=fan.history,
        middle=fan.middle,
        bands=[charts.Band("9 in 10", *fan.wide), charts.Band("1 in 2", *fan.likely)],
        came=came,
    )


def money(years: list[queries.YearSpend], envelope: float) -> str:
    """Return the cost by year against the envelope, as a picture."""
    return charts.fan_chart(
        title="Cost of all homes by year, against the envelope",
        description="Expected cost and where nine in ten futures lie, with the envelope as a line.",
        labels=[y.year.removeprefix("Year to ") for y in years],
        history=[],
        middle=[y.mean for y in years],
        bands=[charts.Band("9 in 10", [y.low for y in years], [y.high for y in years])],
        level=charts.Line("Envelope", envelope),
    )


def forecast(run: models.ForecastRun) -> dict[str, Any]:
    """Return what may be published of a forecast: sentences, pictures and tables."""
    hidden = queries.hidden(run)
    fans, years = queries.fans(run, hidden=hidden), queries.spend(run)
    envelope = float(run.options["envelope"])
    ends = [when for when, _ in fans[0].rows]
    return {
        "as_of": day(run.as_of_on),
        "kinds": [{"title": f.title, "sentence": f.sentence, "picture": str(picture(f))} for f in fans],
        "left_out": [rules.SHORT[state] for state in rules.STATES if state in hidden],
        "table": {
            "title": f"Children on {day(run.as_of_on)} and expected at each year's end (nine in ten futures)",
            "head": ["Kind of home", "Now", *ends],
            "rows": [
                [
                    f.title,
                    f"{f.history[-1]:,.0f}",
                    *(f"{e.mean:,.0f} ({e.low:,.0f} to {e.high:,.0f})" for _, e in f.rows),
                ]
                for f in fans
            ],
        },
        "record": record(run, hidden=hidden),
        "money": {"picture": str(money(years, envelope)), "envelope": pounds(int(envelope))},
        "verdicts": [rules.verdict(y.p_over, y.year, pounds(int(envelope))) for y in years],
        "spend": {
            "title": "Cost by year",
            "head": ["Year", "Expected", "Nine in ten futures: from", "to"],
            "rows": [[y.year, *(pounds(round(x)) for x in (y.mean, y.low, y.high))] for y in years],
        },
    }


def record(run: models.ForecastRun, *, hidden: frozenset[str]) -> dict[str, Any]:
    """Return what was forecast before beside what came, as anybody may read it: in a sentence, pictures and a table."""
    earlier = [each for each in queries.came_true(run) if each.state not in hidden]
    tested = [each for each in queries.tested(run) if each.state in set(queries.TOLD) - hidden]
    said = []
    for rows, whose in ((earlier, "gave for quarters that have come since"), (tested, "would have given on past days")):
        if rows:
            who = "earlier forecasts" if rows is earlier else "the same method"
            inside = sum(each.is_inside for each in rows)
            said.append(f"Of {len(rows)} figures that {who} {whose}, {inside} came to lie where nine in ten should.")
    return {
        "lines": said,
        "pictures": [
            {"title": f"{fan.title}: forecast on {day(made_on)}, and what came", "picture": str(picture(fan, came))}
            for made_on, fan, came in queries.looked_back(run, hides=True)
        ],
        "table": {
            "title": "What was forecast, and what came",
            "head": ["Forecast on", "Kind of home", "Months ahead", "Expected", "Nine in ten futures", "Came"],
            "rows": [
                [
                    day(r.made_on),
                    r.title,
                    str(r.months),
                    f"{r.expected:,.0f}",
                    f"{r.low:,.0f} to {r.high:,.0f}",
                    f"{r.came:,}",
                ]
                for r in earlier or tested
            ],
        },
    }


def _shown(counts: list[int]) -> list[str]:
    return rules.published(counts)


def gaps(found: sufficiency.Sufficiency) -> dict[str, Any]:
    """Return what may be published of the gap, by group of homes and by area, with a picture."""
    whole = _within_networks(found)
    told_of = [each for each in found.summaries if whole[each.kind].replace(",", "").isdecimal()]
    rows, ages = [], []
    for each in found.summaries:
        own = [gap for gap in found.gaps if gap.kind == each.kind]
        bands = [sum(gap.ages[i] for gap in own) for i in range(len(rules.AGES))]
        now = whole[each.kind]
        told = now.replace(",", "").isdecimal()
        far, outside = (_shown([n, each.now - n])[0] if told else HIDDEN for n in (each.far, each.outside))
        (short,) = _shown([each.short])
        homes = f"{each.homes:,}" if told and short.replace(",", "").isdecimal() else HIDDEN
        expected = f"{each.expected:,.0f}" if told else HIDDEN
        words = rules.GROUPS[each.kind].words
        rows.append([words, now, far, outside, expected, f"{each.places_in_borough:,}", short, homes])
        ages.append([words, *(_shown(bands) if told else [HIDDEN] * len(bands)), now])
    return {
        "on": day(found.on),
        "sentences": [sentence(each, hides=True) for each in told_of],
        "gap": {
            "title": "Homes wanted near",
            "head": ["Homes", "Children now", "Over 20 miles away", "Outside the borough", "Children expected",
                     "Places in the borough", "Places wanted near", "That is homes"],
            "rows": rows,
        },
        "ages": {
            "title": f"Children by age and the homes they want, {day(found.on)}",
            "head": ["Homes", *(f"Aged {low} to {high}" for low, high in rules.AGES), "All"],
            "rows": ages,
        },
        "areas": _areas(found),
        "picture": str(bars(told_of, hides=True)),
    }  # fmt: skip


def _within_networks(found: sufficiency.Sufficiency) -> dict[str, str]:
    """Return the children now by group as they may be published: the forecast tells the sum of each network."""
    told: dict[str, str] = {}
    for network in rules.NETWORK:
        own = [each for each in found.summaries if rules.GROUPS[each.kind].network == network]
        told |= dict(zip([each.kind for each in own], _shown([each.now for each in own]), strict=True))
    return told


def _areas(found: sufficiency.Sufficiency) -> dict[str, Any]:
    """Return children now by area and network, and places wanted: each column hides what its sum would betray."""
    areas = sorted({gap.area for gap in found.gaps})
    columns = []
    for network in rules.NETWORK:
        own = [gap for gap in found.gaps if rules.GROUPS[gap.kind].network == network]
        columns.append(_shown([sum(gap.now for gap in own if gap.area == area) for area in areas]))
    columns.append(_shown([sum(gap.short for gap in found.gaps if gap.area == area) for area in areas]))
    return {
        "title": "Children now by the area that they come from, and places wanted near it",
        "head": ["Area", "Fostering", "Residential", "Supported", "Places wanted near"],
        "rows": [[area, *row] for area, *row in zip(areas, *columns, strict=True)],
    }


def bars(told: list[sufficiency.Summary], *, hides: bool) -> str:
    """Return children expected beside the places that they can count on: those who live near, free ones, and the gap.

    Where it *hides*, a group with a gap of a few places has no bar.
    """
    drawn = [each for each in told if not (hides and rules.is_few(each.short))]
    enough = [max(0.0, each.expected - each.short) for each in drawn]
    return charts.bar_chart(
        title="Children expected: with a place near, and without",
        description=". ".join(sentence(each, hides=hides) for each in told),
        labels=[rules.GROUPS[each.kind].short for each in drawn],
        series=[
            charts.Series("A place near", [round(x) for x in enough]),
            charts.Series("No place near", [float(each.short) for each in drawn]),
        ],
    )


def sentence(each: sufficiency.Summary, *, hides: bool) -> str:
    """Return in plain words how many places a group of homes lacks, and what they would change; a few where it *hides*."""
    words = rules.GROUPS[each.kind].words
    if not each.short:
        return f"{words}: there are enough places near."
    if hides and rules.is_few(each.short):
        return f"{words}: a few more places near."
    homes = "home" if each.homes == 1 else "homes"
    said = f"{words}: {each.short} more places near, or {each.homes} {homes} of {each.usual_size}."
    if each.miles_now is not None and each.miles_then is not None and each.miles_then < each.miles_now - 0.5:
        said += f" Children would live {each.miles_then:.0f} miles from home on average, not {each.miles_now:.0f}."
    if each.pounds_a_year:
        said += f" Full, at today's mean fee, they cost {pounds(round(each.pounds_a_year, -3))} a year."
    if each.visiting_now and each.visiting_then and (hours := each.visiting_now.hours - each.visiting_then.hours) >= 10:
        saved = pounds(round(each.visiting_now.pounds - each.visiting_then.pounds, -2))
        said += f" Social workers would spend {round(hours, -1):,.0f} hours a year less on the road ({saved})."
    return said
