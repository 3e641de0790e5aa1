"""Lifecycles as data."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from .errors import Refused

State = TypeVar("State", bound=StrEnum)


class WrongState(Refused):
    """The record is not in a state that allows this step."""


def step(current: State, to: State, allowed: Mapping[State, frozenset[State]]) -> State:
    """Return *to* when *allowed* has the step *current* → *to*.

    Raises:
        WrongState: the step is not in *allowed*.
    """
    if to not in allowed.get(current, frozenset()):
        if to == current:  # sent twice, or somebody else was as quick
            raise WrongState(f"This is {words(current)} already.")
        raise WrongState(f"This is {words(current)} and cannot become {words(to)}.")
    return to


def words(state: StrEnum) -> str:
    """Return *state* as a person would say it: `in_force` is "in force"."""
    return state.value.replace("_", " ")


def dead_ends(allowed: Mapping[State, frozenset[State]], final: frozenset[State]) -> set[State]:
    """Return the states that have no way out and are not meant to be *final*."""
    reached = set(allowed).union(*allowed.values()) if allowed else set()
    return {state for state in reached if not allowed.get(state) and state not in final}
