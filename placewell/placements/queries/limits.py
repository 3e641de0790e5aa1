"""Whose limit covers which weekly price: dated rows of the council's scheme of delegation."""

import datetime as dt
import tomllib
from decimal import Decimal
from functools import cache
from importlib.resources import files

from placewell.accounts.models import User
from placewell.accounts.roles import title_of
from placewell.governance import queries as governance
from placewell.kernel.errors import Refused
from placewell.kernel.money import pounds

from .. import rules


@cache
def _table() -> list[dict]:
    return tomllib.loads((files("placewell.placements") / "tables" / "limits.toml").read_text())["limits"]


def limits(*, on: dt.date) -> dict[str, Decimal | None]:
    """Return the limit of each office on the day *on*: pounds a week, None for no limit. Until the council has set
    limits of its own, the first setting holds."""
    if known := governance.limits(kind="weekly_fee", on=on):
        return known
    rows = sorted((row for row in _table() if row["valid_from"] <= on), key=lambda row: row["valid_from"])
    return {row["role"]: Decimal(row["weekly_fee"]) if "weekly_fee" in row else None for row in rows}


def covers(weekly_fee: Decimal, *, user: User, on: dt.date) -> bool:
    """Tell whether the limit of an office that *user* holds covers *weekly_fee*."""
    known = limits(on=on)
    held = [known[role.code] for role in user.roles(on=on) if role.code in known]
    return any(limit is None or weekly_fee <= limit for limit in held)


def require_limit(weekly_fee: Decimal, *, user: User, on: dt.date) -> None:
    """Refuse when no limit of *user*'s covers *weekly_fee*, and say whose does."""
    if covers(weekly_fee, user=user, on=on):
        return
    able = [role for role, limit in limits(on=on).items() if limit is None or weekly_fee <= limit]
    who = rules.sentence([f"the {title_of(role)}" for role in able]) or "nobody"
    raise Refused(f"{pounds(weekly_fee)} a week is over your limit: {who} may decide.")
