"""A map without a tile server: points drawn by Leaflet from data in the page; the table beside it says the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import cos, pi, sin

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from pyproj import Transformer


@dataclass(frozen=True)
class Point:
    """A place on the map, in degrees, and what is said of it."""

    latitude: float
    longitude: float
    label: str
    kind: str = "home"
    url: str = ""
    tag: str = ""  # words that stand beside it always
    size: int = 0  # how much larger than others it is drawn, 0 to 20


@dataclass(frozen=True)
class Area:
    """An area on the map: its outlines as rings of (longitude, latitude), and what is said of it."""

    rings: tuple[tuple[tuple[float, float], ...], ...]
    label: str
    tag: str = ""  # words that stand in it always, a line for each
    shade: float | None = None  # how deep it is tinted, 0 to 1; none: grey


@dataclass(frozen=True)
class Line:
    """A way on the map: its points as (longitude, latitude), what is said of it, and the number of its colour."""

    points: tuple[tuple[float, float], ...]
    label: str
    colour: int = 0


def point(
    *, easting: int, northing: int, label: str, kind: str = "home", url: str = "", blur_m: int = 0, tag: str = "",
    size: int = 0,
) -> Point:  # fmt: skip
    """Return a point from the British grid (metres), rounded to *blur_m* where the exact place must not be shown."""
    if blur_m:
        easting, northing = (round(value / blur_m) * blur_m for value in (easting, northing))
    latitude, longitude = _degrees().transform(easting, northing)
    return Point(round(latitude, 5), round(longitude, 5), label, kind, url, tag, size)


def way(places: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Return places on the British grid (metres) as (longitude, latitude), for areas and lines."""
    eastings, northings = zip(*places, strict=True)
    latitudes, longitudes = _degrees().transform(eastings, northings)
    return tuple((round(x, 5), round(y, 5)) for x, y in zip(longitudes, latitudes, strict=True))


def circle(*, easting: float, northing: float, radius_m: float) -> tuple[tuple[float, float], ...]:
    """Return a circle on the British grid as a line of (longitude, latitude)."""
    turns = [2 * pi * n / 72 for n in range(73)]
    return way([(easting + radius_m * cos(t), northing + radius_m * sin(t)) for t in turns])


@cache
def _degrees() -> Transformer:
    return Transformer.from_crs("EPSG:27700", "EPSG:4326")


def map_panel(
    points: Iterable[Point],
    areas: Iterable[Area] = (),
    *,
    title: str,
    table_id: str = "",
    lines: Iterable[Line] = (),
) -> SafeString:
    """Return the map's markup, its data as GeoJSON; without JavaScript it is a sentence that leads to the table.

    *table_id* is the id of the element of the page that holds the same facts in words.
    """
    context = {"geography": geography(points, areas, lines), "title": title, "table_id": table_id}
    return render_to_string("web/components/map.html", context)


def geography(points: Iterable[Point], areas: Iterable[Area], lines: Iterable[Line] = ()) -> dict:
    """Return points, lines and areas as a GeoJSON feature collection (RFC 7946), areas first so that points lie on top."""
    shapes = [
        ({"type": "Polygon", "coordinates": area.rings}, {"label": area.label, "tag": area.tag, "shade": area.shade})
        for area in areas
    ]
    shapes += [
        ({"type": "LineString", "coordinates": line.points}, {"label": line.label, "colour": line.colour})
        for line in lines
    ]
    shapes += [
        (
            {"type": "Point", "coordinates": (each.longitude, each.latitude)},
            {"label": each.label, "kind": each.kind, "url": each.url, "tag": each.tag, "size": each.size},
        )
        for each in points
    ]
    features = [{"type": "Feature", "geometry": shape, "properties": facts} for shape, facts in shapes]
    return {"type": "FeatureCollection", "features": features}
