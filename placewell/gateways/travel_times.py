"""Travel times: from a council's own OSRM or Valhalla, from a file, or from the dated table; kept by the homes' codes.

OSRM: the table service (`/table/v1/driving`), durations in seconds and distances in metres.
Valhalla: `/sources_to_targets`, time in seconds and distance in kilometres. Both documented by their projects.
"""

import json
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

from placewell.engines.routing.travel import matrices, model_of
from placewell.kernel.errors import BadInput, Fault, Refused

Rows = list[list[float]]
BLOCK = 100  # points asked for at once, in each direction: what the services allow unless told otherwise
SECONDS = 30


class Service(Protocol):
    """Says minutes and km from each of some places to each of others."""

    def table(
        self, sources: Sequence[tuple[float, float]], targets: Sequence[tuple[float, float]]
    ) -> tuple[Rows, Rows]:
        """Return (minutes, km), a row for each source; places in the service's own coordinates."""
        ...


class Osrm:
    """A council's OSRM server; places are (longitude, latitude)."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")

    def table(
        self, sources: Sequence[tuple[float, float]], targets: Sequence[tuple[float, float]]
    ) -> tuple[Rows, Rows]:
        spots = ";".join(f"{lon:.6f},{lat:.6f}" for lon, lat in [*sources, *targets])
        first, rest = range(len(sources)), range(len(sources), len(sources) + len(targets))
        query = f"sources={';'.join(map(str, first))}&destinations={';'.join(map(str, rest))}"
        answer = _asked(f"{self.address}/table/v1/driving/{spots}?annotations=duration,distance&{query}")
        if answer.get("code") != "Ok":
            raise Refused(
                f"The routing service at {self.address} refused: {answer.get('message', answer.get('code'))}."
            )
        return _scaled(answer["durations"], 1 / 60), _scaled(answer["distances"], 1 / 1000)


class Valhalla:
    """A council's Valhalla server; places are (longitude, latitude)."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")

    def table(
        self, sources: Sequence[tuple[float, float]], targets: Sequence[tuple[float, float]]
    ) -> tuple[Rows, Rows]:
        places = [[{"lat": lat, "lon": lon} for lon, lat in row] for row in (sources, targets)]
        body = {"sources": places[0], "targets": places[1], "costing": "auto", "units": "kilometers"}
        answer = _asked(f"{self.address}/sources_to_targets", body)
        rows = answer["sources_to_targets"]
        return _scaled([[c["time"] for c in row] for row in rows], 1 / 60), _scaled(
            [[c["distance"] for c in row] for row in rows], 1.0
        )


class Table:
    """The dated table; places are metres on the British National Grid."""

    def __init__(self, on: date) -> None:
        text = (files("placewell.gateways") / "tables" / "travel.toml").read_text(encoding="utf-8")
        self.model = model_of(tomllib.loads(text), on)

    def table(
        self, sources: Sequence[tuple[float, float]], targets: Sequence[tuple[float, float]]
    ) -> tuple[Rows, Rows]:
        minutes, km = matrices([*sources, *targets], self.model)
        many = len(sources)
        return minutes[:many, many:].round(1).tolist(), km[:many, many:].round(2).tolist()


class Known:
    """Travel times by the codes of homes and offices, kept in a file; only what is new is asked for."""

    def __init__(self, path: Path, service: Service) -> None:
        self.path, self.service = path, service
        self.legs: dict[tuple[str, str], tuple[float, float]] = {}
        if path.exists():
            self.legs = read_matrix(path)

    def matrices(self, places: Mapping[str, tuple[float, float]]) -> tuple[Rows, Rows]:
        """Return (minutes, km) among the *places* in their order; what was asked for is kept."""
        codes = list(places)
        missing = [
            code for code in codes if any((code, c) not in self.legs or (c, code) not in self.legs for c in codes)
        ]
        # the fewest that cover all that is missing: those not known among themselves; rows and columns of each
        for sources, targets in ((missing, codes), ([c for c in codes if c not in missing], missing)):
            self._ask(sources, targets, places)
        if missing:
            self._write()
        rows = [[self.legs[a, b] for b in codes] for a in codes]
        return [[leg[0] for leg in row] for row in rows], [[leg[1] for leg in row] for row in rows]

    def _ask(self, sources: list[str], targets: list[str], places: Mapping[str, tuple[float, float]]) -> None:
        for i in range(0, len(sources), BLOCK):
            for j in range(0, len(targets), BLOCK):
                rows, columns = sources[i : i + BLOCK], targets[j : j + BLOCK]
                minutes, km = self.service.table([places[c] for c in rows], [places[c] for c in columns])
                for a, row in enumerate(rows):
                    for b, column in enumerate(columns):
                        self.legs[row, column] = (0.0, 0.0) if row == column else (minutes[a][b], km[a][b])

    def _write(self) -> None:
        codes = sorted({code for leg in self.legs for code in leg})
        part = self.path.with_name(self.path.name + ".part")
        table = [[list(self.legs[a, b]) if (a, b) in self.legs else None for b in codes] for a in codes]
        part.write_text(json.dumps({"codes": codes, "legs": table}), encoding="utf-8")
        part.replace(self.path)


def read_matrix(path: Path) -> dict[tuple[str, str], tuple[float, float]]:
    """Return {(from, to): (minutes, km)} from a JSON file: codes, and legs[from][to] as [minutes, km] or null."""
    try:
        data = json.loads(path.read_bytes())
        codes, legs = data["codes"], data["legs"]
        if len(legs) != len(codes) or any(len(row) != len(codes) for row in legs):
            raise BadInput([Fault(str(path), f"legs must be a square of {len(codes)} rows")])
        return {
            (codes[i], codes[j]): (float(leg[0]), float(leg[1]))
            for i, row in enumerate(legs)
            for j, leg in enumerate(row)
            if leg is not None
        }
    except (ValueError, KeyError, TypeError, IndexError) as wrong:
        raise BadInput([Fault(str(path), f"is no matrix of travel times: {wrong!r}")]) from wrong


def _asked(
    address: str, body: Mapping[str, Any] | None = None, get: Callable[..., Any] = urllib.request.urlopen
) -> Any:
    """Return the JSON that *address* answers, or raise Refused in words for who runs the service."""
    if not address.startswith(("http://", "https://")):
        raise Refused(f"The routing service's address must start with http:// or https://, not {address[:40]!r}.")
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"})  # noqa: S310 - checked above
    try:
        with get(request, timeout=SECONDS) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as wrong:
        raise Refused(
            f"The routing service answered {wrong.code}: {wrong.read(300).decode(errors='replace')}"
        ) from wrong
    except (OSError, ValueError) as wrong:
        raise Refused(f"The routing service did not answer: {wrong}") from wrong


def _scaled(rows: Sequence[Sequence[float | None]], by: float) -> Rows:
    if any(cell is None for row in rows for cell in row):
        raise Refused("The routing service knows no way between two of the places: check their coordinates.")
    return [[round(float(cell or 0) * by, 3) for cell in row] for row in rows]
