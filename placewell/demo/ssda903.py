"""The made-up council's return, as files: what `placewell import ssda903` would be given."""

import csv
import datetime as dt
import io

from placewell.gateways.given_files import GivenFile
from placewell.kernel.periods import age_on, birthday

from .plans import ChildPlan, Population
from .population import AGENCY, FAMILY, OWN, PARENTS, RESIDENTIAL, SUPPORTED

HEADER = ("CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB")
EPISODES = (
    *("CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC"),
    *("REASON_PLACE_CHANGE", "HOME_POST", "PL_POST", "URN"),
)
CODES = {
    OWN: ("U6", "PR1"),
    AGENCY: ("U6", "PR4"),
    RESIDENTIAL: ("K2", "PR4"),
    SUPPORTED: ("K3", "PR4"),
    FAMILY: ("R3", "PR4"),
    PARENTS: ("P1", "PR0"),
}
DAY = dt.timedelta(days=1)
OWN_SERVICE = "SC999001"
FOSTERING = ("U6",)
# The check letter of a unique pupil number: the digits, weighted 2, 3, 4 …, modulo 23 (Department for Education, UPN guide).
CHECK_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def identifier(plan: ChildPlan) -> str:
    """Return the child's identifier in the return."""
    return f"{700000 + plan.number}"


def files(made: Population) -> list[GivenFile]:
    """Return the header, the episodes and the unaccompanied children as CSV files."""
    header = [
        (
            *(identifier(child), child.sex, _day(child.born_on), child.ethnicity, _pupil_number(made, child)),
            *("0" if child.sex == "F" else "", ""),
        )
        for child in made.children
    ]
    episodes = [row for child in made.children for row in _episodes(made, child)]
    alone = [
        (identifier(child), child.sex, _day(child.born_on), _day(birthday(child.born_on, 18)))
        for child in made.children
        if child.is_unaccompanied
    ]
    return [
        _file("header.csv", HEADER, header),
        _file("episodes.csv", EPISODES, episodes),
        _file("uasc.csv", ("CHILD", "SEX", "DOB", "DUC"), alone),
        _file("reviews.csv", ("CHILD", "DOB", "REVIEW", "REVIEW_CODE"), _reviews(made)),
        _file("missing.csv", ("CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"), _missing(made)),
    ]


def _reviews(made: Population):
    """Yield the care reviews since the contract began of those in care now: the first after three weeks, then each half year."""
    for child in made.children:
        if child.left_on is not None:
            continue
        held_on = child.entered_on + DAY * (18 + child.number % 8)
        step = 80 + child.number % 9
        while held_on < made.today:
            if held_on >= made.start_on:
                taking_part = "PN0" if age_on(child.born_on, held_on) < 4 else "PN1"
                yield identifier(child), _day(child.born_on), _day(held_on), taking_part
            held_on += DAY * step
            step = 168 + child.number % 18


def _missing(made: Population):
    """Yield when some of the older children in care were missing in the last year and a half, for a night or some."""
    for child in made.children:
        if child.left_on is not None or child.number % 6 or age_on(child.born_on, made.today) < 12:
            continue
        for time in range(1 + child.number // 6 % 4):
            went = made.today - DAY * (40 + 130 * time + child.number % 29)
            if went > child.entered_on:
                back = went + DAY * (1 + (child.number + time) % 3)
                yield identifier(child), _day(child.born_on), "M", _day(went), _day(back)


def _episodes(made: Population, child: ChildPlan):
    if before := _before_supported(child):
        yield before
    stays = [stay for stay in child.stays if not stay.is_searched]  # the desk records those itself
    for place, stay in enumerate(stays):
        last = place == len(stays) - 1
        end = child.left_on if last else stay.end_on
        goes_on = not last and stays[place + 1].start_on == end
        came_back = place > 0 and stays[place - 1].end_on != stay.start_on
        code, provider = CODES[stay.kind]
        reason = "" if end is None else "X1" if goes_on else _left(child, code) if last else "E4A"
        urn = "" if stay.kind == PARENTS else OWN_SERVICE if stay.home is None else made.homes[stay.home].urn
        yield (
            identifier(child),
            _day(stay.start_on if place or before else child.entered_on),
            "P" if (before and not place) or (place and not came_back) else "S",
            child.legal_status,
            child.main_need,
            code,
            provider,
            _day(end) if end else "",
            reason,
            stay.change_reason or "CARPL" if reason == "X1" else "",
            "" if child.is_unaccompanied else child.spot.postcode,
            stay.spot.postcode,
            urn,
        )


def _before_supported(child: ChildPlan) -> tuple | None:
    """Return the years with the council's own carers of a child who came into care too young to live supported."""
    stay = child.stays[0] if child.stays else None
    if stay is None or stay.kind != SUPPORTED or age_on(child.born_on, child.entered_on) >= 16:
        return None
    code, provider = CODES[OWN]
    home = "" if child.is_unaccompanied else child.spot.postcode
    return (
        *(identifier(child), _day(child.entered_on), "S", child.legal_status, child.main_need, code, provider),
        *(_day(stay.start_on), "X1", "CARPL", home, stay.spot.postcode, OWN_SERVICE),
    )


def _left(child: ChildPlan, code: str) -> str:
    """Return why the child left care; only foster carers become special guardians of a child they looked after."""
    if age_on(child.born_on, child.left_on) >= 18:
        return "E5" if child.number % 2 else "E17"
    reason = ("E4A", "E4A", "E45", "E47", "E13")[child.number % 5]
    return "E4A" if reason == "E45" and code not in FOSTERING else reason


def _pupil_number(made: Population, child: ChildPlan) -> str:
    """Return a made-up unique pupil number, or that the child is too young to have one."""
    if age_on(child.born_on, child.left_on or made.today) < 4:
        return "UN1"
    digits = f"883{2000 + child.number:09d}"
    return CHECK_LETTERS[sum(int(d) * weight for weight, d in enumerate(digits, 2)) % 23] + digits


def _day(day) -> str:
    return f"{day:%d/%m/%Y}"


def _file(name: str, titles, rows) -> GivenFile:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(titles)
    writer.writerows(rows)
    return GivenFile(name, out.getvalue().encode())
