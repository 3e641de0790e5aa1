"""What the child's record says beside a referral: read with it, and not written again."""

import datetime as dt

from placewell.accounts import queries as accounts
from placewell.accounts.models import User
from placewell.children import queries as children
from placewell.kernel.periods import age_on

from .. import anonymise, models, rules
from .shown import legal_status

TEAM_MANAGER = "team_manager"


def known_of(row: models.Referral, *, for_user: User, on: dt.date) -> list[tuple[str, str]]:
    """Return what the record of the referral's child says, as pairs of a name and words; providers see none of it so."""
    child = row.child
    siblings = children.siblings(child_id=child.pk, for_user=for_user, on=on)
    return [
        ("Reference", child.reference),
        (
            "Born",
            f"{child.born_on.day} {child.born_on:%B %Y}, {age_on(child.born_on, row.needed_on)} when the home is needed",
        ),
        ("Sex", anonymise.SEXES.get(child.sex, "")),
        ("Ethnicity", children.words_of("ethnicity", child.ethnicity) if child.ethnicity else ""),
        ("Religion", child.religion),
        ("Language", child.language),
        ("Legal status", legal_status(child_id=child.pk, on=on)),
        ("Came alone seeking asylum", "Yes" if child.is_unaccompanied else "No"),
        ("School", child.school),
        ("Brothers and sisters in care", rules.sentence([each.name for each in siblings]) or "None"),
        ("Social worker", child.social_worker.name if child.social_worker else ""),
        ("Team, and who manages it", _managers(child, on)),
    ]


def _managers(child, on: dt.date) -> str:
    """Return who manages the child's team, with the team."""
    if child.team is None:
        return ""
    managers = accounts.holders(role=TEAM_MANAGER, council_id=child.council_id, on=on).filter(posts__team=child.team)
    names = rules.sentence(sorted({each.name for each in managers}))
    return f"{child.team.name}: {names}" if names else child.team.name
