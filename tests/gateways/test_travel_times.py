"""Travel times come from a routing service, a file or the dated table, and are asked for once."""

import json
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from placewell.engines.routing.travel import fitted_bands, matrices, model_of
from placewell.gateways.travel_times import Known, Osrm, Table, Valhalla, read_matrix
from placewell.kernel.errors import BadInput, Refused

PLACES = {"home-1": (0.30, 51.48), "home-2": (0.35, 51.50), "office": (0.33, 51.47)}
pytestmark = pytest.mark.enable_socket


def far(a, b):
    """Return made-up seconds: a different number each way."""
    return round(abs(a[0] - b[0]) * 10_000 + abs(a[1] - b[1]) * 20_000 + (60 if a < b else 0))


class Fake(BaseHTTPRequestHandler):
    """Answers as OSRM and Valhalla do."""

    def log_message(self, *_):
        pass

    def answer(self, body, code=200):
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def do_GET(self):
        self.server.asked.append(self.path)
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        spots = [tuple(map(float, spot.split(","))) for spot in path.split("/")[-1].split(";")]
        rows, columns = ([spots[int(i)] for i in query[key][0].split(";")] for key in ("sources", "destinations"))
        if any(lon > 100 for lon, _ in spots):
            self.answer({"code": "NoSegment", "message": "Could not find a matching segment"}, 400)
            return
        seconds = [[far(a, b) for b in columns] for a in rows]
        self.answer({"code": "Ok", "durations": seconds, "distances": [[s * 10 for s in row] for row in seconds]})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        rows, columns = ([(p["lon"], p["lat"]) for p in body[key]] for key in ("sources", "targets"))
        cells = [[{"time": far(a, b), "distance": far(a, b) / 100} for b in columns] for a in rows]
        self.answer({"sources_to_targets": cells})


@pytest.fixture
def server():
    fake = HTTPServer(("127.0.0.1", 0), Fake)
    fake.asked = []
    thread = threading.Thread(target=fake.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    fake.address = f"http://127.0.0.1:{fake.server_port}"
    yield fake
    fake.shutdown()
    thread.join()
    fake.server_close()


@pytest.mark.parametrize("kind", [Osrm, Valhalla])
def test_both_services_are_understood(server, tmp_path, kind):
    minutes, km = Known(tmp_path / "legs.json", kind(server.address)).matrices(PLACES)
    spots = list(PLACES.values())
    wanted = [[0 if a == b else round(far(a, b) / 60, 3) for b in spots] for a in spots]
    assert minutes == wanted
    assert km[0][1] == pytest.approx(far(spots[0], spots[1]) / 100)


def test_what_is_known_is_not_asked_again(server, tmp_path):
    path = tmp_path / "legs.json"
    two = {code: PLACES[code] for code in ("home-1", "office")}
    Known(path, Osrm(server.address)).matrices(two)
    before = len(server.asked)
    Known(path, Osrm(server.address)).matrices(two)
    assert len(server.asked) == before
    assert Known(path, Osrm(server.address)).matrices(PLACES)[0] == Known(path, Osrm("http://x")).matrices(PLACES)[0]
    assert set(read_matrix(path)) == {(a, b) for a in PLACES for b in PLACES}


def test_a_refusal_of_the_service_is_told(server, tmp_path):
    with pytest.raises(Refused, match="Could not find a matching segment"):
        Known(tmp_path / "x", Osrm(server.address)).matrices({"a": (200.0, 0.0), "b": (0.0, 0.0)})


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "file:///etc/passwd"])
def test_a_service_that_is_not_there_is_told(tmp_path, address):
    with pytest.raises(Refused, match="routing service"):
        Known(tmp_path / "x", Osrm(address)).matrices(PLACES)


@pytest.mark.parametrize("text", ["", "{}", '{"codes": ["a"], "legs": []}', '{"codes": ["a"], "legs": [["far"]]}'])
def test_a_file_that_is_no_matrix_is_refused(tmp_path, text):
    (tmp_path / "m.json").write_text(text)
    with pytest.raises(BadInput, match=r"m\.json"):
        read_matrix(tmp_path / "m.json")


def test_the_thames_is_passed_only_by_its_crossings():
    tilbury, gravesend, strood = (564000.0, 176500.0), (564700.0, 173900.0), (573000.0, 169000.0)
    minutes, km = Table(date(2026, 9, 1)).table([tilbury, gravesend], [tilbury, gravesend, strood])
    assert km[0][1] > 18  # by Dartford, and not the 2.7 km across the water
    assert km[1][2] < 14
    assert minutes[0][1] == minutes[1][0]
    assert km[0][0] == minutes[0][0] == 0


def test_a_longer_way_takes_longer_and_its_speed_is_higher():
    minutes, km = Table(date(2026, 9, 1)).table(
        [(500000.0, 300000.0)], [(500000.0 + 1000 * k, 300000.0) for k in range(1, 60)]
    )
    assert all(a < b for a, b in pairwise(minutes[0]))
    pace = np.diff(minutes[0]) / np.diff(km[0])
    assert pace[0] > pace[-1]


def test_measured_journeys_give_back_the_speeds_they_were_driven_at():
    model = Table(date(2026, 9, 1)).model
    points = [(500000.0 + 700 * k * k, 300000.0) for k in range(12)]
    minutes, km = matrices(points, model)
    fitted = fitted_bands(km[0, 1:] / model.detour, minutes[0, 1:], model)
    assert fitted.parking_min == pytest.approx(model.parking_min)
    assert [speed for _, speed in fitted.bands] == pytest.approx([speed for _, speed in model.bands])


def test_no_table_is_taken_for_a_day_before_the_first():
    with pytest.raises(BadInput, match="no travel table is valid"):
        model_of({"model": []}, date(2020, 1, 1))
