"""Placements as the official statistics count them, from one child's episodes.

Source: SSDA903 code lists and national indicators 62 and 63; the counting rules stand in `tables/measures.toml`. A length
of so many months up to a day counts both days: from 1 April to 31 March is twelve months.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from placewell.kernel.periods import age_on, months_after

from .measures import counting

DAY = dt.timedelta(days=1)
LONG_MONTHS, SAME_MONTHS, UNDER_AGE, YEAR_MONTHS = 30, 24, 16, 12


@dataclass(frozen=True)
class Spell:
    """One episode of the return as far as the measures ask."""

    start_on: dt.date
    end_on: dt.date | None
    start_reason: str
    legal_status: str
    placement_type: str
    end_reason: str = ""
    change_reason: str = ""
    home_postcode: str = ""
    postcode: str = ""
    urn: str = ""


@dataclass(frozen=True)
class Placement:
    """Days with one carer in one place, whatever changed in the law meanwhile."""

    start_on: dt.date
    end_on: dt.date | None
    placement_type: str
    change_reason: str
    end_reason: str
    follows: bool  # begins on the day on which the one before it ended
    where: tuple[str, str, str]


def placements(spells: Iterable[Spell]) -> list[Placement]:
    """Return the placements that *spells* of one child make up, oldest first.

    Short breaks are left out. A temporary move belongs to the placement around it. A change of legal status, and a change of
    placement with the same carer, go on with the same placement, as does coming back to the same place.
    """
    rule, found = counting(), list[Placement]()
    was_temporary = False
    for spell in sorted(spells, key=lambda each: each.start_on):
        if spell.legal_status in rule["short_breaks"]:
            continue
        before = found[-1] if found and found[-1].end_on == spell.start_on else None
        temporary = spell.placement_type in rule["temporary"]
        where = (spell.placement_type, spell.postcode, spell.urn)
        same_carer = spell.start_reason in (*rule["same_carer_reasons"], "L")
        status_only = before is not None and before.change_reason == rule["status_only"]
        comes_back = before is not None and before.where == where
        # after a temporary move the codes of the return speak of that move: what decides is whether it is the same place
        goes_on = comes_back or (not was_temporary and (same_carer or status_only))
        follows, start_on = before is not None, spell.start_on
        placement_type = spell.placement_type
        if before is not None and (temporary or goes_on):
            found.pop()
            follows, start_on = before.follows, before.start_on
            if temporary:
                placement_type, where = before.placement_type, before.where
        ended = (spell.change_reason, spell.end_reason)
        found.append(Placement(start_on, spell.end_on, placement_type, *ended, follows, where))
        was_temporary = temporary
    return found


def months_before(on: dt.date, months: int) -> dt.date:
    """Return the first day of the *months* that end with the day *on*."""
    return months_after(on + DAY, -months)


def spell_on(spells: Iterable[Spell], on: dt.date) -> Spell | None:
    """Return the episode in which a child is looked after at the end of the day *on*; short breaks are none."""
    short = counting()["short_breaks"]
    covering = (s for s in spells if s.start_on <= on and (s.end_on is None or s.end_on > on))
    return next((spell for spell in covering if spell.legal_status not in short), None)


def was_looked_after(spells: Iterable[Spell], first: dt.date, on: dt.date) -> bool:
    """Tell whether a child was looked after at any time from *first* to *on*, short breaks left out."""
    short = counting()["short_breaks"]
    return any(
        s.start_on <= on and (s.end_on is None or s.end_on > first) for s in spells if s.legal_status not in short
    )


def care_since(spells: Sequence[Spell], on: dt.date) -> dt.date | None:
    """Return since when a child who is looked after on the day *on* has been so without a break."""
    if spell_on(spells, on) is None:
        return None
    since, end = None, None
    short = counting()["short_breaks"]
    for spell in sorted(spells, key=lambda each: each.start_on):
        if spell.start_on > on or spell.legal_status in short:
            continue
        if end != spell.start_on:
            since = spell.start_on
        end = spell.end_on
    return since


def without_a_break(spells: Sequence[Spell], on: dt.date, *, months: int = YEAR_MONTHS) -> bool:
    """Tell whether a child has been looked after for *months* up to and with the day *on*."""
    since = care_since(spells, on)
    return since is not None and since <= months_before(on, months)


def placements_in(found: Sequence[Placement], first: dt.date, on: dt.date) -> list[Placement]:
    """Return the placements of the days *first* to *on*, the one that was open on the first day among them."""
    return [one for one in found if one.start_on <= on and (one.end_on is None or one.end_on > first)]


def had_many(found: Sequence[Placement], on: dt.date) -> bool:
    """Tell whether a child had three or more placements in the twelve months that end on *on* (national indicator 62)."""
    inside = placements_in(found, months_before(on, YEAR_MONTHS), on)
    return len(inside) >= int(counting()["many_placements"])


def is_long_term(found: Sequence[Placement], spells: Sequence[Spell], *, born_on: dt.date, on: dt.date) -> bool | None:
    """Tell whether a child's placement is long-term on the day *on* (national indicator 63); None: the measure is not of it."""
    if age_on(born_on, on) >= UNDER_AGE or not without_a_break(spells, on, months=LONG_MONTHS):
        return None
    place = next(i for i, one in enumerate(found) if one.start_on <= on and (one.end_on is None or one.end_on > on))
    here = found[place]
    if here.start_on <= months_before(on, SAME_MONTHS):
        return True
    spell = spell_on(spells, on)
    adopted = spell is not None and spell.placement_type in counting()["for_adoption"]
    return adopted and here.follows and found[place - 1].start_on <= months_before(on, SAME_MONTHS)


def endings_in(found: Sequence[Placement], first: dt.date, on: dt.date) -> list[tuple[Placement, bool]]:
    """Return the placements that ended from *first* to *on* while care went on, and whether that was unplanned."""
    rule = counting()
    return [
        (one, one.change_reason in rule["unplanned"])
        for one in found
        if one.end_on is not None
        and first <= one.end_on <= on
        and one.end_reason == "X1"
        and one.change_reason not in rule["not_a_move"]
    ]
