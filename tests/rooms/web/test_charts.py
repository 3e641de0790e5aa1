"""Charts: heard as well as seen, escaped, and honest about their scale."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placewell.web import charts, maps, style

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("number", range(4))
def test_every_chart_is_well_formed_named_described_and_has_no_style(number):
    made = ElementTree.fromstring(style.pictures()[number])
    assert made.get("role") == "img"
    named = [made.find(f"{SVG}title"), made.find(f"{SVG}desc")]
    assert made.get("aria-labelledby").split() == [each.get("id") for each in named]
    assert all(each.text for each in named)
    assert not [each for each in made.iter() if each.get("style") or each.tag == f"{SVG}style"]


def test_stacked_bars_are_as_tall_as_their_sums():
    made = ElementTree.fromstring(
        charts.bar_chart(
            title="t",
            description="d",
            labels=["a", "b"],
            series=[charts.Series("x", [1, 2]), charts.Series("y", [3, 2])],
        )
    )
    bars = [each for each in made.iter(f"{SVG}rect") if each.find(f"{SVG}title") is not None]
    heights = [float(each.get("height")) for each in bars]
    assert heights[0] + heights[1] == pytest.approx(heights[2] + heights[3], abs=0.3)
    assert heights[1] == pytest.approx(3 * heights[0], abs=0.3)


def test_what_people_typed_is_escaped():
    for made in (
        charts.sparkline(title="<script>", values=[1]),
        charts.line_chart(title="<b>", description="&", labels=["<i>"], series=[charts.Series("<u>", [1])]),
    ):
        assert not {"script", "b", "i", "u"} & {
            each.tag.removeprefix(SVG) for each in ElementTree.fromstring(made).iter()
        }


def test_a_series_that_is_too_short_is_refused():
    with pytest.raises(ValueError, match="one value for each label"):
        charts.line_chart(title="t", description="d", labels=["a", "b"], series=[charts.Series("x", [1])])


@given(st.floats(0, 1e12))
@settings(deadline=None, max_examples=100)
def test_the_top_of_an_axis_is_close_above_the_highest_value(value):
    top = charts.nice_top(value)
    assert top >= value
    assert value <= 0 or top <= value * 2


@pytest.mark.parametrize(("most", "marks"), [(1, "01234"), (2, "01234"), (5, "02468")])
def test_an_axis_of_counts_has_no_halves(most, marks):
    made = charts.bar_chart(title="t", description="d", labels=["a"], series=[charts.Series("x", [most])])
    assert [mark in made for mark in (f">{each}</text>" for each in marks)] == [True] * 5


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12))
@settings(deadline=None, max_examples=60)
def test_every_point_of_a_fan_lies_inside_the_picture(values):
    made = charts.fan_chart(
        title="t",
        description="d",
        labels=["x"] * (len(values) + 1),
        history=values,
        middle=[values[-1]],
        bands=[charts.Band("b", [values[-1] - 1], [values[-1] + 1])],
    )
    for line in ElementTree.fromstring(made).iter(f"{SVG}polyline"):
        for point in line.get("points").split():
            assert charts.TOP - 1 <= float(point.split(",")[1]) <= charts.HEIGHT - charts.BOTTOM + 1


def test_a_map_carries_geojson_that_cannot_close_its_own_script():
    panel = maps.map_panel([maps.Point(51.5, 0.3, "</script><b>x", url="/h/")], title="Homes", table_id="facts")
    assert panel.count("</script>") == 3
    assert "<b>x" not in panel
    assert 'href="#facts"' in panel


def test_a_blurred_point_hides_where_the_home_is():
    near = [maps.point(easting=560_000 + shift, northing=180_000, label="x", blur_m=1_000) for shift in (0, 120, 400)]
    assert len({(each.latitude, each.longitude) for each in near}) == 1


@pytest.mark.parametrize("many", [1, 5, 12, 30, 70, 200])
@pytest.mark.parametrize(
    "word", ["AB", "Foster homes, 10 to 17", "Southend-on-Sea", "Llanfairpwllgwyngyllgogerychwyrndrobwll"]
)
def test_no_label_under_a_bar_touches_the_next_or_leaves_the_picture(many, word):
    drawn = charts.bar_chart(
        title="T", description="D", labels=[word] * many, series=[charts.Series("S", [1.0] * many)]
    )
    deep = float(re.search(r'viewBox="0 0 760 ([\d.]+)"', drawn)[1])
    sloping = re.findall(r'<text x="([\d.]+)" y="(\d+)" text-anchor="end"[^>]*rotate\(-45[^>]*>([^<]*)<', drawn)
    if sloping:
        places = [float(x) for x, _, _ in sloping]
        assert all(b - a >= charts.LINE * 1.4 for a, b in pairwise(places))
        reach = max(len(text) for _, _, text in sloping) * charts.LETTER * 0.71
        assert reach <= places[0] + 1
        assert float(sloping[0][1]) + reach <= deep + 1
        return
    rows: dict[str, list] = {}
    for x, y, text in re.findall(r'<text x="([\d.]+)" y="([\d.]+)" text-anchor="middle"[^>]*>([^<]*)<', drawn):
        rows.setdefault(y, []).append((float(x), len(text) * charts.LETTER))
    assert rows
    assert max(map(float, rows)) < deep
    for row in rows.values():
        assert all(b[0] - b[1] / 2 >= a[0] + a[1] / 2 - 1 for a, b in pairwise(row))
