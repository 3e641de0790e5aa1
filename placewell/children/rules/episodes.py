"""The rules of one episode, and of two that follow each other."""

import datetime as dt
from collections.abc import Iterator, Mapping

from placewell.kernel.periods import age_on

from .dated import Breach, EpisodeRow, breach, entry_rules

TEMPORARY = frozenset({"T0", "T1", "T2", "T3", "T4"})
OTHER = frozenset({"Z1", "Z11", "Z12", "Z13", "Z14"})
ADOPTION = frozenset({"A3", "A4", "A5", "A6"})
FOSTERING = frozenset({"U1", "U2", "U3", "U4", "U5", "U6"})
NO_URN = TEMPORARY | OTHER | {"P1", "P3", "R1", "R2", "R5"}
URN_NEEDED = ADOPTION | FOSTERING | {"K1", "K2", "K3", "R3", "S1"}
ELSEWHERE = "XXXXXXX"  # inspected by another body, or a regional adoption agency
MOVES = frozenset({"P", "B", "T", "U"})
# placement type → (least age, rule)
OLD_ENOUGH = {"K3": (16, "371"), "H5": (16, "371"), "R5": (10, "372"), "S1": (4, "373"), "P3": (14, "374")}
# legal status or placement type → (most days, rule)
LONGEST = {
    "L1": (3, "361"),
    "L2": (21, "362"),
    "L3": (7, "363"),
    "T1": (42, "375"),
    "T3": (21, "376"),
}
ORDERS = frozenset({"L1", "L2", "L3"})
# provider → (placement types that it cannot provide, rule)
NOT_WITH = {
    "PR1": (frozenset({"P1", "R2", "R5"}), "527"),
    "PR2": (frozenset({"P1", "R2", "R5"}), "528"),
    "PR3": (ADOPTION | FOSTERING | {"P1", "K1", "K2"}, "529"),
    "PR4": (frozenset({"P1"}), "530"),
    "PR5": (frozenset({"P1"}), "531"),
}
# Queries of a return that stop an entry by hand: the person who types can put them right at once.
STOP_ENTRY = frozenset({"371", "372", "373", "374", "527", "528", "529", "530", "531", "550"})
NEW_CODES_FROM = dt.date(2024, 4, 1)  # the 2025 collection: K3 comes, H5 and P2 go


def episode_breaches(
    row: EpisodeRow, *, born_on: dt.date | None, codes: Mapping[str, Mapping[str, str]], year: int | None = None
) -> list[Breach]:
    """Return every rule that *row* breaks on its own.

    *codes* are the words of each code list; *year* is the collection that states the row: an open episode is
    measured to its last day.
    """
    return [
        *(*_unknown_codes(row, codes), *_period(row, year), *_age(row, born_on), *_provider(row), *_place(row)),
        *_dated(row, year),
    ]


def pair_breaches(before: EpisodeRow, after: EpisodeRow) -> list[Breach]:
    """Return the rules that two episodes of one child break together; *before* starts first."""
    found = []
    if before.end_on is None or before.end_on > after.start_on:
        found.append(Breach("DECOM", "142", "This episode starts before the one before it has ended."))
    continues = before.end_reason == "X1"
    if continues and before.end_on is not None and before.end_on < after.start_on:
        why = "The one before ended with X1, so this one should start the same day."
        found.append(Breach("DECOM", "501", why, False))
    if continues and after.start_reason == "S":
        why = "Care went on (X1), so the reason for the new episode is not S."
        found.append(Breach("RNE", "432", why, False))
    if not continues and before.end_on is not None and after.start_reason != "S":
        found.append(Breach("RNE", "433", "Care had ended, so the reason for the new episode is S.", False))
    temporary = before.placement_type in TEMPORARY or after.placement_type in TEMPORARY
    if continues and after.start_reason in MOVES and not before.change_reason and not temporary:
        found.append(Breach("REASON_PLACE_CHANGE", "225", "The child moved, and no reason is given.", False))
    if continues and before.main_need != after.main_need:
        found.append(Breach("CIN", "504", "The main need stays the same through one period of care.", False))
    return found


def overlap(a: EpisodeRow, b: EpisodeRow) -> bool:
    """Tell whether two episodes share a day."""
    return (a.end_on is None or b.start_on < a.end_on) and (b.end_on is None or a.start_on < b.end_on)


