"""Children and their episodes."""

import datetime as dt
import itertools

from placewell.children.models import Child, Episode

_count = itertools.count(1)


def child(**fields) -> Child:
    """Return a girl of eleven whom nobody is allocated to."""
    number = next(_count)
    given = {
        "reference": f"C{5000 + number}",
        "return_id": f"R{number}",
        "given_name": "Ada",
        "family_name": f"Made-Up{number}",
        "born_on": dt.date(2014, 5, 6),
        "sex": "F",
    }
    return Child.objects.create(**(given | fields))


def episode(*, of: Child, start_on: dt.date = dt.date(2024, 9, 2), **fields) -> Episode:
    """Return an open episode with a foster carer of an agency, under a full care order."""
    given = {
        "start_reason": "S",
        "legal_status": "C2",
        "main_need": "N1",
        "placement_type": "U6",
        "placement_provider": "PR4",
        "home_postcode": "RM17 6SL",
        "placement_postcode": "RM16 2XX",
        "urn": "SC012345",
    }
    return Episode.objects.create(child=of, start_on=start_on, **(given | fields))
