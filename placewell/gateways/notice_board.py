"""Sends notices, as OCDS release packages, to whoever publishes them for the country."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from placewell.kernel.errors import Refused

SECONDS = 30


@dataclass(frozen=True)
class Taken:
    """What the board answered: the identifier of the process, and what it calls this notice."""

    ocid: str
    reference: str


class NoticeBoard:
    """An address that takes a release package and answers `{"ocid": …, "id": …}`."""

    def __init__(self, address: str, key: str, get: Callable[..., Any] = urllib.request.urlopen):
        if not address.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise Refused("The notice board's address must start with https://.")
        self.address, self.key, self.get = address, key, get

    def send(self, package: dict) -> Taken:
        """Send one package.

        Raises:
            Refused: it did not answer, or did not take the notice, with what it said.
        """
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"}
        request = urllib.request.Request(self.address, json.dumps(package).encode(), headers)  # noqa: S310 - checked above
        try:
            with self.get(request, timeout=SECONDS) as answer:
                told = json.load(answer)
                return Taken(str(told["ocid"]), str(told["id"]))
        except urllib.error.HTTPError as wrong:
            said = wrong.read(300).decode(errors="replace")
            raise Refused(f"The notice board did not take the notice ({wrong.code}): {said}") from wrong
        except (OSError, ValueError, KeyError, TypeError) as wrong:
            raise Refused(f"The notice board did not answer as it should: {wrong!r}") from wrong
