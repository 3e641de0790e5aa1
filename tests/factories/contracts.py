"""Frameworks, contracts on their lots, and prices."""

import datetime as dt
import itertools
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import NumericRange

from placewell.contracts.models import Contract, Framework, Lot, Rate
from tests.conftest import NOW

from . import governance, market

_count = itertools.count(1)
START, END = dt.date(2024, 4, 1), dt.date(2030, 4, 1)


def framework(*, of=None, **fields) -> Framework:
    """Return a draft framework of six years under the decision *of*, with one lot for fostering."""
    given = {
        "reference": f"F{next(_count)}",
        "title": "Placements",
        "legal_regime": "pcr2015",
        "decision": of,
        "start_on": START,
        "end_on": END,
    }
    made = Framework.objects.create(**(given | fields))
    Lot.objects.create(framework=made, number=1, category="fostering", title="Fostering")
    return made


def contract(people: dict, *, provider=None, **fields) -> Contract:
    """Return a provider's contract on the lot of a framework that the offices of *people* awarded."""
    delegation = governance.delegation(of=governance.decision())
    award = governance.approval(
        of=delegation, asked_by=people["commissioner"], asked_at=NOW, decided_by=people[governance.DIRECTOR]
    )
    made = framework(of=delegation.decision, **({"award": award, "state": "awarded"} | fields))
    return Contract.objects.create(
        lot=made.lots.get(),
        provider=provider or market.provider(),
        reference=f"C{next(_count)}",
        start_on=made.start_on,
        end_on=made.end_on,
    )


def rate(*, of: Contract, **fields) -> Rate:
    """Return a price for ages ten to fifteen."""
    given = {
        "contract": of,
        "ages": NumericRange(10, 16),
        "need_level": "standard",
        "weekly_fee": Decimal("800"),
        "start_on": of.start_on,
    }
    return Rate.objects.create(**(given | fields))
