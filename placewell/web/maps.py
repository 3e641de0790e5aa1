"""A map without a tile server: points drawn by Leaflet from data in the page; the table beside it says the same."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache

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


def point(*, easting: int, northing: int, label: str, kind: str = "home", url: str = "", blur_m: int = 0) -> Point:
    """Return a point from the British grid (metres), rounded to *blur_m* where the exact place must not be shown."""
    if blur_m:
        easting, northing = (round(value / blur_m) * blur_m for value in (easting, northing))
    latitude, longitude = _degrees().transform(easting, northing)
    return Point(round(latitude, 5), round(longitude, 5), label, kind, url)


@cache
def _degrees() -> Transformer:
    return Transformer.from_crs("EPSG:27700", "EPSG:4326")


def map_panel(points: Iterable[Point], *, title: str) -> SafeString:
    """Return the map's markup; without JavaScript it is a sentence that points to the table."""
    return render_to_string("web/components/map.html", {"points": [asdict(each) for each in points], "title": title})
