"""The write guard bites: an action of one room that saves another's row is caught, its own is not."""

import pytest

from placewell.market.models import Home
from tests.conftest import PACKAGE
from tests.factories import market

pytestmark = pytest.mark.django_db


def save_from(room: str, home: Home) -> None:
    """Save *home* as a function in that room's actions would."""
    source = compile("home.save()", str(PACKAGE / room / "actions.py"), "exec")
    exec(source, {"home": home})


def test_another_rooms_action_may_not_save_a_home(council):
    with pytest.raises(AssertionError, match=r"placements writes market\.Home"):
        save_from("placements", market.home())


def test_its_own_rooms_action_may(council):
    save_from("market", market.home())