def _unknown_codes(row: EpisodeRow, codes: Mapping[str, Mapping[str, str]]) -> Iterator[Breach]:
    for name, field, rule in (
        ("start_reason", "RNE", "143"),
        ("legal_status", "LS", "144"),
        ("main_need", "CIN", "145"),
        ("placement_type", "PLACE", "146"),
    ):
        if (value := getattr(row, name)) not in codes[name]:
            yield Breach(field, rule, f"{_said(value)} is not a code of {field}.")
    for name, field, rule in (
        ("placement_provider", "PLACE_PROVIDER", "213"),
        ("end_reason", "REC", "149"),
        ("change_reason", "REASON_PLACE_CHANGE", "223"),
    ):
        if (value := getattr(row, name)) and value not in codes[name]:
            yield Breach(field, rule, f"{_said(value)} is not a code of {field}.")
    gone = row.placement_type in {"H5", "P2"} and row.start_on >= NEW_CODES_FROM
    if gone or (row.placement_type == "K3" and row.end_on is not None and row.end_on < NEW_CODES_FROM):
        yield Breach("PLACE", "146", f"{row.placement_type} was not a code at that time.", False)


def _period(row: EpisodeRow, year: int | None) -> Iterator[Breach]:
    if row.end_on is not None and row.end_on <= row.start_on:
        rule = "355" if row.end_on == row.start_on else "356"
        yield Breach("DEC", rule, "An episode lasts at least a day and ends after it starts.")
    if (row.end_on is None) != (not row.end_reason):
        missing, given = ("DEC", "REC") if row.end_on is None else ("REC", "DEC")
        yield Breach(missing, "148", f"{given} is given and {missing} is not: both or neither.")
    if row.end_on is None and row.change_reason:
        yield Breach("REASON_PLACE_CHANGE", "233", "An open episode has no reason for a move.", False)
    for code in (row.legal_status, row.placement_type):
        end = row.end_on or (_last_day(year) if code in ORDERS else None)
        if code in LONGEST and end is not None and (end - row.start_on).days > LONGEST[code][0]:
            most, rule = LONGEST[code]
            yield Breach("DEC", rule, f"{code} lasts at most {most} days.", False)


def _age(row: EpisodeRow, born_on: dt.date | None) -> Iterator[Breach]:
    if born_on is None:
        return
    if row.start_on < born_on:
        yield Breach("DECOM", "392", "The episode starts before the child was born.")
    if row.placement_type in OLD_ENOUGH:
        least, rule = OLD_ENOUGH[row.placement_type]
        if age_on(born_on, row.start_on) < least:
            yield Breach("PLACE", rule, f"{row.placement_type} is only for children of {least} and over.", False)


def _provider(row: EpisodeRow) -> Iterator[Breach]:
    place, provider = row.placement_type, row.placement_provider
    if not provider and place not in TEMPORARY | OTHER:
        yield Breach("PLACE_PROVIDER", "213", f"{place} needs to say who provides it.", False)
    forbidden, rule = NOT_WITH.get(provider, (frozenset[str](), ""))
    if place in forbidden:
        yield Breach("PLACE_PROVIDER", rule, f"{provider} does not go with {place}.", False)
    if provider == "PR0" and place != "P1":
        yield Breach("PLACE_PROVIDER", "550", "PR0 goes with P1 only.", False)


def _place(row: EpisodeRow) -> Iterator[Breach]:
    if row.placement_type in URN_NEEDED and not row.urn:
        yield Breach("URN", "218", f"{row.placement_type} needs the registration's number.", False)
    if row.urn and row.urn != ELSEWHERE and row.placement_type in NO_URN:
        yield Breach("URN", "222", f"{row.placement_type} has no registration's number.", False)
    same = row.home_postcode and row.home_postcode == row.placement_postcode
    if same and row.placement_type != "P1":
        yield Breach("PL_POST", "392d", "The child's home and the placement have one postcode.", False)


def _dated(row: EpisodeRow, year: int | None) -> Iterator[Breach]:
    """Yield what `tables/entry_rules.toml` says of one row."""
    place, rules = row.placement_type, entry_rules()
    end = row.end_on or _last_day(year)
    days = (end - row.start_on).days if end else 0
    if rules["365"].is_of(row.legal_status) and days > rules["365"].most_days:
        yield breach("365", f"a short break lasts at most {rules['365'].most_days} days, and this one {days}")
    if rules["378"].is_of(row.legal_status, place):
        yield breach("378", "a child accommodated under section 20 is not placed with parents")
    if rules["379"].is_of(place=place) and row.end_on and days > rules["379"].most_days:
        yield breach("379", f"T4 lasts at most {rules['379'].most_days} days, and this one {days}")
    if rules["380"].is_of(place=place) and row.start_reason not in rules["380"].start_reasons:
        yield breach("380", f"{place} is a temporary placement: a period of care does not start with one")
    if rules["381"].is_of(place=place) and row.end_reason not in ("", "X1"):
        yield breach("381", f"{place} is a temporary placement: a period of care does not end with one")
    if rules["382"].is_of(row.legal_status, place):
        yield breach("382", f"{row.legal_status} is a short break: the child is not in a temporary placement")


def _last_day(year: int | None) -> dt.date | None:
    return dt.date(year, 3, 31) if year else None


def _said(value: str) -> str:
    return f"“{value[:20]}”" if value else "An empty cell"
