"""Errors that a person can be told about."""

from collections.abc import Iterable
from dataclasses import dataclass


class Refused(Exception):
    """An action was refused for a reason that the user should read."""


class NotAllowed(Refused):
    """This person may not do this."""


class NotFound(Refused):
    """No such record, or none that this person may see."""


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong in an input: where it stands, and what to do about it."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what


class BadInput(Refused):
    """An input was refused whole; every fault found is in `faults`."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))
