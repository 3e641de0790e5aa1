"""A referral as a provider sees it: made from allowed fields, then scrubbed of everything that names the child."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence

HIDDEN = "[hidden]"
SEXES = {"M": "Male", "F": "Female"}
# What looks like an identifier whoever it belongs to.
PATTERNS = (
    re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b", re.IGNORECASE),  # postcodes
    re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"),  # e-mail addresses
    re.compile(r"(?<!\d)(?:\+44|0)(?:[\s().-]*\d){9,10}(?!\d)"),  # telephone numbers
    re.compile(r"(?<!\d)\d{3}[\s-]?\d{3}[\s-]?\d{4}(?!\d)"),  # NHS numbers
    re.compile(r"\b[A-Z]\d{12}\b|\b[A-Z]\d{11}[A-Z]\b", re.IGNORECASE),  # unique pupil numbers
    re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d{2}\b|\b(?:19|20)\d{2}-\d{2}-\d{2}\b"),  # dates
    re.compile(r"https?://\S+", re.IGNORECASE),
    re.compile(
        r"\b\d+[a-z]?\s+(?:[A-Z][\w']+\s+){1,3}(?:Road|Street|Avenue|Lane|Close|Drive|Way|Court|Place|Crescent|Gardens)\b"
    ),
)
FREE_TEXT = (
    "summary",
    "needs_and_care",
    "risks_and_safety",
    "health",
    "emotional",
    "education",
    "history",
    "not_with",
    "family_time",
    "identity",
    "child_views",
    "parent_views",
    "parent_needs",
)


def scrub(text: str, identifiers: Iterable[str]) -> str:
    """Return *text* without any of *identifiers* (whole words, whatever the case, spaces or hyphens) or anything that
    looks like a postcode, address, telephone number, e-mail address, reference number or date."""
    for name in sorted({name.strip() for name in identifiers if len(name.strip()) > 1}, key=len, reverse=True):
        parts = [re.escape(part) for part in re.split(r"[\s\-]+", name) if part]
        whole = r"(?<!\w)" + r"[\s\-]*".join(parts) + r"(?:['’]s)?(?!\w)"
        text = re.sub(whole, HIDDEN, text, flags=re.IGNORECASE)
    for pattern in PATTERNS:
        text = pattern.sub(HIDDEN, text)
    return re.sub(rf"{re.escape(HIDDEN)}(?:\s+{re.escape(HIDDEN)})+", HIDDEN, text)


def says(texts: Iterable[str], words: str) -> bool:
    """Tell whether one of *texts* says *words*, whatever the case."""
    return any(re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE) for text in texts)


def age_words(ages: tuple[int, int]) -> int | str:
    """Return an age in years, or a band as people say it."""
    low, high = ages
    return low if low == high else f"{low} to {high}"


def _months(start_on: dt.date, end_on: dt.date) -> int:
    """Return about how many months a stay lasts, past a year in halves of a year."""
    months = max(1, round((end_on - start_on).days / 30.4))
    return months if months <= 12 else 6 * round(months / 6)


def shown_to_provider(
    *,
    texts: dict[str, str],
    identifiers: Iterable[str],
    ages: tuple[int, int],
    sex: str,
    district: str,
    need_level: str,
    urgency: str,
    needed_on: dt.date,
    expected_end_on: dt.date,
    categories: Sequence[str],
    needs: Sequence[str],
    risks: Sequence[str],
    features: Sequence[str],
    is_solo: bool,
    care_plan: str = "",
    with_parent: str = "",
    until_18: bool = False,
    sdq: str = "",
    ehc_plan: str = "",
    documents: Sequence[str] = (),
    is_more_told_later: bool = False,
    siblings: Sequence[dict] = (),
    group: str = "",
) -> dict:
    """Return what a provider sees: age or age band and not birthday, district or less and not postcode, text scrubbed.

    *sdq* is the band of the strengths and difficulties score, *ehc_plan* whether there is an education, health and care plan
    ("" where that is not known): neither score, nor primary need, nor a date. `oldest` is the age by which the law on kinds
    of home is kept; no band reaches over the 16th birthday. A stay *until_18* is told so, and not in months: they would tell
    the month of birth.
    """
    names = list(identifiers)
    return {
        "age": age_words(ages),
        "oldest": ages[1],
        "sex": SEXES.get(sex, "Not recorded"),
        "area": district,
        "need_level": need_level,
        "urgency": urgency,
        "needed_on": needed_on.isoformat(),
        "expected_months": None if until_18 else _months(needed_on, expected_end_on),
        "until_18": until_18,
        "categories": list(categories),
        "needs": list(needs),
        "risks": list(risks),
        "features": list(features),
        "is_solo": is_solo,
        "care_plan": care_plan,
        "with_parent": with_parent,
        "sdq": sdq,
        "ehc_plan": ehc_plan,
        "documents": list(documents),
        "is_more_told_later": is_more_told_later,
        "siblings": list(siblings),
        "group": group,
        **{field: scrub(texts.get(field, ""), names) for field in FREE_TEXT},
    }
