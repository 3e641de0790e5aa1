"""What of a tender somebody may do now, by office and by the state of the tender."""

import datetime as dt

from placewell.accounts.models import User
from placewell.accounts.permissions import Permission

from . import models, states


def may(user: User, procurement: models.Procurement, *, on: dt.date, at: dt.datetime) -> dict[str, bool]:
    """Return the steps that *user* may take with *procurement* on the day *on*; *at* is the database's moment."""
    runs = user.may(Permission.RUN_TENDER, on=on)
    planned = procurement.state == states.Procurement.PLANNED
    published = procurement.state == states.Procurement.PUBLISHED
    closes = procurement.tenders_by_at
    in_time = published and closes is not None and at < closes
    return {
        "plan": runs and planned,
        "amend": runs and in_time,
        "answer": runs and published,
        "cancel": runs
        and procurement.state in (states.Procurement.PLANNED, states.Procurement.PUBLISHED, states.Procurement.OPENED),
        "open": user.may(Permission.HOLD_OPENING_KEY, on=on) and published and closes is not None,
        "reopen": runs and procurement.state == states.Procurement.CONCLUDED,
    }
